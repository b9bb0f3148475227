"""Who is told what of a case: its applicant, who handles it, who is heard, who reviews it."""

from collections.abc import Iterable
from uuid import UUID

from yelin.acts import attaching
from yelin.acts.telling import who_may
from yelin.cases.models import Case, CaseParty, CaseStep
from yelin.cases.rules import READS, By
from yelin.law import clock
from yelin.notices.events import Event, event
from yelin.notices.telling import tell
from yelin.parties.actor import Actor
from yelin.parties.models import Person, Seat
from yelin.things.models import Subject

SUBMITTED = event("case.submitted", "The case {number} came in. Examine it in time.", urgent=True)
INCOMPLETE = event(
    "case.incomplete", "Something is missing in the case {number}. Complete it.", urgent=True
)
COMPLETED = event("case.completed", "The case {number} was completed.", urgent=True)
ACCEPTED = event("case.accepted", "The case {number} is accepted: the term to answer runs.")
DEEMED = event(
    "case.deemed_accepted",
    "Nobody examined the case {number} in time: it counts as accepted. The term to answer runs.",
    urgent=True,
)
ABANDONED = event("case.abandoned", "The case {number} was not completed in time and is closed.")
HEARD = event(
    "case.heard", "In the case {number} your rights are touched. Say what you think.", urgent=True
)
SPOKEN = event("case.spoken", "In the case {number} a party that is heard gave its opinion.")
SUSPENDED = event(
    "case.suspended", "In the case {number} others are heard first; the term stands still."
)
RESUMED = event("case.resumed", "The term of the case {number} runs on.")
EXTENDED = event("case.extended", "The term of the case {number} was extended.")
DECIDED = event("case.decided", "The case {number} is decided.", urgent=True)
LAPSED = event("case.lapsed", "The term of the case {number} has passed.", urgent=True)
WITHDRAWN = event("case.withdrawn", "The case {number} was withdrawn.")
APPEALED = event("case.appealed", "In the case {number} there is an appeal.", urgent=True)
REVIEWED = event("case.reviewed", "The appeal in the case {number} is decided.", urgent=True)
CLOSED = event("case.closed", "The case {number} is closed.")
WRITTEN = event("case.written", "Somebody wrote to you in the case {number}.")
ATTACHED = event("case.attached", "A file was attached to the case {number}.")
STEP = event("case.step", "In the case {number} a step waits for you.", urgent=True)
STEP_ENDED = event("case.step_ended", "In the case {number} a step has ended.")


_ALL = (By.APPLICANT, By.EXAMINER, By.HANDLER, By.HEARD, By.REVIEWER)


def speaks_as(actor: Actor, case: Case) -> By:
    """Return as what ``actor`` acts in a case, who may act there at all."""
    if actor.party_id == case.applicant_id:
        return By.APPLICANT
    if actor.body_id == case.handler_id:
        return By.HANDLER
    if case.reviewer_id and actor.body_id == case.reviewer_id:
        return By.REVIEWER
    if actor.body_id == case.examiner_id:
        return By.EXAMINER
    return By.HEARD if case.heard.filter(party=actor.party_id).exists() else By.STEP


def tell_attached(case: Case, side: str) -> None:
    """Tell those who may read it that something was attached from this side."""
    tell_of(ATTACHED, case, *(by for by, sides in READS.items() if side in sides - {by}))


attaching.declare(Case, side=speaks_as, tell=tell_attached)


def tell_of(of: Event, case: Case, *to: By) -> None:
    """Tell these parties of a case."""
    _tell(of, {person for by in to for person in _people(case, by)}, case)


def tell_others(of: Event, case: Case, by: By) -> None:
    """Tell every party of a case but the one that did it, even where that is another party too."""
    others = {person for each in _ALL if each is not by for person in _people(case, each)}
    _tell(of, others - _people(case, by), case)


def tell_heard(of: Event, heard: CaseParty) -> None:
    """Tell a party that it is heard."""
    _tell(of, _people_of(heard.case, [heard.party_id]), heard.case)


def tell_step(of: Event, step: CaseStep) -> None:
    """Tell those who may do a step."""
    seats = Seat.objects.filter(body=step.handler_id)
    _tell(of, who_may("cases.finish_step", step, seats), step.case)


def _tell(of: Event, to: Iterable[UUID], about: Case | Subject) -> None:
    tell(of, to=to, about=about, at=clock.now(), params={"number": str(about)})


def _people(case: Case, by: By) -> set[UUID]:
    parties: list[UUID] = {
        By.APPLICANT: [case.applicant_id],
        By.EXAMINER: [case.examiner_id],
        By.HANDLER: [case.handler_id],
        By.REVIEWER: [case.reviewer_id] if case.reviewer_id else [],
        By.HEARD: list(case.heard.values_list("party", flat=True)),
        By.STEP: list(case.steps.values_list("handler", flat=True)),
        By.CLOCK: [],
    }[by]
    return _people_of(case, parties)


def _people_of(case: Case, parties: list[UUID]) -> set[UUID]:
    seated = who_may("case.see", case, Seat.objects.filter(body__in=parties))
    # A citizen sits nowhere and is the party itself.
    citizens = Person.objects.filter(pk__in=parties).values_list("pk", flat=True)
    return seated | set(citizens)
