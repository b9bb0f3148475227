"""A CKAN catalog of two thousand packages is harvested, and again unchanged.

The bare way asks for the same pages by ``urllib`` and saves each package by Django in a transaction
of its own: no rules, no leaf, no search, no way out that was allowed.
"""

import json
import time
import urllib.request
from collections.abc import Callable

from django.db import transaction
from prove.portals import Portal

from bench.table import Figure
from prove import house, portals
from yelin.catalog.models import Entry
from yelin.harvesting import acts, ckan, tasks
from yelin.harvesting.content import SourceContent
from yelin.harvesting.models import Run, Source
from yelin.law import clock
from yelin.things.models import Thing

PACKAGES = 2_000


def main(scale: float = 1.0) -> list[Figure]:
    """Return the pace of a first and of a second harvest, and their ratios to the bare way."""
    many = max(200, round(PACKAGES * scale))
    with house.standing(), portals.portal() as portal:
        cast = house.appoint(departments=2, stewards=1, officers=1)
        body, steward = cast.departments[0], house.actor_of(cast.stewards[0][0])
        house.let_out(cast, body, portal.port)
        portal.packages = [portals.package(n) for n in range(many)]
        content = SourceContent(title="ckan", kind="ckan", address=portal.address)
        source = acts.add(actor=steward, body=body, content=content)

        def harvest() -> None:
            acts.read(actor=steward, source=source)
            tasks.read(source.runs.latest("pk").pk)

        first = _timed(harvest)
        _require(source, "made", many)
        again = _timed(harvest)
        _require(source, "kept", many)
        bare = _timed(lambda: _bare(portal, cast.departments[1].pk))
    return [
        Figure(f"{many:,} packages harvested", f"{first:.1f} s", f"{many / first:,.0f} entries/s"),
        Figure("the same again, no change", f"{again:.1f} s", f"{many / again:,.0f} entries/s"),
        Figure("the same by urllib and bare rows", f"{bare:.1f} s", "no rules, no leaf"),
        Figure("first harvest ÷ bare", f"{first / bare:.2f}", "whole"),
        Figure("harvest again ÷ bare", f"{again / bare:.2f}", "whole"),
    ]


def _timed(work: Callable[[], None]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _require(source: Source, outcome: str, many: int) -> None:
    run: Run = source.runs.latest("pk")
    if run.counts.get(outcome) != many:
        raise RuntimeError(f"not every package was {outcome}: {run.counts} {run.failure}")


def _bare(portal: Portal, provider: object) -> None:
    first = ckan.first(portal.address)
    for start in range(0, len(portal.packages), ckan.PAGE):
        url = first.replace("start=0", f"start={start}")
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own address
            page = json.load(answer)
        for package in page["result"]["results"]:
            _save(package, provider)


def _save(package: dict[str, str], provider: object) -> None:
    with transaction.atomic():
        thing = Thing.objects.create(kind=Entry.KIND)
        Entry(
            thing=thing,
            provider_id=provider,
            title=package["title"],
            summary=package["notes"],
            formats=["csv", "xlsx"],
            sharing_type="unconditional",
            opening_type="none",
            update_cycle="monthly",
            keywords=["港口"],
            drafted_at=clock.now(),
            changed_at=clock.now(),
        ).save(force_insert=True)
