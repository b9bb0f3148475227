"""Who may ask for ways out, allow and close them."""

from yelin.acts.references import known
from yelin.gate import Anyone, HoldsPower, InRole, OfKind, OwnBody, explain, may
from yelin.law import duties
from yelin.outbound.models import EgressRule
from yelin.parties.actor import ActorKind
from yelin.parties.models import Body

known(EgressRule, by="egress_rule.see")

# Whoever answers for a body asks for a way out; who organizes security in its area allows it;
# both close.
guards = HoldsPower("security.organize", over="body__body__division")
is_officer = InRole("officer")
answers_for_it = is_officer | OfKind(ActorKind.REPRESENTATIVE)
may("outbound.ask_host", on=Body, when=OwnBody("pk") & answers_for_it, duty=duties.PROTECT)
explain(
    "outbound.ask_host",
    on=Body,
    when=Anyone(),
    duty=duties.PROTECT,
    says="Only an officer or representative of the body may ask for a way out.",
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
    "outbound.forbid_host",
    on=EgressRule,
    when=OwnBody("body_id") & answers_for_it,
    duty=duties.PROTECT,
)
may("outbound.forbid_host", on=EgressRule, when=guards & is_officer, duty=duties.SECURITY_ORGANIZE)
may("egress_rule.see", on=EgressRule, when=OwnBody("body_id"), duty=duties.PROTECT)
may("egress_rule.see", on=EgressRule, when=guards, duty=duties.SECURITY_ORGANIZE)
