"""On what ground personal information is open to everyone: stated, and standing (公开依据)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yelin.catalog.models import Entry
from yelin.parties.models import Body
from yelin.things.models import Evidence, Subject

MOST_SAID = 1000
# No text of the database can hold a NUL.
_WORDS = r"^[^\x00]*$"
Column = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_WORDS),
]
Says = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MOST_SAID, pattern=_WORDS)
]
Key = Annotated[str, Field(max_length=16, pattern="^[a-z_]+$")]


class Ground(BaseModel):
    """On what ground of the pack's a column's personal information is open to everyone.

    ``says`` cites the provision, or says why it is no personal information. Without ``kinds`` it
    goes for those that were found. One that is ``standing`` goes for later versions, too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Column
    basis: Key
    says: Says = ""
    kinds: tuple[Key, ...] = ()
    standing: bool = False


class StandingGroundQuerySet(models.QuerySet["StandingGround"]):
    """Questions about grounds that stand."""

    def living(self) -> "StandingGroundQuerySet":
        """Return those that stand still."""
        return self.filter(ended_at=None)

    def stand(
        self, entry: Entry, said: Iterable[Mapping[str, Any]], at: datetime
    ) -> "list[StandingGround]":
        """Let those of ``said`` that are standing go for later versions, in place of the former."""
        found = []
        for each in said:
            if not each["standing"]:
                continue
            kept = {name: each[name] for name in ("column", "kinds", "basis", "says")}
            ground = self.living().filter(entry=entry, **kept).first()
            if ground is None:
                self.living().filter(entry=entry, column=each["column"]).update(ended_at=at)
                ground = StandingGround(entry=entry, stated_at=at, **kept)
                ground.save()
            found.append(ground)
        return found


class StandingGround(Subject):
    """A ground that goes for every version of a resource from ``stated_at`` on, until it is ended.

    Whoever confirms the catalog may object, which ends it and says why.
    """

    KIND = "ground"
    ALONG = ("entry__provider",)

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="grounds")
    column = models.CharField(max_length=200)
    kinds = ArrayField(models.CharField(max_length=16))
    basis = models.CharField(max_length=16)
    says = models.CharField(max_length=1000)
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

    def evidence(self) -> Evidence:
        """Return of which column, which kinds, on what ground, and whether it was objected to."""
        return {
            "column": self.column,
            "kinds": list(self.kinds),
            "basis": self.basis,
            "standing": self.ended_at is None,
            "objected": bool(self.objection),
        }
