"""Changes of law or function that the catalog has to follow, and the entries that they touch."""

from django.db import models
from django.db.models import Q

from yelin.parties.models import Body
from yelin.things.models import Evidence, Subject


class ChangeKind(models.TextChoices):
    """What has changed."""

    LAW = "law", "Law"
    FUNCTION = "function", "Function"


class Change(Subject):
    """That a law, or the functions of ``provider``, changed so that its catalog must follow.

    ``what`` names the law or the decision on functions, in force from ``since``.
    """

    KIND = "change"
    ALONG = ("provider",)

    provider = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=16, choices=ChangeKind.choices)
    what = models.TextField()
    since = models.DateField()
    noted_by = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="catalog_change_says_what", condition=~Q(what="")),
        ]

    def __str__(self) -> str:
        return self.what

    def evidence(self) -> Evidence:
        """Return what changed for whom and since when, and how many entries it touches."""
        return {
            "kind": self.kind,
            "provider": self.provider.credit_code,
            "since": self.since.isoformat(),
            "entries": sorted(self.touched.values_list("entry__code", flat=True)),
        }


class Answer(models.TextChoices):
    """What a provider did with an entry that a change touches."""

    REVISED = "revised", "Revised"
    WITHDRAWN = "withdrawn", "Withdrawn"
    KEPT = "kept", "Kept as it is"


class Touched(models.Model):
    """One entry that a change touches, and how it was answered; ``reason`` says why it stays."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="touched")
    entry = models.ForeignKey("Entry", on_delete=models.PROTECT, related_name="touched")
    answer = models.CharField(max_length=16, choices=Answer.choices, blank=True)
    reason = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "touched"
        constraints = [
            models.UniqueConstraint(name="catalog_touched_once", fields=["change", "entry"]),
            models.CheckConstraint(
                name="catalog_answered_when_and_how",
                condition=Q(answer="", answered_at=None)
                | ~Q(answer="") & Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="catalog_kept_says_why", condition=~Q(answer="kept") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} by {self.change}"
