"""The other side of a dispute, and whoever mediates it, are told of what was done there."""

from yelin.acts.telling import who_may
from yelin.law import clock
from yelin.market.dispute.models import Dispute
from yelin.market.dispute.rules import By
from yelin.market.seats import people_of
from yelin.notices.events import Event, event
from yelin.notices.telling import tell
from yelin.parties.models import Seat

OPENED = event("dispute.opened", "Dispute {code} over a contract was opened.", urgent=True)
ANSWERED = event("dispute.answered", "In dispute {code} the other side has answered.")
SAID = event("dispute.said", "Somebody wrote in dispute {code}.")
PROPOSED = event(
    "dispute.proposed", "In dispute {code} there is a proposal to settle it.", urgent=True
)
SETTLED = event("dispute.settled", "Dispute {code} is settled by what both sides agreed to.")
WITHDRAWN = event("dispute.withdrawn", "Dispute {code} was withdrawn.")
REFERRED = event(
    "dispute.referred", "Mediation of dispute {code} ended without agreement.", urgent=True
)
LAPSED = event("dispute.lapsed", "In dispute {code} a term has passed.", urgent=True)


def tell_others(of: Event, dispute: Dispute, by: By) -> None:
    """Tell those who sit for both sides, and who may mediate, but whoever did it."""
    sides = [each for each in (By.OPENER, By.OTHER) if each is not by]
    people = people_of(*(dispute.contract.body_of(dispute.side_of(each)).pk for each in sides))
    if by is not By.MEDIATOR:
        seats = Seat.objects.filter(body=dispute.mediator_id)
        people |= who_may("dispute.refer", dispute, seats)
    tell(of, to=people, about=dispute, at=clock.now(), params={"code": dispute.number})
