"""Long files: finished ones that are kept, and the addresses under which they are had."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q

from yelin.catalog.models import Entry
from yelin.delivery.calls import SILENCE, Delivery
from yelin.files.places import Place, Reader
from yelin.files.store import store
from yelin.gate.models import Grant, Hold
from yelin.keys.models import DataKey
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Deputy, Person, Seat, Token
from yelin.things.models import Thing
from yelin.warehouse.models import Release, Upload
from yelin.warehouse.opened import KEPT
from yelin.warehouse.subjects import SubjectSet

# Below it lies the whole catalog as a file.
CATALOGS = "catalogs"
# A ticket is good for so long after it was written, or after the last sign of its stream.
TICKET_LASTS = SILENCE - timedelta(minutes=1)


def _of_one(name: str) -> models.CheckConstraint:
    """Return the constraint that a row is of a release or of an upload's rejected rows."""
    return models.CheckConstraint(
        name=name,
        condition=Q(release=None, upload__isnull=False) | Q(release__isnull=False, upload=None),
    )


class Kept(models.Model):
    """A finished file, kept for whoever asks the same of the same release and bears the same.

    ``name`` is a keyed digest of all that shapes its bytes: filters may hold what is personal. It
    is sealed as the release is, or as the upload whose rejected rows it holds. Of what lies in
    plain ``digest`` is its SHA-256; of what lies sealed that would say what it holds. ``file`` is
    the fingerprint by which it is known, once somebody had it; ``form`` what is noted with that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64, unique=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, null=True, related_name="+")
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, null=True, related_name="+")
    rows = models.BigIntegerField()
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64, blank=True)
    file = models.BinaryField(max_length=32, null=True)
    form = models.CharField(max_length=1000, blank=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "kept"
        constraints = [_of_one("delivery_kept_of_one")]
        indexes = [models.Index(name="delivery_kept_used", fields=["used_at"])]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def key(self) -> str:
        """The key under which the file lies in the store."""
        return f"{KEPT}/{self.pk}"

    @property
    def place(self) -> Place:
        """A file of this machine with its bytes, to be worked on. Raises ``Destroyed``."""
        return store().at(self.key, self.sealed_by)

    def reader(self) -> Reader:
        """Return the file, to be read from where it lies. Raises ``Destroyed``."""
        return store().reader(self.key, self.sealed_by)


class CatalogFile(models.Model):
    """The whole catalog as everyone may know of it, written once in each of its ``FORMS``.

    It says of which entries it tells, each in which version and whether what the entry says is
    told or only that it is there: by these it is known whether all of it may still be had.
    """

    FORMS = ("csv", "csv.gz")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entries = ArrayField(models.UUIDField())
    versions = ArrayField(models.IntegerField())
    reads = ArrayField(models.BooleanField())
    sizes = models.JSONField()
    digests = models.JSONField()
    begun_at = models.DateTimeField()
    made_at = models.DateTimeField()

    class Meta:
        get_latest_by = "begun_at"

    def __str__(self) -> str:
        return f"catalog of {self.begun_at:%Y-%m-%d %H:%M}"

    @staticmethod
    def path(form: str) -> str:
        """Return the path at which it is had, by the process for long streams."""
        return f"/streams/catalog.{form}"

    def key(self, form: str) -> str:
        """Return the key under which it lies in the store."""
        return f"{CATALOGS}/{self.pk}/catalog.{form}"

    def reader(self, form: str) -> Reader:
        """Return the file, to be read from where it lies. Raises ``FileNotFoundError``."""
        return store().reader(self.key(form), None)


class Holder(models.Model):
    """Somebody for whom something was decided, as who they were then."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    token = models.ForeignKey(Token, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

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


class Bearer(Holder):
    """Somebody who comes with a secret, as who they were when it was written.

    Only the secret's digest is stored; what was ``asked`` is sealed under the secret itself, for
    filters may hold what is personal. What it was written ``under`` must stand, where it was.
    """

    digest = models.BinaryField(primary_key=True, max_length=32)
    asked = models.BinaryField()
    under = models.ForeignKey(Thing, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        abstract = True


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
        agreed = SubjectSet.objects.filter(entry=OuterRef("entry"), changed_at__gte=since)
        return self.filter(
            Q(Exists(held))
            # Of what it was written under only the room knows that is above: it is asked.
            | Q(under__isnull=False)
            | Q(Exists(agreed))
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


class Ticket(Bearer):
    """An address under which one file is had, for a short while, by whoever holds its secret.

    ``bears`` digests what the asker must bear. ``arrived`` has the stretches of bytes that the
    other side has confirmed, ``sent`` those of which nobody knows yet, or ever will since the line
    was lost: first byte, end, and whether that is over.
    """

    PREFIX = "yls_"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, null=True, related_name="+")
    bears = models.CharField(max_length=64)
    purpose = models.CharField(max_length=80, blank=True)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="+")
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


class Batch(Bearer):
    """An address under which several resources are had in one file, for a short while.

    Each of them is decided, opened and counted when its turn comes, by a ticket of its own.
    """

    PREFIX = "ylb_"

    class Meta:
        verbose_name_plural = "batches"
        indexes = [models.Index(name="delivery_batch_issued", fields=["issued_at"])]

    def __str__(self) -> str:
        return f"batch of {self.issued_at:%Y-%m-%d %H:%M}"
