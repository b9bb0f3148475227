"""How a privacy budget is spent: committed before noise is drawn, and once for what leaves.

A worker may be killed between spending, drawing and letting out. What it drew is then gone with it,
so the next one draws again for the same spending: only one of them ever lets figures out, since
that is written down in the transaction in which they leave.
"""

from decimal import Decimal

from django.db import transaction

from yelin.catalog.models import Entry
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.privacy.workbench.budget import Budget, BudgetQuerySet, Spending, plain
from yelin.things.models import Thing

_DUTY = duties.HAND_OVER


def spend(work: Thing, entry: Entry, epsilon: Decimal) -> Spending:
    """Spend of the budget of ``entry`` for one table of ``work``; committed when this returns.

    What the same work spent before, and by which nothing left, is taken up. Raises ``Incomplete``.
    """
    # Durable: within another transaction it might be rolled back after noise was drawn.
    with transaction.atomic(durable=True):
        budget, before = _borne(Budget.objects.select_for_update(), work, entry, epsilon)
        return before or budget.spendings.create(work=work, epsilon=epsilon, spent_at=clock.now())


def require(work: Thing, entry: Entry, epsilon: Decimal) -> None:
    """Raise ``Incomplete`` where a table of ``work`` may not spend so much now, with the mend."""
    _borne(Budget.objects.all(), work, entry, epsilon)


def _borne(
    budgets: BudgetQuerySet, work: Thing, entry: Entry, epsilon: Decimal
) -> tuple[Budget, Spending | None]:
    """Return the budget that bears it, and what the work spent before by which nothing left."""
    budget = budgets.filter(entry=entry).first()
    if budget is None:
        says = "“{title}” has no privacy budget. Set one first."
        raise Incomplete.at("epsilon", says, _DUTY, {"title": entry.title})
    before = budget.spendings.filter(work=work, epsilon=epsilon, left_at=None).first()
    if before is None:
        _require_left(budget, epsilon)
    return budget, before


def _require_left(budget: Budget, epsilon: Decimal) -> None:
    each, left = packs.active().noise_budget.each, budget.left
    if epsilon > each:
        says = "One table spends {each} at most. Ask for less."
        raise Incomplete.at("epsilon", says, _DUTY, {"each": plain(each)})
    if epsilon > left:
        says = (
            "Of the privacy budget of {limit} there is {left} left, and this asks for {epsilon}."
            " Ask for less, or raise the limit if it may be."
        )
        told = {"limit": plain(budget.limit), "left": plain(left), "epsilon": plain(epsilon)}
        raise Incomplete.at("epsilon", says, _DUTY, told)


def let_out(spending: Spending) -> None:
    """Write down that figures leave by ``spending``, in the transaction in which they do.

    Raises ``OutOfTurn`` where others left by it already: these are then for nobody.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("figures and this leave together")
    left = Spending.objects.filter(pk=spending.pk, left_at=None).update(left_at=clock.now())
    if not left:
        raise OutOfTurn("Figures have left for this spending already. Have the table made anew.")
