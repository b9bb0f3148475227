"""How much a resource tells by statistics with noise, in all: what may be spent, and what was."""

from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Q, Sum

from yelin.catalog.models import Entry
from yelin.law import clock, packs
from yelin.things.models import Evidence, Subject, Thing

DIGITS, PLACES = 9, 6


class BudgetQuerySet(models.QuerySet["Budget"]):
    """Questions about budgets."""

    def with_spent(self) -> "BudgetQuerySet":
        """Return them with ``used``, what counts as spent today, from the same query."""
        return self.annotate(used=Sum("spendings__epsilon", filter=_counts("spendings__")))


class Budget(Subject):
    """The privacy budget of a resource (隐私预算), over all its releases, that are and will be.

    Its row is locked by whoever spends, so that two never spend the same.
    """

    KIND = "budget"
    ALONG = ("entry__provider",)

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="noise_budget")
    limit = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    changed_at = models.DateTimeField()

    objects = BudgetQuerySet.as_manager()

    class Meta:
        ordering = ["entry__title", "pk"]
        constraints = [
            models.CheckConstraint(name="privacy_budget_above_zero", condition=Q(limit__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.limit}"

    @property
    def spent(self) -> Decimal:
        """What was spent, and counts today."""
        found = vars(self).get("used", self)
        if found is self:
            found = self.spendings.filter(_counts()).aggregate(all=Sum("epsilon"))["all"]
        return found or Decimal()

    @property
    def left(self) -> Decimal:
        """What may be spent still; nothing where the limit was lowered below what was spent."""
        return max(self.limit - self.spent, Decimal())

    def evidence(self) -> Evidence:
        """Return of which resource, its limit and what was spent."""
        return {
            "entry": self.entry.code,
            "limit": plain(self.limit),
            "spent": plain(self.spent),
        }


class Spending(models.Model):
    """What one work spent for one table: committed before noise is drawn, and never given back.

    ``left_at`` is when figures left by it. Until then none that were drawn are known to anybody, so
    that the same work may draw again; after it the next table is another spending.
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="spendings")
    work = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="+")
    epsilon = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    spent_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-spent_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="privacy_spent_above_zero", condition=Q(epsilon__gt=0)),
            models.UniqueConstraint(
                name="privacy_spent_once_until_it_left",
                fields=["budget", "work", "epsilon"],
                condition=Q(left_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} {self.epsilon}"


def plain(epsilon: Decimal) -> str:
    """Return an epsilon without zeros that say nothing: ``0.5``, ``10``."""
    return f"{epsilon.normalize():f}"


def _counts(path: str = "") -> Q:
    """Return which spendings count today: all, unless the pack renews a budget."""
    days = packs.active().noise_budget.renewed_after_days
    since = clock.now() - timedelta(days=days) if days else None
    return Q(**{f"{path}spent_at__gt": since}) if since else Q(**{f"{path}epsilon__gt": 0})
