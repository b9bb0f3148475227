"""What may be done on the exchange: ask for data, let it go on, say how verification answers."""

from datetime import date

from yelin import gate
from yelin.acts.attaching import hang
from yelin.acts.frame import act
from yelin.cases.filing import file
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.exchange import telling
from yelin.exchange.models import Answering, Watch
from yelin.exchange.request import REQUEST, Wanted
from yelin.exchange.rules import Level
from yelin.files.examined import Files
from yelin.gate.models import Grant, Hold
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.things.models import Subject

SYSTEM = {Surface.SYSTEM}
_STOPPED = "So many questions met nothing, or neighbours: it looks like enumeration and is stopped."


@act("exchange.request", duty=duties.SHARING_ASK, subject="entry", surface=OUTSIDE, makes=True)
def request(*, actor: Actor, entry: Entry, asked: Wanted, attached: Files = ()) -> Case:
    """Ask for data that is shared on conditions: the items needed, for what, until when (共享申請).

    Raises ``Incomplete`` with every fault.
    """
    said = asked.model_dump(mode="json")
    case = file(REQUEST, about=entry, applicant=actor.party_id, asked=said)
    hang(case, actor, attached)
    return case


@act("exchange.renew", duty=duties.SHARING_ASK, subject="grant", surface=OUTSIDE, makes=True)
def renew(*, actor: Actor, grant: Grant, until: date, scenario: str = "") -> Case:
    """Ask that a grant goes on, with all else as it was asked before (續期).

    ``scenario`` says anew in which work the data is used. Raises ``OutOfTurn`` for a grant that has
    ended or has no end, ``Incomplete`` for a day that is no later.
    """
    if grant.until is None or grant.state_at(clock.now()) != "live":
        raise OutOfTurn("Only a grant that runs, and will end, is renewed.")
    before = Case.objects.select_related("about").get(pk=grant.given_in_id)
    asked = before.asked | {"until": until, "renews": grant.pk}
    if scenario.strip():
        asked["scenario"] = scenario
    return file(REQUEST, about=before.matter, applicant=actor.party_id, asked=asked)


@act("exchange.answer", duty=duties.VERIFY_ONLINE, subject="entry", surface=OUTSIDE, makes=True)
def answer(*, actor: Actor, entry: Entry, tells_missing: bool) -> Answering:
    """Say whether whoever verifies is told that there is no such record (應答方式).

    Where they are not, a record that is missing and one that differs look the same.
    """
    del actor
    told, _ = Answering.objects.update_or_create(
        entry=entry, defaults={"tells_missing": tells_missing}
    )
    return told


@act("exchange.note_enumeration", duty=duties.PROTECT, subject="entry", surface=SYSTEM)
def note_enumeration(*, actor: Actor, entry: Entry, asker: Subject) -> Subject:
    """Tell the provider and the operator of what looks like enumeration (枚舉預警).

    ``asker`` is the grant, or else the seat, by which it was asked. Raises ``OutOfTurn`` where they
    were told in this hour.
    """
    del actor
    _rise(Level.ALARM, asker, entry)
    telling.tell_both(telling.ENUMERATED, entry)
    return asker


@act("exchange.stop_verification", duty=duties.PROTECT, subject="entry", surface=SYSTEM, makes=True)
def stop_verification(*, actor: Actor, entry: Entry, asker: Subject) -> Hold:
    """Stop verification by a grant, or else by a seat, until the provider has looked (枚舉中止).

    Raises ``OutOfTurn`` where it was stopped in this hour.
    """
    del actor
    _rise(Level.STOP, asker, entry)
    telling.tell_both(telling.STOPPED, entry)
    return gate.hold(
        asker,
        duty=duties.PROTECT,
        reason=_STOPPED,
        actions=["resource.verify"],
        placed_by=entry.provider_id,
    )


def _rise(level: Level, asker: Subject, entry: Entry) -> None:
    if not Watch.raise_to(level, asker, entry):
        raise OutOfTurn("This is known already.")
