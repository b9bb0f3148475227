"""What was attached to a thing: files beside datasets, each sealed under a key of its own."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import models, transaction
from django.db.models import Q

from yelin.files.examined import Examined
from yelin.files.kinds import KINDS, Kind
from yelin.files.places import pieces
from yelin.files.store import store
from yelin.keys.documents import Document
from yelin.keys.models import DataKey
from yelin.things.models import Evidence, Subject, Thing

FOLDER = "attachments"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Questions about attachments."""

    def kept(self) -> "AttachmentQuerySet":
        """Return those that were not removed."""
        return self.filter(removed_at=None)

    def hang(
        self,
        about: Thing,
        party: Thing,
        side: str,
        attached: Iterable[Examined],
        *,
        at: datetime,
    ) -> "list[Attachment]":
        """Keep these files as attachments of ``about``, within the act that takes them in."""
        made = []
        for place, each in enumerate(attached):
            salt = secrets.token_bytes(16)
            thing = Thing.objects.create(kind=Attachment.KIND)
            row = Attachment(
                thing=thing,
                about=about,
                party=party,
                side=side,
                kind=each.kind.name,
                size=each.size,
                sealed_by=DataKey.objects.of(thing, at=at),
                digest=sha256(salt + each.sha256).digest(),
                # They stand in the order in which they were sent.
                at=at + timedelta(microseconds=place),
            )
            row.said = {"name": each.name, "sha256": each.sha256.hex(), "salt": salt.hex()}
            row.save(force_insert=True)
            # The bytes lie under their key before the row is committed; a crash between the two
            # leaves bytes without a row, which the sweep removes, never a row without bytes.
            store().put(row.key, pieces(each.place.open("rb")), row.sealed_by)
            made.append(row)
        return made


class Attachment(Subject):
    """A file that a party attached to a thing (附件), as it was examined.

    Name, salt and plain digest lie sealed with its bytes: they may tell who somebody is. Removed,
    its key is destroyed, so that no copy opens any more; that there was a file stays known.
    ``side`` says as what its party acts on that thing, in the words of the room above.
    """

    KIND = "attachment"
    ALONG = ("about", "sealed_by")

    about = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="attachments")
    party = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="attached")
    side = models.CharField(max_length=16)
    kind = models.CharField(max_length=8)
    size = models.BigIntegerField()
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    said_kept = models.JSONField()
    said = Document("said_kept")
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="files_attachment_is_of_a_kind", condition=Q(kind__in=list(KINDS))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def key(self) -> str:
        """The key under which its bytes lie in the store."""
        return f"{FOLDER}/{self.pk}"

    def read(self) -> Iterator[bytes]:
        """Yield its bytes from where they lie. Raises ``Destroyed``."""
        return store().read(self.key, self.sealed_by)

    @property
    def name(self) -> str:
        """What it is called. Raises ``Destroyed``."""
        return str(self.said["name"])

    @property
    def type(self) -> Kind:
        """How it is handed out."""
        return KINDS[self.kind]

    def remove(self, at: datetime) -> None:
        """Destroy its key; its bytes, noise from now on, go after the transaction."""
        self.sealed_by.destroy(at)
        self.removed_at = at
        self.save(update_fields=["removed_at"])
        # Whoever is killed before it leaves them to the sweep.
        transaction.on_commit(lambda: store().delete(self.key))

    def evidence(self) -> Evidence:
        """Return kind, size and the salted digest, and whether it is removed."""
        facts = {"kind": self.kind, "bytes": self.size, "content": bytes(self.digest).hex()}
        return facts if self.removed_at is None else facts | {"removed": True}
