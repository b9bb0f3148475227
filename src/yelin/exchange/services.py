"""Services that others call through the platform (服务接口), whether they answer, and who signs."""

from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Self

from django.db import connection, models
from django.db.models import Q

from yelin.catalog.models import Entry
from yelin.exchange.operations import ServiceContent
from yelin.keys import messages
from yelin.keys.documents import Document
from yelin.keys.models import DataKey
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.outbound.models import Purpose
from yelin.outbound.sending import Way
from yelin.parties.models import Seat, Token
from yelin.registers.models import GovernmentSystem
from yelin.things.models import Evidence, Subject

# After so many failures in a row nobody waits for a service any more, until one call tries again.
FAILURES = 5
# Failures further apart than this are not of one row.
WINDOW = timedelta(seconds=60)
PAUSE = timedelta(seconds=15)


class ServiceQuerySet(models.QuerySet["Service"]):
    """Questions about services."""

    def live(self) -> "ServiceQuerySet":
        """Return those that are offered."""
        return self.filter(ended_at=None)


class Service(Subject):
    """An API of a body that others call through the platform, as the resource ``entry`` (服务接口).

    ``content_kept`` is a ``ServiceContent``; ``said`` holds the credential that the API is shown,
    sealed. ``system`` is the government system that answers, where the register has it.
    """

    KIND = "service"
    ALONG = ("entry__provider", "seat__body", "sealed_by", "system")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="services")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    system = models.ForeignKey(
        GovernmentSystem, on_delete=models.PROTECT, null=True, related_name="services"
    )
    content_kept = models.JSONField()
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    said_kept = models.JSONField()
    said = Document("said_kept")
    offered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exchange_one_service_of_an_entry",
                fields=["entry"],
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry)

    @property
    def content(self) -> ServiceContent:
        """What its provider says of it."""
        return ServiceContent.model_validate(self.content_kept)

    @property
    def way(self) -> Way:
        """For whom calls of it leave."""
        return Way(self.entry.provider_id, Purpose.RELAY, clock.today())

    @property
    def state(self) -> str:
        """Whether it is offered."""
        return "offered" if self.ended_at is None else "ended"

    def end(self) -> None:
        """Offer it no more, and forget the credential. Raises ``OutOfTurn`` where it has ended."""
        if self.ended_at is not None:
            raise OutOfTurn("This service has ended already.")
        self.ended_at = clock.now()
        self.said = {}
        self.save(update_fields=["ended_at", "said_kept"])

    def evidence(self) -> Evidence:
        """Return which resource, what may be called and within what; the address may be private."""
        names = ("operations", "seconds", "most_bytes", "signed")
        said = {name: self.content_kept[name] for name in names}
        return {"entry": self.entry.code, "ended": self.ended_at is not None, **said}


class CircuitState(StrEnum):
    """Whether calls go through to a service."""

    CLOSED = "closed"
    OPEN = "open"
    TRYING = "trying"


class Circuit(models.Model):
    """How a service has answered lately, for all processes that call it (熔断).

    After ``FAILURES`` in a row, each within ``WINDOW`` of the one before, it is open: calls are
    refused at once. After a ``PAUSE`` one call is let through, and what becomes of it decides; if
    nobody hears of that one any more, another is let through after its time.
    """

    service = models.OneToOneField(
        Service, on_delete=models.CASCADE, primary_key=True, related_name="circuit"
    )
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=16, blank=True)
    opened_at = models.DateTimeField(null=True)
    trying_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.service_id} {self.state}"

    @property
    def state(self) -> CircuitState:
        """How it stands."""
        if self.opened_at is None:
            return CircuitState.CLOSED
        trying = self.trying_until is not None and self.trying_until > clock.now()
        return CircuitState.TRYING if trying else CircuitState.OPEN

    def lets_through(self, seconds: float) -> bool:
        """Whether a call may be made; of all who ask when the pause is over, one may.

        It is believed to be under way for so many ``seconds``.
        """
        now = clock.now()
        if self.opened_at is None:
            return True
        waiting = Circuit.objects.filter(pk=self.pk, opened_at__lte=now - PAUSE)
        free = waiting.filter(Q(trying_until=None) | Q(trying_until__lte=now))
        return bool(free.update(trying_until=now + timedelta(seconds=seconds)))

    @property
    def rests(self) -> bool:
        """Whether nobody need ask now: the pause is not over, or somebody tries already."""
        now = clock.now()
        if self.opened_at is None:
            return False
        return self.opened_at > now - PAUSE or bool(self.trying_until and self.trying_until > now)

    @property
    def wait(self) -> int:
        """After how many seconds it is worth while to ask again."""
        pause = self.opened_at + PAUSE if self.opened_at else None
        ends = [each for each in (pause, self.trying_until) if each]
        left = max((each - clock.now() for each in ends), default=timedelta())
        return max(1, round(left.total_seconds()))

    def succeed(self) -> None:
        """Note that the service answered; most often there is nothing to note."""
        if self.failures or self.opened_at:
            Circuit.objects.filter(pk=self.pk).update(failures=0, opened_at=None, trying_until=None)

    def fail(self, failure: str) -> None:
        """Note that it did not."""
        with connection.cursor() as cursor:
            cursor.execute(
                _FAIL,
                {
                    "service": self.pk,
                    "now": clock.now(),
                    "failure": failure,
                    "most": FAILURES,
                    "since": clock.now() - WINDOW,
                },
            )


# One statement, so that those who fail in the same moment are counted one after the other. What was
# tried while it was open opens it anew.
_FAIL = """
    UPDATE exchange_circuit
       SET failures = CASE WHEN failed_at > %(since)s THEN failures + 1 ELSE 1 END,
           opened_at = CASE
               WHEN opened_at IS NOT NULL
                 OR (CASE WHEN failed_at > %(since)s THEN failures + 1 ELSE 1 END)
                    >= %(most)s
               THEN %(now)s END,
           trying_until = NULL, failed_at = %(now)s, failure = %(failure)s
     WHERE service_id = %(service)s
"""


class MessageKeyQuerySet(models.QuerySet["MessageKey"]):
    """Questions about keys by which requests are signed."""

    def live(self) -> "MessageKeyQuerySet":
        """Return those that have not ended, nor their tokens."""
        return self.filter(ended_at=None, token__expires_at__gt=clock.now())


class MessageKey(Subject):
    """A public key by which a program signs its requests (报文签名), known with its token.

    ``name`` is the thumbprint by which signatures name it. Whoever steals the token signs nothing.
    """

    KIND = "message_key"
    ALONG = ("token__seat__body",)

    token = models.ForeignKey(Token, on_delete=models.PROTECT, related_name="message_keys")
    name = models.CharField(max_length=43)
    public = models.BinaryField(max_length=32)
    registered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = MessageKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exchange_one_live_message_key",
                fields=["token", "name"],
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name[:8]}…"

    @classmethod
    def of(cls, token: Token, public: bytes) -> Self:
        """Return the key of ``token``, not saved yet."""
        name = messages.key_id(public)
        return cls(token=token, name=name, public=public, registered_at=clock.now())

    def end(self) -> None:
        """Take no signature by it any more. Raises ``OutOfTurn`` where it has ended."""
        if self.ended_at is not None:
            raise OutOfTurn("This key has ended already.")
        self.ended_at = clock.now()
        self.save(update_fields=["ended_at"])

    def evidence(self) -> Evidence:
        """Return of which token, and the key itself: it is a public one."""
        return {
            "token": str(self.token_id),
            "key": bytes(self.public).hex(),
            "ended": self.ended_at is not None,
        }


class Seen(models.Model):
    """The digest of a signature that was taken, until it is too old anyway: none is taken twice."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "seen"
        indexes = [models.Index(name="exchange_seen_until", fields=["until"])]

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d %H:%M}"

    @classmethod
    def first(cls, signature: bytes, until: datetime) -> bool:
        """Whether nobody has come with this signature before, in any process."""
        digest = sha256(signature).digest()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO exchange_seen (digest, until) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [digest, until],
            )
            return bool(cursor.rowcount == 1)

    @classmethod
    def forget(cls) -> None:
        """Forget those that nobody could come with any more."""
        cls.objects.filter(until__lt=clock.now()).delete()
