"""What was handed out: to whom, call by call; to nobody in particular, by resource and hour."""

import secrets
import uuid
from datetime import date, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q

from yelin.acts.counting import HourlyCount
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.files.places import Place, Room
from yelin.files.store import private
from yelin.gate.models import Grant, Hold
from yelin.keys.models import DataKey
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.ledger import entry, log
from yelin.ledger.models import Leaf
from yelin.notices.models import WAITS
from yelin.parties.actor import Actor
from yelin.parties.models import Deputy, Person, Seat, Token
from yelin.things.models import Evidence, Subject, Thing
from yelin.warehouse.models import Release, Upload
from yelin.warehouse.opened import KEPT

# After this long without a sign of life, a delivery was cut off by the death of its process.
SILENCE = timedelta(minutes=5)
# A ticket is good for so long after it was written, or after the last sign of its stream.
TICKET_LASTS = SILENCE - timedelta(minutes=1)


class Tally(HourlyCount):
    """Anonymous deliveries of one resource in one hour, closed by one leaf."""

    KIND = "tally"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="tallies")
    queries = models.BigIntegerField(default=0)
    downloads = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="delivery_one_tally", fields=["entry", "hour"]),
        ]
        indexes = [
            models.Index(name="delivery_open", fields=["hour"], condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.hour:%Y-%m-%d %H}"

    def evidence(self) -> Evidence:
        """Return the hour and the counts."""
        return super().evidence() | {"queries": self.queries, "downloads": self.downloads}


class Channel(models.TextChoices):
    """In which way data leaves."""

    QUERY = "query", "Page of rows"
    DOWNLOAD = "download", "Download"


class Outcome(models.TextChoices):
    """How far a delivery came."""

    BEGUN = "begun", "Under way"
    FINISHED = "finished", "Delivered"
    CUT = "cut", "Cut off"


class Docket(Subject):
    """What one grant, or one seat where there was no grant, had of a resource, minute by minute.

    Closed by one leaf, which stands for each of its calls: every delivery that had ended when it
    was closed and stood in no docket yet, so that whoever ended late stands in the next.
    """

    KIND = "docket"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="dockets")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, related_name="dockets")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="dockets")
    until = models.DateTimeField()
    finished = models.PositiveIntegerField()
    cut = models.PositiveIntegerField()
    root = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="delivery_docket_of_grant_or_seat",
                condition=Q(grant=None, seat__isnull=False) | Q(grant__isnull=False, seat=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.until:%Y-%m-%d %H:%M}"

    def evidence(self) -> Evidence:
        """Return by which grant or seat, until when, how many, and the root of all the calls."""
        return {
            "entry": self.entry.code,
            "grant": str(self.grant_id) if self.grant_id else None,
            "seat": str(self.seat_id) if self.seat_id else None,
            "until": self.until.isoformat(timespec="minutes"),
            "finished": self.finished,
            "cut": self.cut,
            "batch": {"root": bytes(self.root).hex(), "count": self.finished + self.cut},
        }


_ENDED = ("outcome", "rows", "size", "ended_at", "payload", "h")


class CallQuerySet(models.QuerySet["Delivery"]):
    """Questions about deliveries."""

    def unlisted(self, before: Any) -> "CallQuerySet":
        """Return those that ended ``before`` a moment and stand in no docket yet."""
        return self.filter(docket=None, ended_at__lt=before)

    def past(self, day: date) -> "CallQuerySet":
        """Return those that ended before ``day`` and stand in leaves that are all signed."""
        unsigned = Leaf.objects.exclude(index__lt=log.published_size())
        ended = self.filter(docket__isnull=False, ended_at__lt=clock.beginning_of(day))
        return ended.exclude(Exists(unsigned.filter(subject=OuterRef("docket"))))

    def silent(self) -> "CallQuerySet":
        """Return those whose process has given no sign of life for too long."""
        return self.filter(outcome=Outcome.BEGUN, seen_at__lt=clock.now() - SILENCE)


class Delivery(models.Model):
    """One call that was answered by a grant or to a seat, or began to be.

    ``party`` is who has it: a body or a citizen. ``asked`` commits to the question under
    ``asked_salt``, for filters may hold what is personal; the question itself is kept nowhere.
    Once it has ended, ``h`` commits to the ``payload`` under ``salt``, and neither changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="deliveries")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="deliveries")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, related_name="deliveries")
    party = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="deliveries")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="deliveries")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deliveries")
    purpose = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=16, choices=Channel.choices)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.BEGUN)
    rows = models.BigIntegerField(default=0)
    size = models.BigIntegerField(null=True)
    actor = models.JSONField()
    asked = models.BinaryField(max_length=32)
    asked_salt = models.BinaryField(max_length=16)
    payload = models.JSONField(default=dict)
    salt = models.BinaryField(max_length=16)
    h = models.BinaryField(max_length=32, null=True, unique=True)
    docket = models.ForeignKey(
        Docket, on_delete=models.PROTECT, null=True, related_name="deliveries"
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                name="delivery_ended_is_committed_to",
                condition=Q(outcome="begun", ended_at=None, h=None, docket=None)
                | Q(outcome__in=["finished", "cut"], ended_at__gte=F("begun_at"), h__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_by_grant_or_to_seat",
                condition=Q(grant__isnull=False) | Q(seat__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="delivery_unlisted",
                fields=["ended_at"],
                condition=Q(docket=None, ended_at__isnull=False),
            ),
            models.Index(
                name="delivery_listed", fields=["ended_at"], condition=Q(docket__isnull=False)
            ),
            models.Index(name="delivery_begun", fields=["seen_at"], condition=Q(outcome="begun")),
            models.Index(name="delivery_of_entry", fields=["entry", "-begun_at"]),
            models.Index(name="delivery_to_party", fields=["party", "-begun_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {str(self.pk)[:8]}"

    def asks(self, question: Evidence) -> bytes:
        """Return what commits to ``question`` under the salt kept for it."""
        return entry.commit(question, bytes(self.asked_salt))

    def conclude(self, outcome: Outcome, *, size: int | None = None) -> None:
        """Say how it ended, and with how many bytes, and commit to it; the row is not saved yet."""
        self.outcome, self.size, self.ended_at = outcome, size, clock.now()
        if outcome is Outcome.CUT:
            # Nobody knows how many rows arrived, and nothing half-delivered counts.
            self.rows = 0
        self.payload = self._said()
        self.h = entry.commit(self.payload, bytes(self.salt))

    def end(self, outcome: Outcome, *, size: int | None = None) -> bool:
        """End it, finished or cut off, with the bytes that left; one that has ended stays so.

        Say whether this is how it ended.
        """
        self.conclude(outcome, size=size)
        ended = {name: getattr(self, name) for name in _ENDED}
        if not Delivery.objects.filter(pk=self.pk, outcome=Outcome.BEGUN).update(**ended):
            self.refresh_from_db()
            return False
        return True

    def _said(self) -> Evidence:
        return {
            "v": 1,
            "act": f"delivery.{self.channel}",
            "delivery": str(self.pk),
            "actor": self.actor,
            "entry": self.entry.code,
            "release": {"number": self.release.number, "manifest": self.release.digest_text},
            "grant": str(self.grant_id) if self.grant_id else None,
            "purpose": self.purpose,
            "question": bytes(self.asked).hex(),
            "begun": self.begun_at.isoformat(timespec="milliseconds"),
            "ended": self.ended_at.isoformat(timespec="milliseconds") if self.ended_at else None,
            "outcome": str(self.outcome),
            "rows": self.rows,
            "bytes": self.size,
        }


_SUM_UP = """
WITH forgotten AS (
    DELETE FROM delivery_delivery WHERE id = ANY(%s) RETURNING *
), summed AS (
    INSERT INTO delivery_taken AS taken
           (release_id, party_id, grant_id, purpose, delivered, cut, rows, size, first, last)
    SELECT release_id, party_id, grant_id, purpose,
           count(*) FILTER (WHERE outcome = 'finished'), count(*) FILTER (WHERE outcome = 'cut'),
           sum(rows), coalesce(sum(size) FILTER (WHERE outcome = 'finished'), 0),
           min(begun_at), max(begun_at)
      FROM forgotten
     GROUP BY release_id, party_id, grant_id, purpose
    ON CONFLICT (release_id, party_id, grant_id, purpose) DO UPDATE
       SET delivered = taken.delivered + excluded.delivered, cut = taken.cut + excluded.cut,
           rows = taken.rows + excluded.rows, size = taken.size + excluded.size,
           first = least(taken.first, excluded.first), last = greatest(taken.last, excluded.last)
)
SELECT count(*) FROM forgotten
"""


class Taken(models.Model):
    """What one party took of one release, in sum, once the single calls are forgotten.

    Whoever has data must be found for as long as they may have it; who clicked when need not.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="taken")
    party = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="taken")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, related_name="taken")
    purpose = models.CharField(max_length=80, blank=True)
    delivered = models.BigIntegerField()
    cut = models.BigIntegerField()
    rows = models.BigIntegerField()
    size = models.BigIntegerField()
    first = models.DateTimeField()
    last = models.DateTimeField()

    class Meta:
        verbose_name_plural = "taken"
        constraints = [
            models.UniqueConstraint(
                name="delivery_taken_once",
                fields=["release", "party", "grant", "purpose"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release} {self.first:%Y-%m-%d}"

    @classmethod
    def sum_up(cls, calls: "list[uuid.UUID]") -> int:
        """Delete these calls and add them to the sums, all at once; return how many there were."""
        with connection.cursor() as cursor:
            cursor.execute(_SUM_UP, [calls])
            number: int = cursor.fetchone()[0]
            return number


class Forgetting(Subject):
    """That the single calls of a resource which ended before a day are kept no more (到期清除)."""

    KIND = "forgetting"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="forgettings")
    before = models.DateField()
    calls = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.entry} {self.before:%Y-%m-%d}"

    def evidence(self) -> Evidence:
        """Return of which resource, before which day, and how many."""
        return {
            "entry": self.entry.code,
            "before": self.before.isoformat(),
            "calls": self.calls,
        }


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Questions about subscriptions."""

    def live(self) -> "SubscriptionQuerySet":
        """Return those that nobody and nothing has ended."""
        return self.filter(ended_at=None)


class Subscription(Subject):
    """That a body is told of each new release of a resource, at an address of its own (訂閱).

    Who subscribed, in which ``seat``, must be able to take the data whenever it is told. ``told``
    is the newest release that it knows of, or that was given up; ``failure`` the code of what went
    wrong last.
    """

    KIND = "subscription"
    ALONG = ("entry__provider", "seat__body", "seat__person")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="subscriptions")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="subscriptions")
    address = models.CharField(max_length=2000, blank=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    lapsed = models.BooleanField(default=False)
    told = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=16, blank=True)
    answered_at = models.DateTimeField(null=True)

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

    def end(self, *, lapsed: bool) -> None:
        """End it and erase where it led. Raises ``OutOfTurn`` for one that has ended."""
        if self.ended_at is not None:
            raise OutOfTurn("This subscription has ended already.")
        self.ended_at, self.lapsed, self.address = clock.now(), lapsed, ""
        self.save(update_fields=["ended_at", "lapsed", "address"])

    def settle(self, number: int, failure: str) -> timedelta | None:
        """Note how telling of release ``number`` went; return after what wait to try again."""
        self.tries += 1
        self.failure, self.answered_at = failure, clock.now()
        wait = WAITS[self.tries - 1] if failure and self.tries <= len(WAITS) else None
        if wait is None:
            self.told, self.tries = number, 0
        self.save(update_fields=["tries", "failure", "answered_at", "told"])
        return wait

    def evidence(self) -> Evidence:
        """Return which resource for which seat, and how it stands; no address."""
        return {
            "entry": self.entry.code,
            "seat": str(self.seat_id),
            "ended": self.ended_at is not None,
            "lapsed": self.lapsed,
        }


class Pace(models.Model):
    """How many calls were answered in one hour under one limit, until the hour is over.

    ``of`` is a digest: of a grant or a person; or of an address under a key of its day, so that
    nobody is known by it the day after.
    """

    of = models.BinaryField(max_length=32)
    hour = models.DateTimeField()
    used = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="delivery_one_pace", fields=["of", "hour"]),
        ]

    def __str__(self) -> str:
        return f"{self.used} in {self.hour:%Y-%m-%d %H}"


def fresh_salt() -> bytes:
    """Return a salt that nobody can guess."""
    return secrets.token_bytes(entry.SALT_SIZE)


def _of_one(name: str) -> models.CheckConstraint:
    """Return the constraint that a row is of a release or of an upload's rejected rows."""
    return models.CheckConstraint(
        name=name,
        condition=Q(release=None, upload__isnull=False) | Q(release__isnull=False, upload=None),
    )


class Kept(models.Model):
    """A finished file, kept for whoever asks the same of the same release and bears the same.

    ``name`` is a keyed digest of all that shapes its bytes: filters may hold what is personal. It
    is sealed as the release is, or as the upload whose rejected rows it holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64, unique=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, null=True, related_name="+")
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, null=True, related_name="+")
    rows = models.BigIntegerField()
    size = models.BigIntegerField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "kept"
        constraints = [_of_one("delivery_kept_of_one")]
        indexes = [models.Index(name="delivery_kept_used", fields=["used_at"])]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def place(self) -> Place:
        """Where the file lies. Raises ``Destroyed``."""
        return kept_at(self.pk, self.sealed_by)


def kept_at(pk: uuid.UUID, sealed_by: DataKey | None) -> Place:
    """Return where a finished file lies, or is to lie. Raises ``Destroyed``."""
    folder = private(config.root / KEPT)
    if sealed_by is None:
        return folder / str(pk)
    return Room(folder, sealed_by.pk, sealed_by.secret()).at(str(pk))


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Questions about tickets."""

    def live(self) -> "TicketQuerySet":
        """Return those whose holder may come (again)."""
        return self.filter(seen_at__gte=clock.now() - TICKET_LASTS)

    def passed(self) -> "TicketQuerySet":
        """Return those whose holder may come no more."""
        return self.filter(seen_at__lt=clock.now() - TICKET_LASTS)

    def doubtful(self) -> "TicketQuerySet":
        """Return those about which the gate is to be asked again: something has changed.

        It is asked for all streams that run, every second, so it only looks; the gate decides.
        """
        now = clock.now()
        # An act's moment is told before its row is seen, so it may lie before the decision.
        since = ExpressionWrapper(
            OuterRef("decided_at") - timedelta(minutes=1), output_field=models.DateTimeField()
        )
        on = Q(on=OuterRef("entry"))
        for name in ("grant", "seat", "person", "seat__body"):
            on |= Q(on=OuterRef(name))
        held = Hold.objects.filter(on, lifted_at=None, placed_at__gte=since)
        return self.filter(
            Q(Exists(held))
            | Q(entry__changed_at__gte=F("decided_at") - timedelta(minutes=1))
            | Q(grant__revoked_at__isnull=False)
            | Q(grant__until__lte=now)
            | Q(token__expires_at__lte=now)
            | Q(seat__until__isnull=False)
            | Q(seat__body__until__isnull=False)
            | Q(deputy__ended_at__isnull=False)
            | Q(deputy__until__lt=clock.today())
            | Q(person__user__is_active=False)
            | Q(release__sealed_by__destroyed_at__isnull=False)
            | Q(upload__sealed_by__destroyed_at__isnull=False)
        )


class Ticket(models.Model):
    """An address under which one file is had, for a short while, by whoever holds its secret.

    Only the secret's digest is stored. What was ``asked`` is sealed under the secret itself, for
    filters may hold what is personal. ``bears`` digests what the asker must bear. ``arrived`` has
    the stretches of bytes that the other side has confirmed, ``sent`` those of which nobody knows
    yet, or ever will since the line was lost: first byte, end, and whether that is over.
    """

    PREFIX = "yls_"

    digest = models.BinaryField(primary_key=True, max_length=32)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, null=True, related_name="+")
    asked = models.BinaryField()
    bears = models.CharField(max_length=64)
    purpose = models.CharField(max_length=80, blank=True)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    token = models.ForeignKey(Token, on_delete=models.PROTECT, null=True, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    decided_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    arrived = models.JSONField(default=list)
    sent = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [_of_one("delivery_ticket_of_one")]
        indexes = [models.Index(name="delivery_ticket_seen", fields=["seen_at"])]

    def __str__(self) -> str:
        return f"ticket of {self.issued_at:%Y-%m-%d %H:%M}"

    def actor(self) -> Actor:
        """Return who asked, as this party stands now; whoever has ended is a stranger."""
        if self.token and self.token.expires_at <= clock.now():
            return Actor.anyone()
        if self.person and not (self.person.user and self.person.user.is_active):
            return Actor.anyone()
        if self.seat is None:
            return Actor.citizen(self.person) if self.person else Actor.anyone()
        if self.seat.until or (self.deputy and not self._deputes):
            return Actor.anyone()
        actor = Actor.of(self.seat, self.deputy)
        return actor.by_token(self.token_id) if self.token_id else actor

    @property
    def _deputes(self) -> bool:
        return Deputy.objects.live(clock.today()).filter(pk=self.deputy_id).exists()
