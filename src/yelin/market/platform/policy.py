"""Who admits and runs platforms, and who takes part; what a platform is, everyone may know."""

from yelin.acts.references import known
from yelin.gate import Anyone, HoldsPower, InRole, Is, IsNot, OfKind, OwnBody, explain, may
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.market.platform.models import Membership, Platform, Rulebook
from yelin.parties.actor import ActorKind
from yelin.parties.models import Body

is_officer = InRole("officer")
represents = OfKind(ActorKind.REPRESENTATIVE)
runs_it = OwnBody("operator_id") & represents
_supervises = HoldsPower("trade.supervise", over="operator__division") & is_officer

may(
    "market.admit_platform",
    on=Body,
    when=HoldsPower("trade.supervise", over="division") & is_officer,
    duty=duties.TRADE_SUPERVISE,
)
may("market.close_platform", on=Platform, when=_supervises, duty=duties.TRADE_SUPERVISE)
may("market.publish_rules", on=Platform, when=runs_it, duty=duties.TRADE_RULES)
may("market.join", on=Platform, when=represents, duty=duties.TRADE_RULES)
may(
    "market.admit",
    on=Membership,
    when=OwnBody("platform__operator_id") & represents,
    duty=duties.TRADE_RULES,
)
may(
    "market.part",
    on=Membership,
    when=(OwnBody("platform__operator_id") | OwnBody("body_id")) & represents
    | HoldsPower("trade.supervise", over="platform__operator__division") & is_officer,
    duty=duties.TRADE_RULES,
)
for _action, _on in (("market.admit_platform", Body), ("market.close_platform", Platform)):
    explain(
        _action,
        on=_on,
        when=Anyone(),
        duty=duties.TRADE_SUPERVISE,
        says="Only the body that supervises trading platforms does this.",
    )
for _action, _what in (("market.publish_rules", Platform), ("market.admit", Membership)):
    explain(
        _action,
        on=_what,
        when=Anyone(),
        duty=duties.TRADE_RULES,
        says="Only whoever runs the platform does this.",
    )
explain(
    "market.join",
    on=Platform,
    when=Anyone(),
    duty=duties.TRADE_RULES,
    says="Only a verified enterprise, association or public utility takes part.",
)
explain(
    "market.part",
    on=Membership,
    when=Anyone(),
    duty=duties.TRADE_RULES,
    says="Only whoever takes part, runs the platform or supervises it ends that.",
)

# A platform may be stopped for a while: nobody lists or buys there meanwhile.
may("gate.place_hold", on=Platform, when=_supervises, duty=duties.TRADE_SUPERVISE)

may("platform.see", on=Platform, when=Anyone(), duty=duties.TRADE_RULES)
may("rulebook.see", on=Rulebook, when=Anyone(), duty=duties.TRADE_RULES)
# Who takes part is public, so that everyone knows with whom they trade.
_trades = Is("state", "admitted", "ended", says="it was decided that the body takes part")
_theirs = (OwnBody("platform__operator_id") | OwnBody("body_id")) & represents
_watches = HoldsPower("trade.supervise", over="platform__operator__division") & is_officer
may("membership.see", on=Membership, when=_trades, duty=duties.TRADE_RULES)
may("membership.see", on=Membership, when=_theirs | _watches, duty=duties.TRADE_RULES)
known(Platform, by="platform.see", code="number")
known(Rulebook, by="rulebook.see")
known(Membership, by="membership.see")

_was_done = IsNot("refused", says="the act was not refused")
for _path in (
    "subject__platform__operator_id",
    "subject__rulebook__platform__operator_id",
    "subject__membership__platform__operator_id",
    "subject__membership__body_id",
):
    may("leaf.open", on=Leaf, when=_was_done & OwnBody(_path), duty=duties.TRACE)
