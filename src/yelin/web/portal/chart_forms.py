"""What the page of charts offers to draw: along what, how much of what, drawn how."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yelin.charting import choosing
from yelin.charting.chart import COUNT, Chart
from yelin.charting.choosing import Known
from yelin.warehouse.items import NUMBER_TYPES
from yelin.warehouse.question import SPANS

# Columns with more values than these are not offered for bars.
_MOST_VALUES = 5_000

Choices = list[tuple[str, str]]


class ChartForm(forms.Form):
    """A chart of the columns that somebody has; ``chart`` is the one that is drawn."""

    x = forms.ChoiceField(label=gettext_lazy("Along what"))
    y = forms.ChoiceField(label=gettext_lazy("How much of what"))
    kind = forms.ChoiceField(label=gettext_lazy("Drawn as"), required=False)

    def __init__(self, columns: Sequence[Known], chart: Chart | None, kind: str) -> None:
        drawn = {"x": chart.x, "y": chart.y} if chart else {"y": COUNT}
        super().__init__(initial=drawn | {"kind": kind})
        offered: dict[str, Any] = {
            "x": _along(columns, chart.x if chart else ""),
            "y": _measures(columns),
            "kind": _kinds(columns),
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            field.choices = choices


def _along(columns: Sequence[Known], drawn: str) -> list[tuple[str, Choices]]:
    """Return what may stand along a chart, in groups; with what is ``drawn``, whatever it is."""
    spans = {"year": _("year"), "quarter": _("quarter"), "month": _("month"), "day": _("day")}
    times = [
        (f"{span}:{c.name}", _("{name}, by {span}").format(name=c.name, span=spans[span]))
        for c in columns
        if c.type in {"D", "T"}
        for span in SPANS
    ]
    times += [(c.name, c.name) for c in columns if c.is_year]
    kinds = [
        (c.name, c.name)
        for c in columns
        if 1 < c.distinct <= _MOST_VALUES
        and (c.is_coded or c.type not in NUMBER_TYPES | {"D", "T", "G"})
        and not c.is_year
    ]
    sizes = [
        (f"{width}:{c.name}", _("{name}, in steps of {width}").format(name=c.name, width=width))
        for c in columns
        if c.is_measure and (width := choosing.step(c))
    ]
    if drawn and drawn not in dict(times + kinds + sizes):
        sizes.append((drawn, drawn))
    groups = [(_("Time"), times), (_("Kinds"), kinds), (_("Sizes"), sizes)]
    return [(name, choices) for name, choices in groups if choices]


def _measures(columns: Sequence[Known]) -> Choices:
    measures = [(COUNT, _("Number of rows"))]
    for each in columns:
        if each.is_measure:
            if not each.is_rate:
                measures.append((f"sum:{each.name}", _("Sum of {name}").format(name=each.name)))
            measures.append((f"avg:{each.name}", _("Average of {name}").format(name=each.name)))
    return measures


def _kinds(columns: Sequence[Known]) -> Choices:
    kinds = [
        ("", _("As it suits")),
        ("bar", _("Bars")),
        ("line", pgettext("chart", "Line")),
        ("histogram", _("Distribution")),
        ("map", _("Map of divisions")),
    ]
    return [*kinds, ("points", _("Points on a map"))] if choosing.places(columns) else kinds
