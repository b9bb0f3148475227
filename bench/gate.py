"""What an answer of the gate costs: one decision, and a list of 100,000 entries as one may see it.

The list is compared with the same query that asks nobody, both counted and as a first page in an
order that an index serves; a hundredth of the entries are granted to who asks, a thousandth held.
"""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from bench.table import Figure, milliseconds
from prove import house
from yelin import gate
from yelin.catalog.models import Entry
from yelin.gate.models import Grant, Hold
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.things.models import Thing

ENTRIES = 100_000
DECISIONS = 2_000
TURNS = 15
BATCH = 2_000
TYPES = ("unconditional", "conditional", "none")


def main(scale: float = 1.0) -> list[Figure]:
    """Measure decisions and lists over entries of every type."""
    with house.standing():
        cast = house.appoint(departments=2, stewards=2, officers=0)
        asker = house.actor_of(cast.stewards[1][0])
        many = max(1_000, round(ENTRIES * scale))
        _lay_out(many, cast.departments[0], cast.departments[1])
        one = Entry.objects.select_related("provider").filter(opening_type="conditional").first()
        if one is None:
            raise LookupError("there is no entry to ask about")
        page = list(Entry.objects.select_related("provider")[:100])
        return [
            _each(
                "one decision for anyone", lambda: gate.decide(Actor.anyone(), "entry.read", one)
            ),
            _each(
                "one decision that looks for a grant",
                lambda: gate.decide(asker, "resource.read", one),
            ),
            _each(
                "one of 100 decisions asked at once",
                lambda: gate.decide_each(asker, "resource.read", page),
                parts=100,
            ),
            *_lists(many, asker, "entry.see"),
            *_lists(many, asker, "entry.read"),
            *_lists(many, asker, "resource.read"),
        ]


def _each(what: str, ask: Callable[[], object], parts: int = 1) -> Figure:
    taken = []
    for turn in range(DECISIONS // parts):
        began = time.perf_counter()
        ask()
        if turn > 10 // parts:
            taken.append((time.perf_counter() - began) / parts)
    return Figure(what, f"{statistics.median(taken) * 1e6:.0f} µs", f"median of {len(taken)}")


def _lists(many: int, asker: Actor, action: str) -> list[Figure]:
    everything = Entry.objects.filter(state="confirmed")
    seen = gate.visible_to(asker, action, everything)

    def count(entries: "QuerySet[Entry, Any]") -> object:
        return entries.count()

    def first(entries: "QuerySet[Entry, Any]") -> object:
        return list(entries.order_by("-changed_at", "pk").values_list("pk", "title")[:20])

    found = []
    for name, way in (("counted", count), ("first page", first)):
        bare, ours = [], []
        for turn in range(TURNS + 2):
            for entries, taken in ((everything, bare), (seen, ours)):
                began = time.perf_counter()
                way(entries)
                if turn > 1:
                    taken.append(time.perf_counter() - began)
        ratio = statistics.median(b / a for a, b in zip(bare, ours, strict=True))
        what = f"{many:,} entries under `{action}`, {name}"
        found.append(
            Figure(what, f"{milliseconds(ours)} ({ratio:.2f} ×)", f"bare {milliseconds(bare)}")
        )
    return found


def _lay_out(many: int, provider: Any, grantee: Any) -> None:
    now = clock.now()
    common = {
        "provider": provider, "state": "confirmed", "sharing_type": "conditional",
        "update_cycle": "yearly", "drafted_at": now,
    }  # fmt: skip
    for start in range(0, many, BATCH):
        numbers = range(start, min(start + BATCH, many))
        things = Thing.objects.bulk_create(Thing(kind="entry") for _ in numbers)
        Entry.objects.bulk_create(
            Entry(
                thing=thing, code=f"bench/{n:06d}", title=f"{n}", opening_type=TYPES[n % 3],
                changed_at=now - timedelta(seconds=n), **common,
            )
            for n, thing in zip(numbers, things, strict=True)
        )  # fmt: skip
        some, few = things[::100], things[::1000]
        Grant.objects.bulk_create(
            Grant(
                thing=thing, party_id=grantee.pk, on=on, action="resource.read",
                duty="sharing.type", since=now - timedelta(days=1),
            )
            for on, thing in zip(some, _things("grant", len(some)), strict=True)
        )  # fmt: skip
        Hold.objects.bulk_create(
            Hold(thing=thing, on=on, duty="security.protect", reason="x", placed_at=now)
            for on, thing in zip(few, _things("hold", len(few)), strict=True)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _things(kind: str, many: int) -> list[Thing]:
    return Thing.objects.bulk_create(Thing(kind=kind) for _ in range(many))
