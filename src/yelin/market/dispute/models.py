"""Disputes over contracts, and what was said in each: rows that never change."""

from django.db import models
from django.db.models import Q

from yelin.law import clock
from yelin.law.models import Clock
from yelin.market.contract.models import SIDES, Contract
from yelin.market.contract.rules import Side
from yelin.market.dispute.rules import OPEN, About, By, State
from yelin.parties.models import Body, Seat
from yelin.things.models import Evidence, Subject

_STATES = [(each.value, each.name.capitalize()) for each in State]
_ABOUTS = [(each.value, each.name.capitalize()) for each in About]
_BY = [*SIDES, (Side.PLATFORM.value, "Platform")]


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Questions about disputes."""

    def open(self) -> "DisputeQuerySet":
        """Return those that have not ended."""
        return self.filter(state__in=OPEN)


class Dispute(Subject):
    """That the sides of a contract dispute over it (交易争议); ``side`` is whoever opened it.

    ``mediator`` is whoever runs the platform on which it was listed, or who supervises the market.
    ``agreed`` is the proposal by which it was settled. What is said stands in ``statements``.
    """

    KIND = "dispute"
    ALONG = ("contract__provider", "contract__consumer", "mediator")

    number = models.CharField(max_length=24, unique=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="disputes")
    side = models.CharField(max_length=16, choices=SIDES)
    about = models.CharField(max_length=16, choices=_ABOUTS)
    clauses = models.JSONField(default=list)
    mediator = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=_STATES)
    agreed = models.OneToOneField(
        "Statement", on_delete=models.PROTECT, null=True, related_name="settles"
    )
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="market_one_dispute_of_a_kind_at_a_time",
                fields=["contract", "side", "about"],
                condition=Q(state__in=["answering", "mediating"]),
            ),
            models.CheckConstraint(
                name="market_dispute_ended_when",
                condition=Q(state__in=["answering", "mediating"], ended_at=None)
                | Q(state__in=["settled", "withdrawn", "referred"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="market_dispute_settled_by_what_both_agreed_to",
                condition=Q(state="settled", agreed__isnull=False)
                | ~Q(state="settled") & Q(agreed=None),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def by(self, body_id: object) -> By:
        """Return as who a body acts in it; whoever is no side of it mediates."""
        side = self.contract.side_of(body_id)
        if side is Side.PLATFORM:
            return By.MEDIATOR
        return By.OPENER if side == self.side else By.OTHER

    def side_of(self, by: By) -> Side:
        """Return which side of the contract somebody is; who mediates is neither."""
        own = Side(self.side)
        return {By.OPENER: own, By.OTHER: own.other}.get(by, Side.PLATFORM)

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN

    @property
    def stands(self) -> "Statement | None":
        """The proposal that stands: the last one made, by whichever side."""
        return self.statements.filter(kind=Kind.PROPOSAL).last()

    @property
    def runs(self) -> Clock | None:
        """The term that runs in it."""
        return clock.running(self).first()

    def evidence(self) -> Evidence:
        """Return of which contract, who opened it, how it stands, and what commits to each word."""
        agreed = self.agreed
        return {
            "number": self.number,
            "contract": self.contract.number,
            "side": self.side,
            "mediator": self.mediator.credit_code,
            "state": str(self.state),
            "said": [each.digest_text for each in self.statements.all()],
            "agreed": agreed.digest_text if agreed else None,
        }


class Kind(models.TextChoices):
    """What is said in a dispute, by the act that said it."""

    CLAIM = "claim", "Claim"
    ANSWER = "answer", "Answer"
    WORDS = "words", "Words"
    PROPOSAL = "proposal", "Proposal"
    CLOSING = "closing", "Closing words"


class Statement(models.Model):
    """What somebody said in a dispute (陈述), in the order in which it was said. No row changes.

    ``content`` is all of it; ``digest`` commits to it under ``salt``, and is all that leaves know.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="statements")
    place = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=16, choices=_BY)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    content = models.JSONField()
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    said_at = models.DateTimeField()
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                name="market_statements_one_after_another", fields=["dispute", "place"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.place}"

    @property
    def words(self) -> str:
        """What was said."""
        return str(self.content["words"])

    @property
    def amount(self) -> str | None:
        """The amount that was named, as it is hashed."""
        found: str | None = self.content["sum"]
        return found

    @property
    def currency(self) -> str:
        """In which currency it was named."""
        return str(self.content["currency"])

    @property
    def sum(self) -> str | None:
        """The amount that was named, with its currency."""
        return None if self.amount is None else f"{self.amount} {self.currency}"

    @property
    def digest_text(self) -> str:
        """The digest by which a proposal is accepted, and which leaves name."""
        return bytes(self.digest).hex()
