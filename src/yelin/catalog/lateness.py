"""What is late in the catalog: data that was not brought in, entries that were not revised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from yelin import gate
from yelin.catalog.models import Entry
from yelin.law import clock, duties
from yelin.law.models import Clock, ClockQuerySet
from yelin.parties.actor import Actor
from yelin.parties.models import Body

OWED = (duties.BRING_IN.name, duties.CATALOG_REVISE.name)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of what is late is asked for: a body by its credit code, a division, a duty."""

    body: str = ""
    division: str = ""
    duty: str = ""


ALL = Asked()


def overdue() -> ClockQuerySet:
    """Return the terms of entries that have passed and are still owed, the longest first."""
    passed = Clock.objects.counting().filter(duty__in=OWED, due__lt=clock.today())
    return passed.exclude(thing__entry=None).order_by("due", "pk")


def late(actor: Actor, asked: Asked = ALL) -> ClockQuerySet:
    """Return what ``actor`` may know of what is late, as far as it is asked for."""
    entries = gate.visible_to(actor, "lateness.see", Entry.objects.all())
    chosen = {
        "provider__credit_code": asked.body,
        "provider__division": asked.division,
    }
    entries = entries.filter(**{path: value for path, value in chosen.items() if value})
    found = overdue().filter(thing__in=entries.values("pk"))
    return found.filter(duty=asked.duty) if asked.duty else found


def with_entries(clocks: Iterable[Clock]) -> list[tuple[Clock, Entry]]:
    """Return each clock with its entry, in one query."""
    kept = list(clocks)
    rows = Entry.objects.select_related("provider")
    entries = rows.in_bulk([each.thing_id for each in kept])
    return [(each, entries[each.thing_id]) for each in kept]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is late, by body, by division, by duty; most first."""

    bodies: Sequence[tuple[Body, int]]
    divisions: Sequence[tuple[str, int]]
    duties: Sequence[tuple[str, int]]


def counted(actor: Actor) -> Counts:
    """Return how much of what ``actor`` may know is late."""
    found = late(actor).order_by()

    def by(path: str) -> list[tuple[str, int]]:
        rows = found.values_list(path).annotate(n=Count("pk"))
        return sorted(rows, key=lambda row: (-row[1], str(row[0])))

    provider = "thing__entry__provider"
    bodies = by(provider)
    rows = Body.objects.in_bulk([pk for pk, _ in bodies])
    return Counts(
        [(rows[pk], n) for pk, n in bodies],
        by(f"{provider}__division"),
        by("duty"),
    )
