"""What may be done on the exchange: ask for data, and ask that what was given goes on."""

from datetime import date

from yelin.acts.attaching import hang
from yelin.acts.frame import act
from yelin.cases.filing import file
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.exchange.request import REQUEST, Wanted
from yelin.files.examined import Files
from yelin.gate.models import Grant
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor


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
