"""Who may do what stands in the acts of this room, and who may open leaves."""

from yelin.gate import (
    Anyone,
    HoldsPower,
    InRole,
    IsNot,
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
from yelin.parties.models import Body, Person, Seat, Token

is_operator = SystemJob("operator")
was_done = IsNot("refused")

may("parties.found", on=Body, when=is_operator, duty=duties.GOVERN)
may("parties.enrol", on=Person, when=is_operator, duty=duties.GOVERN)
may("parties.appoint", on=Body, when=is_operator, duty=duties.GOVERN)
may("parties.issue_token", on=Seat, when=OwnSeat("pk"), duty=duties.GOVERN)
may("parties.revoke_token", on=Token, when=OwnSeat("seat_id"), duty=duties.GOVERN)
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
