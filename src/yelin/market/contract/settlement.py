"""What was invoiced and paid under contracts, as their sides recorded it; no money passes here."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from yelin.market.contract import money
from yelin.market.contract.models import SIDES, Contract
from yelin.things.models import Evidence, Subject


class SettlementQuerySet(models.QuerySet["Settlement"]):
    """Questions about what was settled."""

    def sums(self) -> dict[str, Any]:
        """Return what was invoiced and paid, less what was credited and refunded, and what is due.

        Exact: PostgreSQL adds decimals.
        """
        rows = self.values_list("what").annotate(total=models.Sum("amount"))
        total = dict.fromkeys(What.values, 0) | dict(rows)
        invoiced = total[What.INVOICE] - total[What.CREDIT]
        paid = total[What.PAYMENT] - total[What.REFUND]
        return {"invoiced": invoiced, "paid": paid, "due": invoiced - paid}


class What(models.TextChoices):
    """What a record of settlement tells: no money passes here."""

    INVOICE = "invoice", "Invoice"
    CREDIT = "credit", "Credit note"
    PAYMENT = "payment", "Payment"
    REFUND = "refund", "Refund"


class Settlement(Subject):
    """That something was invoiced or paid under a contract, as a side recorded it (结算记录).

    ``key`` is whoever records it's own: the same key is the same record, however often it comes.
    """

    KIND = "settlement"
    ALONG = ("contract__provider", "contract__consumer")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="settlements")
    what = models.CharField(max_length=16, choices=What.choices)
    key = models.CharField(max_length=80)
    side = models.CharField(max_length=16, choices=SIDES)
    amount = models.DecimalField(max_digits=18, decimal_places=6)
    tax = models.DecimalField(max_digits=18, decimal_places=6)
    currency = models.CharField(max_length=3)
    document = models.CharField(max_length=80)
    day = models.DateField()
    says = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()

    objects = SettlementQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-recorded_at"]
        constraints = [
            models.UniqueConstraint(name="market_settled_once", fields=["contract", "side", "key"]),
            models.CheckConstraint(
                name="market_settled_amount_is_one",
                condition=Q(amount__gt=0, tax__gte=0, tax__lte=F("amount")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.document}"

    def written(self, amount: Decimal) -> str:
        """Return an amount of it as its currency is written."""
        return money.written(amount, self.currency)

    def evidence(self) -> Evidence:
        """Return what was recorded, its amount as text, and by which side."""
        return {
            "contract": self.contract.number,
            "what": str(self.what),
            "amount": self.written(self.amount),
            "currency": self.currency,
            "side": self.side,
            "day": self.day.isoformat(),
        }
