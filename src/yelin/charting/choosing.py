"""Which charts to begin with, from what a manifest says of the columns; no row is looked at.

A chart is offered where it tells something: no code is drawn as a number, no line through names, no
bar for each of a thousand values.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from yelin.charting import naming
from yelin.charting.chart import COUNT, Chart
from yelin.warehouse.items import NUMBER_TYPES, TEXT_TYPES
from yelin.warehouse.question import BadOperand

MOST_CHARTS = 4
BINS = 20
# More values than these are no kinds.
KINDS_MOST = 60
# A line needs so many points; years are no more than these.
LEAST_POINTS, _YEARS = 3, 300
# A size of a series has values in one of so many rows at least.
_OF_SERIES = 4
# Where coordinates lie that do not say of what kind they are.
_CHINA = (73.0, 136.0, 3.0, 54.0)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a column before any row is read."""

    name: str
    type: str
    filled: int
    distinct: int
    low: str
    high: str
    is_key: bool = False
    unit: str = ""

    @property
    def is_year(self) -> bool:
        """Whether its values are years, as numbers or as statistics write them."""
        low, high = naming.year_of(self.low), naming.year_of(self.high)
        is_called = naming.is_called_year(self.name)
        if self.type in NUMBER_TYPES:
            return is_called and low is not None and high is not None
        # Behind the last year of a table a note may stand, where its name says years.
        ends = low is not None and (high is not None or is_called)
        is_said = is_called or naming.says_year(self.low)
        return self.type in TEXT_TYPES and ends and is_said and self.distinct <= _YEARS

    @property
    def is_time(self) -> bool:
        """Whether it says when."""
        return self.type in {"D", "T"} or self.is_year

    @property
    def is_coded(self) -> bool:
        """Whether it is of whole numbers that name something, few enough to be kinds."""
        few = 2 <= self.distinct <= KINDS_MOST
        return self.type == "I" and naming.names_things(self.name) and few and not self.is_year

    @property
    def is_rate(self) -> bool:
        """Whether its numbers are not added up, but averaged."""
        return naming.is_rate(self.name, self.unit)

    @property
    def is_measure(self) -> bool:
        """Whether its numbers are sizes."""
        if self.type not in NUMBER_TYPES or self.is_key or self.is_year:
            return False
        if naming.names_things(self.name) or self.distinct < 2:
            return False
        if self.type != "I":
            return True
        if all(naming.is_written_number(end) for end in (self.low, self.high)):
            return False
        low, high = _number(self.low), _number(self.high)
        # As many as rows, one after another: a number for each row.
        return not (
            low is not None
            and high is not None
            and self.filled > 2
            and _alike(self.distinct, self.filled)
            and _alike(high - low + 1, self.filled)
        )

    @property
    def is_kind(self) -> bool:
        """Whether its values put rows into kinds."""
        few = 2 <= self.distinct <= KINDS_MOST and self.distinct * 2 <= self.filled
        is_named = self.type in TEXT_TYPES - {"G"} and not self.is_year and not self.is_date
        return few and (is_named or self.is_coded)

    @property
    def is_date(self) -> bool:
        """Whether its texts are days that nothing has read."""
        return naming.is_date(self.low) and naming.is_date(self.high)


def known(
    columns: Iterable[Mapping[str, Any]],
    rows: int,
    keys: Iterable[str] = (),
    units: Mapping[str, str] | None = None,
) -> list[Known]:
    """Return what a manifest tells of these columns; ``keys`` are those that tell rows apart."""
    of_keys = set(keys)
    return [
        Known(
            name=facts["name"],
            type=facts["type"],
            filled=rows - (facts.get("nulls") or 0),
            distinct=facts.get("distinct") or 0,
            low=_text(facts.get("low")),
            high=_text(facts.get("high")),
            is_key=facts["name"] in of_keys,
            unit=(units or {}).get(facts["name"], ""),
        )
        for facts in columns
    ]


def first(columns: Sequence[Known], rows: int) -> list[Chart]:
    """Return the charts to begin with, the most telling first."""
    return list(_first(columns, rows))[:MOST_CHARTS]


def _first(columns: Sequence[Known], rows: int) -> Iterator[Chart]:
    filled = [each for each in columns if each.filled * 2 >= rows > 1]
    times = sorted((c for c in filled if _is_long(c)), key=lambda c: c.is_key)
    kinds = _kinds(filled)
    series = bool(times) and _is_series(times[0], kinds, rows)
    measures = _measures(columns if series else filled, rows)
    series = series and bool(measures)
    # Of one row for each day nothing is to be counted.
    if times and (series or not _is_each_day(times[0], rows)):
        for y in _told(measures, series=series)[:2]:
            yield Chart("line", span(times[0]), y)
    if not times and (label := _label(filled, rows)) and measures:
        yield Chart("bar", label.name, _amount(measures[0]))
    for kind in kinds[:2]:
        yield Chart("bar", kind.name, _told(measures, series=series)[0])
    if (points := places(columns)) is not None:
        yield points
    if not series:
        for each in measures[:2]:
            if each.distinct > 8 and (width := step(each)):
                yield Chart("histogram", f"{width}:{each.name}")


def _measures(columns: Sequence[Known], rows: int) -> list[Known]:
    """Return the sizes that have values, one that is the whole of others before them.

    That is the one whose name the others have in theirs (入境游客, 亚洲入境游客).
    """
    found = [each for each in columns if each.is_measure and each.filled * _OF_SERIES >= rows]
    names = [each.name for each in found]
    return sorted(found, key=lambda each: -sum(each.name in name for name in names))


def _told(measures: Sequence[Known], *, series: bool) -> list[str]:
    return [_amount(each) for each in measures] if series else [COUNT]


def _amount(measure: Known) -> str:
    return f"{'avg' if measure.is_rate else 'sum'}:{measure.name}"


def _is_long(time: Known) -> bool:
    """Say whether a line along it has points enough."""
    if not time.is_time or time.distinct < LEAST_POINTS:
        return False
    if time.type not in {"D", "T"}:
        return True
    try:
        low, high = (date.fromisoformat(text[:10]) for text in (time.low, time.high))
    except ValueError:
        return True
    return (high - low).days + 1 >= LEAST_POINTS


def _is_each_day(time: Known, rows: int) -> bool:
    """Say whether there is a row for each day, and no more."""
    if time.type not in {"D", "T"} or not _alike(time.distinct, rows):
        return False
    try:
        low, high = (date.fromisoformat(text[:10]) for text in (time.low, time.high))
    except ValueError:
        return False
    return _alike(rows, (high - low).days + 1)


def _is_series(time: Known, kinds: Sequence[Known], rows: int) -> bool:
    """Say whether rows are of a series: one for each time, or each time and kind."""
    if _alike(time.distinct, rows):
        return True
    return any(_alike(time.distinct * kind.distinct, rows) for kind in kinds)


def _alike(one: float, other: float) -> bool:
    """Say whether two counts are about the same: manifests count different values roughly."""
    return abs(one - other) <= other / 10


def _kinds(columns: Sequence[Known]) -> list[Known]:
    """Return the columns of kinds, those of names before those of codes, few kinds first."""
    kinds = [each for each in columns if each.is_kind and not each.is_key]
    kinds = [each for each in kinds if not any(_says_more(other, each) for other in kinds)]
    return sorted(kinds, key=lambda each: (each.distinct < 3, _is_code(each)))


def _is_code(column: Known) -> bool:
    return naming.is_code(column.name, column.low, column.high)


def _says_more(one: Known, other: Known) -> bool:
    """Say whether a column names what another has as a code or in short (章名, 章)."""
    if one is other or one.distinct != other.distinct or _is_code(one):
        return False
    return _is_code(other) or one.name.startswith(other.name)


def _label(columns: Sequence[Known], rows: int) -> Known | None:
    """Return the column that names each of few rows."""
    if not LEAST_POINTS <= rows <= KINDS_MOST:
        return None
    named = (
        c
        for c in columns
        if c.type == "C" and c.filled == rows and _alike(c.distinct, rows) and not c.is_date
    )
    return min(named, key=_is_code, default=None)


def places(columns: Sequence[Known]) -> Chart | None:
    """Return the points of a table whose numbers say where, put together to a few thousand."""
    numbers = [each for each in columns if each.type in NUMBER_TYPES]
    easts = [each for each in numbers if naming.says_east(each.name)]
    norths = [each for each in numbers if naming.says_north(each.name)]
    if not easts and not norths:
        west, to_east, south, to_north = _CHINA
        easts = [c for c in numbers if naming.is_called_x(c.name) and _within(c, west, to_east)]
        norths = [c for c in numbers if naming.is_called_y(c.name) and _within(c, south, to_north)]
    # Of several, nothing says which belong together.
    if len(easts) != 1 or len(norths) != 1:
        return None
    east, north = easts[0], norths[0]
    if not (_within(east, -180, 180) and _within(north, -90, 90)):
        return None
    spans = [_spread(each) for each in (east, north)]
    if None in spans:
        return None
    width = nice(max(filter(None, spans)) / 40)
    return Chart("points", f"{width}:{east.name}", beside=f"{width}:{north.name}")


def _within(column: Known, least: float, most: float) -> bool:
    low, high = _number(column.low), _number(column.high)
    return low is not None and high is not None and least <= low <= high <= most


def suited(chart: Chart, columns: Sequence[Known]) -> Chart:
    """Return the chart drawn as its kind, or as suits what stands along it where that does not.

    Raises ``BadOperand`` where what is told of each group is no number.
    """
    named = {each.name: each for each in columns}
    asked = chart.measure
    told = named.get(asked.column)
    if told and asked.function not in {"count", "distinct"} and told.type not in NUMBER_TYPES:
        raise BadOperand(told.name, asked.function, chart.y, "a column of numbers")
    of = named.get(chart.x) or named.get(chart.column)
    kinds: tuple[str, ...] = ("bar", "map")
    if of and of.is_time:
        kinds = ("line", "bar")
    elif of and chart.span and of.name != chart.x:
        kinds = ("histogram",)
    return chart if chart.kind in (*kinds, "points") else replace(chart, kind=kinds[0])


def span(column: Known) -> str:
    """Return a time put together by what leaves some tens of marks; a year stands as it is."""
    if column.type not in {"D", "T"}:
        return column.name
    try:
        low, high = (date.fromisoformat(text[:10]) for text in (column.low, column.high))
    except ValueError:
        return f"year:{column.name}"
    days = (high - low).days
    by = "day" if days <= 62 else "month" if days <= 5 * 366 else "year"
    return f"{by}:{column.name}"


def step(column: Known) -> str:
    """Return the width by which its numbers fall into some twenty steps; nothing if they cannot."""
    spread = _spread(column)
    if not spread:
        return ""
    width = Decimal(nice(spread / BINS))
    return _written(max(width, Decimal(1)) if column.type == "I" else width)


def _spread(column: Known) -> float | None:
    low, high = _number(column.low), _number(column.high)
    if low is None or high is None or not math.isfinite(high - low) or high <= low:
        return None
    return high - low


def nice(width: float) -> str:
    """Return the next of 1, 2 or 5 times a power of ten."""
    power = max(-9, min(math.floor(math.log10(width)), 13))
    lead = next(each for each in (1, 2, 5, 10) if width / 10**power <= each + 1e-9 or each == 10)
    return _written(Decimal(lead).scaleb(power))


def _written(width: Decimal) -> str:
    return f"{width.normalize():f}"


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _text(value: object) -> str:
    return "" if value is None else str(value)
