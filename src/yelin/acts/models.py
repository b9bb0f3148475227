"""What the frame keeps: proposals that await a second person, answered keys, counted refusals."""

import hashlib
import json
from datetime import timedelta

from django.db import models

from yelin.acts.counting import HourlyCount
from yelin.law import clock
from yelin.ledger.models import Leaf
from yelin.parties.models import Person, Seat
from yelin.things.models import Evidence, Subject, Thing

PROPOSAL_STANDS = timedelta(days=7)


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


class Proposal(Subject):
    """An act that one person proposed, with its arguments as they were, until another approves."""

    KIND = "proposal"
    ALONG = ("seat__body", "person")

    act = models.CharField(max_length=64)
    about = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="proposals")
    arguments = models.JSONField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=16, choices=ProposalState.choices, default=ProposalState.WAITING
    )
    proposed_at = models.DateTimeField()
    until = models.DateTimeField()
    approved_by = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="acts_done_means_approved",
                condition=models.Q(state="done", approved_by__isnull=False)
                | ~models.Q(state="done") & models.Q(approved_by=None),
            ),
        ]
        indexes = [
            models.Index(
                name="acts_waiting", fields=["act", "until"], condition=models.Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} by {self.until:%Y-%m-%d}"

    @property
    def is_waiting(self) -> bool:
        """Whether a second person may still approve."""
        return self.state == ProposalState.WAITING and clock.now() <= self.until

    def evidence(self) -> Evidence:
        """Return which act is proposed on what, by which arguments, and what became of it."""
        kept = json.dumps(self.arguments, sort_keys=True)
        return {
            "act": self.act,
            "about": str(self.about_id),
            "arguments": hashlib.sha256(kept.encode()).hexdigest(),
            "state": self.state,
            "until": self.until.isoformat(timespec="seconds"),
        }


class Answered(models.Model):
    """An act that was done under a caller's own key, so that its repetition is answered the same.

    ``key`` and ``request`` are digests; the row is written in the act's own transaction.
    """

    key = models.BinaryField(max_length=32, unique=True)
    request = models.BinaryField(max_length=32)
    leaf = models.ForeignKey(Leaf, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "answered"

    def __str__(self) -> str:
        return f"{bytes(self.key).hex()[:8]} at {self.at:%Y-%m-%d %H:%M}"


class RefusalCount(HourlyCount):
    """Refusals of one act to callers who named nobody, in one hour."""

    KIND = "refusals"

    act = models.CharField(max_length=64)
    refusals = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="acts_one_count", fields=["act", "hour"]),
        ]
        indexes = [
            models.Index(
                name="acts_open_count", fields=["hour"], condition=models.Q(closed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.hour:%Y-%m-%d %H}"

    def evidence(self) -> Evidence:
        """Return the act, the hour and how often it was refused."""
        return super().evidence() | {"act": self.act, "refusals": self.refusals}
