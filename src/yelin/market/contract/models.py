"""Negotiations with their offers, contracts, and the signatures of both sides."""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q

from yelin.keys import detached, seals
from yelin.law import clock
from yelin.market.contract.rules import Side, Standing, State
from yelin.market.contract.terms import Kind, Terms
from yelin.market.listing.models import Listing
from yelin.parties.models import Body, Seat
from yelin.things.models import Evidence, Subject

SIDES = [(Side.PROVIDER.value, "Provider"), (Side.CONSUMER.value, "Consumer")]
_STATES = [(each.value, each.name.capitalize()) for each in State]
_STANDINGS = [(each.value, each.name.capitalize()) for each in Standing]
_KINDS = [(each.value, each.name.capitalize()) for each in Kind]


class _BetweenTwo(Subject):
    """What stands between a provider and a consumer of data."""

    provider: models.ForeignKey[Body, Body]
    consumer: models.ForeignKey[Body, Body]

    class Meta:
        abstract = True

    def side_of(self, body_id: object) -> Side:
        """Return which side a body is; the platform is neither."""
        sides = {self.provider_id: Side.PROVIDER, self.consumer_id: Side.CONSUMER}  # type: ignore[attr-defined]  # of the columns below
        return sides.get(body_id, Side.PLATFORM)

    def body_of(self, side: Side) -> Body:
        """Return the body that is a side."""
        return self.provider if side is Side.PROVIDER else self.consumer


class Negotiation(_BetweenTwo):
    """That two parties negotiate a contract on data (交易磋商).

    ``asked`` is the offer that stands: the last one made. What an offer says never changes.
    """

    KIND = "negotiation"
    ALONG = ("provider", "consumer", "listing__product")

    number = models.CharField(max_length=24, unique=True)
    provider = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    consumer = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    listing = models.ForeignKey(
        Listing, on_delete=models.PROTECT, null=True, related_name="negotiations"
    )
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=_STATES)
    until = models.DateField()
    """The last day on which the offer that stands may be accepted."""
    known_as = models.CharField(max_length=200, blank=True)
    """What the consumer's own system calls it, where that asked; it asks once by each name."""
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=16, blank=True)
    ended_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-began_at", "-number"]
        constraints = [
            models.CheckConstraint(
                name="market_nobody_negotiates_with_itself", condition=~Q(provider=F("consumer"))
            ),
            models.UniqueConstraint(
                name="market_negotiation_known_once",
                fields=["consumer", "known_as"],
                condition=~Q(known_as=""),
            ),
            models.CheckConstraint(
                name="market_terminated_says_when",
                condition=Q(state="terminated", ended_at__isnull=False)
                | ~Q(state="terminated") & Q(ended_at=None, ended_because=""),
            ),
        ]
        indexes = [
            models.Index(
                name="market_offers_that_end",
                fields=["until"],
                condition=Q(state__in=["requested", "offered"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def stands(self) -> "Offer":
        """The offer that stands."""
        return self.offers.latest("place")

    def evidence(self) -> Evidence:
        """Return both sides by code, where it stands, and the digest of what stands."""
        last = self.offers.order_by("-place").first()
        return {
            "number": self.number,
            "provider": self.provider.credit_code,
            "consumer": self.consumer.credit_code,
            "listing": self.listing.registration if self.listing else None,
            "state": self.state,
            "offer": last.place if last else 0,
            "digest": bytes(last.digest).hex() if last else "",
            "until": self.until.isoformat(),
        }


class Offer(models.Model):
    """What one side proposes, as a whole (要约); the next one answers it. No row ever changes."""

    negotiation = models.ForeignKey(Negotiation, on_delete=models.PROTECT, related_name="offers")
    place = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=16, choices=SIDES)
    answers = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="answered_by"
    )
    content = models.JSONField()
    digest = models.BinaryField(max_length=32)
    until = models.DateField()
    says = models.CharField(max_length=1000, blank=True)
    made_at = models.DateTimeField()
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                name="market_offers_one_after_another", fields=["negotiation", "place"]
            ),
            models.CheckConstraint(
                name="market_first_offer_answers_none",
                condition=Q(place=1, answers=None) | Q(place__gt=1, answers__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.negotiation_id} {self.place}"

    @property
    def terms(self) -> Terms:
        """What it proposes."""
        return Terms.model_validate(self.content)

    @property
    def digest_text(self) -> str:
        """The digest by which it is accepted."""
        return bytes(self.digest).hex()


class Contract(_BetweenTwo):
    """What both sides agreed to, frozen (数据交易合同).

    ``paper`` is what both sign: its bytes never change, nor does what it ``says``; a trigger of
    the database sees to both. ``sealed`` is the paper under the platform's seal, ``statement`` the
    same for programs, with the signatures of both.
    """

    KIND = "contract"
    ALONG = ("provider", "consumer", "negotiation")

    negotiation = models.OneToOneField(
        Negotiation, on_delete=models.PROTECT, related_name="contract"
    )
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="contract")
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=16, choices=_KINDS)
    provider = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    consumer = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    content = models.JSONField()
    digest = models.BinaryField(max_length=32)
    policy = models.JSONField()
    paper = models.BinaryField()
    paper_digest = models.BinaryField(max_length=32, unique=True)
    translation = models.BinaryField()
    since = models.DateField()
    until = models.DateField()
    standing = models.CharField(max_length=16, choices=_STANDINGS, default=Standing.DRAWN)
    drawn_at = models.DateTimeField()
    sealed = models.BinaryField(null=True)
    statement = models.BinaryField(null=True)
    sealed_at = models.DateTimeField(null=True)
    in_force_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-drawn_at", "-number"]
        constraints = [
            models.CheckConstraint(
                name="market_contract_ends_after_it_begins", condition=Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="market_signed_contract_is_sealed",
                condition=Q(
                    standing__in=["drawn", "dropped"], sealed=None, statement=None, sealed_at=None
                )
                | Q(
                    standing__in=["signed", "in_force", "ended"],
                    sealed__isnull=False,
                    statement__isnull=False,
                    sealed_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="market_in_force_since_when",
                condition=Q(in_force_at=None) | Q(standing__in=["in_force", "ended"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def terms(self) -> Terms:
        """What both agreed to."""
        return Terms.model_validate(self.content)

    @property
    def digest_text(self) -> str:
        """The digest of its terms."""
        return bytes(self.digest).hex()

    def take_effect(self, at: datetime) -> None:
        """Be in force from a moment on: both have signed, and it is filed where that is asked."""
        self.standing, self.in_force_at = Standing.IN_FORCE, at
        self.save(update_fields=["standing", "in_force_at"])

    def runs(self, on: date | None = None) -> bool:
        """Whether it is in force and its period holds on a day (today)."""
        day = on or clock.today()
        return self.standing == Standing.IN_FORCE and self.since <= day <= self.until

    def evidence(self) -> Evidence:
        """Return both sides by code, where it stands, and the digests of terms and papers."""
        return {
            "number": self.number,
            "kind": self.kind,
            "provider": self.provider.credit_code,
            "consumer": self.consumer.credit_code,
            "digest": self.digest_text,
            "paper": bytes(self.paper_digest).hex(),
            "standing": str(self.standing),
            "signed": {each.side: each.digest_text for each in self.signatures.order_by("side")},
        }


class PartyCertificate(Subject):
    """A certificate by whose key a party signs; it counts once the register's keeper approved it.

    The key is never here: exclusive control is what makes a signature reliable.
    """

    KIND = "party_certificate"
    ALONG = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="certificates")
    name = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200)
    words = models.TextField()
    fingerprint = models.BinaryField(max_length=32)
    since = models.DateTimeField()
    until = models.DateTimeField()
    brought_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-brought_at"]
        constraints = [
            models.UniqueConstraint(
                name="market_certificate_once",
                fields=["body", "fingerprint"],
                condition=Q(ended_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def state(self, at: datetime | None = None) -> str:
        """Return how it stands: ``waits``, ``counts``, ``passed`` its last day, or ``ended``."""
        if self.ended_at is not None:
            return "ended"
        if self.until <= (at or clock.now()):
            return "passed"
        return "counts" if self.approved_at else "waits"

    def keep(self, text: str) -> None:
        """Take what a certificate says of itself. Raises ``Unsound``."""
        found = detached.certificate_of(text)
        self.words, self.fingerprint = detached.pem_of(found), seals.fingerprint_of(found)
        self.name, self.issuer = (
            each.rfc4514_string()[:200] for each in (found.subject, found.issuer)
        )
        self.since, self.until = found.not_valid_before_utc, found.not_valid_after_utc

    def evidence(self) -> Evidence:
        """Return whose it is, by which fingerprint, and how it stands."""
        return {
            "body": self.body.credit_code,
            "certificate": bytes(self.fingerprint).hex(),
            "until": self.until.isoformat(timespec="seconds"),
            "state": self.state(),
        }


class Signature(models.Model):
    """That one side signed a contract's paper with its own key. No row ever changes."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=16, choices=SIDES)
    certificate = models.ForeignKey(
        PartyCertificate, on_delete=models.PROTECT, related_name="signatures"
    )
    words = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    said_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField()
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["verified_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="market_signed_once", fields=["contract", "side"])
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.side}"

    @property
    def digest_text(self) -> str:
        """The digest of the signature itself."""
        return bytes(self.digest).hex()
