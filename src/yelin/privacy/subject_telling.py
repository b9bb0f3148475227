"""Who is told what of a request about what is held of a person: no number, no name."""

from uuid import UUID

from yelin.acts.telling import officers_holding, who_may
from yelin.law import clock
from yelin.notices.events import Event, event
from yelin.notices.telling import tell
from yelin.parties.models import Person, Seat
from yelin.privacy.requested import SubjectRequest, Target

DELETE = event(
    "personal.delete",
    "Somebody had their rows deleted from {code}. Delete them from what you have, and confirm it.",
    urgent=True,
)
DELETE_LATE = event(
    "personal.delete_late",
    "You have not confirmed that you deleted what you had of a person in {code}. Confirm it.",
    urgent=True,
)
DELETE_SOON = event(
    "personal.delete_soon",
    "Confirm soon that you deleted what you had of a person in {code}: the term ends.",
    urgent=True,
)
UNCONFIRMED = event(
    "personal.unconfirmed",
    "A recipient of {code} did not confirm in time that it deleted the rows of a person.",
    urgent=True,
)
CONFIRMED = event("personal.confirmed", "In {number} a recipient confirmed that it deleted.")
PROVED = event(
    "personal.proved", "What you asked to be deleted in {number} is gone. See the proof."
)
COPIED = event(
    "personal.copied", "The copy that you asked for in {number} lies ready.", urgent=True
)
OVERSEES = "operate"


def tell_recipient(of: Event, target: Target, once: str = "") -> None:
    """Tell a recipient: the person itself, or of a body those who may confirm it."""
    seats = Seat.objects.filter(body=target.party_id)
    people = who_may("privacy.confirm", target, seats)
    people |= {*Person.objects.filter(pk=target.party_id).values_list("pk", flat=True)}
    _tell(of, people, target, once)


def tell_overseers(target: Target) -> None:
    """Tell the body that was asked, and the agency, that a recipient did not confirm."""
    handler = target.request.case.handler
    people = who_may("subject_target.see", target, Seat.objects.filter(body=handler))
    people |= who_may(
        "subject_target.see", target, officers_holding(OVERSEES, over=handler.division)
    )
    _tell(UNCONFIRMED, people, target)


def tell_subject(of: Event, request: SubjectRequest) -> None:
    """Tell whoever asked."""
    params = {"number": request.case.number}
    tell(of, to=[request.person_id], about=request.case, at=clock.now(), params=params)


def _tell(of: Event, to: set[UUID], target: Target, once: str = "") -> None:
    params = {"code": str(target.entry.code)}
    tell(of, to=to, about=target, at=clock.now(), params=params, once=once)


def remind(target: Target, once: str) -> None:
    """Remind a recipient that has not confirmed, of each due day once."""
    tell_recipient(DELETE_SOON, target, once)
