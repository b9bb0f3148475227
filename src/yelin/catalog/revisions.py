"""What is asked for of a confirmed entry, and who has confirmed what was sent."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yelin.catalog.content import EntryContent, digest, kept
from yelin.catalog.states import State
from yelin.parties.models import Body, Person, Seat
from yelin.things.models import Evidence


class RevisionKind(models.TextChoices):
    """What is asked for of a confirmed entry."""

    CHANGE = "change", "Change"
    WITHDRAWAL = "withdrawal", "Withdrawal"


class Revision(models.Model):
    """What a provider wants of its confirmed entry: that it says something else, or is withdrawn.

    The confirmed version stays live until the revision is confirmed; an entry has one at most that
    is open. ``negative`` says that the negative list would gain or lose the entry, or keep it in
    other words. ``reason`` says why.
    """

    entry = models.ForeignKey("Entry", on_delete=models.PROTECT, related_name="revisions")
    kind = models.CharField(max_length=16, choices=RevisionKind.choices)
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    content = models.JSONField(null=True)
    negative = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    returned_reason = models.TextField(blank=True)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-begun_at"]
        constraints = [
            models.CheckConstraint(
                name="catalog_revision_says_what",
                condition=Q(kind="change", content__isnull=False)
                | Q(kind="withdrawal", content=None) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="catalog_revision_returned_has_reasons",
                condition=~Q(state="returned") | ~Q(returned_reason=""),
            ),
            models.CheckConstraint(
                name="catalog_revision_open_or_ended",
                condition=Q(state__in=["draft", "awaiting", "returned"], ended_at=None)
                | Q(state__in=["confirmed", "dropped"], ended_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="catalog_one_open_revision", fields=["entry"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.entry}"

    def said(self) -> EntryContent:
        """Return what the entry is to say, as plain data."""
        return kept(self.content or {})

    def go_to(self, state: State, at: datetime, *, because: str = "") -> None:
        """Stand at ``state`` from now on, returned ``because`` of something."""
        self.state, self.changed_at, self.returned_reason = state, at, because
        self.ended_at = at if state in {State.CONFIRMED, State.DROPPED} else None
        self.save(update_fields=["state", "changed_at", "returned_reason", "ended_at"])

    def evidence(self) -> Evidence:
        """Return what is asked for, where it stands, and the digest of what is to be said."""
        said = digest(self.said()).hex() if self.content else None
        return {"kind": self.kind, "state": self.state, "content": said}


class Review(models.Model):
    """That one body confirmed what was sent, as the ``sending``-th, by the powers that it holds.

    The database keeps two reviews of one sending to two bodies and two people.
    """

    entry = models.ForeignKey("Entry", on_delete=models.PROTECT, related_name="reviews")
    sending = models.PositiveIntegerField()
    powers = ArrayField(models.CharField(max_length=64))
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                name="catalog_review_once_a_body", fields=["entry", "sending", "body"]
            ),
            models.UniqueConstraint(
                name="catalog_review_by_two_people", fields=["entry", "sending", "person"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} on {self.entry}"
