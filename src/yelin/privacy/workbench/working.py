"""The heavy part of the work on the bench: levels are searched, rows written, bytes measured.

It reads a release as its provider has it, and leaves nothing outside of scratch.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np

from yelin.config import config
from yelin.files.places import Place
from yelin.law import packs
from yelin.privacy.deidentify import generated, released
from yelin.privacy.deidentify.assessed import Effect, assessed
from yelin.privacy.deidentify.associated import associated
from yelin.privacy.deidentify.coded import Coded, Scale, coded
from yelin.privacy.deidentify.costs import Measure, costs
from yelin.privacy.deidentify.guards import Guard
from yelin.privacy.deidentify.hierarchy import (
    ALL,
    MOST_LEAVES,
    Hierarchy,
    HierarchyFault,
    UnknownLeaves,
    distinct,
)
from yelin.privacy.deidentify.measured import Measured, measured
from yelin.privacy.deidentify.optimum import (
    Found,
    NothingFits,
    Progress,
    TooManyChoices,
    optimum,
)
from yelin.privacy.deidentify.reread import reread
from yelin.privacy.deidentify.roles import Column, Nulls, Plan, Role
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
    """By what is searched: what was chosen, models, hierarchies that were brought."""

    content: PlanContent
    guards: tuple[Guard, ...]
    kept: Ladders


@contextmanager
def reading(release: Release) -> Iterator[tuple[Engine, str]]:
    """Yield an engine that reads ``release``, and what its rows are called. Raises ``Destroyed``.

    Nothing spills, as where files are brought in.
    """
    with reading_all(release) as (engine, (source,)):
        yield engine, source


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


def _plan(engine: Engine, source: str, search: Search) -> Plan:
    columns = [
        _column(each, _ladder(engine, source, each, search.kept)) for each in search.content.columns
    ]
    return Plan(tuple(columns), search.content.nulls, search.content.cap)


def _ladder(engine: Engine, source: str, each: ColumnContent, kept: Ladders) -> Hierarchy | None:
    if each.role is not Role.QUASI or each.treatment or each.ladder is None:
        return None
    return hierarchy_of(each.name, each.ladder, values_of(engine, source, each.name), kept)


def _column(each: ColumnContent, hierarchy: Hierarchy | None) -> Column:
    top = hierarchy.height if hierarchy else 0
    # Levels that the values do not have this time are taken as the nearest that they do.
    most = None if each.most is None or not hierarchy else min(each.most, top)
    least = min(each.least, top if most is None else most)
    return Column(each.name, each.role, hierarchy, least, most, each.weight, each.method)


def searched(
    release: Release, search: Search, report: Callable[[Progress], None]
) -> dict[str, Any]:
    """Return the choice that loses least, and what it loses, as plain data.

    What ``report`` raises ends the search. Raises ``Unfit`` where nothing fits.
    """
    with reading(release) as (engine, source):
        plan = _plan(engine, source, search)
        table = _coded(engine, source, plan, search.guards)
        found = _optimum(table, plan, search.guards, report)
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
        "classes": int((~found.gone & (found.classes.counts > 0)).sum()),
        "k": int(found.classes.counts[~found.gone & (found.classes.counts > 0)].min()),
        "columns": list(_columns(table, found)),
        "shown": {
            "columns": [[each.name, released.is_dropped(each)] for each in plan.columns],
            "rows": [asdict(each) for each in rows],
        },
        "pairs": [asdict(each) for each in associated(table, found, SHOWN_PAIRS)],
    }


def _coded(engine: Engine, source: str, plan: Plan, guards: Collection[Guard]) -> Coded:
    sensitive = sorted({guard.column for guard in guards if guard.column})
    return coded(engine, source, plan, sensitive=sensitive)


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


def _after(scale: Scale, level: int) -> list[tuple[str | None, int]]:
    """Return the labels of a level with their rows, the commonest first."""
    many = np.bincount(scale.codes[level], weights=scale.counts, minlength=1)
    told = [(scale.labels[level][code], int(n)) for code, n in enumerate(many) if n]
    return sorted(told, key=lambda each: -each[1])


def written(release: Release, search: Search, levels: Mapping[str, int], to: Place) -> int:
    """Write ``release`` on the ``levels`` that were chosen; return how many rows are left.

    Raises ``Unfit`` where they fit no more, which a release that stays as it is does not do.
    """
    with reading(release) as (engine, source):
        return released.write(engine, source, *again(engine, source, search, levels), to)


def again(
    engine: Engine, source: str, search: Search, levels: Mapping[str, int]
) -> tuple[Plan, Coded, Found]:
    """Return what a search found that chose these ``levels``. Raises ``Unfit``."""
    plan = _fixed(_plan(engine, source, search), levels)
    table = _coded(engine, source, plan, search.guards)
    return plan, table, _optimum(table, plan, search.guards, lambda _progress: None)


def _fixed(plan: Plan, levels: Mapping[str, int]) -> Plan:
    columns = [
        replace(each, least=levels[each.name], most=levels[each.name])
        if each.is_coarsened
        else each
        for each in plan.columns
    ]
    return Plan(tuple(columns), plan.nulls, plan.cap)


def twice(
    release: Release, content: PlanContent, names: Mapping[str, str], threshold: float
) -> tuple[Measured, Measured, Effect]:
    """Measure the bytes of ``release`` by both implementations; ``names`` are its own, by ours.

    Raises ``Disagreement``, and ``Unfit`` where a column that must be measured is not there.
    """
    there = {facts["name"] for facts in release.manifest["columns"]}
    quasi = [names.get(name, name) for name in content.named(Role.QUASI)]
    sensitive = [names.get(name, name) for name in content.named(Role.SENSITIVE)]
    if lacking := [name for name in quasi + sensitive if name not in there]:
        raise Unfit(
            "deidentify.lacking",
            "The version has no “{name}”, which is to be measured. Write it again.",
            {"name": lacking[0]},
        )
    direct = [
        each for each in content.columns if each.role is Role.DIRECT and each.treatment is None
    ]
    with reading(release) as (engine, source):
        first = measured(engine, source, quasi, sensitive=sensitive, threshold=threshold)
    with base_of(release).place.open("rb") as file:
        second = reread(file, quasi, sensitive=sensitive, threshold=threshold)
    effect = assessed(
        first,
        second,
        threshold=threshold,
        nulls=content.nulls,
        has_direct=any(names.get(each.name, each.name) in there for each in direct),
    )
    return first, second, effect


def said(found: Measured, nulls: Nulls) -> dict[str, Any]:
    """Return what was measured as plain data; what is infinite is told as nothing."""
    k = found.by(nulls.binding)
    told = {
        name: {each: value if math.isfinite(value) else None for each, value in asdict(of).items()}
        for name, of in found.told.items()
    }
    return asdict(found) | {
        "told": told,
        "binding": k,
        "prosecutor": 1 / k if k else 0.0,
        "marketer": found.marketer,
    }
