"""Notices, the channels by which they reach people, and how each delivery went."""

import base64
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from yelin.keys.bearer import Bearer
from yelin.keys.digests import keyed
from yelin.notices.events import Event
from yelin.things.models import Evidence, Subject, Thing

# After these waits a delivery is given up; the last try is two days after the first.
WAITS = tuple(timedelta(minutes=n) for n in (0.5, 2, 10, 60, 360, 1440, 1440))


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Questions about notices."""

    def unread(self) -> "NoticeQuerySet":
        """Return those that their person has not seen."""
        return self.filter(read_at=None)

    def read_before(self, at: datetime) -> "NoticeQuerySet":
        """Return those that their person has seen, and not since ``at``."""
        return self.filter(read_at__lt=at)


class Notice(models.Model):
    """That one person was told of one event.

    ``words`` is the message id as it was then, ``params`` the codes, days and counts in it;
    ``once`` names what must not be told twice, where there is such a thing.
    """

    to = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="notices")
    about = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="+")
    event = models.CharField(max_length=64)
    words = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    once = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="notices_told_once", fields=["to", "event", "once"], condition=~Q(once="")
            ),
        ]
        indexes = [
            models.Index(name="notices_inbox", fields=["to", "-at"]),
            models.Index(name="notices_unread", fields=["to"], condition=Q(read_at=None)),
            models.Index(
                name="notices_read", fields=["read_at"], condition=Q(read_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d}"

    @property
    def says(self) -> str:
        """What the person is told, in the language of the moment."""
        return gettext(self.words).format(**self.params)


class Kind(models.TextChoices):
    """By what a notice travels beside the page."""

    MAIL = "mail", "Mail"
    SMS = "sms", "Text message"
    WEBHOOK = "webhook", "Webhook"


class Scope(models.TextChoices):
    """Which notices a channel carries."""

    ALL = "all", "Everything"
    URGENT = "urgent", "Only what asks for something to be done"


class SignUp(models.Model):
    """Somebody who wants an account, at a mail address that they have yet to confirm.

    Gone with its use, or a day later. What opens it is made of its id and kept nowhere.
    """

    address = models.EmailField()
    language = models.CharField(max_length=8)
    asked_at = models.DateTimeField()

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    def __str__(self) -> str:
        return f"#{str(self.pk)[:8]}"

    @property
    def secret(self) -> str:
        """What whoever reads at the address can show, and nobody else."""
        digest = keyed("notices.sign_up", str(self.pk))
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Questions about channels."""

    def live(self) -> "ChannelQuerySet":
        """Return the channels that carry notices: confirmed, and not closed."""
        return self.filter(closed_at=None, confirmed_at__isnull=False)

    def mailing(self, person: UUID) -> "ChannelQuerySet":
        """Return the mail addresses that a person confirmed as their own."""
        return self.live().filter(person=person, kind=Kind.MAIL).order_by("opened_at")

    def forget(self, person: UUID, at: datetime) -> None:
        """Close every channel of a person and erase where they led."""
        self.filter(person=person).update(address="", closed_at=at)


class Channel(Subject):
    """Where one person is told, beside the page; the address is erased when it is closed.

    A webhook goes out for ``body``, by its egress rules.
    """

    KIND = "channel"

    person = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="channels")
    body = models.ForeignKey(Thing, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    address = models.CharField(max_length=2000, blank=True)
    language = models.CharField(max_length=8)
    scope = models.CharField(max_length=8, choices=Scope.choices)
    opened_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="notices_one_open_channel",
                fields=["person", "kind", "address"],
                condition=Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="notices_closed_has_no_address",
                condition=Q(closed_at=None) & ~Q(address="")
                | Q(closed_at__isnull=False, address=""),
            ),
            models.CheckConstraint(
                name="notices_webhook_goes_out_for_a_body",
                condition=~Q(kind="webhook") | Q(body__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {str(self.pk)[:8]}"

    @property
    def code(self) -> str:
        """What whoever reads at the address can enter, and nobody else: 40 bits, not stored."""
        digest = keyed("notices.channel", str(self.pk))
        text = base64.b32encode(digest[:5]).decode()
        return f"{text[:4]}-{text[4:]}"

    def is_for(self, event: Event) -> bool:
        """Whether the channel is for such an event."""
        return self.scope == Scope.ALL or event.urgent

    def evidence(self) -> Evidence:
        """Return whose channel it is, of which kind, and how it stands; no address."""
        return {
            "person": str(self.person_id),
            "kind": self.kind,
            "scope": self.scope,
            "confirmed": self.confirmed_at is not None,
            "closed": self.closed_at is not None,
        }


class DeliveryState(models.TextChoices):
    """How a delivery stands."""

    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    DEAD = "dead", "Given up"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Questions about deliveries."""

    def settled_before(self, at: datetime) -> "DeliveryQuerySet":
        """Return those that were sent or given up before ``at``."""
        return self.exclude(state=DeliveryState.WAITING).filter(changed_at__lt=at)

    def unsent(self) -> "models.QuerySet[Delivery, tuple[str, str, int]]":
        """Count what waits and what was given up, by kind of channel and state."""
        rows = self.exclude(state=DeliveryState.SENT).values("channel__kind", "state")
        return rows.annotate(number=models.Count("pk")).values_list(
            "channel__kind", "state", "number"
        )


class Delivery(models.Model):
    """One notice on its way by one channel; ``failure`` is the code of what went wrong last."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(
        max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=16, blank=True)
    changed_at = models.DateTimeField()

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(name="notices_one_delivery", fields=["notice", "channel"]),
        ]
        indexes = [
            models.Index(
                name="notices_settled", fields=["changed_at"], condition=~Q(state="waiting")
            ),
            models.Index(name="notices_unsent", fields=["state"], condition=~Q(state="sent")),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} by {self.channel_id}"

    def settle(self, failure: str, at: datetime) -> timedelta | None:
        """Note how a try went; return after what wait to try again, if at all."""
        self.tries += 1
        self.failure = failure
        self.changed_at = at
        wait = WAITS[self.tries - 1] if failure and self.tries <= len(WAITS) else None
        if wait is None:
            self.state = DeliveryState.DEAD if failure else DeliveryState.SENT
        self.save()
        return wait


class Feed(Bearer):
    """A private address under which a person's terms are read as a calendar."""

    KIND = "feed"
    PREFIX = "ylc_"

    person = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="feeds")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def evidence(self) -> Evidence:
        """Return whose feed it is and whether it still is one."""
        return {"person": str(self.person_id), "ended": self.ended_at is not None}
