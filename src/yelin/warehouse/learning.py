"""All that is to be known of a release before anybody has it: asked at once, learned on demand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from yelin.files.places import Place
from yelin.warehouse import check
from yelin.warehouse.measuring import passes, personal
from yelin.warehouse.survey import Survey
from yelin.warehouse.values import Reading


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column of the release, for its manifest.

    ``codes`` says which version of which code list has all its values. ``scale`` is the number of
    decimal places that every value has, None where none is declared.
    """

    name: str
    type: str
    codes: str
    duckdb_type: str
    as_text: bool
    scale: int | None
    nulls: int
    distinct: int
    low: str | None
    high: str | None
    longest: int


class Learning:
    """What a survey of a release is asked: columns, rules where there are any, personal columns."""

    def __init__(
        self,
        survey: Survey,
        readings: Sequence[Reading],
        standards: passes.Standards | None,
        rejected: Place | None = None,
    ) -> None:
        self._readings = readings
        self._types = {reading.item.name: reading.item.type for reading in readings}
        self.stats = check.measure(survey, readings)
        self._measured = (
            passes.measure(survey, self._types, standards, rejected) if standards else None
        )
        self._found = personal.look(survey, self._types, standards.places) if standards else list

    def columns(self) -> tuple[ColumnFacts, ...]:
        """Return its columns, for its manifest."""
        return tuple(
            _facts(reading, stat)
            for reading, stat in zip(self._readings, self.stats(), strict=True)
        )

    def quality(self, rows: int, refused: int, carried: Collection[str]) -> dict[str, Any] | None:
        """Return what came of its rules, where there are any, from what the preparation knows."""
        if self._measured is None:
            return None
        nulls = {stat.name: stat.nulls for stat in self.stats()}
        told = passes.Told(rows, refused, self._types, nulls, carried)
        return self._measured(told).said()

    def personal(self) -> tuple[dict[str, Any], ...]:
        """Return which of its columns hold personal information."""
        return tuple(each.said() for each in self._found())


def _facts(reading: Reading, stat: check.ColumnStats) -> ColumnFacts:
    return ColumnFacts(
        name=stat.name,
        type=reading.item.type,
        codes=reading.item.codes.says if reading.item.codes else "",
        duckdb_type=reading.duckdb_type,
        as_text=stat.as_text,
        scale=reading.places,
        nulls=stat.nulls,
        distinct=stat.distinct,
        low=stat.low,
        high=stat.high,
        longest=stat.longest,
    )
