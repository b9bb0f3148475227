"""The actions that change the catalog, each by the acts that the desk does."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from pydantic import Field

from yelin import gate
from yelin.api.ckan import catalog, searching, shapes
from yelin.api.ckan.actions import Asker, Document, Flag, Id, Json, Sent, Text, read, writes
from yelin.api.ckan.answers import CALLED
from yelin.catalog import acts, checks, rules
from yelin.catalog.content import EntryContent
from yelin.catalog.models import Entry
from yelin.catalog.states import State
from yelin.files.store import CHUNK_BYTES
from yelin.law.refusals import Incomplete
from yelin.parties.models import Body
from yelin.warehouse import acts as warehouse
from yelin.warehouse.formats import MEDIA_TYPES
from yelin.warehouse.grounded import Ground
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

ACTIVE, DRAFT = "active", "draft"
Grounds = Annotated[tuple[Ground, ...], Json]


class Named(Sent):
    """A tag or a group, as a package names it."""

    name: Text = ""
    id_: Annotated[Text, Field(alias="id")] = ""

    @property
    def called(self) -> str:
        """Its name; a theme's id is the same."""
        return self.name or self.id_


class Extra(Sent):
    """What a package says under one of our own names."""

    key: Text
    value: Any = None


class Package(Sent):
    """What a client says of a dataset; what it leaves out is told apart from what it empties."""

    id_: Annotated[Text, Field(alias="id")] = ""
    name: Text = ""
    title: Text | None = None
    notes: Text | None = None
    owner_org: Text | None = None
    license_id: Text | None = None
    maintainer: Text | None = None
    state: Text | None = None
    tags: Annotated[tuple[Named, ...], Json] = ()
    groups: Annotated[tuple[Named, ...], Json] = ()
    extras: Annotated[tuple[Extra, ...], Json] = ()
    resources: Annotated[tuple[dict[str, Any], ...], Json] = ()

    def said(self) -> dict[str, Any]:
        """Return what is said of an entry's content, by our names. Raises ``Incomplete``."""
        found: dict[str, Any] = {}
        for ours in ("title", "summary", "licence", "contact_office"):
            theirs = CALLED.get(ours, ours)
            if theirs in self.model_fields_set:
                found[ours] = getattr(self, theirs) or ""
        if "tags" in self.model_fields_set:
            found["keywords"] = [tag.called for tag in self.tags]
        if "groups" in self.model_fields_set:
            found["themes"] = [group.called for group in self.groups]
        return found | dict(_own(self.extras))


def _own(extras: Iterable[Extra]) -> Iterator[tuple[str, Any]]:
    """Yield what is said under our own names; texts as they are, all else as JSON has it."""
    fields, unknown = EntryContent.model_fields, []
    for extra in extras:
        field = fields.get(extra.key)
        if extra.key in shapes.ONLY_TOLD or extra.key.startswith("$"):
            continue
        if field is None or extra.key in shapes.OWN_WORDS:
            unknown.append(extra.key)
        elif isinstance(extra.value, str) and not isinstance(field.default, str):
            yield extra.key, read(extra.value)
        else:
            yield extra.key, extra.value
    if unknown:
        says = "There is no name {name} here. These are known: {known}."
        known = ", ".join(sorted(fields.keys() - shapes.OWN_WORDS))
        raise Incomplete.at("extras", says, None, {"name": unknown[0], "known": known})


def _owner(asker: Asker, named: str | None) -> Body:
    """Return the body whose entry it will be: the one named, or the one for which somebody acts."""
    rows = gate.visible_to(asker.actor, "body.see", Body.objects.filter(until=None))
    found: Body | None = rows.filter(
        searching.body_called(named or str(asker.actor.body_id))
    ).first()
    if found is None:
        raise Incomplete.at("owner_org", "There is no such organization.")
    return found


def _require_no_links(sent: Package, entry: Entry | None = None) -> None:
    own = {str(shapes.resource_id(entry.pk, name)) for name in MEDIA_TYPES} if entry else set()
    if any(str(each.get("id", "")) not in own for each in sent.resources):
        raise Incomplete.at(
            "resources", "Links are not kept. Send each file itself, by resource_create."
        )


def _require_complete(provider: Body, content: EntryContent) -> None:
    if found := checks.faults(provider, content):
        raise Incomplete(found)


def _shown(asker: Asker, entry: Entry) -> Document:
    return catalog.packages(asker, [entry])[0]


@writes
def package_create(asker: Asker, sent: Package) -> Document:
    """Draft an entry of your body and register it, or only draft it with ``state`` ``draft``.

    Its name is given by the registry.
    """
    body = _owner(asker, sent.owner_org)
    content = EntryContent.model_validate(sent.said())
    _require_no_links(sent)
    if sent.state == DRAFT:
        return _shown(asker, acts.draft(actor=asker.actor, provider=body, content=content))
    rules.refuse_state_secret(content)
    # Either both are done or none: what cannot be registered is not left behind as a draft.
    _require_complete(body, content)
    entry = acts.draft(actor=asker.actor, provider=body, content=content)
    return _shown(asker, acts.register(actor=asker.actor, entry=entry))


@writes
def package_update(asker: Asker, sent: Package) -> Document:
    """Let a dataset say this and nothing that is left out, a confirmed one once that is confirmed.

    A draft is registered with ``state`` ``active``.
    """
    entry = catalog.entry_named(asker, sent.id_ or sent.name)
    return _amended(asker, entry, sent, sent.said())


@writes
def package_patch(asker: Asker, sent: Package) -> Document:
    """Change what is named of a dataset, each of the ``extras`` by itself, and leave the rest.

    A confirmed one says what it said until the change is confirmed.
    """
    entry = catalog.entry_named(asker, sent.id_ or sent.name)
    gate.decide(asker.actor, "catalog.amend", entry).must_allow("catalog.amend", entry.pk)
    return _amended(asker, entry, sent, entry.in_hand().model_dump(mode="json") | sent.said())


def _amended(asker: Asker, entry: Entry, sent: Package, said: dict[str, Any]) -> Document:
    content = EntryContent.model_validate(said)
    _require_no_links(sent, entry)
    registers = entry.state == State.DRAFT and sent.state == ACTIVE
    if registers:
        rules.refuse_state_secret(content)
        _require_complete(entry.provider, content)
    entry = acts.amend(actor=asker.actor, entry=entry, content=content)
    if registers:
        entry = acts.register(actor=asker.actor, entry=entry)
    return _shown(asker, entry)


@writes
def package_delete(asker: Asker, *, id_: Id, reason: Text = "") -> None:
    """Drop a dataset that was never confirmed; have another withdrawn, for a ``reason``."""
    entry = catalog.entry_named(asker, id_)
    if entry.state == State.CONFIRMED:
        acts.ask_withdrawal(actor=asker.actor, entry=entry, reason=reason)
    else:
        acts.drop(actor=asker.actor, entry=entry)


@writes
def resource_create(asker: Asker, *, package_id: Text) -> Document:
    """Send a file (``upload``) for the next release of a dataset.

    It is prepared in the background. What is answered tells by ``resource_show`` how far it is, and
    becomes the release by ``resource_patch`` with ``state`` ``active``.
    """
    return _received(asker, catalog.entry_named(asker, package_id))


def _received(asker: Asker, entry: Entry) -> Document:
    if asker.upload is None:
        raise Incomplete.at("upload", "Send the file itself. Links are not kept.")
    received = receive(asker.upload.chunks(CHUNK_BYTES), asker.upload.name or "data")
    try:
        upload = warehouse.receive(
            actor=asker.actor, entry=entry, received=received, options=Options()
        )
    finally:
        received.path.unlink(missing_ok=True)
    return shapes.upload(upload)


@writes
def resource_update(
    asker: Asker,
    *,
    id_: Id,
    state: Text = "",
    drop_rejected: Flag = False,
    as_changed: Flag = False,
    grounds: Grounds = (),
) -> Document:
    """Send a newer file for a dataset; or make a prepared one its release: ``state`` ``active``.

    Rows that do not conform are left out only with ``drop_rejected``, and columns other than those
    of the last release are taken only with ``as_changed``. Columns of persons go out to everyone
    only with ``grounds``.
    """
    try:
        entry, _format = catalog.resource_named(asker, id_)
    except gate.Unseen:
        return _published(
            asker,
            id_,
            state,
            without_rejected=drop_rejected,
            as_changed=as_changed,
            grounds=grounds,
        )
    return _received(asker, entry)


@writes
def resource_patch(
    asker: Asker,
    *,
    id_: Id,
    state: Text = "",
    drop_rejected: Flag = False,
    as_changed: Flag = False,
    grounds: Grounds = (),
) -> Document:
    """Do what ``resource_update`` does."""
    return resource_update(
        asker,
        id_=id_,
        state=state,
        drop_rejected=drop_rejected,
        as_changed=as_changed,
        grounds=grounds,
    )


def _published(
    asker: Asker,
    id_: str,
    state: str,
    *,
    without_rejected: bool,
    as_changed: bool,
    grounds: tuple[Ground, ...],
) -> Document:
    upload = catalog.upload_named(asker, id_)
    if state != ACTIVE:
        raise Incomplete.at("state", "A prepared file becomes the version by the state active.")
    warehouse.publish(
        actor=asker.actor,
        entry=upload.entry,
        upload=upload,
        without_rejected=without_rejected,
        as_changed=as_changed,
        grounds=grounds,
    )
    return catalog.resource_show(asker, id_=str(shapes.resource_id(upload.entry_id, "csv")))
