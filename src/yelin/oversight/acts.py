"""What may be done about findings: the measuring finds and closes them, the provider answers."""

from yelin import gate
from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.catalog.telling import tell_stewards
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.oversight import reads, telling
from yelin.oversight.models import Finding, State
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.warehouse.models import Release

SYSTEM = {Surface.SYSTEM}
_HELD = "An open finding stands on this. It can be changed once a version mends what was found."


@act("oversight.find", duty=duties.QUALITY_MEND, subject="entry", surface=SYSTEM, makes=True)
def find(*, actor: Actor, entry: Entry, release: Release, rules: list[str]) -> Finding:
    """Tell a provider which rules its release fails, and let the term to mend run (发现, 派发).

    Until then nobody loosens what the finding stands on, unless whoever supervises lifts the hold.
    Raises ``OutOfTurn`` where none of them fails there, or all are in an open finding.
    """
    del actor
    failing = reads.failing(release)
    asked = [code for code in rules if code in failing and code not in reads.open_rules(entry)]
    if not asked:
        raise OutOfTurn("Nothing of this is to be found any more.")
    finding = Finding(
        entry=entry,
        release=release,
        rules=asked,
        says=[failing[code] for code in asked],
        found_at=clock.now(),
    )
    finding.save()
    clock.run(finding, duties.QUALITY_MEND.name)
    _hold(finding)
    tell_stewards(telling.FOUND, entry, about=finding, n=release.number, rules=len(asked))
    return finding


def _hold(finding: Finding) -> None:
    for thing, loosening in reads.stands_on(finding):
        gate.hold(thing, duty=duties.QUALITY_MEND, reason=_HELD, actions=loosening)


@act("oversight.hold", duty=duties.QUALITY_MEND, subject="finding", surface=SYSTEM)
def hold(*, actor: Actor, finding: Finding) -> Finding:
    """Keep what an older finding stands on as it is, as newer ones do from the start (固定规则).

    Raises ``OutOfTurn`` where it was held once already, or there is nothing to hold.
    """
    del actor
    if finding not in reads.never_held():
        raise OutOfTurn("What this finding stands on was held already.")
    _hold(finding)
    return finding


@act("oversight.answer", duty=duties.QUALITY_MEND, subject="finding", surface=OUTSIDE)
def answer(*, actor: Actor, finding: Finding, says: str) -> Finding:
    """Say what the provider found out, and how it mends it (核实, 整改).

    The term runs on: a finding ends by a release that mends it, and by no words.

    Raises ``Incomplete`` without words, ``OutOfTurn`` for one that is closed.
    """
    del actor
    if finding.state == State.CLOSED:
        raise OutOfTurn("This finding is closed.")
    if not says.strip():
        raise Incomplete.at("says", "Say what you found out.", duties.QUALITY_MEND)
    finding.answer = says.strip()
    if finding.state == State.SENT:
        finding.state = State.ANSWERED
    finding.save()
    return finding


@act("oversight.close", duty=duties.QUALITY_MEND, subject="finding", surface=SYSTEM)
def close(*, actor: Actor, finding: Finding, release: Release) -> Finding:
    """Close a finding by a later release in which nothing of it fails (复核, 销号).

    Raises ``OutOfTurn`` where something of it fails still.
    """
    del actor
    if finding.state == State.CLOSED or not reads.mends(release, finding):
        raise OutOfTurn("This version does not mend what was found.")
    finding.state, finding.closed_at, finding.mended_by = State.CLOSED, clock.now(), release
    finding.save()
    clock.stop(finding, duties.QUALITY_MEND)
    gate.let_go((thing for thing, _ in reads.stands_on(finding)), duty=duties.QUALITY_MEND)
    tell_stewards(telling.CLOSED, finding.entry, about=finding, n=release.number)
    return finding


@act("oversight.lapse", duty=duties.QUALITY_MEND, subject="finding", surface=SYSTEM)
def lapse(*, actor: Actor, finding: Finding) -> Finding:
    """Record that the term to mend has passed; what is owed stays owed (逾期未整改)."""
    del actor
    passed = clock.overdue(duties.QUALITY_MEND).filter(thing=finding.pk)
    if not passed.update(lapsed_at=clock.now()):
        raise OutOfTurn("This term has not passed, or its lapse is already recorded.")
    finding.state = State.OVERDUE
    finding.save()
    tell_stewards(telling.LAPSED, finding.entry, about=finding, n=finding.release.number)
    telling.tell_supervision(telling.LAPSED, finding)
    return finding
