"""Who may change bodies, seats, accounts and tokens, open leaves and count terms anew."""

from yelin.gate import (
    Anyone,
    HoldsPower,
    HoldsPowerOverAll,
    InPerson,
    InRole,
    Is,
    IsNot,
    OfKind,
    OwnBody,
    OwnPerson,
    OwnSeat,
    SystemJob,
    explain,
    may,
)
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.notices.models import Channel, Feed, Notice
from yelin.outbound.models import EgressRule
from yelin.parties.actor import ActorKind
from yelin.parties.kinds import SOCIAL
from yelin.parties.models import Body, Deputy, Invitation, Person, Seat, Token
from yelin.things.models import Thing

is_operator = SystemJob("operator")
was_done = IsNot("refused")
is_head = InRole("head")
is_social = Is("kind", *sorted(SOCIAL))
is_oneself = OwnPerson("pk")


def keeps(division: str) -> HoldsPower:
    """Return the condition that the actor's body keeps the register for a place."""
    return HoldsPower("parties.register", over=division)


# Bodies are entered, changed and ended by whoever keeps the register.
registers = keeps("division") & InRole("officer")
may("parties.found", on=Body, when=is_operator | registers, duty=duties.GOVERN)
for _action in (
    "parties.verify",
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
may("parties.issue_token", on=Seat, when=is_own_seat, duty=duties.GOVERN)
may("parties.revoke_token", on=Token, when=OwnSeat("seat_id"), duty=duties.GOVERN)

may("terms.recount", on=Thing, when=SystemJob("clock"), duty=duties.COUNT_TERMS)

may(
    "accounts.register",
    on=Person,
    when=OfKind(ActorKind.ANYONE),
    duty=duties.COLLECT_LAWFULLY,
)
for _action in ("accounts.amend", "accounts.delete"):
    may(_action, on=Person, when=is_oneself, duty=duties.COLLECT_LAWFULLY)
for _action in ("accounts.block", "accounts.unblock"):
    may(
        _action,
        on=Person,
        when=HoldsPowerOverAll("parties.register") & InRole("officer"),
        duty=duties.GOVERN,
    )

may("leaf.open", on=Leaf, when=OwnBody("body_id"), duty=duties.TRACE)
may("leaf.open", on=Leaf, when=InRole("auditor") & was_done, duty=duties.TRACE)

# A body's officer asks for a way out; whoever organizes security in its area allows it; both close.
guards = HoldsPower("security.organize", over="body__body__division")
is_officer = InRole("officer")
may("outbound.ask_host", on=Body, when=OwnBody("pk") & is_officer, duty=duties.PROTECT)
explain(
    "outbound.ask_host",
    on=Body,
    when=Anyone(),
    duty=duties.PROTECT,
    says="Only an officer of the body may ask for a way out.",
)
may("outbound.allow_host", on=EgressRule, when=guards & is_officer, duty=duties.SECURITY_ORGANIZE)
explain(
    "outbound.allow_host",
    on=EgressRule,
    when=Anyone(),
    duty=duties.SECURITY_ORGANIZE,
    says="Only an officer of the body that organizes data security here may allow a way out.",
)
may(
    "outbound.forbid_host", on=EgressRule, when=OwnBody("body_id") & is_officer, duty=duties.PROTECT
)
may("outbound.forbid_host", on=EgressRule, when=guards & is_officer, duty=duties.SECURITY_ORGANIZE)
may("egress_rule.see", on=EgressRule, when=OwnBody("body_id"), duty=duties.PROTECT)
may("egress_rule.see", on=EgressRule, when=guards, duty=duties.SECURITY_ORGANIZE)

# Where one is told is one's own affair.
may("notices.open_channel", on=Person, when=OwnPerson("pk"), duty=duties.COLLECT_LAWFULLY)
is_own_channel = OwnPerson("person_id")
for _action in ("notices.confirm_channel", "notices.limit_channel", "notices.close_channel"):
    may(_action, on=Channel, when=is_own_channel, duty=duties.COLLECT_LAWFULLY)
may("channel.see", on=Channel, when=is_own_channel, duty=duties.COLLECT_LAWFULLY)
may("notice.see", on=Notice, when=OwnPerson("to_id"), duty=duties.GOVERN)
may("notices.issue_feed", on=Person, when=OwnPerson("pk"), duty=duties.GOVERN)
may("notices.revoke_feed", on=Feed, when=OwnPerson("person_id"), duty=duties.GOVERN)
