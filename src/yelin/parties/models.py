"""Bodies, people, their seats and their tokens: who may act, and for whom."""

from datetime import UTC, date, datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from yelin.keys.bearer import Bearer
from yelin.keys.digests import keyed
from yelin.parties.identity import Identity
from yelin.parties.kinds import SOCIAL, BodyKind, Role
from yelin.things.models import Evidence, Subject
from yelin.things.prepared import Prepared


class User(AbstractUser):
    """A login; everything about the person behind it is in ``Person``.

    ``signed_out`` counts how often the person ended all sessions: one of before holds no longer.
    """

    signed_out = models.PositiveIntegerField(default=0)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        begun: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]  # the stubs lack it
        if not self.signed_out:
            return begun
        salt = "yelin.parties.User.signed_out"
        return salted_hmac(salt, f"{begun} {self.signed_out}", secret=secret).hexdigest()


class Body(Subject):
    """A government body (政务部门) or a social one, known by its credit code (GB 32100).

    A social body that registered itself is not ``verified_at`` until an officer has looked at it.
    """

    KIND = "body"

    kind = models.CharField(max_length=32, choices=BodyKind.choices)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    short_name = models.CharField(max_length=80)
    division = models.CharField(max_length=12)
    credit_code = models.CharField(max_length=18)
    verified_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "bodies"
        constraints = [
            models.UniqueConstraint(
                name="parties_one_live_code", fields=["credit_code"], condition=Q(until=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_official(self) -> bool:
        """Whether the body holds public power, and is no enterprise, association or utility."""
        return self.kind not in SOCIAL

    @property
    def leading_role(self) -> Role:
        """The role in which its people answer for who else acts for it."""
        return Role.HEAD if self.is_official else Role.REPRESENTATIVE

    @property
    def may_represent(self) -> bool:
        """Whether its people may act for it: official bodies, and social ones that are verified."""
        return self.is_official or self.verified_at is not None

    def called_on(self, day: date) -> "Body | BodyName":
        """Return what bore the body's names on ``day``; on the day of a change, the new ones."""
        former = (name for name in self.former_names.all() if name.until > day)
        return next(former, self)

    def evidence(self) -> Evidence:
        """Return the codes by which the ledger knows this body."""
        return {"code": self.credit_code, "kind": self.kind, "division": self.division}


class BodyName(models.Model):
    """A name that a body bore before ``until``; the present one stands in the body itself."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="former_names")
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    short_name = models.CharField(max_length=80)
    until = models.DateField()

    class Meta:
        ordering = ["until", "pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.until})"


class Way(models.TextChoices):
    """How a body passes what it has on, or ends."""

    MERGE = "merge", "Merged into another body"
    SPLIT = "split", "Split off into another body"
    DISSOLVE = "dissolve", "Dissolved"


class Succession(Subject):
    """What passed from a body to its successor on one day; ``moved`` counts it by kind."""

    KIND = "succession"

    way = models.CharField(max_length=16, choices=Way.choices)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="passed_on")
    successor = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, related_name="taken_over"
    )
    on = models.DateField()
    reason = models.TextField()
    moved = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="parties_only_an_end_has_no_successor",
                condition=Q(way="dissolve", successor=None)
                | (~Q(way="dissolve") & Q(successor__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.way} {self.on}"

    def evidence(self) -> Evidence:
        """Return which codes, how much of what passed, and the digest of the ids that did."""
        return {
            "way": self.way,
            "from": self.body.credit_code,
            "to": self.successor.credit_code if self.successor else None,
            "moved": self.moved,
            "things": bytes(self.digest).hex(),
        }


class Person(Subject):
    """A human being who acts; the ledger knows only the thing's id.

    An account that was deleted has neither login nor name; the row stays, so that history holds.
    """

    KIND = "person"

    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True)
    name = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    blocked_because = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name or f"#{str(self.pk)[:8]}"

    def seats_held(self) -> "list[Seat]":
        """Return the person's living seats, by the name of the body."""
        return list(self.seats.live().select_related("body").order_by("body__name", "role"))

    def verified_as(self, at: datetime) -> Identity | None:
        """Return as whom the person is verified at a moment."""
        return Identity.objects.living(at).filter(person=self).first()


class OutsideLogin(models.Model):
    """That a person signs in by a provider elsewhere, too (统一身份认证).

    Of who they are there only a digest is kept: enough to know them by when they come again.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="outside_logins")
    issuer = models.CharField(max_length=255)
    digest = models.BinaryField(max_length=32)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="parties_one_account_for_each_outside", fields=["issuer", "digest"]
            ),
            models.UniqueConstraint(
                name="parties_once_with_each_issuer", fields=["person", "issuer"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.since:%Y-%m-%d}"

    @staticmethod
    def digest_of(issuer: str, subject: str) -> bytes:
        """Return by what somebody is known whom ``issuer`` calls ``subject``."""
        said = f"{issuer}\0{subject}"
        return keyed("yelin.parties.OutsideLogin", said)


class SeatQuerySet(models.QuerySet["Seat"]):
    """Questions about seats."""

    def live(self) -> "SeatQuerySet":
        """Return the seats that nobody has left."""
        return self.filter(until=None)

    def end(self, at: datetime) -> None:
        """End these seats with the tokens and deputies that hang on them."""
        # Whoever acts in one of them at this moment finishes first, or sees that it has ended.
        held = list(self.live().select_for_update(of=("self",)).values_list("pk", flat=True))
        Token.objects.filter(seat__in=held, expires_at__gt=at).update(expires_at=at)
        Deputy.objects.filter(seat__in=held, ended_at=None).update(ended_at=at)
        self.filter(pk__in=held).update(until=at)

    def open_to(self, user_id: int | None, on: date) -> "SeatQuerySet":
        """Return the seats in which this login may act on the day: its own, and as a deputy."""
        deputed = Deputy.objects.live(on).filter(person__user=user_id)
        return (
            self.live()
            .filter(Q(person__user=user_id) | Q(pk__in=deputed.values("seat")))
            .select_related("body", "person")
            .order_by("body__name", "role")
        )


class Seat(Subject):
    """A person's place in a body: the right to act for it in one role."""

    KIND = "seat"
    ALONG = ("body", "person")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="seats")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=16, choices=Role.choices)
    until = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    """Why it was given when no head or representative was left to give it."""

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="parties_one_live_seat",
                fields=["person", "body", "role"],
                condition=Q(until=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.body.short_name}"

    def evidence(self) -> Evidence:
        """Return whose seat this is, by ids and codes."""
        return {"person": str(self.person_id), "body": self.body.credit_code, "role": self.role}


class DeputyQuerySet(models.QuerySet["Deputy"]):
    """Questions about deputies."""

    def live(self, on: date) -> "DeputyQuerySet":
        """Return the deputies who act on the day ``on``."""
        return self.filter(since__lte=on, until__gte=on, ended_at=None, seat__until=None)


class Deputy(Subject):
    """A person who acts for the holder of a seat between two days, both included."""

    KIND = "deputy"

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="deputies")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputing")
    since = models.DateField()
    until = models.DateField()
    ended_at = models.DateTimeField(null=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deputies"
        constraints = [
            models.CheckConstraint(
                name="parties_deputy_not_before", condition=Q(until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.seat}"

    def evidence(self) -> Evidence:
        """Return who acts for which seat from when to when, by ids."""
        return {
            "seat": str(self.seat_id),
            "person": str(self.person_id),
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
        }


class Invitation(Subject):
    """An offer of a representative's seat, which the person invited takes or leaves."""

    KIND = "invitation"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="invitations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations")
    until = models.DateField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="parties_one_open_invitation",
                fields=["body", "person"],
                condition=Q(answered_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.body}"

    def evidence(self) -> Evidence:
        """Return which body invites whom, by code and id."""
        return {"body": self.body.credit_code, "person": str(self.person_id)}


class TokenQuerySet(models.QuerySet["Token"]):
    """Questions about tokens."""

    def live(self, text: str, at: datetime) -> "Token | None":
        """Return the token whose secret is ``text`` and which holds ``at`` this time."""
        return next(iter(_LIVE.ask(at, Token.digest_of(text))), None)

    def living(self, at: datetime) -> "TokenQuerySet":
        """Return the tokens that hold ``at`` this time, with those for whom they speak."""
        of_seat = Q(seat__isnull=False, seat__until=None, seat__person__user__is_active=True)
        of_person = Q(person__user__is_active=True)
        found = self.filter(of_seat | of_person, expires_at__gt=at)
        return found.select_related("seat__body", "seat__person", "person")


class Token(Bearer):
    """A key with which a program acts for a seat, or for a person who acts for nobody else."""

    KIND = "token"
    PREFIX = "yln_"
    ALONG = ("seat__body", "person")

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="tokens")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="tokens")
    label = models.CharField(max_length=80)
    only_reads = models.BooleanField(default=False)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_on = models.DateField(null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="parties_token_of_seat_or_person",
                condition=Q(seat=None, person__isnull=False) | Q(seat__isnull=False, person=None),
            ),
        ]

    def evidence(self) -> Evidence:
        """Return for whom the token speaks, whether it may act, and until when."""
        holder = {"seat": str(self.seat_id)} if self.seat_id else {"person": str(self.person_id)}
        return holder | {
            "only_reads": self.only_reads,
            "until": self.expires_at.date().isoformat(),
        }

    def note_use(self, day: date) -> None:
        """Note that it was used on this ``day``, for its holder to see; once a day."""
        if self.used_on != day:
            Token.objects.filter(pk=self.pk).update(used_on=day)


# Every request of a program asks this first.
_LIVE = Prepared(lambda: Token.objects.living(datetime.min.replace(tzinfo=UTC)).filter(digest=b""))
