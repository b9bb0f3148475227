"""What may be done about a privacy budget: its limit is set. It is spent by works alone."""

from decimal import Decimal

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete
from yelin.parties.actor import OUTSIDE, Actor
from yelin.privacy.deidentify.noised import GRAIN
from yelin.privacy.workbench.budget import Budget, plain

_DUTY = duties.HAND_OVER


@act("deidentify.set_budget", duty=_DUTY, subject="entry", surface=OUTSIDE, makes=True)
def set_budget(*, actor: Actor, entry: Entry, limit: Decimal) -> Budget:
    """Set how much a resource may tell in all by statistics with noise (设定隐私预算).

    Below what was spent it closes the budget; nothing is ever given back. Raises ``Incomplete``.
    """
    del actor
    most = packs.active().noise_budget.most
    if not 0 < limit <= most:
        says = "A limit is above zero, and {most} at most."
        raise Incomplete.at("limit", says, _DUTY, {"most": plain(most)})
    if limit % GRAIN:
        says = "A limit has six decimal places at most."
        raise Incomplete.at("limit", says, _DUTY)
    # Held as by whoever spends: no limit is lowered between what they read and what they spend.
    budget = Budget.objects.select_for_update().filter(entry=entry).first() or Budget(entry=entry)
    budget.limit, budget.changed_at = limit, clock.now()
    budget.save()
    return budget
