"""Who sets a privacy budget, and who sees what is left of it: the providing body (49)."""

from yelin.acts.references import known
from yelin.catalog.models import Entry
from yelin.catalog.predicates import is_kept, is_own
from yelin.gate import Anyone, IsNot, OwnBody, explain, may
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.privacy.policy import collects
from yelin.privacy.workbench.budget import Budget

may("deidentify.set_budget", on=Entry, when=is_own & is_kept & collects, duty=duties.HAND_OVER)
explain(
    "deidentify.set_budget",
    on=Entry,
    when=Anyone(),
    duty=duties.HAND_OVER,
    says="Only who collects for the providing body does this.",
)
may("budget.see", on=Budget, when=OwnBody("entry__provider_id"), duty=duties.HAND_OVER)
known(Budget, by="budget.see")
may(
    "leaf.open",
    on=Leaf,
    when=IsNot("refused", says="the act was not refused")
    & OwnBody("subject__budget__entry__provider_id"),
    duty=duties.TRACE,
)
