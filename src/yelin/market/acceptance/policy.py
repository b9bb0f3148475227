"""Who inspects, accepts, refuses and mends: each side its own; both and who supervises see it."""

from yelin.acts.references import known
from yelin.gate import Anyone, HoldsPower, InRole, IsNot, OwnBody, SystemJob, explain, may
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.market.acceptance.models import Inspection
from yelin.market.contract.models import Contract
from yelin.market.contract.policy import binds

_DUTY = duties.CONTRACT_WHOLE
_buys = OwnBody("contract__consumer_id") & binds
_sides = OwnBody("contract__provider_id") | OwnBody("contract__consumer_id")
_watches = InRole("officer", "auditor") & HoldsPower(
    "supervise", over="contract__provider__division"
)

may("trade.inspect", on=Contract, when=SystemJob("clock"), duty=_DUTY)
may("trade.deem", on=Inspection, when=SystemJob("clock"), duty=_DUTY)
may("trade.mend", on=Contract, when=OwnBody("provider_id") & binds, duty=_DUTY)
explain(
    "trade.mend",
    on=Contract,
    when=Anyone(),
    duty=_DUTY,
    says="Only whoever provides the data mends it.",
)
for _action in ("trade.accept", "trade.refuse"):
    may(_action, on=Inspection, when=_buys, duty=_DUTY)
    explain(
        _action,
        on=Inspection,
        when=Anyone(),
        duty=_DUTY,
        says="Only whoever bought the data accepts or refuses it.",
    )
may("inspection.see", on=Inspection, when=_sides | _watches, duty=_DUTY)
known(Inspection, by="inspection.see")
for _side in ("provider", "consumer"):
    may(
        "leaf.open",
        on=Leaf,
        when=IsNot("refused", says="the act was not refused")
        & OwnBody(f"subject__inspection__contract__{_side}_id"),
        duty=duties.TRACE,
    )
