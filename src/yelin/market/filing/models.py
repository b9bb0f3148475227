"""Filings of trades: what was filed, what is told of it, and what it lacks."""

from django.db import models
from django.db.models import Q

from yelin.market.contract.models import Contract
from yelin.market.platform.models import Rulebook
from yelin.things.models import Evidence, Subject


class Filed(models.TextChoices):
    """Whether a trade is on file, or lacks something."""

    FILED = "filed", "On file"
    LACKING = "lacking", "Lacks something"


class Filing(Subject):
    """That a trade was filed with the agency (交易备案); ``told`` is what everyone reads of it.

    ``lacks`` are the faults for which it is not on file yet, as place and message id. ``rules``
    are the platform's filing rules by which it was filed.
    """

    KIND = "filing"
    ALONG = ("contract__provider", "contract__consumer")

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="filing")
    rules = models.ForeignKey(Rulebook, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=16, choices=Filed.choices)
    number = models.CharField(max_length=24, unique=True, null=True)  # noqa: DJ001 - none before it is on file, and NULLs do not collide
    told = models.JSONField(default=dict)
    lacks = models.JSONField(default=list)
    checked_at = models.DateTimeField()
    filed_on = models.DateField(null=True)

    class Meta:
        ordering = ["-filed_on", "-number"]
        constraints = [
            models.CheckConstraint(
                name="market_on_file_with_its_number",
                condition=Q(state="filed", number__isnull=False, filed_on__isnull=False, lacks=[])
                | Q(state="lacking", number=None, filed_on=None),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.contract_id}"

    def evidence(self) -> Evidence:
        """Return which contract by number and digest, and how the filing stands."""
        return {
            "contract": self.contract.number,
            "digest": self.contract.digest_text,
            "number": self.number,
            "state": self.state,
            "lacks": sorted({each["place"] for each in self.lacks}),
        }
