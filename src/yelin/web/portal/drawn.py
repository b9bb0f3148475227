"""Charts as a page shows them: asked for, drawn, and said in words and in a table of figures."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yelin.catalog.models import Item
from yelin.charting import choosing, drawing, ordering, picturing, placing
from yelin.charting.chart import COUNT, MOST_BARS, Chart
from yelin.charting.drawing import Said, Shown
from yelin.charting.fitting import Spec
from yelin.charting.naming import year_of
from yelin.charting.picturing import Undrawn
from yelin.surface.sending import disposition
from yelin.warehouse.items import fold
from yelin.warehouse.query import Page, Question
from yelin.warehouse.question import Filter
from yelin.web.templatetags.yelin import day, lang, number

Ask = Callable[[Question], Page]
Row = Mapping[str, Any]
# What stands in the table beside the picture.
_MOST_FIGURES = 60
# One step that holds more of all rows than this hides the others: it is looked into.
_CROWDED = 0.8
_FINER = 20
# So often at most.
_DEEPEST = 4
_ADDS = {"count", "sum"}
_MEDIA = {"svg": "image/svg+xml", "png": "image/png"}
# What the sum of all others is called in a table that holds it among them.
_WHOLES = {"合计", "总计", "小计", "共计", "全国", "全省", "total", "grandtotal", "all"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with its rows: what it finds, what it shows, its picture and its figures."""

    chart: Chart
    finding: str
    title: str
    spec: Spec
    figures: Sequence[tuple[str, str]]
    x: str
    y: str
    beyond: str = ""
    # Where it goes on: the addresses of picture, data and embedded page.
    urls: Mapping[str, str] = field(default_factory=dict)
    # Where its picture is fetched, so that the page waits for no drawing.
    address: str = ""

    @property
    def picture(self) -> str:
        """Return the picture's address, or one that holds it; nothing where none was drawn."""
        if self.address:
            return self.address
        try:
            svg = picturing.picture(self.spec)
        except Undrawn:
            return ""
        return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"


def as_picture(drawn: Drawn, form: str, named: str = "") -> HttpResponse:
    """Answer with the picture of a chart, saved as ``named`` by whoever opens it.

    Raises ``Http404`` where none could be drawn.
    """
    try:
        picture = picturing.picture(drawn.spec, form)
    except Undrawn:
        raise Http404 from None
    response = HttpResponse(picture, content_type=_MEDIA[form])
    response["Content-Disposition"] = disposition(f"{named or drawn.title}.{form}")
    # Opened by itself, a picture runs nothing and loads nothing.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def draw(
    chart: Chart, ask: Ask, items: Mapping[str, Item], mark: str, of_all: int = 0
) -> Drawn | None:
    """Return the chart with what ``ask`` answers; nothing where there is nothing to draw.

    ``mark`` says to whom it is, where that must stand on it; ``of_all`` is how many rows the table
    has. Raises what ``ask`` does.
    """
    page = ask(chart.question)
    rows: list[Row] = [row for row in page.rows if row[chart.measure.name] is not None]
    rows, wholes = _parts(chart, rows)
    # Where each group is one row, nothing is added up.
    said = _said(chart, items, single=not chart.filters and page.total == of_all)
    beyond = [
        _("{name} is left out: it holds the others").format(name=row[chart.x]) for row in wholes
    ]
    if chart.kind == "map":
        return _mapped(chart, rows, said, mark, beyond)
    if not rows or all(row[chart.x] is None for row in rows):
        return None
    rest = total = None
    if chart.kind == "histogram":
        total = float(sum(row[COUNT] for row in rows if row[chart.x] is not None))
        chart, rows, closer = _looked_into(chart, rows, ask)
        beyond += closer
    left = page.total - len(page.rows)
    if chart.measure.function in _ADDS and chart.kind == "bar":
        whole: Row = ask(chart.whole).rows[0]
        total = float(whole[chart.measure.name] or 0)
        total -= sum(float(row[chart.measure.name]) for row in wholes)
        if left:
            rest = total - sum(float(row[chart.measure.name]) for row in rows)
    elif left and chart.kind == "bar":
        says = ngettext("{n} more is not drawn", "{n} more are not drawn", left)
        beyond.append(says.format(n=number(left)))
    if chart.kind == "line":
        timed = [(at, row) for row in rows if (at := drawing.moment(row[chart.x])) is not None]
        rows = [row for _at, row in sorted(timed, key=lambda each: each[0])]
        if not rows:
            return None
    elif chart.kind == "bar" and not left:
        rows = _in_order(chart, rows)
    ground = placing.around(rows, chart.x, chart.beside) if chart.kind == "points" else None
    said = replace(said, rest=_rest(left))
    return _whole(chart, Shown(rows, rest, ground), said, total, mark, " · ".join(beyond))


def tells(drawn: Drawn) -> bool:
    """Say whether a chart shows more than one value."""
    return len(drawn.figures) > 1


def _parts(chart: Chart, rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows that stand side by side, and those that are the sum of others (合计)."""
    if chart.measure.function != "sum" or chart.kind not in {"bar", "map"}:
        return rows, []
    wholes = [row for row in rows if fold(str(row[chart.x])) in _WHOLES]
    parts = [row for row in rows if row not in wholes]
    return (parts, wholes) if len(parts) > 1 else (rows, [])


def _in_order(chart: Chart, rows: list[Row]) -> list[Row]:
    """Return the bars in the order that their kinds have, where they have one; else as they are."""
    named = [row for row in rows if row[chart.x] is not None]
    keys = ordering.natural([str(row[chart.x]) for row in named])
    if keys is None:
        return rows
    ordered = sorted(zip(keys, range(len(named)), strict=True))
    return [*(named[place] for _key, place in ordered), *(r for r in rows if r[chart.x] is None)]


def _looked_into(chart: Chart, rows: list[Row], ask: Ask) -> tuple[Chart, list[Row], list[str]]:
    """Return a histogram, closer where nearly all stands in one step, and what that leaves out."""
    rows = [row for row in rows if row[chart.x] is not None]
    all_rows = sum(row[COUNT] for row in rows)
    beyond: list[str] = []
    for _time in range(_DEEPEST):
        closer = _closer(chart, rows)
        if closer is None:
            break
        chart, low, high = closer
        rows = [row for row in ask(chart.question).rows if row[chart.x] is not None]
        says = _("From {low} to {high}; rows beyond: {n}")
        if left := all_rows - sum(row[COUNT] for row in rows):
            beyond = [says.format(low=_short(low), high=_short(high), n=number(left))]
    return chart, rows, beyond


def on_map(chart: Chart, drawn: Drawn) -> Chart | None:
    """Return the same on the map, where the bars are of places that can be added up."""
    if chart.kind != "bar" or chart.measure.function not in _ADDS:
        return None
    if not placing.is_of_places(label for label, _value in drawn.figures[:MOST_BARS]):
        return None
    return replace(chart, kind="map")


def of_rows(
    chart: Chart, rows: Sequence[Row], said: Said, others: float | None = None
) -> Drawn | None:
    """Return the chart of figures that are had already; the smallest bars stand in one.

    ``others`` is what is told of no group in particular: it stands in that bar, by its own word.
    """
    if chart.kind == "map":
        return _mapped(chart, rows, said, "")
    total = rest = None
    if chart.kind == "bar":
        total = float(sum(row[chart.measure.name] for row in rows))
        rows, beyond = rows[:MOST_BARS], rows[MOST_BARS:]
        rest = float(sum(row[chart.measure.name] for row in beyond)) if beyond else None
        if others is None:
            said = replace(said, rest=_rest(len(beyond)))
        else:
            total, rest = total + others, (rest or 0) + others
    return _whole(chart, Shown(rows, rest), said, total)


def _whole(
    chart: Chart, shown: Shown, said: Said, total: float | None, mark: str = "", beyond: str = ""
) -> Drawn:
    """Return a chart with its finding and its figures, in words."""
    figures = [(_label(chart, row), _short(row[chart.measure.name])) for row in shown.rows]
    if shown.rest is not None:
        figures.append((said.rest, _short(shown.rest)))
    return Drawn(
        chart=chart,
        finding=_finding(chart, shown.rows, total),
        title=_title(said),
        spec=_marked(drawing.spec(chart, shown, said), mark),
        figures=figures[:_MOST_FIGURES],
        x=said.x,
        y=said.y,
        beyond=beyond,
    )


def _mapped(
    chart: Chart, rows: Sequence[Row], said: Said, mark: str, beyond: Sequence[str] = ()
) -> Drawn | None:
    y = chart.measure.name
    places = placing.placed(rows, chart.x, y)
    if not places or chart.measure.function not in _ADDS:
        return None
    named = [{"id": place.code, "name": place.label(lang()), y: sum_} for place, sum_ in places]
    total = sum(float(row[y] or 0) for row in rows)
    spec = drawing.spec(chart, Shown(named, map=placing.outlines()), said)
    as_bars = [{chart.x: row["name"], y: row[y]} for row in named]
    return Drawn(
        chart=chart,
        finding=_finding(replace(chart, kind="bar"), as_bars, total),
        title=_title(said),
        spec=_marked(spec, mark),
        figures=[(str(row["name"]), _short(row[y])) for row in named],
        x=said.x,
        y=said.y,
        beyond=" · ".join(beyond),
    )


def _closer(chart: Chart, rows: Sequence[Row]) -> tuple[Chart, float, float] | None:
    """Return the fullest step of a histogram by finer steps, where nearly all rows lie in it."""
    counted = [row for row in rows if row[chart.x] is not None]
    fullest = max(counted, key=lambda row: row[COUNT])
    width = float(chart.span)
    finer = float(choosing.nice(width / _FINER))
    if fullest[COUNT] < _CROWDED * sum(row[COUNT] for row in counted):
        return None
    low = float(fullest[chart.x])
    if finer < 1 and low.is_integer() and "." not in chart.span:
        return None
    name = chart.column
    bounds = (Filter(name, "gte", f"{low:.9g}"), Filter(name, "lt", f"{low + width:.9g}"))
    step = f"{finer:.9f}".rstrip("0").rstrip(".")
    closer = replace(chart, x=f"{step}:{name}", filters=(*chart.filters, *bounds))
    return closer, low, low + width


def _said(chart: Chart, items: Mapping[str, Item], *, single: bool = False) -> Said:
    function, column = chart.measure.function, chart.measure.column
    told = (
        "{name}"
        if single and not chart.is_counted
        else {
            "count": _("Rows") if not column else _("Rows with {name}"),
            "distinct": _("Different {name}"),
            "sum": _("Sum of {name}"),
            "avg": _("Average of {name}"),
            "min": _("Smallest {name}"),
            "max": _("Largest {name}"),
        }[function]
    )
    item = items.get(column)
    unit = item.unit if item and function not in {"count", "distinct"} else ""
    y = told.format(name=_called(column, items))
    return Said(
        x=_called(chart.column, items),
        y=_("{name} ({unit})").format(name=y, unit=unit) if unit else y,
        empty=_("(empty)"),
        rest="",
        beside=_called(chart.beside.rpartition(":")[2], items),
        large="western" if lang() == "en" else "myriad",
    )


def _called(name: str, items: Mapping[str, Item]) -> str:
    item = items.get(name)
    return (item.name_en if item and lang() == "en" else "") or name


def _rest(many: int) -> str:
    return ngettext("{n} other", "{n} others", many).format(n=number(many))


def _title(said: Said) -> str:
    x = _("{x} and {beside}").format(x=said.x, beside=said.beside) if said.beside else said.x
    return _("{y} by {x}").format(y=said.y, x=x)


def _finding(chart: Chart, rows: Sequence[Row], total: float | None) -> str:
    """Return in one sentence what the picture shows first."""
    y = chart.measure.name
    if chart.kind == "points":
        return ngettext("{n} place with rows", "{n} places with rows", len(rows)).format(
            n=number(len(rows))
        )
    known = [row for row in rows if row[chart.x] is not None]
    most = max(known, key=lambda row: float(row[y]))
    value = _short(most[y])
    alike = [_label(chart, row) for row in known if row[y] == most[y]]
    if 1 < len(alike) == len(known):
        return _("All are alike: {value} each").format(value=value)
    if len(alike) > 1:
        says = _("{name} and {n} more have the most: {value} each")
        return says.format(name=alike[0], n=len(alike) - 1, value=value)
    name = _apart(alike[0])
    if total and float(most[y]) > 0 and total >= float(most[y]):
        share = f"{float(most[y]) / total:.0%}"
        says = _("{name} has the most: {value}, {share} of all")
        return says.format(name=name, value=value, share=share)
    return _("{name} has the most: {value}").format(name=name, value=value)


def _apart(name: str) -> str:
    """Return a name before Chinese words: from a letter or figure they stand apart."""
    return f"{name} " if lang() != "en" and name[-1:].isascii() and name[-1:].isalnum() else name


def _label(chart: Chart, row: Row) -> str:
    value = row[chart.x]
    if value is None:
        return _("(empty)")
    if chart.kind == "points":
        return f"{_short(value)}, {_short(row[chart.beside])}"
    if chart.kind == "histogram":
        high = float(value) + float(chart.span)
        ends = (_edge(each, chart.span) for each in (float(value), high))
        return _("{low} up to {high}").format(**dict(zip(("low", "high"), ends, strict=True)))
    return _when(value, chart.span) if chart.kind == "line" else str(value)


def _when(value: Any, span: str) -> str:
    if (year := year_of(value)) is not None:
        return _("{year}").format(year=year)
    at = date.fromisoformat(value[:10])
    if span == "day":
        return day(at)
    if span == "quarter":
        return _("Quarter {n} of {year}").format(n=(at.month - 1) // 3 + 1, year=at.year)
    if span == "month":
        return _("{month}/{year}").format(month=at.month, year=at.year)
    return _("{year}").format(year=at.year)


def _edge(value: float, span: str) -> str:
    """Return where a step begins or ends, as exactly as the step is wide."""
    places = len(span.partition(".")[2])
    return number(f"{value:.{places}f}") if places else _short(value)


def _short(value: Any) -> str:
    amount = float(value)
    if abs(amount) >= 1_000 or amount.is_integer():
        return number(round(amount))
    return number(f"{amount:.4g}" if abs(amount) >= 1e-3 or not amount else f"{amount:.2e}")


def _marked(spec: Spec, mark: str) -> Spec:
    if not mark:
        return spec
    title = {
        "text": mark,
        "orient": "bottom",
        "anchor": "end",
        "fontSize": 11,
        "fontWeight": "normal",
    }
    return {**spec, "title": title}
