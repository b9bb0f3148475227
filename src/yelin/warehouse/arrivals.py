"""Files on their way in: what has come of each so far, sealed and kept over every restart."""

import uuid
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from yelin.catalog.models import Entry
from yelin.files.store import store
from yelin.keys.models import DataKey
from yelin.parties.models import Seat
from yelin.things.models import Thing
from yelin.warehouse.models import SEALED, Leaving, Upload

FOLDER = "arriving"


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    """Questions about files on their way in."""

    def under_way(self, at: datetime) -> "ArrivalQuerySet":
        """Return those that may still go on ``at`` this moment."""
        return self.filter(upload=None, until__gte=at)

    def over(self, at: datetime) -> "ArrivalQuerySet":
        """Return those that nobody goes on with: too late ``at`` this moment, or long whole."""
        return self.filter(until__lt=at)


class Arrival(models.Model):
    """One file that somebody in a seat sends for an entry, over as many requests as it takes.

    ``arrived`` of its ``size`` bytes are kept; ``attempt`` names the request that counts. What has
    come lies in pieces under the entry's own key, until ``until``; once it is whole it is
    ``upload``, and the pieces are gone. ``metadata`` is what the sender wrote of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    size = models.BigIntegerField()
    options = models.JSONField()
    metadata = models.CharField(max_length=4000)
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    arrived = models.BigIntegerField(default=0)
    attempt = models.CharField(max_length=36, blank=True)
    until = models.DateTimeField()
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="warehouse_whole_is_an_upload",
                condition=Q(upload=None, arrived__lt=F("size"))
                | Q(upload__isnull=False, arrived=F("size")),
            ),
        ]
        indexes = [models.Index(name="warehouse_arrivals", fields=["entry", "until"])]

    def __str__(self) -> str:
        return self.filename

    @property
    def modified(self) -> str:
        """When the file was changed last, as its sender's page told it."""
        told = dict(pair.partition(" ")[::2] for pair in self.metadata.split(","))
        return b64decode(told.get("modified", "")).decode()

    def read(self) -> Iterator[bytes]:
        """Yield what has come, in its order. Raises ``Destroyed``."""
        for piece in self.pieces.order_by("begins"):
            yield from store().read(piece.key, self.sealed_by)

    def drop(self) -> None:
        """Have its pieces removed once the transaction that runs is committed."""
        Leaving.leave(piece.key for piece in self.pieces.all())
        self.pieces.all().delete()


class Piece(models.Model):
    """Some bytes of a file on its way in, from ``begins`` on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="pieces")
    begins = models.BigIntegerField()
    size = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="warehouse_pieces_once", fields=["arrival", "begins"])
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """The key under which its bytes lie in the store."""
        return f"{FOLDER}/{self.arrival_id}/{self.pk}{SEALED}"
