"""Findings on releases, and which releases were looked at."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yelin.catalog.models import Entry
from yelin.things.models import Evidence, Subject
from yelin.warehouse.models import Release


class State(models.TextChoices):
    """Where a finding stands: sent to the provider, verified by it, past its term, closed."""

    SENT = "sent", "Sent"
    ANSWERED = "answered", "Answered"
    OVERDUE = "overdue", "Overdue"
    CLOSED = "closed", "Closed"


class FindingQuerySet(models.QuerySet["Finding"]):
    """Questions about findings."""

    def open(self) -> "FindingQuerySet":
        """Return those that wait for a release that mends them."""
        return self.exclude(state=State.CLOSED)


class Finding(Subject):
    """That a release fails rules of its quality: told to its provider, until one does not (问题).

    ``rules`` are the codes of what fails, ``says`` what each asks in words. It is closed by
    ``mended_by`` alone, a later release in which none of them fails.
    """

    KIND = "finding"
    ALONG = ("entry__provider", "release")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="findings")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="findings")
    rules = ArrayField(models.CharField(max_length=900))
    says = models.JSONField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.SENT)
    answer = models.TextField(blank=True)
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    mended_by = models.ForeignKey(
        Release, on_delete=models.PROTECT, null=True, related_name="findings_mended"
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="oversight_closed_by_a_release",
                condition=Q(state="closed", closed_at__isnull=False, mended_by__isnull=False)
                | ~Q(state="closed") & Q(closed_at=None, mended_by=None),
            ),
            models.CheckConstraint(
                name="oversight_answered_in_words",
                condition=~Q(state="answered") | ~Q(answer=""),
            ),
        ]
        indexes = [
            models.Index(name="oversight_open", fields=["entry"], condition=~Q(state="closed")),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.release.number}"

    def evidence(self) -> Evidence:
        """Return of which release it is, how many rules fail, how it stands, what mended it."""
        facts: dict[str, Any] = {
            "entry": self.entry.code,
            "release": self.release.number,
            "rules": len(self.rules),
            "state": str(self.state),
        }
        return facts | ({"mended_by": self.mended_by.number} if self.mended_by else {})


class Looked(models.Model):
    """A release that was looked at for what it fails."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="looked")

    class Meta:
        verbose_name_plural = "looked at"

    def __str__(self) -> str:
        return str(self.release)
