"""Who rates, answers and hides: buyer, seller, whoever runs the platform; everyone reads it."""

from yelin.acts.references import known
from yelin.gate import Anyone, Is, IsNot, OwnBody, explain, may
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.market.contract.models import Contract
from yelin.market.contract.policy import binds
from yelin.market.platform.policy import represents
from yelin.market.rating.models import Rating

_DUTY = duties.TRADE_RULES
_runs = OwnBody("listing__platform__operator_id") & represents

may("trade.rate", on=Contract, when=OwnBody("consumer_id") & binds, duty=_DUTY)
may("trade.answer", on=Rating, when=OwnBody("contract__provider_id") & binds, duty=_DUTY)
for _action in ("trade.hide", "trade.unhide"):
    may(_action, on=Rating, when=_runs, duty=_DUTY)
    explain(
        _action,
        on=Rating,
        when=Anyone(),
        duty=_DUTY,
        says="Only whoever runs the platform does this.",
    )
explain(
    "trade.rate",
    on=Contract,
    when=Anyone(),
    duty=_DUTY,
    says="Only whoever bought under the contract rates it.",
)
explain(
    "trade.answer",
    on=Rating,
    when=Anyone(),
    duty=_DUTY,
    says="Only whoever sold what is rated answers.",
)
may("rating.see", on=Rating, when=Is("state", "shown", says="it is not hidden"), duty=_DUTY)
may(
    "rating.see",
    on=Rating,
    when=OwnBody("contract__provider_id") | OwnBody("contract__consumer_id") | _runs,
    duty=_DUTY,
)
known(Rating, by="rating.see")
for _side in ("provider", "consumer"):
    may(
        "leaf.open",
        on=Leaf,
        when=IsNot("refused", says="the act was not refused")
        & OwnBody(f"subject__rating__contract__{_side}_id"),
        duty=duties.TRACE,
    )
