"""Who asks bought data where it lies, and who knows what was asked: both sides, each its part."""

from yelin.acts.references import known
from yelin.catalog.models import Entry
from yelin.catalog.predicates import going_out, is_confirmed, is_of_government, is_social
from yelin.catalog.rules import Way
from yelin.gate import (
    Anyone,
    HasGrant,
    IsNot,
    OfKind,
    OwnBody,
    SystemJob,
    explain,
    may,
)
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.market.compute.models import Computation
from yelin.market.contract.models import Contract
from yelin.parties.actor import ActorKind

_DUTY = duties.CONTRACT_WHOLE
_represents = OfKind(ActorKind.REPRESENTATIVE)
_says = (
    "Only whoever bought this by a contract in force asks, and only whoever sold it bounds that."
)

_asks = is_confirmed & HasGrant(of="resource.ask") & _represents
for _whose, _way in ((is_social, Way.SHARED), (is_of_government, Way.APPLIED)):
    may("resource.ask", on=Entry, when=_whose & _asks, duty=_DUTY, bears=going_out(_way))
# Whoever asks knows of what, by its description and items alone.
for _action in ("entry.see", "entry.read"):
    may(
        _action,
        on=Entry,
        when=is_social & _asks,
        duty=duties.SOCIAL_GIVE,
        bears=going_out(Way.SHARED),
    )
explain("resource.ask", on=Entry, when=Anyone(), duty=_DUTY, says=_says)
may("compute.ask", on=Contract, when=OwnBody("consumer_id") & _represents, duty=_DUTY)
may("compute.bound", on=Contract, when=OwnBody("provider_id") & _represents, duty=_DUTY)
for _action in ("compute.ask", "compute.bound"):
    explain(_action, on=Contract, when=Anyone(), duty=_DUTY, says=_says)
may(
    "compute.call_off",
    on=Computation,
    when=OwnBody("contract__consumer_id") & _represents,
    duty=_DUTY,
)
explain("compute.call_off", on=Computation, when=Anyone(), duty=_DUTY, says=_says)
may("compute.conclude", on=Computation, when=SystemJob("compute"), duty=duties.TRADE_LAWFUL)
# Whoever sold learns that and about what was asked; values and answers are between buyer and house.
may(
    "computation.see",
    on=Computation,
    when=(OwnBody("contract__consumer_id") | OwnBody("contract__provider_id")) & _represents,
    duty=_DUTY,
)
known(Computation, by="computation.see")
for _path in ("contract__consumer_id", "contract__provider_id"):
    may(
        "leaf.open",
        on=Leaf,
        when=IsNot("refused", says="the act was not refused")
        & OwnBody(f"subject__computation__{_path}"),
        duty=duties.TRACE,
    )
