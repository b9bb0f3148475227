"""Tables of statistics that are told with noise: planned, drawn, and read again (0090).

A plan touches no data: domain, shares of epsilon and accuracy follow from what was declared.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Any

import pyarrow.parquet as pq

from yelin.law import duties, packs
from yelin.law.refusals import Fault, Incomplete
from yelin.privacy.deidentify.assessed import Effect
from yelin.privacy.deidentify.noised import (
    Banded,
    Dimension,
    Listed,
    Measure,
    Noise,
    Number,
    advantage,
    half_width,
    scale,
    shared_out,
)
from yelin.privacy.deidentify.roles import BadPlan
from yelin.privacy.workbench import noising, spending, working
from yelin.privacy.workbench.budget import Spending, plain
from yelin.privacy.workbench.content import Ladder, LadderContent
from yelin.privacy.workbench.models import Deidentification
from yelin.privacy.workbench.statistics import (
    TOTAL,
    AddNoise,
    DimensionContent,
    StatisticsContent,
    Told,
)
from yelin.privacy.workbench.tables import not_whole
from yelin.warehouse.models import Release, Upload
from yelin.warehouse.standing import base_of

OTHERS = "其他"
_DUTY = duties.HAND_OVER


class Undeclared(Exception):
    """The labels of a dimension would follow from the data."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def faults(work: Deidentification, noise: AddNoise, kept: working.Ladders) -> Iterator[Fault]:
    """Yield what stands against drawing the table, with what is left of the budget."""
    content = work.statistics
    names = {facts["name"] for facts in work.columns}
    if noise.subject and noise.subject not in names:
        yield Fault("protection", "There is no item called {name}.", _DUTY, {"name": noise.subject})
    try:
        asked = asked_of(content, noise, kept)
    except Undeclared as undeclared:
        says = (
            "Declare all labels that “{name}” can have, or choose a hierarchy that was brought,"
            " divisions, or numbers in bands from a least to a greatest one: with noise no label"
            " comes from the data."
        )
        yield Fault("dimensions", says, _DUTY, {"name": undeclared.name})
        return
    except BadPlan:
        says = (
            "Noise cannot be drawn so. Bounds are multiples of the step, bands of their width; one"
            " row of each counts where no item tells whose it is, and labels differ."
        )
        yield Fault("protection", says, _DUTY)
        return
    yield from _of_budget(work, asked.whole)


def _of_budget(work: Deidentification, epsilon: Decimal) -> Iterator[Fault]:
    """Yield why the budget does not bear it; when it is spent that is asked again, under a lock."""
    try:
        spending.require(work.thing, work.source.entry, epsilon)
    except Incomplete as wrong:
        yield from wrong.faults


def asked_of(content: StatisticsContent, noise: AddNoise, kept: working.Ladders) -> Noise:
    """Return what the engine is asked for. Raises ``Undeclared``, ``BadPlan``."""
    measure = content.measure
    number = None
    if measure is not None:
        low, high = Decimal(str(measure.low)), Decimal(str(measure.high))
        number = Number(measure.column, low, high, noise.step)
    return Noise(
        tuple(_dimension(each, noise, kept) for each in content.dimensions),
        shared_out(noise.epsilon, _drawn(content)),
        number,
        noise.subject,
        noise.most,
    )


def _dimension(each: DimensionContent, noise: AddNoise, kept: working.Ladders) -> Dimension:
    """Return a dimension by what was declared of it alone. Raises ``Undeclared``."""
    ladder, other = each.ladder, OTHERS if noise.others else None
    if ladder and ladder.kind is Ladder.NUMBERS and each.level:
        return _bands(each, ladder, other)
    if ladder is None or ladder.kind is Ladder.FLAT:
        groups = {label: label for label in each.labels}
    else:
        groups = _grouped(each, ladder, kept)
        if each.labels:
            groups = {leaf: label for leaf, label in groups.items() if label in each.labels}
    if not groups or TOTAL in groups.values():
        raise Undeclared(each.name)
    return Listed(each.name, groups, other)


def _bands(each: DimensionContent, ladder: LadderContent, other: str | None) -> Banded:
    if ladder.least is None or ladder.most is None or each.level > len(ladder.widths):
        raise Undeclared(each.name)
    width = ladder.widths[each.level - 1]
    return Banded(each.name, ladder.least, ladder.most, width, other)


def _grouped(
    each: DimensionContent, ladder: LadderContent, kept: working.Ladders
) -> dict[str, str]:
    if ladder.kind is Ladder.DIVISIONS:
        codes = [row.code for row in packs.active().division_rows]
        hierarchy = working.hierarchy_of(each.name, ladder, codes, kept)
    elif ladder.kept in kept and ladder.kept is not None:
        hierarchy = kept[ladder.kept]
    else:
        raise Undeclared(each.name)
    level = min(each.level, hierarchy.height)
    return dict(zip(hierarchy.leaves, hierarchy.levels[level], strict=True))


def planned(content: StatisticsContent, noise: AddNoise, kept: working.Ladders) -> dict[str, Any]:
    """Return domain, shares of epsilon and accuracy of a table; no row is looked at."""
    asked = asked_of(content, noise, kept)
    return {
        "dimensions": [
            {"name": each.column, "labels": list(each.labels), "declared": True}
            for each in asked.dimensions
        ],
        "cells": math.prod(many + 1 for many in asked.shape),
        "told": math.prod(many + 1 for many in asked.shape),
        "epsilon": plain(asked.whole),
        "accuracy": list(_accuracy(content, asked)),
    }


def _accuracy(content: StatisticsContent, asked: Noise) -> Iterator[dict[str, str]]:
    """Yield of each measure its share, and how far a cell and the grand total lie off at 95 %."""
    names, whole = names_of(content), asked.size
    for measure, epsilon in asked.epsilon.items():
        unit = asked.number.step if asked.number and measure is Measure.SUM else Decimal(1)
        at = scale(asked, measure)
        yield {
            "name": names.of[measure],
            "epsilon": plain(epsilon),
            "cell": plain(half_width(at) * unit),
            "whole": plain(half_width(at, whole) * unit),
        }


def names_of(content: StatisticsContent) -> noising.Names:
    """Return what the columns of figures are called."""
    measure = content.measure
    if measure is None:
        return noising.Names.chosen(content.counted)
    return noising.Names.chosen(content.counted, measure.called, mean=measure.told is Told.MEAN)


def bring_in(
    work: Deidentification,
    noise: AddNoise,
    kept: working.Ladders,
    note: Callable[[Upload], object],
) -> None:
    """Spend, draw the table of ``work`` and bring it in; ``note`` it as it leaves."""
    content = work.statistics
    noising.bring_in(
        actor=work.actor(),
        work=work.thing,
        source=work.source,
        to=work.entry,
        asked=asked_of(content, noise, kept),
        names=names_of(content),
        note=note,
    )


def measured(
    work: Deidentification, noise: AddNoise, release: Release, names: Mapping[str, str]
) -> dict[str, Any]:
    """Return what is known of the bytes of ``release``: the whole domain, totals, whole steps.

    It is read without the engine and the code that made it. Raises ``Unfit``.
    """
    content, found = work.statistics, work.found
    told = names_of(content)
    columns = [each["name"] for each in found["dimensions"]]
    figures = [told.of[measure] for measure in _drawn(content)]
    here = [names.get(name, name) for name in (*columns, *figures)]
    try:
        with base_of(release).place.open("rb") as file:
            table = pq.read_table(file, columns=here).to_pydict()
        cells = {
            tuple(map(str, row[: len(columns)])): [
                Decimal(str(each)) for each in row[len(columns) :]
            ]
            for row in zip(*(table[name] for name in here), strict=True)
        }
    except (KeyError, ValueError, ArithmeticError) as fault:
        raise not_whole() from fault
    labels = [each["labels"] for each in found["dimensions"]]
    steps = [noise.step if each is Measure.SUM else Decimal(1) for each in _drawn(content)]
    if len(table[here[0]]) != found["cells"] or not _fit(cells, labels, steps):
        raise not_whole()
    epsilon = Decimal(found["epsilon"])
    left = Spending.objects.filter(work=work.pk, epsilon=epsilon).exclude(left_at=None)
    if not left.exists():
        raise not_whole()
    return {
        "release": release.digest_text,
        "names": dict(names),
        "effect": int(Effect.AGGREGATE),
        "cells": found["cells"],
        "told": found["cells"],
        "epsilon": found["epsilon"],
        "accuracy": found["accuracy"],
        "risk": advantage(epsilon),
        "hidden": 0,
        "linked": [],
    }


def _drawn(content: StatisticsContent) -> list[Measure]:
    if content.measure is None:
        return [Measure.ROWS]
    given = [Measure.GIVEN] if content.measure.told is Told.MEAN else []
    return [Measure.ROWS, *given, Measure.SUM]


def _fit(
    cells: Mapping[tuple[str, ...], list[Decimal]],
    labels: list[list[str]],
    steps: list[Decimal],
) -> bool:
    """Whether all cells of the domain are there, in whole steps, and totals are of their cells."""
    ends = [[*each, TOTAL] for each in labels]
    if set(cells) != set(product(*ends)):
        return False
    if any(value % step for row in cells.values() for value, step in zip(row, steps, strict=True)):
        return False
    for axis, of in enumerate(labels):
        for place in cells:
            if place[axis] != TOTAL:
                continue
            parts = [cells[*place[:axis], each, *place[axis + 1 :]] for each in of]
            if [sum(each) for each in zip(*parts, strict=True)] != cells[place]:
                return False
    return True


def risks(measured: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what stands against certifying, by what a table may spend today."""
    each = packs.active().noise_budget.each
    if Decimal(measured["epsilon"]) > each:
        says = "One table spends {each} at most. Ask for less."
        yield Fault("epsilon", says, _DUTY, {"each": plain(each)})


def said(work: Deidentification, noise: AddNoise) -> dict[str, Any]:
    """Return what a certificate says of the protection; no figure of the table."""
    rule, measured = packs.active().noise_budget, work.measured
    return {
        "kind": noise.kind,
        "epsilon": measured["epsilon"],
        "rows_of_each": noise.most if noise.subject else 1,
        "by_subject": noise.subject is not None,
        "accuracy": measured["accuracy"],
        "basis": rule.basis,
        "unconfirmed": rule.unconfirmed,
    }
