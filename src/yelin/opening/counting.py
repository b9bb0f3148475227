"""What the platform counts for everyone: what there is, what is open, how often it is had.

Codes and numbers only: what a theme, a place or a body is called, pages say in their own language.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, State
from yelin.delivery.models import Channel, Delivery, Outcome, Tally
from yelin.law import clock, duties
from yelin.law.models import Clock
from yelin.opening import openness
from yelin.opening.figures import Kept
from yelin.opening.models import OPENED as OPENED_TYPES
from yelin.opening.openness import Lack, Measure
from yelin.parties.actor import Actor
from yelin.warehouse.models import Release

COUNTED_DAYS = 30
_FILES = (Channel.DOWNLOAD, Channel.PUSH)


@dataclass(frozen=True, slots=True)
class InCatalog:
    """What is in the catalog; of the terms to bring data in that run, how many are kept."""

    confirmed: int
    open_to_all: int
    by_theme: Mapping[str, int]
    rows_open_to_all: int
    terms: int
    terms_kept: int


@dataclass(frozen=True, slots=True)
class Group:
    """What is open of one theme, place or body, by its code."""

    code: str
    resources: int
    rows: int
    uses: int


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open, in all and of each theme, place and body, as it was ``measured_at``."""

    resources: int
    rows: int
    fields: int
    bodies: int
    by_theme: tuple[Group, ...]
    by_division: tuple[Group, ...]
    by_body: tuple[Group, ...]
    measured_at: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """How often data was asked for and taken on one day."""

    day: date
    queries: int
    downloads: int


@dataclass(frozen=True, slots=True)
class Index:
    """The index of openness, as it was ``measured_at``, and how many resources have each lack."""

    measures: tuple[Measure, ...]
    lacks: Mapping[Lack, int]
    measured_at: datetime | None


def in_catalog() -> InCatalog:
    """Count what everyone finds in the catalog."""
    sizes = catalog.sizes(Actor.anyone())
    kept, running = _terms_kept()
    return InCatalog(
        sizes.seen, sizes.open_to_all, sizes.by_theme, _rows_open_to_all(), running, kept
    )


def _rows_open_to_all() -> int:
    """Count the rows of the newest releases of what is open to all."""
    open_to_all = gate.visible_to(Actor.anyone(), "resource.read", Entry.objects.all())
    later = Release.objects.filter(entry=OuterRef("entry"), number__gt=OuterRef("number"))
    newest = Release.objects.filter(~Exists(later), entry__in=open_to_all.values("pk"))
    return newest.aggregate(rows=Sum("rows"))["rows"] or 0


def _terms_kept() -> tuple[int, int]:
    """Return how many running terms to bring in data are not overdue, and how many run."""
    running = Clock.objects.running().filter(
        duty=duties.BRING_IN.name, thing__in=catalog.readable(Actor.anyone()).values("pk")
    )
    found = running.aggregate(all=Count("pk"), kept=Count("pk", Q(due__gte=clock.today())))
    return found["kept"], found["all"]


def opened() -> Opened:
    """Count the open entries that everyone may read."""
    entries = openness.opened(Actor.anyone())
    found = entries.order_by().aggregate(
        resources=Count("pk"),
        rows=Sum("measured__rows"),
        fields=Sum("measured__columns"),
        bodies=Count("provider", distinct=True),
    )
    return Opened(
        **{name: value or 0 for name, value in found.items()},
        by_theme=_by_theme(entries),
        by_division=_largest(row for row in _grouped(entries, "division") if row[0]),
        by_body=_largest(_grouped(entries, "provider__credit_code")),
        measured_at=openness.measured_at(),
    )


def _by_theme(entries: QuerySet[Entry]) -> tuple[Group, ...]:
    """Count by theme; one of two themes counts under both."""
    sums: dict[str, Counter[int]] = {}
    for codes, *figures in _grouped(entries, "themes"):
        for code in codes:
            sums.setdefault(code, Counter()).update(dict(enumerate(figures)))
    return _largest((code, each[0], each[1], each[2]) for code, each in sums.items())


def _grouped(entries: QuerySet[Entry], by: str) -> Iterable[tuple[Any, int, int, int]]:
    counted = (
        entries.order_by()
        .values(by)
        .annotate(n=Count("pk"), r=Sum("measured__rows"), u=Sum(F("findable__uses")))
    )
    found: Iterable[tuple[Any, int, int, int]] = counted.values_list(by, "n", "r", "u")
    return found


def _largest(rows: Iterable[tuple[Any, int, int, int]]) -> tuple[Group, ...]:
    groups = (Group(code, n, many or 0, uses or 0) for code, n, many, uses in rows)
    return tuple(sorted(groups, key=lambda each: (-each.resources, each.code)))


def days() -> tuple[Day, ...]:
    """Count how often open data was had on each of the last thirty days, today included.

    What is open to all is counted by resource and hour, what was granted by call, none is told.
    """
    today = clock.today()
    first = today - timedelta(days=COUNTED_DAYS - 1)
    since = clock.beginning_of(first)
    # Whether it is measured already or not.
    confirmed = Entry.objects.filter(state=State.CONFIRMED, opening_type__in=OPENED_TYPES)
    of = gate.visible_to(Actor.anyone(), "entry.read", confirmed).values("pk")
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
    each = (first + timedelta(days=n) for n in range(COUNTED_DAYS))
    return tuple(Day(day, queries[day], downloads[day]) for day in each)


def index() -> Index:
    """Count by which measures the catalog is how open, and what drags it down."""
    entries = openness.opened(Actor.anyone())
    measures = tuple(openness.measures(entries))
    return Index(measures, openness.lacks(entries), openness.measured_at())


IN_CATALOG = Kept("catalog", InCatalog, in_catalog)
OPENED = Kept("opened", Opened, opened)
USES: Kept[tuple[Day, ...]] = Kept("uses", tuple[Day, ...], days)
INDEX = Kept("index", Index, index)
EVERY: tuple[Kept[Any], ...] = (IN_CATALOG, OPENED, USES, INDEX)
