"""On what ground personal information is open to everyone: stated, and standing (公开依据)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yelin.catalog.models import Entry
from yelin.parties.models import Body, Seat

Column = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
MOST_SAID = 1000
Says = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST_SAID)]


class Ground(BaseModel):
    """On what ground of the pack's a column's personal information is open to everyone.

    ``says`` cites the provision, or says why it is no personal information. Without ``kinds`` it
    goes for those that were found. One that is ``standing`` goes for later versions, too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Column
    basis: Annotated[str, Field(max_length=16)]
    says: Says = ""
    kinds: tuple[Annotated[str, Field(max_length=16)], ...] = ()
    standing: bool = False


class StandingGroundQuerySet(models.QuerySet["StandingGround"]):
    """Questions about grounds that stand."""

    def living(self) -> "StandingGroundQuerySet":
        """Return those that stand still."""
        return self.filter(ended_at=None)

    def stand(
        self,
        entry: Entry,
        said: Iterable[Mapping[str, Any]],
        *,
        seat: UUID | None,
        at: datetime,
    ) -> None:
        """Let those of ``said`` that are standing go for later versions, in place of the former."""
        for each in said:
            kept = {name: each[name] for name in ("column", "kinds", "basis", "says")}
            if not each["standing"] or self.living().filter(entry=entry, **kept).exists():
                continue
            self.living().filter(entry=entry, column=each["column"]).update(ended_at=at)
            self.create(entry=entry, seat_id=seat, stated_at=at, **kept)


class StandingGround(models.Model):
    """A ground that goes for every version of a resource from ``stated_at`` on, until it is ended.

    Whoever confirms the catalog may object, which ends it and says why.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="grounds")
    column = models.CharField(max_length=200)
    kinds = ArrayField(models.CharField(max_length=16))
    basis = models.CharField(max_length=16)
    says = models.CharField(max_length=1000)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    stated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    objection = models.CharField(max_length=300, blank=True)
    objected_by = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="+")

    objects = StandingGroundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="warehouse_one_ground_a_column",
                fields=["entry", "column"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="warehouse_ground_says_why", condition=~Q(says="") & ~Q(kinds=[])
            ),
            models.CheckConstraint(
                name="warehouse_objection_ends_ground",
                condition=Q(objection="", objected_by=None)
                | Q(ended_at__isnull=False, objected_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.column}"

    @property
    def said(self) -> Mapping[str, Any]:
        """What it says, as a release keeps it."""
        return {
            "column": self.column,
            "kinds": list(self.kinds),
            "basis": self.basis,
            "says": self.says,
            "standing": True,
        }
