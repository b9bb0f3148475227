"""Entries as those have them who work on them: one of them, what waits, what was said before."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from yelin import gate
from yelin.catalog.changes import Change, Touched
from yelin.catalog.content import EntryContent
from yelin.catalog.models import Entry, EntryVersion, Item
from yelin.catalog.revisions import Review, Revision
from yelin.catalog.states import BEING_WRITTEN, State
from yelin.gate import composed
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.registers.models import StandardState


def _entries() -> QuerySet[Entry]:
    return Entry.objects.select_related("provider")


def entry(actor: Actor, pk: UUID) -> Entry:
    """Return an entry for those who work on it, with all that it says.

    Raises ``Unseen``, and ``Refused`` for whoever only knows of it or reads it.
    """
    found = seen(actor, pk)
    gate.decide(actor, "entry.inspect", found).must_allow("entry.inspect", found.pk)
    return found


def seen(actor: Actor, pk: UUID) -> Entry:
    """Return an entry of which the actor knows that it exists. Raises ``Unseen``."""
    return gate.one_of(gate.visible_to(actor, "entry.see", _entries()).filter(pk=pk))


def to_mend(actor: Actor) -> QuerySet[Entry]:
    """Return the entries, and those with revisions, that this actor takes further."""
    begun = Q(state__in=[State.DRAFT, State.REGISTERED, State.RETURNED])
    begun |= Q(revision__state__in=BEING_WRITTEN)
    entries = _entries().select_related("revision").filter(begun).order_by("changed_at")
    return composed.visible_to(actor, "catalog.amend", entries)


def to_follow(actor: Actor) -> QuerySet[Entry]:
    """Return this actor's entries with items that follow a standard that holds no longer."""
    ended = Q(element__standard__state=StandardState.WITHDRAWN)
    ended |= Q(code_list__standard__state=StandardState.WITHDRAWN)
    behind = Item.objects.filter(ended, entry=OuterRef("pk"))
    return composed.visible_to(actor, "catalog.amend", _entries().filter(Exists(behind)))


def to_revise(actor: Actor) -> QuerySet[Entry]:
    """Return the entries that a change of law or function touches and this actor revises."""
    touched = Touched.objects.filter(entry=OuterRef("pk"), answer="")
    return composed.visible_to(actor, "catalog.keep", _entries().filter(Exists(touched)))


def touching(about: Entry) -> list[Touched]:
    """Return the changes of law or function that wait for an entry."""
    return list(about.touched.filter(answer="").select_related("change__noted_by"))


def versions(actor: Actor, about: Entry) -> list[EntryVersion]:
    """Return the versions of an entry that the actor may read, newest first."""
    return list(gate.visible_to(actor, "version.read", about.versions.all()))


def revisions(actor: Actor, about: Entry) -> list[Revision]:
    """Return what was asked for of an entry, as far as the actor may know, newest first."""
    return list(gate.visible_to(actor, "revision.see", about.revisions.all()))


def to_confirm(actor: Actor) -> QuerySet[Entry]:
    """Return what awaits this actor's confirmation and lacks its body's, longest waiting first."""
    had = Review.objects.filter(
        entry=OuterRef("pk"), sending=OuterRef("sendings"), body=actor.body_id
    )
    waiting = _entries().filter(~Exists(had), sent_at__isnull=False)
    waiting = waiting.select_related("provider", "revision").order_by("sent_at", "pk")
    return composed.visible_to(actor, "catalog.confirm", waiting)


def changes(actor: Actor) -> QuerySet[Change]:
    """Return the changes of law or function that the actor may know of, newest first."""
    rows = Change.objects.select_related("provider", "noted_by").annotate(
        all=Count("touched"), open=Count("touched", Q(touched__answer=""))
    )
    return gate.visible_to(actor, "change.see", rows).order_by("-noted_at", "-pk")


def bodies_that_change(actor: Actor) -> QuerySet[Body]:
    """Return the bodies with confirmed entries for which the actor may note a change."""
    has = Entry.objects.filter(provider=OuterRef("pk"), state=State.CONFIRMED)
    rows = Body.objects.filter(Exists(has), until=None).order_by("division", "name", "pk")
    return gate.visible_to(actor, "catalog.note_change", rows)


def body_that_changes(actor: Actor, pk: UUID) -> Body:
    """Return a body for which the actor may note a change. Raises ``Unseen``."""
    return gate.one_of(bodies_that_change(actor).filter(pk=pk))


def confirmed_of(actor: Actor, of: Body) -> list[Entry]:
    """Return the confirmed entries of a body that the actor may read, by title."""
    rows = _entries().filter(provider=of, state=State.CONFIRMED).order_by("title")
    return list(gate.visible_to(actor, "entry.read", rows))


@dataclass(frozen=True, slots=True)
class Former:
    """What an entry said when it was returned last."""

    number: int
    said: EntryContent


def returned_before(about: Entry) -> Former | None:
    """Return the version of an entry that was returned last, if it has changed since."""
    leaf = (
        Leaf.objects.filter(subject=about.pk, act="catalog.return", refused=False)
        .order_by("-id")
        .first()
    )
    if leaf is None or leaf.payload["facts"]["version"] == about.version:
        return None
    number = leaf.payload["facts"]["version"]
    version = EntryVersion.objects.get(entry=about, number=number)
    return Former(number, version.said())
