"""Who disputes, answers, mediates: both sides, and who mediates; the agency sees it, others no."""

from yelin.acts.references import known
from yelin.gate import Anyone, HoldsPower, InRole, Is, IsNot, OwnBody, SystemJob, explain, may
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.market.contract.models import Contract
from yelin.market.contract.policy import binds
from yelin.market.dispute.models import Dispute
from yelin.market.platform.policy import represents

_DUTY = duties.DISPUTE_MEDIATE
_sells, _buys = OwnBody("contract__provider_id"), OwnBody("contract__consumer_id")
_by_seller = Is("side", "provider", says="whoever provides the data opened it")
_by_buyer = Is("side", "consumer", says="whoever has the data opened it")
_opened = _by_seller & _sells | _by_buyer & _buys
_asked = _by_seller & _buys | _by_buyer & _sells
_mediates = OwnBody("mediator_id") & (represents | InRole("officer"))
_agency = HoldsPower("trade.supervise", over="contract__provider__division") & InRole("officer")

may("dispute.open", on=Contract, when=(OwnBody("provider_id") | OwnBody("consumer_id")) & binds,
    duty=_DUTY)  # fmt: skip
may("dispute.answer", on=Dispute, when=_asked & binds, duty=duties.DISPUTE_ANSWER)
may("dispute.withdraw", on=Dispute, when=_opened & binds, duty=_DUTY)
for _action in ("dispute.propose", "dispute.accept"):
    may(_action, on=Dispute, when=(_sells | _buys) & binds, duty=_DUTY)
for _action in ("dispute.say", "dispute.refer"):
    may(_action, on=Dispute, when=(_sells | _buys) & binds | _mediates, duty=_DUTY)
may("dispute.lapse", on=Dispute, when=SystemJob("clock"), duty=_DUTY)
explain(
    "dispute.open",
    on=Contract,
    when=Anyone(),
    duty=_DUTY,
    says="Only the two sides of a contract dispute over it, by who may bind them.",
)
for _action in ("dispute.answer", "dispute.withdraw", "dispute.propose", "dispute.accept"):
    explain(
        _action,
        on=Dispute,
        when=Anyone(),
        duty=_DUTY,
        says="Only the side of the contract for which this is does it, by who may bind it.",
    )
for _action in ("dispute.say", "dispute.refer"):
    explain(
        _action,
        on=Dispute,
        when=Anyone(),
        duty=_DUTY,
        says="Only the sides of a dispute and who mediates it do this.",
    )

may("dispute.see", on=Dispute, when=_sells | _buys | _mediates | _agency, duty=_DUTY)
known(Dispute, by="dispute.see", code="number")
for _path in ("contract__provider_id", "contract__consumer_id", "mediator_id"):
    may(
        "leaf.open",
        on=Leaf,
        when=IsNot("refused", says="the act was not refused")
        & OwnBody(f"subject__dispute__{_path}"),
        duty=duties.TRACE,
    )
