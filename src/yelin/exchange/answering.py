"""How verification is answered, resource by resource, and how much each asker asks in an hour."""

from collections.abc import Collection
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import models

from yelin.catalog.models import Entry
from yelin.exchange.rules import BITS, Counts, Level
from yelin.law import clock
from yelin.things import prepared
from yelin.things.models import Evidence, Subject
from yelin.things.prepared import Prepared


class Answering(Subject):
    """Whether whoever verifies is told that there is no such record (应答方式).

    Where nothing is said, nobody is: what is not so is unknown, whether there is a record or none.
    """

    KIND = "answering"

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="answering")
    tells_missing = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.entry}"

    @classmethod
    def tells(cls, entry: Entry) -> bool:
        """Whether it is told of ``entry``."""
        return any(each.tells_missing for each in _OF_ENTRY.ask(entry.pk))

    def evidence(self) -> Evidence:
        """Return of which resource, and what is told."""
        return {"entry": self.entry.code, "tells_missing": self.tells_missing}


_OF_ENTRY = Prepared(lambda: Answering.objects.filter(entry=UUID(int=0)))


class Bits(models.Field):  # type: ignore[type-arg]  # subscriptable to mypy alone
    """A row of bits, which the database can join and count."""

    def db_type(self, connection: Any) -> str:
        """Return how the database calls it."""
        del connection
        return f"bit({BITS})"


class Watch(models.Model):
    """How much one grant, or one seat, asked of one resource in an hour, until that is over.

    ``of`` is a digest of both. Of the keys asked for there are only bits, each set by a digest
    under a key of its day. ``level`` is how grave it looked when somebody was last told.
    """

    of = models.BinaryField(max_length=32)
    hour = models.DateTimeField()
    asked = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    keys = Bits()
    stems = Bits()
    level = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "watches"
        constraints = [
            models.UniqueConstraint(name="exchange_one_watch", fields=["of", "hour"]),
        ]

    def __str__(self) -> str:
        return f"{self.asked} in {self.hour:%Y-%m-%d %H}"

    @staticmethod
    def digest(asker: UUID, entry: Entry) -> bytes:
        """Return what stands for the grant or seat ``asker`` at ``entry``."""
        return sha256(f"verify {asker} {entry.pk}".encode()).digest()

    @classmethod
    def count(
        cls, of: bytes, *, asked: int, missed: int, keys: Collection[int], stems: Collection[int]
    ) -> tuple[Counts, Level]:
        """Add to the hour's counts, and return them with how grave it looked before.

        One statement, whatever is counted: nobody can tell by the time what it was.
        """
        hour = clock.this_hour()
        ((*counted, level),) = prepared.rows(
            _COUNT,
            of=of,
            hour=hour,
            asked=asked,
            missed=missed,
            keys=_row(keys),
            stems=_row(stems),
        )
        return Counts(*counted), Level(level)

    @classmethod
    def forget(cls) -> None:
        """Forget the counts of every hour that is over."""
        cls.objects.filter(hour__lt=clock.this_hour()).delete()

    @classmethod
    def raise_to(cls, level: Level, asker: Subject, entry: Entry) -> bool:
        """Note that it looks so grave in this hour; return whether nobody had noted it before."""
        of = cls.digest(asker.pk, entry)
        now = cls.objects.filter(of=of, hour=clock.this_hour(), level__lt=level)
        return bool(now.update(level=level))


_COUNT = """
    INSERT INTO exchange_watch AS watch (of, hour, asked, missed, keys, stems, level)
    VALUES (%(of)s, %(hour)s, %(asked)s, %(missed)s, %(keys)s, %(stems)s, 0)
    ON CONFLICT (of, hour) DO UPDATE
       SET asked = watch.asked + excluded.asked, missed = watch.missed + excluded.missed,
           keys = watch.keys | excluded.keys, stems = watch.stems | excluded.stems
    RETURNING asked, missed, bit_count(keys), bit_count(stems), level
"""


def _row(places: Collection[int]) -> str:
    row = bytearray(b"0" * BITS)
    for place in places:
        row[place] = ord("1")
    return row.decode()
