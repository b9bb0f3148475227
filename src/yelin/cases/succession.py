"""What a body's successor takes over: cases that it handles, reviews, asked, is heard in."""

from django.db.models import F, Q

from yelin.cases import reads
from yelin.cases.models import Case, CaseParty, CaseStep, StepState
from yelin.cases.rules import State
from yelin.parties import succession
from yelin.parties.succession import Rows


def _nobody_reviews_itself(cases: Rows) -> None:
    """Give an appeal whose reviewer and handler became one to the next body above, if any is."""
    for case in cases.filter(state=State.APPEALED, reviewer=F("handler")).select_related("handler"):
        if reviewer := reads.reviewer_of(case):
            case.reviewer = reviewer
            case.save(update_fields=["reviewer"])


def _closed() -> Q:
    return Q(state=State.CLOSED)


succession.moves(Case, "handler", reword=_nobody_reviews_itself, done=_closed)
succession.moves(Case, "examiner", done=_closed)
succession.moves(
    Case, "reviewer", reword=_nobody_reviews_itself, done=lambda: ~Q(state=State.APPEALED)
)
succession.moves(Case, "applicant", done=_closed, binds=True)
succession.moves(CaseStep, "handler", done=lambda: ~Q(state=StepState.WAITING))
succession.moves(
    CaseParty, "party", done=lambda: Q(spoke_at__isnull=False) | Q(case__state=State.CLOSED)
)
