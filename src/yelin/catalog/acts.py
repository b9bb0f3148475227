"""What may be done with an entry: draft, amend, register, submit, confirm, return, share.

Revising and withdrawing a confirmed entry come with the rest of the catalog.
"""

from collections.abc import Collection
from datetime import timedelta

from yelin import gate
from yelin.acts.frame import act
from yelin.catalog import moments, rules, telling
from yelin.catalog.content import EntryContent, Share
from yelin.catalog.models import CodeCounter, Entry, State
from yelin.catalog.moments import Moment
from yelin.gate import Mask, Obligations, RowFilter
from yelin.gate.models import Grant
from yelin.law import clock, duties, packs
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body
from yelin.registers.content import ItemType
from yelin.registers.models import DataElement, GovernmentSystem, StandardState

TITLE_TAKEN = {
    "catalog_title_unique_inside_provider": Fault(
        "title", "Your body already has an entry of this name.", duties.CATALOG_COMPILE
    )
}


def _require(entry: Entry, states: Collection[State]) -> None:
    if entry.state not in states:
        raise OutOfTurn("This entry has moved on since you opened it. Look at its present state.")


def _faultless(content: EntryContent) -> None:
    pack = packs.active()
    found = rules.faults(
        content,
        divisions=frozenset(pack.divisions),
        themes=frozenset(theme.code for theme in pack.themes),
    )
    if found:
        raise Incomplete(found)


def _referring(content: EntryContent, provider: Body) -> EntryContent:
    """Return what an entry of ``provider`` says, its items as their data elements have it."""
    if content.system_id is not None:
        own = GovernmentSystem.objects.filter(pk=content.system_id, body=provider)
        if not own.exists():
            raise Incomplete.at(
                "system_id", "Choose a government system of the body itself.", duties.PUBLIC_MONEY
            )
    wanted = {item.element_id for item in content.items if item.element_id is not None}
    if not wanted:
        return content
    rows = DataElement.objects.filter(pk__in=wanted).exclude(standard__state=StandardState.PROPOSED)
    elements = {row.pk: rules.Element(ItemType(row.type), row.length) for row in rows}
    return rules.following(content, elements)


@act(
    "catalog.draft",
    duty=duties.CATALOG_COMPILE,
    subject="provider",
    surface=OUTSIDE,
    makes=True,
    clashes=TITLE_TAKEN,
)
def draft(*, actor: Actor, provider: Body, content: EntryContent) -> Entry:
    """Begin an entry for a resource of ``provider`` (編制目錄).

    Raises ``Unlawful`` for a state secret, of which nothing is stored; ``Incomplete`` for a title
    that the provider already uses, a system of another body, an item that contradicts its data
    element; ``OutOfTurn`` for a body that has ended.
    """
    del actor
    rules.refuse_state_secret(content)
    if provider.until is not None:
        raise OutOfTurn("This body has ended: its entries are with its successor.")
    entry = Entry(provider=provider, drafted_at=clock.now())
    entry.say(_referring(content, provider), clock.now())
    return entry


@act(
    "catalog.amend",
    duty=duties.CATALOG_COMPILE,
    subject="entry",
    surface=OUTSIDE,
    clashes=TITLE_TAKEN,
)
def amend(*, actor: Actor, entry: Entry, content: EntryContent) -> Entry:
    """Change what an entry says before it is confirmed (維護目錄).

    A draft may stay incomplete; a registered or returned entry may not. The class it was
    registered under stays, since its code is made of it.

    Raises ``Unlawful``, ``Incomplete`` or ``OutOfTurn``.
    """
    del actor
    rules.refuse_state_secret(content)
    _require(entry, {State.DRAFT, State.REGISTERED, State.RETURNED})
    content = _referring(content, entry.provider)
    if entry.state != State.DRAFT:
        _faultless(content)
        if content.classification != entry.classification:
            raise Incomplete.at(
                "classification",
                "The code is made of the classification, so it stays.",
                duties.CATALOG_COMPILE,
            )
    entry.say(content, clock.now())
    return entry


@act("catalog.register", duty=duties.CATALOG_COMPILE, subject="entry", surface=OUTSIDE)
def register(*, actor: Actor, entry: Entry) -> Entry:
    """Register a complete draft: it gets its code and its first version (註冊登記).

    Raises ``Incomplete`` with everything that is missing, ``OutOfTurn`` for what is no draft.
    """
    del actor
    _require(entry, {State.DRAFT})
    content = entry.content()
    _faultless(content)
    entry.code = CodeCounter.next_code(entry.classification)
    entry.state = State.REGISTERED
    entry.thing.code = entry.code
    entry.thing.save(update_fields=["code"])
    entry.say(content, clock.now())
    return entry


@act("catalog.submit", duty=duties.CATALOG_CONFIRM, subject="entry", surface=OUTSIDE)
def submit(*, actor: Actor, entry: Entry) -> Entry:
    """Send a registered or returned entry to the body that confirms it (提請確認).

    Raises ``OutOfTurn``, or ``Incomplete`` where a table still lacks its items.
    """
    _require(entry, {State.REGISTERED, State.RETURNED})
    content = entry.content()
    if rules.is_tabular(content) and not content.items:
        raise Incomplete.at(
            "items",
            "Describe the items, or bring in a file and take over the proposed ones.",
            duties.CATALOG_COMPILE,
        )
    entry.state = State.AWAITING
    entry.returned_reason = ""
    entry.changed_at = clock.now()
    entry.save(update_fields=["state", "returned_reason", "changed_at"])
    moments.come(Moment.SUBMITTED, actor, entry)
    telling.tell_officers(telling.AWAITING, entry)
    return entry


@act(
    "catalog.confirm",
    duty=duties.CATALOG_CONFIRM,
    subject="entry",
    surface=OUTSIDE,
    starts=duties.BRING_IN,
)
def confirm(*, actor: Actor, entry: Entry) -> Entry:
    """Confirm the entry's place in the sharing and opening catalogs (確認目錄).

    From now on others have it as its types say, and the term to bring in the next release runs.
    Raises ``OutOfTurn`` for what does not await confirmation.
    """
    _require(entry, {State.AWAITING})
    entry.state = State.CONFIRMED
    entry.changed_at = clock.now()
    entry.published_on = clock.today()
    entry.save(update_fields=["state", "changed_at", "published_on"])
    moments.come(Moment.CONFIRMED, actor, entry)
    telling.tell_stewards(telling.CONFIRMED, entry)
    return entry


@act("catalog.return", duty=duties.CATALOG_CONFIRM, subject="entry", surface=OUTSIDE)
def return_(*, actor: Actor, entry: Entry, reason: str) -> Entry:
    """Send the entry back to its provider with reasons (退回).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for what does not await confirmation.
    """
    del actor
    if not reason.strip():
        raise Incomplete.at("reason", "Say what has to be mended.", duties.CATALOG_CONFIRM)
    _require(entry, {State.AWAITING})
    entry.state = State.RETURNED
    entry.returned_reason = reason.strip()
    entry.changed_at = clock.now()
    entry.save(update_fields=["state", "returned_reason", "changed_at"])
    telling.tell_stewards(telling.RETURNED, entry)
    return entry


@act("catalog.share", duty=duties.SHARING_TYPE, subject="entry", surface=OUTSIDE, makes=True)
def share(*, actor: Actor, entry: Entry, to: Body, given: Share) -> Grant:
    """Give another department the rows of a shared resource, until a day (共享).

    Raises ``Incomplete`` for a body that is no living department, an item that is not, a use for
    which the entry is not shared, a day that has passed.
    """
    del actor
    names = set(entry.items.values_list("name", flat=True))
    wrong = list(
        rules.share_faults(given, items=names, uses=entry.sharing_requirements, today=clock.today())
    )
    if not to.is_official or to.until is not None or to.pk == entry.provider_id:
        wrong.insert(0, Fault("to", "Name another living public body.", duties.SHARING_TYPE))
    if wrong:
        raise Incomplete(wrong)
    grant = gate.grant(
        to,
        entry,
        "resource.read",
        duty=duties.SHARING_TYPE,
        purposes=given.purposes,
        bears=Obligations(
            shown_items=frozenset(given.items) or None,
            masks={name: Mask[veil.upper()] for name, veil in given.veils.items()},
            row_filters=frozenset(
                RowFilter(
                    each.column,
                    each.operator,
                    tuple(part.strip() for part in each.value.split(","))
                    if each.operator == "in"
                    else each.value,
                )
                for each in given.rows
            ),
            until=clock.beginning_of(given.until + timedelta(days=1)),
            rate_per_hour=given.rate_per_hour,
        ),
    )
    telling.tell_receivers(entry, to, given.until)
    return grant
