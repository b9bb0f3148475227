"""Who may open leaves, and who closes the hours of counted refusals."""

from yelin.acts.models import RefusalCount
from yelin.gate import InRole, IsNot, OwnBody, SystemJob, may
from yelin.law import duties
from yelin.ledger.models import Leaf

may("refusals.close_hour", on=RefusalCount, when=SystemJob("clock"), duty=duties.TRACE)
may("leaf.open", on=Leaf, when=OwnBody("body_id"), duty=duties.TRACE)
may(
    "leaf.open",
    on=Leaf,
    when=InRole("auditor") & IsNot("refused", says="the act was not refused"),
    duty=duties.TRACE,
)
