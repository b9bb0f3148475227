"""Who files trades and ends contracts, and who sees what was filed: of what is told, everyone."""

from yelin.acts.references import known
from yelin.catalog.models import Entry
from yelin.catalog.predicates import is_confirmed, is_social
from yelin.gate import (
    Anyone,
    HasGrant,
    HoldsPower,
    InRole,
    Is,
    IsNot,
    OfKind,
    OwnBody,
    SystemJob,
    explain,
    may,
)
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.market.contract.models import Contract
from yelin.market.filing.models import Filing
from yelin.parties.actor import ActorKind

# What a contract gives of data that an enterprise keeps to itself. Of government data the room of
# opening answers whoever was granted it.
may(
    "resource.read",
    on=Entry,
    when=is_confirmed & is_social & HasGrant(),
    duty=duties.CONTRACT_WHOLE,
)

_clock = SystemJob("clock")
_party = (OwnBody("provider_id") | OwnBody("consumer_id")) & OfKind(ActorKind.REPRESENTATIVE)
_theirs = (OwnBody("contract__provider_id") | OwnBody("contract__consumer_id")) & OfKind(
    ActorKind.REPRESENTATIVE
)
_agency = HoldsPower("trade.supervise", over="contract__provider__division") & InRole("officer")

for _action in ("contract.file", "contract.hold", "contract.let_go", "contract.expire"):
    may(_action, on=Contract, when=_clock, duty=duties.TRADE_FILE)
may("contract.end", on=Contract, when=_party, duty=duties.CONTRACT_WHOLE)
explain(
    "contract.end",
    on=Contract,
    when=Anyone(),
    duty=duties.CONTRACT_WHOLE,
    says="Only the two sides of a contract end it.",
)
is_on_file = Is("state", "filed", says="it is on file")
may("filing.see", on=Filing, when=is_on_file, duty=duties.TRADE_FILE)
may("filing.see", on=Filing, when=_theirs | _agency, duty=duties.TRADE_FILE)
known(Filing, by="filing.see", code="number")
for _path in ("subject__filing__contract__provider_id", "subject__filing__contract__consumer_id"):
    may(
        "leaf.open",
        on=Leaf,
        when=IsNot("refused", says="the act was not refused") & OwnBody(_path),
        duty=duties.TRACE,
    )
