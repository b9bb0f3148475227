"""Who asks for transfers and moves them: both sides, the clock; whoever supervises sees them."""

from yelin.acts.references import known
from yelin.gate import (
    Anyone,
    HoldsPower,
    InRole,
    IsNot,
    OwnBody,
    SystemJob,
    explain,
    may,
)
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.market.contract.models import Contract
from yelin.market.contract.policy import binds
from yelin.market.transfer.models import Transfer

_DUTY = duties.CONTRACT_WHOLE
_sides = OwnBody("contract__provider_id") | OwnBody("contract__consumer_id")
_watches = InRole("officer", "auditor") & HoldsPower(
    "supervise", over="contract__provider__division"
)
_clock = SystemJob("clock")

may("transfer.request", on=Contract, when=OwnBody("consumer_id") & binds, duty=_DUTY)
explain(
    "transfer.request",
    on=Contract,
    when=Anyone(),
    duty=_DUTY,
    says="Only whoever bought the data takes it.",
)
for _action in ("transfer.start", "transfer.suspend", "transfer.terminate"):
    may(_action, on=Transfer, when=_sides & binds | _clock, duty=_DUTY)
may("transfer.complete", on=Transfer, when=_sides & binds, duty=_DUTY)
for _action in ("transfer.start", "transfer.suspend", "transfer.terminate", "transfer.complete"):
    explain(
        _action,
        on=Transfer,
        when=Anyone(),
        duty=_DUTY,
        says="Only the two sides do this, by who may bind them.",
    )
may("transfer.see", on=Transfer, when=_sides | _watches, duty=_DUTY)
known(Transfer, by="transfer.see", code="number")
for _side in ("provider", "consumer"):
    may(
        "leaf.open",
        on=Leaf,
        when=IsNot("refused", says="the act was not refused")
        & OwnBody(f"subject__transfer__contract__{_side}_id"),
        duty=duties.TRACE,
    )
