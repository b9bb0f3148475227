"""Who may found bodies, enrol people, appoint to seats, hold tokens, open leaves, recount."""

from yelin.gate import InRole, IsNot, OwnBody, OwnSeat, SystemJob, may
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.parties.models import Body, Person, Seat, Token
from yelin.things.models import Thing

is_operator = SystemJob("operator")
was_done = IsNot("refused")

may("parties.found", on=Body, when=is_operator, duty=duties.GOVERN)
may("parties.enrol", on=Person, when=is_operator, duty=duties.GOVERN)
may("parties.appoint", on=Body, when=is_operator, duty=duties.GOVERN)
may("parties.issue_token", on=Seat, when=OwnSeat("pk"), duty=duties.GOVERN)
may("parties.revoke_token", on=Token, when=OwnSeat("seat_id"), duty=duties.GOVERN)
may("terms.recount", on=Thing, when=SystemJob("clock"), duty=duties.COUNT_TERMS)
may("leaf.open", on=Leaf, when=OwnBody("body_id"), duty=duties.TRACE)
may("leaf.open", on=Leaf, when=InRole("auditor") & was_done, duty=duties.TRACE)
