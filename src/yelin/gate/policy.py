"""Who may take grants back, place and lift holds, and see both.

Rooms above add who may do so for their own things.
"""

from yelin.gate.askers import HoldsPowerOverAll, InRole, OfKind
from yelin.gate.deciding import may
from yelin.gate.models import Grant, Hold
from yelin.gate.predicates import HoldsPower, Is, OwnBody, OwnParty, OwnSeat
from yelin.law import duties
from yelin.parties.actor import ActorKind
from yelin.parties.models import Body, Person, Seat

is_officer = InRole("officer")
supervises_all = HoldsPowerOverAll("supervise") & is_officer
placed_it = OwnBody("placed_by_id") & (
    InRole("officer", "steward") | OfKind(ActorKind.REPRESENTATIVE)
)
is_held = OwnParty("on_id") | OwnSeat("on_id")

may(
    "gate.place_hold",
    on=Body,
    when=HoldsPower("supervise", over="division") & is_officer,
    duty=duties.GOVERN,
)
may(
    "gate.place_hold",
    on=Seat,
    when=HoldsPower("supervise", over="body__division") & is_officer,
    duty=duties.GOVERN,
)
may("gate.place_hold", on=Person, when=supervises_all, duty=duties.GOVERN)
# A county's hold may be lifted by the province, but nobody lifts what holds itself.
may("gate.lift_hold", on=Hold, when=(placed_it | supervises_all) & ~is_held, duty=duties.GOVERN)
# What is held of a room's own things, that room says who knows.
is_on_a_party = Is("on__kind", Body.KIND, Seat.KIND, Person.KIND, says="a party is stopped")
may(
    "hold.see",
    on=Hold,
    when=placed_it | is_held | (supervises_all & is_on_a_party),
    duty=duties.TRACE,
)
for _path in ("on__body__division", "on__seat__body__division"):
    may(
        "hold.see",
        on=Hold,
        when=HoldsPower("supervise", over=_path) & is_officer,
        duty=duties.TRACE,
    )
# Whoever has a grant is told why it serves no more.
may("hold.see", on=Hold, when=OwnParty("on__grant__party_id"), duty=duties.TRACE)

is_for_us = OwnParty("party_id")
may("gate.revoke", on=Grant, when=is_for_us, duty=duties.GOVERN)
may("grant.see", on=Grant, when=is_for_us, duty=duties.TRACE)
