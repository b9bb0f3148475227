"""Who negotiates, contracts, signs and settles: both sides; whoever supervises them sees it."""

from yelin.acts.references import known
from yelin.gate import (
    Anyone,
    HoldsPower,
    InRole,
    IsNot,
    OfKind,
    OwnBody,
    SystemJob,
    explain,
    may,
)
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.market.contract.models import Contract, Negotiation, PartyCertificate
from yelin.market.contract.settlement import Settlement
from yelin.parties.actor import ActorKind
from yelin.parties.models import Body

_DUTY = duties.CONTRACT_WHOLE
# Whoever binds a body by contract: its officers and head, or who stands for an enterprise.
binds = InRole("officer", "head") | OfKind(ActorKind.REPRESENTATIVE)
_is_ours = OwnBody("provider_id") | OwnBody("consumer_id")
_watches = InRole("officer", "auditor") & HoldsPower("supervise", over="provider__division")
_keeps_register = HoldsPower("parties.register", over="body__division") & InRole("officer")
_of_party = OwnBody("body_id")

may("contract.propose", on=Body, when=OwnBody("pk") & binds, duty=_DUTY)
may("contract.bring_certificate", on=Body, when=OwnBody("pk") & binds, duty=duties.SIGN)
for _action in ("contract.offer", "contract.accept", "contract.terminate"):
    may(_action, on=Negotiation, when=_is_ours & binds, duty=_DUTY)
may("contract.lapse", on=Negotiation, when=SystemJob("clock"), duty=_DUTY)
for _action in ("contract.sign", "contract.record"):
    may(_action, on=Contract, when=_is_ours & binds, duty=_DUTY)
may("contract.approve_certificate", on=PartyCertificate, when=_keeps_register, duty=duties.SIGN)
may(
    "contract.end_certificate",
    on=PartyCertificate,
    when=_of_party & binds | _keeps_register,
    duty=duties.SIGN,
)
for _action, _model in (
    ("contract.offer", Negotiation),
    ("contract.accept", Negotiation),
    ("contract.terminate", Negotiation),
    ("contract.sign", Contract),
    ("contract.record", Contract),
):
    explain(
        _action,
        on=_model,
        when=Anyone(),
        duty=_DUTY,
        says="Only the two sides do this, by who may bind them.",
    )

may("negotiation.see", on=Negotiation, when=_is_ours | _watches, duty=_DUTY)
may("contract.see", on=Contract, when=_is_ours | _watches, duty=_DUTY)
may(
    "settlement.see",
    on=Settlement,
    when=OwnBody("contract__provider_id")
    | OwnBody("contract__consumer_id")
    | InRole("officer", "auditor") & HoldsPower("supervise", over="contract__provider__division"),
    duty=_DUTY,
)
may(
    "party_certificate.see",
    on=PartyCertificate,
    when=_of_party | _keeps_register,
    duty=duties.SIGN,
)
known(Negotiation, by="negotiation.see", code="number")
known(Contract, by="contract.see", code="number")
known(PartyCertificate, by="party_certificate.see")
known(Settlement, by="settlement.see")
for _path in ("negotiation", "contract"):
    may(
        "leaf.open",
        on=Leaf,
        when=IsNot("refused", says="the act was not refused")
        & (OwnBody(f"subject__{_path}__provider_id") | OwnBody(f"subject__{_path}__consumer_id")),
        duty=duties.TRACE,
    )
may("leaf.open", on=Leaf, when=OwnBody("subject__partycertificate__body_id"), duty=duties.TRACE)
may(
    "leaf.open",
    on=Leaf,
    when=OwnBody("subject__settlement__contract__provider_id")
    | OwnBody("subject__settlement__contract__consumer_id"),
    duty=duties.TRACE,
)
