"""The heavy part of the work on the bench: levels are searched, and rows written.

It reads a release as its provider has it, and leaves nothing outside of scratch.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np

from yelin.config import config
from yelin.files.places import Place
from yelin.law import packs
from yelin.privacy.deidentify import becoming, generated, released
from yelin.privacy.deidentify.associated import associated
from yelin.privacy.deidentify.coded import Coded, Scale, coded
from yelin.privacy.deidentify.costs import Measure, costs
from yelin.privacy.deidentify.grouped import MOST_ROWS
from yelin.privacy.deidentify.guards import Anonymity, Guard
from yelin.privacy.deidentify.hierarchy import (
    ALL,
    MOST_LEAVES,
    Hierarchy,
    HierarchyFault,
    UnknownLeaves,
    distinct,
)
from yelin.privacy.deidentify.optimum import (
    Found,
    NothingFits,
    Progress,
    TooManyChoices,
    optimum,
)
from yelin.privacy.deidentify.roles import BadPlan, Column, Plan, Role
from yelin.privacy.deidentify.starred import starred
from yelin.privacy.workbench.content import ColumnContent, Ladder, LadderContent, PlanContent
from yelin.warehouse.engine import Engine, connect, ident, literal
from yelin.warehouse.findings import Unfit
from yelin.warehouse.models import Release
from yelin.warehouse.standing import base_of

Ladders = Mapping[UUID, Hierarchy]
_SHOWN = 5
# So many rows are shown before and after, to whoever may read their source.
SHOWN_ROWS = 6
SHOWN_PAIRS = 8

_SAYS = {
    Ladder.FLAT: "The values of “{name}” do not fit the hierarchy. Choose or bring another one.",
    Ladder.DATES: "“{name}” holds values that are no dates. Choose otherwise how it is coarsened.",
    Ladder.NUMBERS: "“{name}” holds values that are no numbers. Choose otherwise.",
    Ladder.DIVISIONS: "“{name}” holds values that are no codes of divisions. Choose otherwise.",
    Ladder.INDUSTRIES: "“{name}” holds values that are no codes of industries. Choose otherwise.",
}


@dataclass(frozen=True, slots=True)
class Search:
    """By what is searched: what was chosen, models, hierarchies brought, who might be in it."""

    content: PlanContent
    guards: tuple[Guard, ...]
    kept: Ladders
    population: Release | None = None

    @property
    def alike(self) -> int:
        """How many rows look alike at least."""
        return max(each.k for each in self.guards if isinstance(each, Anonymity))


@dataclass(frozen=True, slots=True)
class Side:
    """A release as an engine reads it, with the population that it is compared with, if any."""

    source: str
    population: str | None


@contextmanager
def reading(release: Release) -> Iterator[tuple[Engine, str]]:
    """Yield an engine that reads ``release``, and what its rows are called. Raises ``Destroyed``.

    Nothing spills, as where files are brought in.
    """
    with reading_all(release) as (engine, (source,)):
        yield engine, source


@contextmanager
def reading_both(release: Release, search: Search) -> Iterator[tuple[Engine, Side]]:
    """Yield the same, with the population that ``search`` compares ``release`` with."""
    others = [search.population] if search.population else []
    with reading_all(release, *others) as (engine, (source, *whole)):
        yield engine, Side(source, whole[0] if whole else None)


@contextmanager
def reading_all(*releases: Release) -> Iterator[tuple[Engine, list[str]]]:
    """Yield the same of several ``releases``, and what the rows of each are called."""
    bases = [base_of(release) for release in releases]
    with connect(
        memory_mb=config.engine_memory_mb,
        threads=config.engine_threads,
        roots=[root for base in bases for root in base.roots],
    ) as engine:
        yield engine, [f"read_parquet({literal(str(base.place))})" for base in bases]


def values_of(engine: Engine, source: str, name: str) -> dict[str | None, int]:
    """Return how often each value of a column occurs. Raises ``Unfit`` where they are too many."""
    found = dict(
        engine.rows(
            f"SELECT CAST({ident(name)} AS VARCHAR) AS value, count(*) FROM {source}"  # noqa: S608 - the name is quoted, the source is ours
            f" GROUP BY ALL LIMIT {MOST_LEAVES + 1}"
        )
    )
    if len(found) > MOST_LEAVES:
        raise Unfit(
            "deidentify.leaves",
            "“{name}” has more than {most} different values. Make it coarser before.",
            {"name": name, "most": MOST_LEAVES},
        )
    return found


def hierarchy_of(
    name: str, ladder: LadderContent, values: Collection[str | None], kept: Ladders
) -> Hierarchy:
    """Return the hierarchy of a column with these values. Raises ``Unfit``."""
    leaves = [value for value in values if value is not None]
    try:
        return _made(ladder, leaves, kept, name) if leaves else Hierarchy.made([ALL])
    except UnknownLeaves as unknown:
        raise Unfit(
            "deidentify.unknown",
            "The hierarchy of “{name}” lacks values: {values}. Add them, and bring it again.",
            {"name": name, "values": list(unknown.values[:_SHOWN])},
        ) from unknown
    except (HierarchyFault, KeyError) as fault:
        says = _SAYS.get(ladder.kind, _SAYS[Ladder.FLAT])
        raise Unfit("deidentify.misfit", says, {"name": name}) from fault


def _made(ladder: LadderContent, leaves: list[str], kept: Ladders, name: str) -> Hierarchy:
    if ladder.kept is not None:
        kept[ladder.kept].covers(name, leaves)
        return kept[ladder.kept]
    made: dict[Ladder, Callable[[], Hierarchy]] = {
        Ladder.FLAT: lambda: Hierarchy.made(distinct(leaves)),
        Ladder.DATES: lambda: generated.dates(leaves),
        Ladder.NUMBERS: lambda: generated.numbers(
            leaves, ladder.widths, least=ladder.least, most=ladder.most
        ),
        Ladder.DIVISIONS: lambda: generated.divisions(leaves, packs.active().became),
        Ladder.INDUSTRIES: lambda: generated.industries(leaves),
        Ladder.MASKS: lambda: generated.masks(leaves, from_end=ladder.from_end, step=ladder.step),
    }
    return made[ladder.kind]()


def _plan(engine: Engine, side: Side, search: Search) -> Plan:
    columns = [
        _column(each, _ladder(engine, side, each, search.kept), search.alike)
        for each in search.content.columns
    ]
    content = search.content
    return Plan(tuple(columns), content.nulls, content.cap, content.cells)


def _ladder(engine: Engine, side: Side, each: ColumnContent, kept: Ladders) -> Hierarchy | None:
    if each.role is not Role.QUASI or each.treatment or each.ladder is None:
        return None
    values = set(values_of(engine, side.source, each.name))
    if side.population:
        values |= set(values_of(engine, side.population, each.name))
    return hierarchy_of(each.name, each.ladder, values, kept)


def _column(each: ColumnContent, hierarchy: Hierarchy | None, alike: int) -> Column:
    top = hierarchy.height if hierarchy else 0
    # Levels that the values do not have this time are taken as the nearest that they do.
    most = None if each.most is None or not hierarchy else min(each.most, top)
    least = min(each.least, top if most is None else most)
    method = each.method(alike)
    return Column(each.name, each.role, hierarchy, least, most, each.weight, method)


def searched(
    release: Release, search: Search, report: Callable[[Progress], None]
) -> dict[str, Any]:
    """Return the choice that loses least, and what it loses, as plain data.

    What ``report`` raises ends the search. Raises ``Unfit`` where nothing fits.
    """
    with reading_both(release, search) as (engine, side):
        source, plan = side.source, _plan(engine, side, search)
        table = _coded(engine, side, plan, search.guards)
        whole = _optimum(table, plan, search.guards, report)
        found = _starred(table, plan, search.guards, whole)
        scattered = _scattered(engine, source, plan, table, found)
        rows = released.shown(engine, source, plan, table, found, SHOWN_ROWS)
    return {
        "levels": found.levels,
        "loss": found.loss,
        "least": found.least,
        "proven": found.is_proven,
        "rows": found.rows,
        "left_out": found.left_out,
        "looked_at": found.looked_at,
        "choices": found.choices,
        "classes": found.kinds,
        "k": found.smallest,
        "starred": {"rows": found.starred.rows, "cells": found.starred.count}
        if found.starred
        else {},
        "columns": [*_columns(table, found), *scattered],
        "shown": {
            "columns": [[each.name, becoming.is_dropped(each)] for each in plan.columns],
            "rows": [asdict(each) for each in rows],
        },
        "pairs": [asdict(each) for each in associated(table, whole, SHOWN_PAIRS)],
    }


def _coded(engine: Engine, side: Side, plan: Plan, guards: Collection[Guard]) -> Coded:
    sensitive = sorted({guard.column for guard in guards if guard.column})
    return coded(engine, side.source, plan, sensitive=sensitive, population=side.population)


def _optimum(
    table: Coded, plan: Plan, guards: Collection[Guard], report: Callable[[Progress], None]
) -> Found:
    try:
        return optimum(table, plan, tuple(guards), report=report)
    except NothingFits as nothing:
        raise Unfit(
            "deidentify.nothing",
            "No choice of levels hides everyone: {share} % of the rows at least would be left out,"
            " and {cap} % may be. Let more rows be left out, or a quasi-identifier go; these have"
            " most values at their coarsest: {names}",
            {
                "share": f"{math.ceil(nothing.share * 1000) / 10:g}",
                "cap": f"{nothing.cap * 100:g}",
                "names": [name for name, _ in nothing.splits[:_SHOWN]],
            },
        ) from nothing
    except TooManyChoices as many:
        raise Unfit(
            "deidentify.many",
            "There are {choices} choices of levels, too many. Bound the levels of some items.",
            {"choices": many.choices},
        ) from many


def _columns(table: Coded, found: Found) -> Iterator[dict[str, Any]]:
    lost = costs(table.scales, Measure.ENTROPY)
    whole = math.fsum(scale.column.weight for scale in table.scales)
    for scale, spent in zip(table.scales, lost.spent, strict=True):
        level = found.levels[scale.column.name]
        share = scale.column.weight / whole
        yield {
            "name": scale.column.name,
            "level": level,
            "height": len(scale.codes) - 1,
            "lost": float(spent[level - scale.column.least]) / share,
            "before": int((scale.counts > 0).sum()),
            "after": len(_after(scale, level)),
            "labels": _after(scale, level)[:_SHOWN],
        }


def _scattered(
    engine: Engine, source: str, plan: Plan, table: Coded, found: Found
) -> list[dict[str, Any]]:
    """Return what is lost of columns whose numbers are grouped. Raises ``Unfit``."""
    try:
        told = released.scattered(engine, source, plan, table, found)
    except BadPlan as many:
        raise Unfit(
            "deidentify.grouped",
            "Numbers of several quasi-identifiers are grouped together in {most} rows at most."
            " Group one of them, and make the others coarser.",
            {"most": MOST_ROWS},
        ) from many
    return [
        {"name": name, "level": None, "height": 0, "lost": lost, "before": before, "after": after,
         "labels": []}
        for name, (lost, before, after) in told.items()
    ]  # fmt: skip


def _after(scale: Scale, level: int) -> list[tuple[str | None, int]]:
    """Return the labels of a level with their rows, the commonest first."""
    many = np.bincount(scale.codes[level], weights=scale.counts, minlength=1)
    told = [(scale.labels[level][code], int(n)) for code, n in enumerate(many) if n]
    return sorted(told, key=lambda each: -each[1])


def written(release: Release, search: Search, levels: Mapping[str, int], to: Place) -> int:
    """Write ``release`` on the ``levels`` that were chosen; return how many rows are left.

    Raises ``Unfit`` where they fit no more, which a release that stays as it is does not do.
    """
    with reading_both(release, search) as (engine, side):
        return released.write(engine, side.source, *again(engine, side, search, levels), to)


def again(
    engine: Engine, side: Side, search: Search, levels: Mapping[str, int]
) -> tuple[Plan, Coded, Found]:
    """Return what a search found that chose these ``levels``. Raises ``Unfit``."""
    plan = _fixed(_plan(engine, side, search), levels)
    table = _coded(engine, side, plan, search.guards)
    found = _optimum(table, plan, search.guards, lambda _progress: None)
    return plan, table, _starred(table, plan, search.guards, found)


def _starred(table: Coded, plan: Plan, guards: Sequence[Guard], found: Found) -> Found:
    return starred(table, plan, guards, found) if plan.cells else found


def _fixed(plan: Plan, levels: Mapping[str, int]) -> Plan:
    columns = [
        replace(each, least=levels[each.name], most=levels[each.name])
        if each.is_coarsened
        else each
        for each in plan.columns
    ]
    return replace(plan, columns=tuple(columns))
