"""How data ends before its resource does: rows by erasure, older releases by their term."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q

from yelin.catalog.models import Entry
from yelin.keys.documents import Document
from yelin.keys.models import DataKey
from yelin.law import calendar, clock
from yelin.things.models import Evidence, Subject
from yelin.warehouse.tombstones import Tombstones


class Erasure(Subject):
    """Rows of a resource that were erased, for a reason, and come back in no release (删除).

    ``tombstones`` has salted digests of their keys, sealed; no value in clear is kept.
    """

    KIND = "erasure"
    ALONG = ("entry__provider",)

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="erasures")
    reason = models.CharField(max_length=300)
    keys = models.PositiveIntegerField()
    erased_at = models.DateTimeField()
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, null=True, related_name="+")
    tombstones_kept = models.JSONField()
    tombstones = Document("tombstones_kept")

    class Meta:
        constraints = [
            models.CheckConstraint(name="warehouse_erased_for_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.erased_at:%Y-%m-%d}"

    @classmethod
    def of(cls, entry: Entry) -> tuple[Tombstones, ...]:
        """Return all that was erased of ``entry``, by whatever key it had at the time."""
        rows = cls.objects.filter(entry=entry).exclude(sealed_by__destroyed_at__isnull=False)
        said = [row.tombstones for row in rows.select_related("sealed_by").order_by("pk")]
        return tuple(
            Tombstones(tuple(each["items"]), each["salt"], frozenset(each["digests"]))
            for each in said
        )

    @classmethod
    def bury(cls, entry: Entry, tombstones: Tombstones, *, reason: str, at: datetime) -> "Erasure":
        """Note what was erased of ``entry``, whose row the caller holds."""
        erasure = cls(
            entry=entry,
            reason=reason,
            keys=len(tombstones.digests),
            erased_at=at,
            sealed_by=DataKey.objects.of(entry.thing, at=at),
        )
        erasure.tombstones = {
            "items": list(tombstones.items),
            "salt": tombstones.salt,
            "digests": sorted(tombstones.digests),
        }
        erasure.save()
        return erasure

    def evidence(self) -> Evidence:
        """Return of which resource, and how many keys."""
        return {"entry": self.entry.code, "keys": self.keys}


class Keeping(Subject):
    """How long the older releases of a resource are kept, as its provider chose (保存期限).

    One that was followed by another ``months`` ago is destroyed, but for the newest ``least``.
    """

    KIND = "keeping"

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="keeping")
    months = models.PositiveSmallIntegerField(null=True)
    least = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="warehouse_newest_is_kept", condition=Q(least__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.months}, {self.least}"

    def before(self, today: date) -> datetime | None:
        """Return before when a release must have been followed by another to be past its term."""
        if self.months is None:
            return None
        return clock.beginning_of(calendar.add_months(today, -self.months))

    def evidence(self) -> Evidence:
        """Return for how many months, and how many of the newest in any case."""
        return {"entry": self.entry.code, "months": self.months, "least": self.least}
