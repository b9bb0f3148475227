"""Each delivery to somebody by name, the lists in which they are signed, and their sums."""

import secrets
import uuid
from datetime import date, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q

from yelin.catalog.models import Entry
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.ledger import entry, log
from yelin.ledger.models import Leaf
from yelin.parties.models import Person, Seat
from yelin.things.models import Evidence, Subject, Thing
from yelin.warehouse.models import Release

# After this long without a sign of life, a delivery was cut off by the death of its process.
SILENCE = timedelta(minutes=5)


class Channel(models.TextChoices):
    """In which way data leaves."""

    QUERY = "query", "Page of rows"
    DOWNLOAD = "download", "Download"
    VERIFY = "verify", "Verification"
    CALL = "call", "Call of a service"
    PUSH = "push", "Sent to a subscriber"
    COMPUTE = "compute", "Answer to a question"


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


_ENDED = ("outcome", "rows", "size", "file", "ended_at", "payload", "h")
_ENDED_CALL = (*_ENDED, "asked", "answer")


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
    Once it has ended, ``h`` commits to the ``payload`` under ``salt``, and neither changes. A call
    of a service is of no release; ``asked`` and ``answer`` commit to both its messages. ``file`` is
    the fingerprint of the file that was handed out, where it was one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="deliveries")
    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, null=True, related_name="deliveries"
    )
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
    file = models.BinaryField(max_length=32, null=True)
    actor = models.JSONField()
    asked = models.BinaryField(max_length=32)
    asked_salt = models.BinaryField(max_length=16)
    answer = models.BinaryField(max_length=32, null=True)
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
            models.CheckConstraint(
                name="delivery_of_a_release_or_a_call",
                condition=Q(channel="call", release=None)
                | ~Q(channel="call") & Q(release__isnull=False, answer=None),
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
            models.Index(name="delivery_of_file", fields=["file"], condition=Q(file__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {str(self.pk)[:8]}"

    def asks(self, question: Evidence) -> bytes:
        """Return what commits to ``question`` under the salt kept for it."""
        return entry.commit(question, bytes(self.asked_salt))

    def conclude(
        self, outcome: Outcome, *, size: int | None = None, file: bytes | None = None
    ) -> None:
        """Say how it ended, and with how many bytes, and commit to it; the row is not saved yet."""
        self.outcome, self.size, self.file, self.ended_at = outcome, size, file, clock.now()
        if outcome is Outcome.CUT:
            # Nobody knows how many rows arrived, and nothing half-delivered counts.
            self.rows = 0
        self.payload = self._said()
        self.h = entry.commit(self.payload, bytes(self.salt))

    def end(self, outcome: Outcome, *, size: int | None = None, file: bytes | None = None) -> bool:
        """End it, finished or cut off, with the bytes that left; one that has ended stays so.

        ``file`` is the fingerprint of a whole one. Say whether this is how it ended.
        """
        self.conclude(outcome, size=size, file=file)
        names = _ENDED_CALL if self.channel == Channel.CALL else _ENDED
        ended = {name: getattr(self, name) for name in names}
        if not Delivery.objects.filter(pk=self.pk, outcome=Outcome.BEGUN).update(**ended):
            self.refresh_from_db()
            return False
        return True

    def _said(self) -> Evidence:
        of: Evidence = {"answer": bytes(self.answer).hex() if self.answer else None}
        if self.release is not None:
            of = {"release": {"number": self.release.number, "manifest": self.release.digest_text}}
        if self.file is not None:
            of["file"] = bytes(self.file).hex()
        return of | {
            "v": 1,
            "act": f"delivery.{self.channel}",
            "delivery": str(self.pk),
            "actor": self.actor,
            "entry": self.entry.code,
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
           (entry_id, release_id, party_id, grant_id, purpose,
            delivered, cut, rows, size, first, last)
    SELECT entry_id, release_id, party_id, grant_id, purpose,
           count(*) FILTER (WHERE outcome = 'finished'), count(*) FILTER (WHERE outcome = 'cut'),
           sum(rows), coalesce(sum(size) FILTER (WHERE outcome = 'finished'), 0),
           min(begun_at), max(begun_at)
      FROM forgotten
     GROUP BY entry_id, release_id, party_id, grant_id, purpose
    ON CONFLICT (entry_id, release_id, party_id, grant_id, purpose) DO UPDATE
       SET delivered = taken.delivered + excluded.delivered, cut = taken.cut + excluded.cut,
           rows = taken.rows + excluded.rows, size = taken.size + excluded.size,
           first = least(taken.first, excluded.first), last = greatest(taken.last, excluded.last)
)
SELECT count(*) FROM forgotten
"""


class Taken(models.Model):
    """What one party took of one release, in sum, once the single calls are forgotten.

    Without a release it is how often a service was called. Whoever has data must be found for as
    long as they may have it; who clicked when need not.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="taken")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="taken")
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
                fields=["entry", "release", "party", "grant", "purpose"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.first:%Y-%m-%d}"

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


def fresh_salt() -> bytes:
    """Return a salt that nobody can guess."""
    return secrets.token_bytes(entry.SALT_SIZE)
