"""A chart as Vega-Lite: what is drawn how. Texts come along; no value becomes part of a program."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yelin.charting import fitting
from yelin.charting.chart import Chart
from yelin.charting.fitting import Spec
from yelin.charting.naming import year_of

Row = Mapping[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
# As wide as it stands on a phone and beside another, so that letters are as large as those around.
WIDTH, HEIGHT, MAP, BAR = 390, 230, 330, 24
_SEA, _INK, _MUTED, _LINE, _REST = "#0b5cad", "#1b2430", "#556170", "#dde3ea", "#a9b6c4"
_LAND = "#eef1f4"
_WATER = ["#dcebf6", "#9cc5e6", "#5b9bd0", "#2272b8", "#083b6f"]
_FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, sans-serif"
_SPANS = {"year": "%Y", "quarter": "%Y-%m", "month": "%Y-%m", "day": "%Y-%m-%d"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a chart says in words: its axes, what stands in the place of an empty value, the rest.

    ``large`` writes numbers of many digits as the language does.
    """

    x: str
    y: str
    empty: str
    rest: str
    beside: str = ""
    large: str = "western"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be drawn: the marks, what all the rest comes to, the map beneath."""

    rows: Sequence[Row]
    rest: float | None = None
    map: Mapping[str, Any] | None = None


def spec(chart: Chart, shown: Shown, said: Said) -> Spec:
    """Return the chart as a Vega-Lite specification with its data."""
    drawn = {"bar": _bars, "line": _line, "histogram": _histogram, "map": _map, "points": _points}
    return {"$schema": SCHEMA, "config": _CONFIG, **drawn[chart.kind](chart, shown, said)}


def _bars(chart: Chart, shown: Shown, said: Said) -> Spec:
    y = chart.measure.name
    names = [said.empty if row[chart.x] is None else _written(row[chart.x]) for row in shown.rows]
    labels = fitting.apart(
        [name for name, row in zip(names, shown.rows, strict=True) if row[chart.x] is not None]
    )
    data: list[Spec] = [
        {"x": labels.get(name, name), "name": name, "y": _n(row[y]), "c": "bar"}
        for name, row in zip(names, shown.rows, strict=True)
    ]
    if shown.rest is not None:
        data.append({"x": said.rest, "name": said.rest, "y": shown.rest, "c": "rest"})
    along = {
        "field": "x", "type": "nominal", "title": None, "sort": [each["x"] for each in data],
        "axis": {"labelLimit": fitting.LONGEST, "domain": False, "ticks": False, "labelPadding": 8},
    }  # fmt: skip
    for each in data:
        each["long"] = each["y"]
    if shown.rest is not None and abs(shown.rest) > fitting.SQUEEZES * fitting.longest(data[:-1]):
        # As a bar it would leave nothing of the others: it is told in figures.
        data[-1]["long"] = 0
    value = {
        "field": "long", "type": "quantitative", "title": None, "axis": None,
        "scale": {"domain": fitting.room(data, WIDTH)},
    }  # fmt: skip
    return _sized(max(90, BAR * len(data) + 10)) | {
        "data": {"values": data},
        "encoding": {"y": along, "x": value, "tooltip": _tips("name", said.x, "y", said.y)},
        "layer": [
            {
                "mark": {"type": "bar", "height": {"band": 0.72}},
                "encoding": {
                    "color": {
                        "field": "c", "type": "nominal", "legend": None,
                        "scale": {"domain": ["bar", "rest"], "range": [_SEA, _REST]},
                    }
                },
            },
            *(
                {
                    "mark": {"type": "text", "align": align, "dx": dx, "color": _INK},
                    "transform": [
                        {"filter": f"datum.long {side} 0"},
                        {"calculate": _large("datum.y", said), "as": "told"},
                    ],
                    "encoding": {"text": {"field": "told", "type": "nominal"}},
                }
                for side, align, dx in ((">=", "left", 5), ("<", "right", -5))
            ),
        ],
    }  # fmt: skip


def _line(chart: Chart, shown: Shown, said: Said) -> Spec:
    y = chart.measure.name
    data = [
        {"x": at, "y": _n(row[y])} for row in shown.rows if (at := moment(row[chart.x])) is not None
    ]
    if chart.is_counted and chart.span in _SPANS:
        data = fitting.with_none(data, chart.span)
    form = _SPANS.get(chart.span, "%Y")
    along = {
        "field": "x", "type": "temporal", "title": None, "scale": {"type": "utc"},
        "axis": {
            "format": form, "grid": False, "labelOverlap": "greedy", "labelFlush": True,
            "tickCount": min(6, max(2, len(data))),
        },
    }  # fmt: skip
    few = len(data) <= 60
    return _sized(HEIGHT) | {
        "data": {"values": data},
        "mark": {
            "type": "line", "color": _SEA, "strokeWidth": 2.5,
            "point": {"size": 36, "color": _SEA, "filled": True} if few else False,
        },
        "encoding": {
            "x": along,
            "y": _amount(chart, said),
            "tooltip": [
                {"field": "x", "type": "temporal", "title": said.x, "format": form},
                {"field": "y", "type": "quantitative", "title": said.y, "format": ",.12~g"},
            ],
        },
    }  # fmt: skip


def pointed(spec: Spec) -> Spec:
    """Return a chart as it is where somebody points: a line is met wherever it is nearly met."""
    if not isinstance(spec.get("mark"), dict) or spec["mark"]["type"] != "line":
        return spec
    near = {"mark": {"type": "point", "size": 500, "opacity": 0}}
    kept = {name: value for name, value in spec.items() if name != "mark"}
    return kept | {"layer": [{"mark": spec["mark"]}, near]}


def _histogram(chart: Chart, shown: Shown, said: Said) -> Spec:
    width = float(chart.span or 1)
    data = [
        {
            "x": float(row[chart.x]),
            "to": float(row[chart.x]) + width,
            "y": _n(row[chart.measure.name]),
        }
        for row in shown.rows
        if row[chart.x] is not None
    ]
    along = {
        "field": "x", "type": "quantitative", "title": said.x, "bin": {"binned": True},
        "axis": {
            "grid": False, "labelOverlap": "greedy", "tickCount": 6, "labelFlush": True,
            "labelExpr": _large("datum.value", said),
        },
    }  # fmt: skip
    return _sized(HEIGHT) | {
        "data": {"values": data},
        "mark": {"type": "bar", "color": _SEA, "binSpacing": 1},
        "encoding": {
            "x": along,
            "x2": {"field": "to"},
            "y": _amount(chart, said),
            "tooltip": [
                {"field": "x", "type": "quantitative", "title": said.x, "format": ",.12~g"},
                {"field": "y", "type": "quantitative", "title": said.y, "format": ",.12~g"},
            ],
        },
    }


def _map(chart: Chart, shown: Shown, said: Said) -> Spec:
    assert shown.map is not None  # noqa: S101 - a map is drawn on one
    data = [
        {"id": row["id"], "name": row["name"], "y": _n(row[chart.measure.name])}
        for row in shown.rows
    ]
    value = "datum.value"
    features = {"values": shown.map, "format": {"type": "json", "property": "features"}}
    known = {"lookup": "id", "from": {"data": {"values": data}, "key": "id", "fields": ["y"]}}
    return _sized(MAP) | {
        "projection": {"type": "mercator"},
        "data": features,
        "transform": [known],
        "layer": [
            {
                "transform": [{"filter": "isValid(datum.id)"}],
                "mark": {"type": "geoshape", "fill": _LAND, "stroke": "#fff", "strokeWidth": 1},
            },
            {
                "transform": [{"filter": "!isValid(datum.id)"}],
                "mark": {"type": "geoshape", "filled": False, "stroke": _REST, "strokeWidth": 1},
            },
            {
                "transform": [{"filter": "isValid(datum.y)"}],
                "mark": {"type": "geoshape", "stroke": "#fff", "strokeWidth": 1},
                "encoding": {
                    "color": {
                        "field": "y", "type": "quantitative", "title": said.y,
                        "scale": {"type": "quantize", "range": _WATER, "nice": True},
                        "legend": {
                            "orient": "bottom", "direction": "horizontal", "gradientLength": 240,
                            # Where the first colour begins is no number.
                            "labelExpr": f"isFinite(datum.value) ? {_large(value, said)} : ''",
                        },
                    },
                    "tooltip": _tips("properties.name", said.x, "y", said.y),
                },
            },
        ],
    }  # fmt: skip


def _points(chart: Chart, shown: Shown, said: Said) -> Spec:
    half = float(chart.span or 0) / 2
    data = [
        {
            "x": float(row[chart.x]) + half,
            "z": float(row[chart.beside]) + half,
            "y": _n(row[chart.measure.name]),
        }
        for row in shown.rows
        if row[chart.x] is not None and row[chart.beside] is not None
    ]
    marks = {
        "data": {"values": data},
        "mark": {"type": "circle", "color": _SEA, "opacity": 0.65},
        "encoding": {
            **_where(said, on_map=shown.map is not None),
            "size": {
                "field": "y", "type": "quantitative", "title": said.y,
                "scale": {"range": [12, 420], "domainMin": 0},
                "legend": _sizes([each["y"] or 0 for each in data], said),
            },
            "tooltip": [
                {"field": "x", "type": "quantitative", "title": said.x, "format": ".5~f"},
                {"field": "z", "type": "quantitative", "title": said.beside, "format": ".5~f"},
                {"field": "y", "type": "quantitative", "title": said.y, "format": ",.12~g"},
            ],
        },
    }  # fmt: skip
    beneath = []
    if shown.map is not None:
        beneath.append(
            {
                "data": {
                    "values": shown.map,
                    "format": {"type": "json", "property": "features"},
                },
                # What stands in a frame of its own is not where it stands.
                "transform": [{"filter": "!datum.properties.inset"}],
                "mark": {"type": "geoshape", "fill": _LAND, "stroke": _REST},
            }
        )
    if shown.map is None:
        return _sized(MAP) | marks
    return _sized(MAP) | {"projection": {"type": "mercator"}, "layer": [*beneath, marks]}


def _where(said: Said, *, on_map: bool) -> Spec:
    """Return the places of points: on a map, or along axes where there is none beneath."""
    if on_map:
        return {
            "longitude": {"field": "x", "type": "quantitative"},
            "latitude": {"field": "z", "type": "quantitative"},
        }
    axis = {"tickCount": 5, "labelOverlap": "greedy", "format": ".6~f"}
    scale = {"zero": False, "nice": True, "padding": 12}
    return {
        channel: {"field": field, "type": "quantitative", "title": title, "scale": scale,
                  "axis": axis}
        for channel, field, title in (("x", "x", said.x), ("y", "z", said.beside))
    }  # fmt: skip


def _sizes(values: Sequence[float], said: Said) -> Spec | None:
    """Return the legend of sizes: a few that there are; none where all are of one."""
    found = sorted(set(values))
    if len(found) < 2:
        return None
    chosen = sorted({found[0], found[len(found) // 2], found[-1]})
    return {"orient": "bottom", "values": chosen, "labelExpr": _large("datum.value", said)}


def _sized(height: int) -> Spec:
    return {
        "width": WIDTH,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 8,
        "background": "#fff",
    }


def _amount(chart: Chart, said: Said) -> Spec:
    axis: Spec = {"tickCount": 5, "labelExpr": _large("datum.value", said)}
    if chart.is_counted:
        axis["tickMinStep"] = 1
    return {"field": "y", "type": "quantitative", "title": None, "axis": axis}


def _tips(x: str, x_title: str, y: str, y_title: str) -> list[Spec]:
    return [
        {"field": x, "type": "nominal", "title": x_title},
        {"field": y, "type": "quantitative", "title": y_title, "format": ",.12~g"},
    ]


def _large(value: str, said: Said) -> str:
    """Return the expression that writes a number short: by 万 and 亿, or by thousands."""
    steps = (("1e8", "亿"), ("1e4", "万")) if said.large == "myriad" else (
        ("1e9", "B"), ("1e6", "M"), ("1e4", "k")
    )  # fmt: skip
    scale = {"k": "1e3"}
    told = f"format({value}, ',.6~g')"
    for least, letter in reversed(steps):
        by = scale.get(letter, least)
        told = f"abs({value}) >= {least} ? format({value} / {by}, ',.4~g') + '{letter}' : {told}"
    return told


def moment(value: Any) -> str | None:
    """Return a day, or a year as its first day; nothing where it is neither."""
    if isinstance(value, int | float | Decimal):
        return f"{int(value):04}-01-01"
    if (year := year_of(value)) is not None:
        return f"{year:04}-01-01"
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return str(value)


def _n(value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _written(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


_CONFIG: Spec = {
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": _MUTED, "titleColor": _MUTED, "labelFontSize": 13, "titleFontSize": 13,
        "titleFontWeight": "normal", "gridColor": _LINE, "domainColor": _LINE, "tickColor": _LINE,
    },
    "text": {"fontSize": 13},
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
               "labelColor": _MUTED, "titleColor": _MUTED},
}  # fmt: skip
