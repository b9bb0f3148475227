"""What may be done in complaints about rights beside what is done in every case."""

from yelin.acts.attaching import hang
from yelin.acts.frame import act
from yelin.cases.filing import file
from yelin.cases.models import Case
from yelin.cases.rules import State
from yelin.catalog.models import Entry
from yelin.files.examined import Files
from yelin.law import duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.talking import complaint
from yelin.talking.complaint import COMPLAINT, Complaint

MOST_REASON = 500


@act(
    "talking.complain",
    duty=duties.RIGHTS_COMPLAIN,
    subject="entry",
    surface=OUTSIDE,
    makes=True,
)
def complain(*, actor: Actor, entry: Entry, asked: Complaint, attached: Files = ()) -> Case:
    """Say that data touches one's privacy, trade secret or intellectual property (权益申诉).

    Raises ``Incomplete`` where it is not said what is touched.
    """
    case = file(
        COMPLAINT,
        about=entry,
        applicant=actor.party_id,
        asked=asked.model_dump(mode="json"),
    )
    hang(case, actor, attached)
    return case


@act("talking.stop_delivery", duty=duties.RIGHTS_COMPLAIN, subject="case", surface=OUTSIDE)
def stop_delivery(*, actor: Actor, case: Case, reason: str = "") -> Case:
    """Stop the delivery of the data at once, until the complaint is decided (中止提供).

    ``reason`` is told to everyone who is refused. Raises ``Incomplete`` for one that is too long,
    ``OutOfTurn`` where it stands still already or the complaint is decided.
    """
    said = reason.strip()
    if len(said) > MOST_REASON:
        says = "Write at most {limit} characters."
        raise Incomplete.at("reason", says, duties.RIGHTS_COMPLAIN, {"limit": MOST_REASON})
    if case.state in {State.DECIDED, State.CLOSED}:
        raise OutOfTurn("This case has moved on since you opened it. Look at its present state.")
    if complaint.live(case):
        raise OutOfTurn("Delivery stands still by this complaint already.")
    assert actor.body_id is not None  # noqa: S101 - the arm asks for a seat
    complaint.stop(case, said, actor.body_id)
    return case


@act("talking.resume_delivery", duty=duties.RIGHTS_COMPLAIN, subject="case", surface=OUTSIDE)
def resume_delivery(*, actor: Actor, case: Case) -> Case:
    """Let delivery go on that stood still by a complaint (恢复提供).

    Raises ``OutOfTurn`` where it does not stand still by it.
    """
    del actor
    if not complaint.let_go(case):
        raise OutOfTurn("Delivery does not stand still by this complaint.")
    return case
