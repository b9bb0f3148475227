"""The released bytes are measured, by two programs that share no arithmetic."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from yelin.privacy.deidentify import released
from yelin.privacy.deidentify.assessed import Disagreement, Effect, assessed
from yelin.privacy.deidentify.measured import Measured, measured
from yelin.privacy.deidentify.presence import Present, counted, present
from yelin.privacy.deidentify.reread import reread
from yelin.privacy.deidentify.roles import Nulls, Role
from yelin.privacy.workbench.content import PlanContent
from yelin.privacy.workbench.working import Search, Side, again, reading, reading_all
from yelin.warehouse.findings import Unfit
from yelin.warehouse.models import Release
from yelin.warehouse.standing import base_of


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


def compared(
    work: tuple[Release, Search, Mapping[str, int]], release: Release, names: Mapping[str, str]
) -> Present | None:
    """Measure twice what share of the population is in ``release``; none where none is named.

    ``work`` is the source, by what it was searched, and the levels found. Raises ``Disagreement``.
    """
    source, search, levels = work
    if search.population is None:
        return None
    others = (source, search.population, release)
    with reading_all(*others) as (engine, (rows, whole, out)):
        plan, table, found = again(engine, Side(rows, whole), search, levels)
        quasi = [(each.name, names.get(each.name, each.name)) for each in plan.coarsened]
        labelled = released.labelled(engine, whole, table, found)
        first = present(engine, labelled, out, quasi)
    told = {
        each.name: (each.hierarchy, levels[each.name]) for each in plan.coarsened if each.hierarchy
    }
    with (
        base_of(search.population).place.open("rb") as population,
        base_of(release).place.open("rb") as file,
    ):
        second = counted(population, file, quasi, told)
    if not first.agrees(second):
        raise Disagreement(["presence"])
    return first


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
