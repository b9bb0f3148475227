"""The heavy part of statistics: rows are counted, protected, written, and read again.

It reads a release as its provider has it, and leaves nothing outside of scratch.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from yelin.files.places import Place
from yelin.law import packs
from yelin.law.sharing import SmallCells
from yelin.privacy.deidentify import tallied as tallying
from yelin.privacy.deidentify.assessed import Effect
from yelin.privacy.deidentify.coded import in_order
from yelin.privacy.deidentify.hierarchy import ALL
from yelin.privacy.deidentify.retold import NotWhole, Retold, retold
from yelin.privacy.deidentify.seen import NOT_TOLD
from yelin.privacy.deidentify.tallied import Counts, Dimension, Measure, Places, Sums, Tallied
from yelin.privacy.deidentify.together import NotTogether, Shown, Together, together
from yelin.privacy.workbench import protecting, reads, working
from yelin.privacy.workbench.content import Ladder, LadderContent
from yelin.privacy.workbench.models import Certificate, Deidentification
from yelin.privacy.workbench.statistics import TOTAL, StatisticsContent, Told
from yelin.privacy.workbench.tables import not_whole
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.findings import Unfit
from yelin.warehouse.models import Release
from yelin.warehouse.standing import base_of

MISSING = "未填写"
_SHOWN = 5
_NEAR = 1e-6
# So many parts that several tables share are looked at together.
MOST_PARTS = 4_000


def small_of(work: Deidentification) -> SmallCells:
    """Return which cells are too small under the work's way of sharing, as the pack says today."""
    return packs.active().small[work.sharing]


def dimensions(
    engine: Engine, source: str, content: StatisticsContent, kept: working.Ladders
) -> tuple[Dimension, ...]:
    """Return the dimensions with their labels in order. Raises ``Unfit``."""
    found = []
    for each in content.dimensions:
        values = working.values_of(engine, source, each.name)
        ladder = each.ladder or LadderContent(kind=Ladder.FLAT)
        hierarchy = working.hierarchy_of(each.name, ladder, values, kept)
        level = min(each.level, hierarchy.height)
        of = dict(zip(hierarchy.leaves, hierarchy.levels[level], strict=True))
        # At the top a missing value is told from others no more.
        missing = ALL if level == hierarchy.height else MISSING
        occur = {missing if value is None else of[value] for value in values}
        labels = each.labels or tuple(in_order(occur))
        if strange := sorted(occur - set(labels)):
            raise Unfit(
                "deidentify.strange",
                "“{name}” has values that were not declared: {values}. Declare them, or none.",
                {"name": each.name, "values": strange[:_SHOWN]},
            )
        if TOTAL in labels:
            raise Unfit(
                "deidentify.total",
                "“{name}” has a value “{value}”, as totals are called. Raise its level.",
                {"name": each.name, "value": TOTAL},
            )
        found.append(Dimension(each.name, of, labels, missing, is_declared=bool(each.labels)))
    return tuple(found)


def counted(work: Deidentification) -> tuple[Tallied, StatisticsContent, SmallCells]:
    """Count the rows of the source as the work says. Raises ``Unfit`` where cells are too many."""
    content, small = work.statistics, small_of(work)
    with working.reading(work.source) as (engine, source):
        by = dimensions(engine, source, content, reads.ladders_of(work, content))
        cells = math.prod(len(each.labels) + 1 for each in by)
        if cells > small.cells:
            raise Unfit(
                "deidentify.many_cells",
                "Cells of the table: {cells}; {most} may be. Raise the level of a dimension, or"
                " drop one.",
                {"cells": cells, "most": small.cells},
            )
        try:
            table = tallying.tallied(engine, source, by, _measure(content, small))
        except tallying.Outside as outside:
            raise Unfit(
                "deidentify.outside",
                "Rows with values outside the bounds: {rows}. Widen the bounds.",
                {"rows": outside.rows},
            ) from outside
    return table, content, small


def _measure(content: StatisticsContent, small: SmallCells) -> Measure | None:
    if (measure := content.measure) is None:
        return None
    return Measure(measure.column, measure.low, measure.high, small.greatest, small.share)


def impossible(table: Tallied, content: StatisticsContent) -> Places:
    """Return the cells that are empty by nature. Raises ``Unfit`` where somebody is in one."""
    fixed = np.zeros(table.counts.shape, dtype=bool)
    for named in content.impossible:
        where: list[Any] = []
        for each in table.dimensions:
            if each.name in named and named[each.name] in each.labels:
                where.append(each.labels.index(named[each.name]))
            else:
                where.append(slice(None))
        if table.counts[tuple(where)].any():
            raise Unfit(
                "deidentify.impossible",
                "There are rows in a cell that was said to be impossible: {cell}.",
                {"cell": list(named.values())},
            )
        fixed[tuple(where)] = True
    return fixed


def tabulated(work: Deidentification) -> dict[str, Any]:
    """Return the table with what of it is told, as plain data.

    It is looked at together with all tables of the same source that were ever certified: who has
    these keeps them. Raises ``Unfit``.
    """
    table, content, small = counted(work)
    kind = protecting.kind_of(content)
    found = kind.applied(table, impossible(table, content), content, small)
    told = np.array(kind.told(found)).reshape(table.counts.shape)
    shown = np.where(told, table.counts, NOT_TOLD)
    if beside := list(reads.tables_beside(work)):
        both = checked(work, table, shown, beside)
        if both["weak"]:
            raise Unfit(
                "deidentify.beside",
                "Together with {tables}, of the same source, cells that are not told can be"
                " computed. Choose the dimensions and levels of one of them, or coarser ones.",
                {"tables": [each.number for each in beside]},
            )
    return found | {
        "dimensions": [
            {"name": each.name, "labels": list(each.labels), "declared": each.is_declared}
            for each in table.dimensions
        ],
        "counts": table.counts.ravel().tolist(),
        "values": None if table.sums is None else _values(table, content).ravel().tolist(),
        "rows": int(table.counts.ravel()[-1]),
        "cells": table.counts.size,
        "told": int(told.sum()),
    }


def _values(table: Tallied, content: StatisticsContent) -> Sums:
    assert table.sums is not None  # noqa: S101 - asked where a column is summed
    if content.measure is None or content.measure.told is Told.SUM:
        return table.sums
    return np.divide(
        table.sums, table.counts, out=np.zeros_like(table.sums), where=table.counts > 0
    )


def written(work: Deidentification, to: Place) -> int:
    """Write the table that was found; return how many rows it has.

    A cell that is not told is left empty, whatever the reason.
    """
    content, found = work.statistics, work.found
    told = protecting.kind_of(content).told(found)
    labels = [[*each["labels"], TOTAL] for each in found["dimensions"]]
    cells = list(np.ndindex(*(len(each) for each in labels)))
    columns: list[tuple[str, str, list[object]]] = [
        (each["name"], "VARCHAR", [labels[at][cell[at]] for cell in cells])
        for at, each in enumerate(found["dimensions"])
    ]
    columns.append((content.counted, "BIGINT", _only(told, found["counts"])))
    if content.measure is not None:
        columns.append((content.measure.called, "DOUBLE", _only(told, found["values"])))
    made = ", ".join(f"unnest(?::{kind}[]) AS {ident(name)}" for name, kind, _ in columns)
    with working.reading(work.source) as (engine, _source):
        engine.rows(
            f"COPY (SELECT {made}) TO {literal(str(to))} (FORMAT parquet, COMPRESSION zstd)",
            [values for _, _, values in columns],
        )
    return len(cells)


def _only(told: Sequence[bool], values: Sequence[object]) -> list[object]:
    return [value if is_told else None for is_told, value in zip(told, values, strict=True)]


def measured(work: Deidentification, release: Release, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what is known by the bytes of ``release``, with other tables of the same source.

    ``names`` are its columns, by ours. Raises ``Unfit`` where it is not the table that was made.
    """
    table, content, small = counted(work)
    beside = list(reads.tables_beside(work))
    shown = read(release, work, names)
    told = shown.counts != NOT_TOLD
    sound = bool((shown.counts == table.counts)[told].all())
    if sound and shown.values is not None:
        apart = np.abs(shown.values - _values(table, content))[told & (table.counts > 0)]
        sound = bool((apart <= _NEAR * max(1.0, float(np.abs(table.sums).max()))).all())  # type: ignore[arg-type]  # there where values are
    if not sound:
        raise not_whole()
    return checked(work, table, shown.counts, beside) | {
        "release": release.digest_text,
        "names": dict(names),
        "effect": int(Effect.AGGREGATE),
        "cells": int(told.size),
        "told": int(told.sum()),
        "threshold": protecting.kind_of(content).least(content, small),
        "linked": [each.number for each in beside],
    }


def read(release: Release, work: Deidentification, names: Mapping[str, str]) -> Retold:
    """Read the published bytes of the table that ``work`` made. Raises ``Unfit``."""
    content = work.statistics
    measure = content.measure
    with base_of(release).place.open("rb") as file:
        try:
            return retold(
                file,
                [(names.get(each["name"], each["name"]), each["labels"])
                 for each in work.found["dimensions"]],
                TOTAL,
                names.get(content.counted, content.counted),
                names.get(measure.called, measure.called) if measure else None,
            )  # fmt: skip
        except (NotWhole, KeyError) as fault:
            raise not_whole() from fault


def checked(
    work: Deidentification,
    table: Tallied,
    shown: Counts,
    beside: Sequence[Certificate],
) -> dict[str, Any]:
    """Return what the auditor finds of a table as it is ``shown``, and of those ``beside`` it."""
    content, small = work.statistics, small_of(work)
    kind = protecting.kind_of(content)
    own = Shown(table.dimensions, shown, kind.least(content, small), content.measure is None)
    try:
        # Sums of several tables are not put together.
        if beside and any(each.statistics.measure for each in (work, *(of.work for of in beside))):
            raise NotTogether("*")
        all_of = together([own, *_others(work, beside)], MOST_PARTS)
    except NotTogether as fault:
        raise Unfit(
            "deidentify.apart",
            "It cannot be looked at together with {tables}, of the same source. Choose the"
            " dimensions and levels of one of them.",
            {"tables": [each.number for each in beside]},
        ) from fault
    truth = _parts(work, all_of) if beside else _inner(table.counts)
    return kind.checked(all_of.tables, truth, table, content, small)


def _inner(counts: Counts) -> Counts:
    return counts[tuple(slice(0, each - 1) for each in counts.shape)].ravel()


def _parts(work: Deidentification, all_of: Together) -> Counts:
    with working.reading(work.source) as (engine, source):
        return _inner(tallying.tallied(engine, source, all_of.parts).counts)


def _others(work: Deidentification, beside: Sequence[Certificate]) -> Iterator[Shown]:
    """Yield the tables ``beside`` ours as they were published."""
    for each in beside:
        other = each.work
        content = other.statistics
        with working.reading(work.source) as (engine, source):
            by = dimensions(engine, source, content, reads.ladders_of(other, content))
        found = read(each.release, other, other.measured["names"])
        least = other.measured["threshold"]
        yield Shown(by, found.counts, least, content.measure is None)
