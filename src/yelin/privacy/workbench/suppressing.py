"""Statistics protected by not telling small cells: applied to what was counted, and checked."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from yelin.law.sharing import SmallCells
from yelin.privacy.deidentify import seen
from yelin.privacy.deidentify.audited import Audit, Summed, audited, sums_known
from yelin.privacy.deidentify.seen import Seen
from yelin.privacy.deidentify.suppressed import Asked, Unprotected, Why, suppressed
from yelin.privacy.deidentify.tallied import Counts, Places, Tallied
from yelin.privacy.workbench.statistics import StatisticsContent, Suppress
from yelin.warehouse.findings import Unfit

WEAK = (
    "Of cells that are not told too much would be known: {cells}. Raise the level of a dimension,"
    " or drop one."
)


def threshold(content: StatisticsContent, small: SmallCells) -> int:
    """Return below which count nothing is told, as it was chosen or as the pack says."""
    chosen = content.protection.threshold if isinstance(content.protection, Suppress) else None
    return chosen or small.threshold


def applied(
    table: Tallied, fixed: Places, content: StatisticsContent, small: SmallCells
) -> dict[str, Any]:
    """Choose which cells are not told; ``fixed`` are those that are empty by nature.

    Raises ``Unfit`` where nothing protects the small ones, or nothing would be told.
    """
    shape = table.counts.shape
    inner = tuple(slice(0, each - 1) for each in shape)
    at_end = np.indices(shape) == np.array(shape).reshape(-1, *[1] * len(shape)) - 1
    asked = Asked(
        lines=seen.lines([seen.axis(each - 1) for each in shape]),
        parts=table.counts[inner].ravel(),
        fixed=fixed[inner].ravel(),
        least=seen.listed(shape, [each.is_declared for each in table.dimensions]).ravel(),
        totals=at_end.sum(axis=0).ravel(),
        threshold=threshold(content, small),
        dominated=None if table.dominated is None else table.dominated.ravel(),
        summed=summed_of(table, content, small),
    )
    try:
        found = suppressed(asked, secrets.SystemRandom())
    except Unprotected as left:
        raise Unfit("deidentify.cells", WEAK, {"cells": left.cells}) from left
    if (found.why != Why.TOLD).all():
        raise Unfit(
            "deidentify.nothing_told",
            "No cell of the table could be told. Raise the level of a dimension, or drop one.",
        )
    return {
        "why": found.why.tolist(),
        "hidden": found.audit.hidden,
        "width": found.audit.width,
        "threshold": asked.threshold,
    }


def summed_of(table: Tallied, content: StatisticsContent, small: SmallCells) -> Summed | None:
    """Return what each sum must leave open: nobody's own part is known but for so much of it."""
    measure = content.measure
    if measure is None or table.sums is None or table.largest is None:
        return None
    inner = tuple(slice(0, each - 1) for each in table.counts.shape)
    apart = table.largest.ravel() * (1 - small.share)
    return Summed(table.sums[inner].ravel(), measure.low, measure.high, apart)


def told(found: Mapping[str, Any]) -> list[bool]:
    """Return of each cell whether it is told."""
    return [why == Why.TOLD for why in found["why"]]


def checked(
    tables: Sequence[Seen],
    truth: Counts,
    table: Tallied,
    content: StatisticsContent,
    small: SmallCells,
) -> dict[str, Any]:
    """Return what the auditor finds of published ``tables``, of which the first is ours.

    ``truth`` has the counts of the parts that they share, ``table`` ours as it was counted again.
    """
    summed = summed_of(table, content, small)
    found = audited(tables, truth, summed)
    weak = len(found.weak)
    if summed is not None:
        weak += len(sums_known(tables[0], truth, summed))
    return said(found) | {"weak": weak, "small": small_told(tables[0], table)}


def small_told(own: Seen, table: Tallied) -> int:
    """Return how many small cells are told that are not 0."""
    counts = table.counts.ravel()
    return int((own.told & (counts > 0) & (counts < own.threshold)).sum())


def said(found: Audit) -> dict[str, Any]:
    """Return an audit as plain data."""
    return {"hidden": found.hidden, "width": found.width, "weak": len(found.weak)}
