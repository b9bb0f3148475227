"""Who is sent what is new of a resource, how far each has come, and what could not be delivered."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery

from yelin.catalog.models import Entry
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.notices.models import WAITS
from yelin.parties.models import Seat
from yelin.things.models import Evidence, Subject
from yelin.warehouse.models import Release

if TYPE_CHECKING:
    from django.db.models import QuerySet

# After this long, what stands in the list of dead letters is tried once more.
PROBED = timedelta(days=1)


class Wants(models.TextChoices):
    """What a subscriber is sent."""

    NEWS = "news", "News of each release"
    CHANGES = "changes", "The changed rows of each release"


class Standing(models.TextChoices):
    """How it stands with a subscription."""

    RUNS = "runs", "Up to date"
    BEHIND = "behind", "Tried again"
    STANDS = "stands", "Stands still"
    ENDED = "ended", "Ended"
    LAPSED = "lapsed", "Ended with the right to the data"


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody has of a resource: a release, and in which state it was taken.

    That is how often rows had been ``redactions`` of it, none where nothing of it is there; and
    the digest of what was borne (empty: what is borne today).
    """

    told: int
    redactions: int | None = None
    bears: str = ""


@dataclass(frozen=True, slots=True)
class Reached(Held):
    """How far a subscriber has come: so many ``part``s of the ``step`` after what it has."""

    step: str = ""
    part: int = 0


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Questions about subscriptions."""

    def live(self) -> "SubscriptionQuerySet":
        """Return those that nobody and nothing has ended."""
        return self.filter(ended_at=None)

    def with_newest(self) -> "SubscriptionQuerySet":
        """Add to each the number of the ``newest`` release, and how often its own was ``erased``.

        Also ``rests``: it stands in the list of dead letters, and was tried lately.
        """
        lately = DeadLetter.objects.filter(
            subscription=OuterRef("pk"), settled_at=None, tried_at__gt=clock.now() - PROBED
        )
        there = Q(entry__releases__destroyed_at=None) & ~Q(
            entry__releases__sealed_by__destroyed_at__isnull=False
        )
        own = Release.objects.filter(entry=OuterRef("entry"), number=OuterRef("told"))
        return self.annotate(
            newest=Max("entry__releases__number", filter=there),
            erased=Subquery(own.values("redactions")),
            rests=Exists(lately),
        )


class Subscription(Subject):
    """That a body is sent, at an address of its own, what is new of a resource (订阅).

    Who subscribed, in which ``seat``, must be able to take the data whenever something is sent, for
    this ``purpose``. ``told`` is the release that it has come to: every one after it is sent, in
    their order. ``failure`` is the code of what went wrong last.
    """

    KIND = "subscription"
    ALONG = ("entry__provider", "seat__body", "seat__person")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="subscriptions")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="subscriptions")
    address = models.CharField(max_length=2000, blank=True)
    wants = models.CharField(max_length=8, choices=Wants.choices, default=Wants.NEWS)
    purpose = models.CharField(max_length=80, blank=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    lapsed = models.BooleanField(default=False)
    told = models.PositiveIntegerField(default=0)
    redactions = models.PositiveIntegerField(null=True)
    bears = models.CharField(max_length=64, blank=True)
    step = models.CharField(max_length=64, blank=True)
    part = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=16, blank=True)
    answered_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="delivery_one_live_subscription",
                fields=["entry", "seat", "address"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="delivery_ended_has_no_address",
                condition=Q(ended_at=None) & ~Q(address="") | Q(ended_at__isnull=False, address=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {str(self.pk)[:8]}"

    @property
    def held(self) -> Held:
        """What the subscriber has."""
        return Held(self.told, self.redactions, self.bears)

    @property
    def reached(self) -> Reached:
        """How far the subscriber has come."""
        return Reached(**asdict(self.held), step=self.step, part=self.part)

    @property
    def dead(self) -> "DeadLetter | None":
        """The message at which it stands still, if it does."""
        return next((each for each in self.letters.all() if each.settled_at is None), None)

    @property
    def standing(self) -> Standing:
        """How it stands with it."""
        if self.ended_at is not None:
            return Standing.LAPSED if self.lapsed else Standing.ENDED
        if self.dead:
            return Standing.STANDS
        return Standing.BEHIND if self.failure else Standing.RUNS

    def begin(self, held: Held) -> None:
        """Let it go on behind what the subscriber ``held``; the row is not saved yet."""
        self.told, self.redactions, self.bears = held.told, held.redactions, held.bears
        self.step, self.part = "", 0
        self.begin_again()

    def begin_again(self) -> None:
        """Forget what went wrong; the row is not saved yet."""
        self.tries, self.failure = 0, ""

    def end(self, *, lapsed: bool) -> None:
        """End it and erase where it led. Raises ``OutOfTurn`` for one that has ended."""
        if self.ended_at is not None:
            raise OutOfTurn("This subscription has ended already.")
        self.ended_at, self.lapsed, self.address = clock.now(), lapsed, ""
        self.save(update_fields=["ended_at", "lapsed", "address"])
        DeadLetter.objects.settle(self)

    def arrive(self, reached: Reached) -> bool:
        """Note that a message was taken, and the subscriber has ``reached`` this.

        Say whether it did from where it stood: it may have been begun elsewhere meanwhile.
        """
        now = clock.now()
        moved = self._where_it_stands().update(
            **asdict(reached), tries=0, failure="", answered_at=now, succeeded_at=now
        )
        if moved:
            DeadLetter.objects.settle(self)
        return bool(moved)

    def fail(self, failure: str) -> timedelta | None:
        """Note why a message was not taken; return after what wait it is to be tried again.

        None after the last wait: then it is a dead letter.
        """
        tries = min(self.tries + 1, len(WAITS) + 1)
        now = clock.now()
        if not self._where_it_stands().update(tries=tries, failure=failure, answered_at=now):
            return timedelta()
        return WAITS[tries - 1] if tries <= len(WAITS) else None

    def _where_it_stands(self) -> "QuerySet[Subscription]":
        there = {"told": self.told, "step": self.step, "part": self.part}
        return Subscription.objects.filter(pk=self.pk, ended_at=None, **there)

    def evidence(self) -> Evidence:
        """Return which resource for which seat, what is sent, and how it stands; no address."""
        return {
            "entry": self.entry.code,
            "seat": str(self.seat_id),
            "wants": self.wants,
            "purpose": self.purpose,
            "told": self.told,
            "ended": self.ended_at is not None,
            "lapsed": self.lapsed,
        }


class DeadLetterQuerySet(models.QuerySet["DeadLetter"]):
    """Questions about dead letters."""

    def lay(self, letter: "DeadLetter") -> bool:
        """Lay ``letter`` down, or note that it was tried in vain once more; say whether it is new.

        Of a subscription one at most is not settled.
        """
        tried = {"failure": letter.failure, "tried_at": letter.tried_at}
        if self.filter(subscription=letter.subscription, settled_at=None).update(**tried):
            return False
        letter.save()
        return True

    def settle(self, subscription: Subscription) -> None:
        """Note that a subscription stands still no more."""
        self.filter(subscription=subscription, settled_at=None).update(settled_at=clock.now())


class DeadLetter(models.Model):
    """A message that was not taken until the last wait was over; its subscription stands still.

    Settled once it, or what was asked for in its place, has been taken, or nothing is sent any
    more. It holds no data: what is sent is made anew.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="letters")
    number = models.CharField(max_length=160)
    release = models.PositiveIntegerField()
    part = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=16)
    dead_at = models.DateTimeField()
    tried_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects = DeadLetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="delivery_one_dead_letter",
                fields=["subscription"],
                condition=Q(settled_at=None),
            ),
        ]
        ordering = [F("settled_at").desc(nulls_first=True), "-dead_at"]

    def __str__(self) -> str:
        return self.number
