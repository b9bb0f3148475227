"""What the frame of an act costs: ``catalog.draft`` against the same rows in bare Django.

Three ways of making one entry with three items take turns, each in a transaction of its own:
the act; its body alone, without frame, gate and leaf; and the bare rows, with every value ready
beforehand.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import fields
from uuid import uuid4

from django.db import transaction

from bench.table import Figure, milliseconds
from prove import house
from yelin.catalog import acts
from yelin.catalog.models import Entry, Findable, Item
from yelin.catalog.wording import Worded
from yelin.law import clock
from yelin.things.models import Thing

TURNS = 400
WARM = 30


def main(scale: float = 1.0) -> list[Figure]:
    """Let the three ways take turns; return medians and the ratios of neighbours."""
    with house.standing():
        cast = house.appoint(departments=1, stewards=1, officers=0)
        body, actor = cast.departments[0], house.actor_of(cast.stewards[0][0])

        def title() -> str:
            return f"沿海主要港口货物吞吐量 {uuid4()}"

        def act() -> None:
            acts.draft(actor=actor, provider=body, content=house.content_of(title()))

        def body_alone() -> None:
            with transaction.atomic():
                acts.draft.__wrapped__(  # type: ignore[attr-defined]  # the frame keeps what it frames
                    actor=actor, provider=body, content=house.content_of(title())
                )

        act()
        row = Entry.objects.prefetch_related("items").get()
        values = {f.attname: getattr(row, f.attname) for f in Entry._meta.concrete_fields}
        del values["thing_id"], values["title"]
        items = [
            {
                f.attname: getattr(item, f.attname)
                for f in Item._meta.concrete_fields
                if f.attname not in {"id", "entry_id"}
            }
            for item in row.items.all()
        ]
        # What it is found by; the database writes the rest of that row.
        words = {f.name: getattr(row.findable, f.name) for f in fields(Worded)}

        def bare() -> None:
            with transaction.atomic():
                thing = Thing.objects.create(kind=Entry.KIND)
                entry = Entry(thing=thing, title=title(), **values | {"changed_at": clock.now()})
                entry.save(force_insert=True)
                Findable.objects.filter(pk=entry.pk).update(**words)
                Item.objects.bulk_create(Item(entry=entry, **item) for item in items)

        ways = (act, body_alone, bare)
        taken: dict[Callable[[], None], list[float]] = {way: [] for way in ways}
        turns = max(50, round(TURNS * scale))
        for turn in range(WARM + turns):
            for way in ways:
                began = time.perf_counter()
                way()
                if turn >= WARM:
                    taken[way].append(time.perf_counter() - began)
    return [
        Figure("one act, `catalog.draft`", milliseconds(taken[act]), f"median of {turns} in turn"),
        Figure("its body alone", milliseconds(taken[body_alone]), "no gate, no leaf"),
        Figure(
            "the same rows in bare Django", milliseconds(taken[bare]), "values ready beforehand"
        ),
        _ratio("act ÷ bare rows", taken[act], taken[bare]),
        _ratio("act ÷ its body (the frame's share)", taken[act], taken[body_alone]),
    ]


def _ratio(what: str, one: list[float], other: list[float]) -> Figure:
    ratios = [a / b for a, b in zip(one, other, strict=True)]
    return Figure(what, f"{statistics.median(ratios):.2f}", "median of the ratios of neighbours")
