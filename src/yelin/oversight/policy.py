"""Who finds, who is told, who answers; nobody closes a finding but the measuring itself."""

from yelin.acts.references import known
from yelin.catalog.models import Entry
from yelin.gate import Anyone, HoldsPower, InRole, IsNot, OwnBody, SystemJob, explain, may
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.oversight.models import Finding

_is_ours = OwnBody("entry__provider_id")
may("oversight.find", on=Entry, when=SystemJob("quality"), duty=duties.QUALITY_MEND)
may("oversight.hold", on=Finding, when=SystemJob("quality"), duty=duties.QUALITY_MEND)
may("oversight.close", on=Finding, when=SystemJob("quality"), duty=duties.QUALITY_MEND)
may("oversight.lapse", on=Finding, when=SystemJob("clock"), duty=duties.QUALITY_MEND)
may(
    "oversight.answer",
    on=Finding,
    when=_is_ours & InRole("steward"),
    duty=duties.QUALITY_MEND,
)
explain(
    "oversight.answer",
    on=Finding,
    when=Anyone(),
    duty=duties.QUALITY_MEND,
    says="Only a data steward of the providing body answers a finding.",
)
may(
    "finding.see",
    on=Finding,
    when=_is_ours & InRole("steward", "officer")
    | HoldsPower("supervise", over="entry__provider__division") & InRole("officer"),
    duty=duties.QUALITY_MEND,
)
known(Finding, by="finding.see")
may(
    "leaf.open",
    on=Leaf,
    when=IsNot("refused", says="the act was not refused")
    & OwnBody("subject__finding__entry__provider_id"),
    duty=duties.TRACE,
)
