"""What the platform's own statistics count: what everyone may read, and how often it was had."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncDate

from yelin.catalog.models import Entry
from yelin.delivery.models import Channel, Delivery, Outcome, Tally
from yelin.law import clock, packs
from yelin.opening import openness
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.web.portal.cards import area_name
from yelin.web.portal.reads import COUNTED_DAYS
from yelin.web.templatetags.yelin import body_name, lang

_FILES = (Channel.DOWNLOAD, Channel.PUSH)


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of what is open."""

    resources: int
    rows: int
    fields: int
    bodies: int


@dataclass(frozen=True, slots=True)
class Group:
    """What is open of one theme, place or body."""

    code: str
    label: str
    resources: int
    rows: int
    uses: int


@dataclass(frozen=True, slots=True)
class Day:
    """How often data was asked for and taken on one day."""

    day: date
    queries: int
    downloads: int


def opened() -> QuerySet[Entry]:
    """Return what is counted: the open entries that everyone may read, whoever asks."""
    return openness.opened(Actor.anyone())


def totals(entries: QuerySet[Entry]) -> Totals:
    """Return the sums of ``entries``."""
    found = entries.order_by().aggregate(
        resources=Count("pk"),
        rows=Sum("measured__rows"),
        fields=Sum("measured__columns"),
        bodies=Count("provider", distinct=True),
    )
    return Totals(**{name: value or 0 for name, value in found.items()})


def by_theme(entries: QuerySet[Entry]) -> list[Group]:
    """Return ``entries`` by theme; one of two themes counts under both."""
    groups: dict[str, Counter[str]] = {}
    for codes, *figures in _grouped(entries, "themes"):
        for code in codes:
            groups.setdefault(code, Counter()).update(
                dict(zip(("resources", "rows", "uses"), figures, strict=True))
            )
    named = {theme.code: theme.label(lang()) for theme in packs.active().themes}
    return _largest(Group(code, named.get(code, code), **sums) for code, sums in groups.items())


def by_division(entries: QuerySet[Entry]) -> list[Group]:
    """Return ``entries`` by the division that they are of; those of none are left out."""
    rows = _grouped(entries, "division")
    return _largest(Group(code, area_name(code), *figures) for code, *figures in rows if code)


def by_body(entries: QuerySet[Entry]) -> list[Group]:
    """Return ``entries`` by who provides them."""
    rows = list(_grouped(entries, "provider"))
    bodies = Body.objects.in_bulk([pk for pk, *_figures in rows])
    return _largest(
        Group(bodies[pk].credit_code, body_name(bodies[pk]), *figures) for pk, *figures in rows
    )


def by_day(entries: QuerySet[Entry]) -> list[Day]:
    """Return how often ``entries`` were had on each of the last thirty days, today included.

    Open data is counted by resource and hour, what was granted by call; nobody is told of.
    """
    today = clock.today()
    first = today - timedelta(days=COUNTED_DAYS - 1)
    since = clock.beginning_of(first)
    of = entries.order_by().values("pk")
    queries: Counter[date] = Counter()
    downloads: Counter[date] = Counter()
    tallied = Tally.objects.filter(hour__gte=since, entry__in=of).annotate(
        day=TruncDate("hour", tzinfo=clock.SHANGHAI)
    )
    sums = tallied.order_by().values("day").annotate(q=Sum("queries"), d=Sum("downloads"))
    for day, asked, taken in sums.values_list("day", "q", "d"):
        queries[day] += asked
        downloads[day] += taken
    named = Delivery.objects.filter(
        ended_at__gte=since, outcome=Outcome.FINISHED, entry__in=of
    ).annotate(day=TruncDate("ended_at", tzinfo=clock.SHANGHAI))
    calls = named.order_by().values("day", "channel").annotate(n=Count("pk"))
    for day, channel, many in calls.values_list("day", "channel", "n"):
        (downloads if channel in _FILES else queries)[day] += many
    days = (first + timedelta(days=n) for n in range(COUNTED_DAYS))
    return [Day(day, queries[day], downloads[day]) for day in days]


def _grouped(entries: QuerySet[Entry], by: str) -> Iterable[tuple[Any, int, int, int]]:
    counted = (
        entries.order_by()
        .values(by)
        .annotate(n=Count("pk"), r=Sum("measured__rows"), u=Sum(F("findable__uses")))
    )
    found: Iterable[tuple[Any, int, int, int]] = counted.values_list(by, "n", "r", "u")
    return found


def _largest(groups: Iterator[Group]) -> list[Group]:
    return sorted(groups, key=lambda each: (-each.resources, each.code))
