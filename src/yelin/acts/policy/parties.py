"""Who may found and change bodies, give seats, keep accounts and hold tokens."""

from django.db.models import Q

from yelin.acts.references import known
from yelin.gate import (
    Anyone,
    HoldsPower,
    HoldsPowerOverAll,
    InPerson,
    InRole,
    Is,
    OfKind,
    OwnBody,
    OwnPerson,
    OwnSeat,
    SystemJob,
    explain,
    may,
)
from yelin.law import duties
from yelin.parties.actor import ActorKind
from yelin.parties.kinds import SOCIAL
from yelin.parties.models import Body, Deputy, Invitation, Person, Seat, Token

known(Body, by="body.see", code="credit_code", among=Q(until=None))
known(Seat, by="seat.see")
known(Token, by="parties.revoke_token")
known(Person, by="person.see")
may("person.see", on=Person, when=OwnPerson("pk"), duty=duties.GOVERN)
keeps_all = HoldsPowerOverAll("parties.register") & InRole("officer")
may("person.see", on=Person, when=keeps_all, duty=duties.GOVERN)
may("body.see", on=Body, when=Anyone(), duty=duties.GOVERN)

is_operator = SystemJob("operator")
is_head = InRole("head")
is_social = Is("kind", *sorted(SOCIAL), says="it is an enterprise, association or utility")
is_oneself = OwnPerson("pk")


def keeps(division: str) -> HoldsPower:
    """Return the condition that the actor's body keeps the register for a place."""
    return HoldsPower("parties.register", over=division)


# Bodies are entered, changed and ended by whoever keeps the register.
registers = keeps("division") & InRole("officer")
may("register.see", on=Body, when=registers, duty=duties.GOVERN)
may("parties.found", on=Body, when=is_operator | registers, duty=duties.GOVERN)
for _action in (
    "parties.recover",
    "parties.rename",
    "parties.merge",
    "parties.split",
    "parties.dissolve",
):
    may(_action, on=Body, when=registers, duty=duties.GOVERN)
    explain(
        _action,
        on=Body,
        when=Anyone(),
        duty=duties.GOVERN,
        says="Only an officer of the body that keeps the register may do this.",
    )
may(
    "parties.register_enterprise",
    on=Body,
    when=OfKind(ActorKind.CITIZEN),
    duty=duties.GOVERN,
)

# People and seats: a head for its own body, everyone for one's own seat.
may(
    "parties.enrol",
    on=Person,
    when=is_operator | InRole("head", "officer"),
    duty=duties.GOVERN,
)
may("parties.appoint", on=Body, when=is_operator | (OwnBody("pk") & is_head), duty=duties.GOVERN)
heads = OwnBody("body_id") & is_head
is_own_seat = OwnSeat("pk") & InPerson()
registers_seat = keeps("body__division") & InRole("officer")
may("seat.see", on=Seat, when=OwnBody("body_id") | registers_seat, duty=duties.GOVERN)
may("parties.leave", on=Seat, when=is_own_seat | heads | registers_seat, duty=duties.GOVERN)
may(
    "parties.hand_over",
    on=Seat,
    when=(is_own_seat & OfKind(ActorKind.OFFICIAL)) | heads,
    duty=duties.GOVERN,
)
may("parties.depute", on=Seat, when=is_own_seat | heads, duty=duties.GOVERN)
may("parties.give_link", on=Seat, when=heads | registers_seat, duty=duties.GOVERN)
may(
    "parties.end_deputy",
    on=Deputy,
    when=(OwnSeat("seat_id") & InPerson())
    | OwnPerson("person_id")
    | (OwnBody("seat__body_id") & is_head),
    duty=duties.GOVERN,
)
may(
    "parties.invite",
    on=Body,
    when=OwnBody("pk") & is_social & InPerson(),
    duty=duties.GOVERN,
)
is_invited = OwnPerson("person_id")
may("parties.accept", on=Invitation, when=is_invited, duty=duties.GOVERN)
may("parties.decline", on=Invitation, when=is_invited | OwnBody("body_id"), duty=duties.GOVERN)

# Tokens outlive an absence, so a deputy gives none.
is_citizen = OfKind(ActorKind.CITIZEN)
may("parties.issue_token", on=Seat, when=is_own_seat, duty=duties.GOVERN)
may("parties.issue_token", on=Person, when=is_oneself & is_citizen, duty=duties.GOVERN)
is_own_token = OwnSeat("seat_id") | (OwnPerson("person_id") & is_citizen)
may("parties.revoke_token", on=Token, when=is_own_token, duty=duties.GOVERN)

for _action in ("accounts.register", "accounts.register_outside"):
    may(_action, on=Person, when=OfKind(ActorKind.ANYONE), duty=duties.COLLECT_LAWFULLY)
may("accounts.send_link", on=Person, when=SystemJob("mail"), duty=duties.COLLECT_LAWFULLY)
may("accounts.give_link", on=Person, when=is_operator, duty=duties.GOVERN)
for _action in (
    "accounts.amend",
    "accounts.link",
    "accounts.unlink",
    "accounts.sign_out_all",
    "accounts.delete",
):
    may(_action, on=Person, when=is_oneself, duty=duties.COLLECT_LAWFULLY)
for _action in ("accounts.block", "accounts.unblock"):
    may(_action, on=Person, when=keeps_all, duty=duties.GOVERN)
