"""What follows for the terms of an entry, and for the grants on it, once something is confirmed."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from yelin.catalog import telling
from yelin.catalog.changes import Answer, Change, Touched
from yelin.catalog.models import Entry, State
from yelin.catalog.revisions import RevisionKind
from yelin.gate.models import Grant
from yelin.law import clock, duties
from yelin.parties.models import Body
from yelin.things.models import Thing

AWAITING = "awaiting_confirmation"


def take_effect(entry: Entry) -> None:
    """Let what awaited confirmation hold: the entry, a change of it, or its withdrawal."""
    now, revision = clock.now(), entry.revision
    cycle = entry.pace()
    if revision is None:
        entry.confirmed(clock.today())
        entry.changed_at = now
    elif revision.kind == RevisionKind.CHANGE:
        entry.say(revision.said(), now)
        entry.confirmed(clock.today())
    else:
        entry.withdraw(revision.reason, now)
    if revision:
        revision.go_to(State.CONFIRMED, now)
    entry.revision, entry.sent_at = None, None
    entry.save()
    if entry.state == State.WITHDRAWN:
        answer(entry, Answer.WITHDRAWN)
        clock.stop(entry, duties.BRING_IN)
        telling.tell_withdrawn(entry)
        _revoke(_live(entry), because=entry.withdrawn_reason)
        return
    if revision:
        answer(entry, Answer.REVISED)
        _revoke_blind(entry)
    if cycle != entry.pace() and (revision is None or not _is_overdue(entry)):
        clock.start(entry, duties.BRING_IN)
    telling.tell_stewards(telling.CONFIRMED, entry)


def _is_overdue(entry: Entry) -> bool:
    """Whether data is owed already: no change of the cycle undoes that."""
    owed = clock.running(entry).filter(duty=duties.BRING_IN.name)
    return owed.filter(due__lt=clock.today()).exists()


def _live(entry: Entry) -> list[Grant]:
    return list(Grant.objects.filter(Grant.runs(clock.now()), on=entry.pk))


def _revoke_blind(entry: Entry) -> None:
    """Take back what was given on conditions that the entry's items cannot carry any more."""
    names = set(entry.items.values_list("name", flat=True))
    blind = [
        grant
        for grant in _live(entry)
        if {*grant.masks, *(each["column"] for each in grant.row_filter)} - names
    ]
    _revoke(blind, because=_("The items by which this was veiled or chosen are no longer there."))


def _revoke(grants: list[Grant], *, because: str) -> None:
    for grant in grants:
        grant.revoked_at, grant.revoked_because = clock.now(), because[:500]
    Grant.objects.bulk_update(grants, ["revoked_at", "revoked_because"])


def answer(entry: Entry, how: Answer, reason: str = "") -> None:
    """Note that the entry follows every change of law that touched it; nothing is owed by them."""
    entry.touched.filter(answer="").update(answer=how, reason=reason, answered_at=clock.now())
    clock.stop(entry, duties.CATALOG_REVISE)


def stand_still(entry: Entry) -> None:
    """Let the term to revise the entry stand still while others decide, unless it has passed."""
    running = clock.running(entry).filter(duty=duties.CATALOG_REVISE.name, suspended_on=None)
    if running.filter(due__gte=clock.today()).exists():
        clock.suspend(entry, duties.CATALOG_REVISE, AWAITING)


def run_on(entry: Entry) -> None:
    """Let the term to revise the entry run on, where it stood still."""
    running = clock.running(entry).filter(duty=duties.CATALOG_REVISE.name)
    if running.filter(suspended_on__isnull=False).exists():
        clock.resume(entry, duties.CATALOG_REVISE)


def hold(provider: Body, codes: Collection[str]) -> list[Entry]:
    """Return the confirmed entries of ``provider`` with these codes; nobody changes them now."""
    found = Entry.objects.filter(provider=provider, state=State.CONFIRMED, code__in=codes)
    # One order for all, so that two acts on the same entries wait instead of killing each other.
    things = Thing.objects.select_for_update(no_key=True).order_by("pk")
    list(things.filter(pk__in=found.values("pk")).values_list("pk"))
    return list(found.select_related("provider").order_by("code"))


def touch(change: Change, entries: Sequence[Entry]) -> None:
    """Let ``entries`` be touched by a change, and the term to revise each run."""
    Touched.objects.bulk_create(Touched(change=change, entry=entry) for entry in entries)
    for entry in entries:
        if not clock.running(entry).filter(duty=duties.CATALOG_REVISE.name).exists():
            clock.run(entry, duties.CATALOG_REVISE.name, since=change.since)
            if entry.revision and entry.sent_at:
                stand_still(entry)
        telling.tell_stewards(telling.TOUCHED, entry)
