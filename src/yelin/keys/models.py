"""Data keys: one for each resource, wrapped; who destroys it destroys all that lies under it."""

import uuid
from contextlib import suppress
from datetime import datetime

from django.db import connection, models, transaction
from django.db.models import Q

from yelin.keys import sealing
from yelin.keys.master import MasterGone, keeper
from yelin.keys.sealing import FileKey, Secret
from yelin.things.models import Thing

LOCK = 0x59454C4B  # "YELK", the advisory lock of the master key


class Destroyed(Exception):
    """The key was destroyed, so what was sealed under it is gone for good."""


class DataKeyQuerySet(models.QuerySet["DataKey"]):
    """Questions about data keys."""

    def of(self, thing: Thing, at: datetime) -> "DataKey":
        """Return the living key of ``thing``, which the caller has locked; the first makes it."""
        living = self.filter(thing=thing, destroyed_at=None)
        if known := living.first():
            return known
        with transaction.atomic():
            # No key is wrapped under a master key that is being retired.
            _hold("pg_advisory_xact_lock_shared")
            return self._make(thing, at)

    def _make(self, thing: Thing, at: datetime) -> "DataKey":
        key = DataKey(thing=thing, made_at=at)
        key.wrap(Secret.fresh())
        key.save(force_insert=True)
        return key


class DataKey(models.Model):
    """A key of one resource; only wrapped under a master key does it lie in the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thing = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="+")
    master = models.CharField(max_length=80)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    objects = DataKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="keys_one_living_key", fields=["thing"], condition=Q(destroyed_at=None)
            ),
            models.CheckConstraint(
                name="keys_destroyed_keeps_nothing",
                condition=Q(destroyed_at=None) & ~Q(wrapped=b"")
                | Q(destroyed_at__isnull=False, wrapped=b""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def secret(self) -> Secret:
        """Return the key in the clear, for as long as it is used. Raises ``Destroyed``."""
        for _ in range(2):
            if self.destroyed_at is not None:
                raise Destroyed(f"the key {self.pk} was destroyed")
            with suppress(MasterGone):
                return keeper().unwrap(self.master, bytes(self.wrapped), self._about)
            # Wrapped anew since the row was read.
            self.refresh_from_db()
        raise MasterGone(f"there is no master key {self.master}, under which a data key is wrapped")

    def seal(self, document: bytes, name: str) -> bytes:
        """Return a small document sealed under this key and bound to ``name``."""
        return sealing.seal(document, FileKey.fresh(self.pk, self.secret(), name))

    def unseal(self, sealed: bytes, name: str) -> bytes:
        """Return what ``seal`` sealed. Raises ``Destroyed`` or ``SealBroken``."""
        return sealing.unseal(sealed, self.pk, self.secret(), name)

    def wrap(self, secret: Secret) -> None:
        """Hold ``secret`` wrapped under the newest master key."""
        self.master = keeper().newest()
        self.wrapped = keeper().wrap(self.master, secret, self._about)

    def destroy(self, at: datetime) -> None:
        """Destroy the key. Copies of the row outlive it until the master key is rotated."""
        DataKey.objects.filter(pk=self.pk, destroyed_at=None).update(wrapped=b"", destroyed_at=at)
        self.refresh_from_db()

    @property
    def _about(self) -> bytes:
        return self.pk.bytes + self.thing_id.bytes


def rotate() -> int:
    """Wrap every living key under a new master key, destroy the old ones, return how many keys.

    Backups and dead rows hold keys wrapped under the old ones: these open nothing from now on.
    Killed in the middle, it is simply run again.
    """
    with transaction.atomic():
        _hold("pg_advisory_xact_lock")
        master = keeper().renew()
        living = list(DataKey.objects.select_for_update().filter(destroyed_at=None))
        for key in living:
            key.wrap(key.secret())
        DataKey.objects.bulk_update(living, ["master", "wrapped"], batch_size=500)
    for old in keeper().known() - {master}:
        keeper().forget(old)
    return len(living)


def _hold(lock: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [LOCK])
