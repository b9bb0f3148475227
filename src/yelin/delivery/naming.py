"""How whoever has data names one record of it: by its key, which is kept under seal alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from yelin import gate
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.delivery.checks import Check
from yelin.gate import Decision
from yelin.keys.digests import keyed
from yelin.keys.models import Destroyed
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete
from yelin.ledger.entry import canonical
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.models import Release
from yelin.warehouse.opened import NoTable
from yelin.warehouse.query import Unfulfillable

MOST = 1_000


def keys_for(actor: Actor, entry: Entry) -> list[str]:
    """Return the items by which ``actor`` names a record of ``entry``; none where it cannot."""
    newest = Release.objects.latest_of(entry)
    return keys_in(actor, entry, newest) if newest else []


def keys_in(actor: Actor, entry: Entry, release: Release, purpose: str = "") -> list[str]:
    """Return the same where the newest release is at hand."""
    if not release.is_table:
        return []
    keys = opened.keys_of(release)
    had = any(all(map(d.shows, keys)) for d in _decisions(actor, entry, purpose))
    return keys if had else []


def faults(
    actor: Actor, entry: Entry, items: Iterable[str], record: Mapping[str, str], purpose: str
) -> Iterator[Fault]:
    """Yield the first item that ``actor`` does not know of, and what is wrong with the record.

    Whether there is such a record is told to nobody who could not look for it.
    """
    may_know = gate.decide(actor, "entry.read", entry)
    if strange := [name for name in items if not may_know.shows(name)]:
        yield Fault("items", "There is no item called {name}.", params={"name": strange[0]})
    if not record:
        return
    release = Release.objects.latest_of(entry)
    if release is None or not release.is_table or not opened.keys_of(release):
        says = "There are no records by which one could be named."
        yield Fault("record", says, duties.QUALITY_DOUBT)
        return
    keys = opened.keys_of(release)
    if set(record) != set(keys) or not all(0 < len(v.strip()) <= MOST for v in record.values()):
        says = "Name the record by these items, and no others: {names}."
        yield Fault("record", says, duties.QUALITY_DOUBT, {"names": list(keys)})
        return
    yield from _not_found(_decisions(actor, entry, purpose), release, record)


def _decisions(actor: Actor, entry: Entry, purpose: str) -> Iterator[Decision]:
    """Return by what ``actor`` has records of ``entry``, for any use for which it has them."""
    uses: Sequence[str] = [purpose] if purpose else ["", *entry.sharing_requirements]
    asked = [(action, use) for action in ("resource.read", "resource.verify") for use in uses]
    found = (gate.decide(actor, action, entry, use) for action, use in asked)
    return (decision for decision in found if decision.allowed)


def _not_found(
    decisions: Iterable[Decision], release: Release, record: Mapping[str, str]
) -> Iterator[Fault]:
    looked = False
    for decision in decisions:
        if decision.action == "resource.verify" and not looked:
            # Whoever only verifies does not learn by a doubt whether there is such a record.
            return
        try:
            if opened.located(decision, release, record).rows:
                return
            looked = True
        except (Incomplete, Destroyed, NoTable, Unfulfillable):
            continue
    if looked:
        says = "What you have of this data holds no such record."
        yield Fault("record", says, duties.QUALITY_DOUBT)
    else:
        says = "Only who has the data names a record of it."
        yield Fault("record", says, duties.QUALITY_DOUBT)


def digest_of(entry: Entry, record: Mapping[str, str]) -> bytes:
    """Return a keyed digest of a record's key, by which it is known again and nobody finds it."""
    said = canonical({"entry": str(entry.pk), "record": dict(record)})
    return keyed("delivery.record", said)


def name(case: Case, record: Mapping[str, str], digest: bytes | None) -> None:
    """Keep of the doubt ``case`` which record it is about, and which release was looked at."""
    check = Check.objects.get(case=case)
    check.release = Release.objects.latest_of(case.matter)
    if digest:
        plain = {item: value.strip() for item, value in record.items()}
        check.name(plain, digest, case.thing, clock.now())
    check.save()
