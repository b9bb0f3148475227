"""News and guides (公告、指南): written in Markdown, published version by version."""

import hashlib

from django.db import models
from django.db.models import Q

from yelin.parties.models import Body
from yelin.talking.rules import NewsKind
from yelin.things.models import Evidence, Subject


class NewsState(models.TextChoices):
    """How a piece of news stands."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class NewsQuerySet(models.QuerySet["News"]):
    """Questions about news."""

    def newest_first(self) -> "NewsQuerySet":
        """Return them as they are listed, each with the version that stands."""
        return self.order_by("-published_at", "pk").select_related("standing", "body")


class News(Subject):
    """One piece of news or a guide; what is being written may differ from what is published."""

    KIND = "news"
    ALONG = ("body", "standing")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="news")
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in NewsKind])
    title = models.CharField(max_length=120)
    text = models.TextField()
    title_en = models.CharField(max_length=120, blank=True)
    text_en = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=NewsState.choices, default=NewsState.DRAFT)
    standing = models.OneToOneField(
        "NewsVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    """When it was published first."""

    objects = NewsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "news"
        constraints = [
            models.CheckConstraint(
                name="talking_published_news_stands",
                condition=Q(state="draft") | Q(standing__isnull=False, published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="talking_withdrawn_news_says_why",
                condition=~Q(state="withdrawn") | ~Q(reason=""),
            ),
        ]
        indexes = [models.Index(name="talking_newest_news", fields=["state", "-published_at"])]

    def __str__(self) -> str:
        return self.title

    def said(self) -> tuple[str, str, str, str]:
        """Return what is being written."""
        return self.title, self.text, self.title_en, self.text_en

    @property
    def differs(self) -> bool:
        """Whether what is being written is not published word by word."""
        return self.standing is None or self.said() != self.standing.said()

    def evidence(self) -> Evidence:
        """Return whose it is, its kind, its state, and the digest of the version that stands."""
        return {
            "body": self.body.credit_code,
            "kind": self.kind,
            "state": str(self.state),
            "version": self.standing.number if self.standing else None,
            "content": self.standing.digest if self.standing else None,
        }


class NewsVersion(models.Model):
    """What a piece of news said from one publication to the next; it never changes."""

    news = models.ForeignKey(News, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    title_en = models.CharField(max_length=120, blank=True)
    text_en = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(name="talking_news_by_number", fields=["news", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    def said(self) -> tuple[str, str, str, str]:
        """Return what it says."""
        return self.title, self.text, self.title_en, self.text_en

    @property
    def digest(self) -> str:
        """The digest of all that it says; it is public, so it needs no salt."""
        return hashlib.sha256("\x00".join(self.said()).encode()).hexdigest()
