"""What buyers ask where the data lies: on which ground, which question, what became of it."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yelin.catalog.models import Entry
from yelin.keys import canonical
from yelin.market.compute.content import QuestionContent
from yelin.market.contract.models import Contract
from yelin.parties.models import Body, Seat
from yelin.things.models import Evidence, Subject
from yelin.warehouse.models import Release


class Ground(models.Model):
    """On what all questions of a buyer about a resource stand, under whichever contract.

    They are about one release, so that no two answers differ by what was brought in between. Its
    provider may say in which item rows of one ``subject`` are alike, which items are ``closed``,
    and that more subjects than the law's number stand behind a part.
    """

    consumer = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    closed = ArrayField(models.CharField(max_length=200), default=list)
    least = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="market_one_ground", fields=["consumer", "entry"])
        ]

    def __str__(self) -> str:
        return f"{self.consumer_id} {self.entry_id}"

    @property
    def is_asked(self) -> bool:
        """Whether an answer left, or may at any moment."""
        return self.computations.filter(state__in=[State.ANSWERED, State.WAITING]).exists()


class State(models.TextChoices):
    """How a question stands."""

    WAITING = "waiting", "Waits for its turn"
    ANSWERED = "answered", "Answered"
    WITHHELD = "withheld", "Not answered"
    FAILED = "failed", "Came to no end"
    CALLED_OFF = "called_off", "Called off"


# Where the same question is the same row: what was answered, or withheld, is so for good.
STANDING = (State.WAITING, State.ANSWERED, State.WITHHELD)


class Computation(Subject):
    """One question that a buyer asked under a contract (计算任务), and what came of it.

    ``digest`` is of the question, ``salt`` keeps its commitment from being guessed. ``shown`` are
    the groups that the answer tells apart, ``answer`` its figures by group, the last one for all
    others where there are such. ``says`` is a message id: why there is no answer. ``receipt`` is
    that of its delivery.
    """

    KIND = "computation"
    ALONG = ("contract__provider", "contract__consumer", "ground__entry")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="computations")
    ground = models.ForeignKey(Ground, on_delete=models.PROTECT, related_name="computations")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    asked = models.JSONField()
    digest = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=16)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempt = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    shown = models.JSONField(default=list)
    answer = models.JSONField(null=True)
    says = models.CharField(max_length=300, blank=True)
    receipt = models.UUIDField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="market_asked_once",
                fields=["ground", "digest"],
                condition=Q(state__in=["waiting", "answered", "withheld"]),
            ),
            models.CheckConstraint(
                name="market_only_answered_has_an_answer",
                condition=Q(state="answered", answer__isnull=False)
                | ~Q(state="answered") & Q(answer=None, shown=[], receipt=None),
            ),
            models.CheckConstraint(
                name="market_computation_ended_when",
                condition=Q(state="waiting", ended_at=None)
                | ~Q(state="waiting") & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="market_no_answer_says_why",
                condition=Q(state__in=["withheld", "failed"]) & ~Q(says="")
                | ~Q(state__in=["withheld", "failed"]) & Q(says=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.pk}"

    @property
    def question(self) -> QuestionContent:
        """What was asked."""
        return QuestionContent.model_validate(self.asked)

    @staticmethod
    def fresh_salt() -> bytes:
        """Return what makes a commitment unguessable."""
        return secrets.token_bytes(16)

    def commitment(self, said: Mapping[str, Any]) -> str:
        """Return what commits to something of it without telling it."""
        return canonical.digest({"salt": bytes(self.salt).hex(), "said": dict(said)}).hex()

    def evidence(self) -> Evidence:
        """Return under which contract, of what, how it stands, and commitments to both texts."""
        return {
            "contract": self.contract.number,
            "entry": self.ground.entry.code,
            "release": self.ground.release.number if self.ground.release else None,
            "state": str(self.state),
            "question": self.commitment(self.asked),
            "answer": self.commitment(self.answer) if self.answer is not None else None,
            "receipt": str(self.receipt) if self.receipt else None,
        }
