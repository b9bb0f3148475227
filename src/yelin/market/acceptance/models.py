"""Inspections of what contracts deliver: what was measured, until when, and how it ended."""

from collections.abc import Sequence

from django.db import models
from django.db.models import F, Q

from yelin.market.acceptance.rules import Point
from yelin.market.contract.models import Contract
from yelin.things.models import Evidence, Subject


class Found(models.TextChoices):
    """How an inspection stands; ``DEEMED``: nobody objected in the days agreed."""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    DEEMED = "deemed", "Deemed accepted"
    REFUSED = "refused", "Refused"


class Inspection(Subject):
    """That a consumer inspects what a contract delivers (验收); each mending begins another round.

    ``measured`` are the points of that day, as ``rules.Point`` says them, and never change.
    ``defects`` are the measures that a refusal names, ``says`` its words; ``mends`` are the
    provider's, where this round follows a refused one.
    """

    KIND = "inspection"
    ALONG = ("contract__provider", "contract__consumer")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="inspections")
    round = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=Found.choices, default=Found.OPEN)
    measured = models.JSONField(default=list)
    began_at = models.DateTimeField()
    due = models.DateField()
    """The last day on which it may be refused."""
    mends = models.CharField(max_length=2000, blank=True)
    defects = models.JSONField(default=list)
    says = models.CharField(max_length=2000, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-round"]
        constraints = [
            models.UniqueConstraint(name="market_inspected_in_turn", fields=["contract", "round"]),
            models.UniqueConstraint(
                name="market_one_inspection_at_a_time",
                fields=["contract"],
                condition=Q(state="open"),
            ),
            models.CheckConstraint(
                name="market_inspection_decided_when",
                condition=Q(state="open", decided_at=None)
                | ~Q(state="open") & Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="market_refusal_says_what_is_wrong",
                condition=Q(state="refused") & ~Q(defects=[], says="")
                | ~Q(state="refused") & Q(defects=[], says=""),
            ),
            models.CheckConstraint(
                name="market_later_round_says_what_was_mended",
                condition=Q(round=1, mends="") | Q(round__gt=1) & ~Q(mends=""),
            ),
        ]
        indexes = [
            models.Index(F("due"), name="market_inspections_that_end", condition=Q(state="open"))
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.round}"

    @property
    def points(self) -> Sequence[Point]:
        """What was measured."""
        return [Point(**each) for each in self.measured]

    def evidence(self) -> Evidence:
        """Return of which contract, which releases were measured, and how it stands."""
        return {
            "contract": self.contract.number,
            "round": self.round,
            "state": str(self.state),
            "due": self.due.isoformat(),
            "measured": [
                {"release": each.digest, "code": each.code, "least": each.least, "got": each.got}
                for each in self.points
            ],
            "defects": list(self.defects),
        }
