"""Data keys: one for each resource, wrapped; who destroys it destroys all that lies under it."""

import uuid
from contextlib import suppress
from datetime import datetime

from django.db import connection, models, transaction
from django.db.models import Q

from yelin.keys import apart, sealing
from yelin.keys.master import MasterGone, MasterKeys, keeper, keeper_apart
from yelin.keys.sealing import FileKey, Secret
from yelin.things.models import Thing

# Before the name of a master key that lies apart.
APART = "apart-"
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
        key.wrap(Secret.fresh(), lies_apart=apart.lies(thing))
        key.save(force_insert=True)
        return key

    def set_apart(self) -> int:
        """Wrap anew what has come to lie apart since it was wrapped; return how many keys."""
        late = self.filter(apart.asked("thing"), destroyed_at=None)
        late = late.exclude(master__startswith=APART)
        if not late.exists():
            return 0
        with transaction.atomic():
            _hold("pg_advisory_xact_lock_shared")
            keys = list(late.select_for_update())
            for key in keys:
                key.wrap(key.secret(), lies_apart=True)
                key.save(update_fields=["master", "wrapped"])
        return len(keys)


class DataKey(models.Model):
    """A key of one resource; only wrapped under a master key does it lie in the database.

    ``master`` names that key; one that lies apart has the mark of it before its name.
    """

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
                keys, name = self._master
                return keys.unwrap(name, bytes(self.wrapped), self._about)
            # Wrapped anew since the row was read.
            self.refresh_from_db()
        raise MasterGone(f"there is no master key {self.master}, under which a data key is wrapped")

    def seal(self, document: bytes, name: str) -> bytes:
        """Return a small document sealed under this key and bound to ``name``."""
        return sealing.seal(document, FileKey.fresh(self.pk, self.secret(), name))

    def unseal(self, sealed: bytes, name: str) -> bytes:
        """Return what ``seal`` sealed. Raises ``Destroyed`` or ``SealBroken``."""
        return sealing.unseal(sealed, self.pk, self.secret(), name)

    def wrap(self, secret: Secret, *, lies_apart: bool) -> None:
        """Hold ``secret`` wrapped under the newest master key, or the newest that lies apart."""
        keys = keeper_apart() if lies_apart else keeper()
        name = keys.newest()
        self.master = f"{APART}{name}" if lies_apart else name
        self.wrapped = keys.wrap(name, secret, self._about)

    @property
    def lies_apart(self) -> bool:
        """Whether its master key is one of those that lie apart."""
        return self.master.startswith(APART)

    @property
    def _master(self) -> tuple[MasterKeys, str]:
        if self.lies_apart:
            return keeper_apart(), self.master.removeprefix(APART)
        return keeper(), self.master

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
        living = list(DataKey.objects.select_for_update().filter(destroyed_at=None))
        keepers = [keeper()]
        if any(key.lies_apart for key in living):
            keepers.append(keeper_apart())
        newest = [keys.renew() for keys in keepers]
        for key in living:
            key.wrap(key.secret(), lies_apart=key.lies_apart)
        DataKey.objects.bulk_update(living, ["master", "wrapped"], batch_size=500)
    for keys, master in zip(keepers, newest, strict=True):
        for old in keys.known() - {master}:
            keys.forget(old)
    return len(living)


def known() -> set[str]:
    """Return every master key that is at hand, as data keys name it."""
    with suppress(MasterGone):
        return keeper().known() | {f"{APART}{name}" for name in keeper_apart().known()}
    return keeper().known()


def _hold(lock: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [LOCK])
