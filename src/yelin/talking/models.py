"""Reuses that people show, what they say and follow, holds of complaints, news and guides."""

import hashlib
import secrets
from datetime import datetime

from django.db import models
from django.db.models import Q

from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.gate.models import Hold
from yelin.parties.models import Body, Person
from yelin.talking.news import News, NewsQuerySet, NewsState, NewsVersion
from yelin.talking.rules import DEAD_AFTER, ReuseKind, next_look
from yelin.things.models import Evidence, Subject, Thing

__all__ = [
    "Comment",
    "CommentReport",
    "CommentState",
    "FollowedSearch",
    "Kept",
    "KeptAs",
    "News",
    "NewsQuerySet",
    "NewsState",
    "NewsVersion",
    "Rating",
    "Reuse",
    "ReuseState",
    "Stop",
    "Told",
]


def fresh_salt() -> bytes:
    """Return what makes a digest of words one that nobody finds by trying words."""
    return secrets.token_bytes(16)


def _digest(salt: bytes | memoryview, *said: str) -> str:
    return hashlib.sha256(bytes(salt) + "\x00".join(said).encode()).hexdigest()


class ReuseState(models.TextChoices):
    """How a reuse stands."""

    WAITING = "waiting", "Waits for the agency"
    RETURNED = "returned", "Returned"
    SHOWN = "shown", "Shown"
    WITHDRAWN = "withdrawn", "Withdrawn by its maker"
    REMOVED = "removed", "Taken down"


class Reuse(Subject):
    """What somebody made of data and shows here (利用成果).

    ``maker`` is a body or a person; ``reason`` says why it was returned or taken down. How its link
    answered last is no legal state and is in no leaf.
    """

    KIND = "reuse"
    ALONG = ("maker",)

    maker = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="reuses")
    title = models.CharField(max_length=120)
    description = models.TextField()
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in ReuseKind])
    credit = models.CharField(max_length=60, blank=True)
    """As whom a person is shown who made it, in that person's own words."""
    link = models.CharField(max_length=2000, blank=True)
    uses = models.ManyToManyField(Entry, related_name="reuses")
    state = models.CharField(max_length=16, choices=ReuseState.choices, default=ReuseState.WAITING)
    reason = models.TextField(blank=True)
    featured = models.BooleanField(default=False)
    salt = models.BinaryField(max_length=16, default=fresh_salt)
    made_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    look_next_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    """How often in a row its link did not answer."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="talking_shown_has_its_moment",
                condition=~Q(state="shown") | Q(shown_at__isnull=False),
            ),
            models.CheckConstraint(
                name="talking_returned_or_removed_says_why",
                condition=~Q(state__in=["returned", "removed"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="talking_featured_is_shown", condition=Q(featured=False) | Q(state="shown")
            ),
        ]
        indexes = [
            models.Index(name="talking_newest_reuses", fields=["state", "-shown_at"]),
            models.Index(
                name="talking_links_to_look_at",
                fields=["look_next_at"],
                condition=Q(state="shown") & ~Q(link=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def link_state(self) -> str:
        """How its link answered last: not asked yet, alive, in doubt for now, or dead."""
        if not self.link:
            return "none"
        if self.looked_at is None:
            return "unknown"
        if self.failures >= DEAD_AFTER:
            return "dead"
        return "unsteady" if self.failures else "alive"

    def note_look(self, at: datetime, *, answered: bool) -> None:
        """Note whether its link answered, and when it is asked for again."""
        self.failures = 0 if answered else self.failures + 1
        self.looked_at, self.look_next_at = at, at + next_look(self.failures)
        self.save(update_fields=["failures", "looked_at", "look_next_at"])

    def evidence(self) -> Evidence:
        """Return kind, state, the resources by code, and a salted digest of what it says."""
        codes = self.uses.order_by("code").values_list("code", flat=True)
        return {
            "kind": self.kind,
            "state": str(self.state),
            "featured": self.featured,
            "uses": [str(code) for code in codes],
            "content": _digest(self.salt, self.title, self.description, self.credit, self.link),
        }


class KeptAs(models.TextChoices):
    """Why a person keeps something in mind."""

    FOLLOWED = "followed", "Followed"
    FAVOURITE = "favourite", "Favourite"


class Kept(models.Model):
    """That a person follows a resource or a provider, or keeps it among the favourites.

    It is a private matter: no act, no leaf, and nobody else can see it.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="kept")
    on = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="+")
    kept_as = models.CharField(max_length=16, choices=KeptAs.choices)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "kept"
        constraints = [
            models.UniqueConstraint(name="talking_kept_once", fields=["person", "on", "kept_as"]),
        ]
        indexes = [
            # Followers are told in lots, in the order of their ids.
            models.Index(
                name="talking_followers", fields=["on", "person"], condition=Q(kept_as="followed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kept_as} {self.on_id}"


class FollowedSearch(models.Model):
    """A search of which a person is told what it finds anew; as private as what one keeps.

    ``told_until`` is the moment up to which the person was told.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="searches")
    key = models.CharField(max_length=64)
    words = models.CharField(max_length=200, blank=True)
    chosen = models.JSONField(default=dict)
    at = models.DateTimeField()
    told_until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "followed searches"
        constraints = [
            models.UniqueConstraint(name="talking_search_once", fields=["person", "key"]),
        ]
        indexes = [models.Index(name="talking_searches_due", fields=["told_until"])]

    def __str__(self) -> str:
        return f"{self.person_id} {self.pk}"


class Told(models.Model):
    """What the followers of a resource know of it: the newest release, version and state."""

    entry = models.OneToOneField(
        Entry, on_delete=models.CASCADE, primary_key=True, related_name="told_followers"
    )
    release = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "told"

    def __str__(self) -> str:
        return f"{self.entry_id} {self.release}"


class Rating(models.Model):
    """How many of five stars a person gives a resource; only the average is shown."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="ratings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="ratings")
    stars = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="talking_one_rating", fields=["entry", "person"]),
            models.CheckConstraint(
                name="talking_one_to_five_stars", condition=Q(stars__range=(1, 5))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.stars}"


class CommentState(models.TextChoices):
    """How a comment stands."""

    WAITING = "waiting", "Waits to be looked at"
    SHOWN = "shown", "Shown"
    REJECTED = "rejected", "Not shown"
    REMOVED = "removed", "Taken down"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Comment(Subject):
    """What a person says of a resource in plain text, and what its provider answers (评论)."""

    KIND = "comment"
    ALONG = ("entry", "entry__provider")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField(blank=True)
    state = models.CharField(
        max_length=16, choices=CommentState.choices, default=CommentState.WAITING
    )
    reason = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, related_name="answered_comments"
    )
    answered_at = models.DateTimeField(null=True)
    salt = models.BinaryField(max_length=16, default=fresh_salt)
    at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="talking_comment_says_something",
                condition=Q(state="withdrawn", text="") | ~Q(text=""),
            ),
            models.CheckConstraint(
                name="talking_comment_not_shown_says_why",
                condition=~Q(state__in=["rejected", "removed"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="talking_answer_has_its_body",
                condition=Q(answer="", answered_by=None)
                | (~Q(answer="") & Q(answered_by__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(name="talking_comments", fields=["entry", "-shown_at"]),
            models.Index(
                name="talking_comments_waiting", fields=["at"], condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"

    def evidence(self) -> Evidence:
        """Return on what it is, how it stands, and a salted digest of what was said."""
        return {
            "entry": self.entry.code,
            "state": str(self.state),
            "answered": bool(self.answer),
            "content": _digest(self.salt, self.text, self.answer),
        }


class CommentReport(models.Model):
    """That somebody finds a comment should not stand there; whoever moderates looks again."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="talking_reported_once", fields=["comment", "person"]),
        ]

    def __str__(self) -> str:
        return f"{self.comment_id} reported"


class Stop(models.Model):
    """The hold by which delivery stands still because of a complaint (中止)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stops")
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.case_id} stops"
