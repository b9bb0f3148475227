"""What stands against a table of statistics: its plan, its bytes, and what was measured of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.law.sharing import SmallCells
from yelin.privacy.workbench.statistics import StatisticsContent, Suppress
from yelin.warehouse.findings import Unfit

_DUTY = duties.HAND_OVER


def not_whole() -> Unfit:
    """Return what is wrong with bytes that are not the table that was made."""
    return Unfit(
        "deidentify.not_whole", "The version is not the table that was made. Write it again."
    )


def faults(
    plan: StatisticsContent,
    columns: Sequence[str],
    *,
    numeric: Collection[str],
    small: SmallCells,
    kept: Collection[object],
) -> Iterator[Fault]:
    """Yield what stands against counting by ``plan`` in a table of these ``columns``.

    ``kept`` are the hierarchies that were brought and are there.
    """
    if not plan.dimensions:
        yield Fault("dimensions", "Name at least one dimension by which rows are counted.", _DUTY)
    for each in plan.dimensions:
        of = {"name": each.name}
        if each.name not in columns:
            yield Fault("dimensions", "There is no item called {name}.", _DUTY, of)
        if each.ladder and each.ladder.kept is not None and each.ladder.kept not in kept:
            yield Fault("dimensions", "The hierarchy of {name} is not there any more.", _DUTY, of)
    names = [each.name for each in plan.dimensions]
    told = [*names, plan.counted, *([plan.measure.called] if plan.measure else [])]
    if len(set(told)) < len(told):
        yield Fault("dimensions", "Two columns of the table have the same name.", _DUTY)
    if plan.measure:
        yield from _of_measure(plan.measure.column, names, numeric)
    for cell in plan.impossible:
        if strange := [name for name in cell if name not in names]:
            says = "An impossible cell names “{name}”, which is no dimension."
            yield Fault("impossible", says, _DUTY, {"name": strange[0]})
    protection = plan.protection
    if (
        isinstance(protection, Suppress)
        and protection.threshold
        and protection.threshold < small.threshold
    ):
        says = "A count below {least} is not told under this way of sharing."
        yield Fault("protection", says, _DUTY, {"least": small.threshold})


def _of_measure(
    column: str, dimensions: Collection[str], numeric: Collection[str]
) -> Iterator[Fault]:
    if column not in numeric:
        says = "“{name}” holds no numbers, so it cannot be summed."
        yield Fault("measure", says, _DUTY, {"name": column})
    if column in dimensions:
        says = "“{name}” cannot be both a dimension and what is summed."
        yield Fault("measure", says, _DUTY, {"name": column})


def risks(
    measured: Mapping[str, Any], small: SmallCells, beside: Collection[str]
) -> Iterator[Fault]:
    """Yield what stands against certifying, by what was measured and by today's threshold.

    ``beside`` are the other tables of the same source that must have been looked at with it.
    """
    if measured["small"] or measured["threshold"] < small.threshold:
        says = "Counts below {least} are told. Make the table again."
        yield Fault("risk", says, _DUTY, {"least": small.threshold})
    if measured["weak"]:
        says = (
            "Of cells that are not told too much would be known: {cells}. Raise the level of a"
            " dimension, or drop one."
        )
        yield Fault("risk", says, _DUTY, {"cells": measured["weak"]})
    if not set(beside) <= set(measured["linked"]):
        says = "Another table of the same source was certified meanwhile. Have it measured again."
        yield Fault("linked", says, _DUTY)
