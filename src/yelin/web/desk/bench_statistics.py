"""Statistics on the desk: the form by which a table is planned, and the table as it was found."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import ValidationError

from yelin import gate
from yelin.parties.actor import Actor
from yelin.privacy.deidentify.suppressed import Why
from yelin.privacy.workbench import protecting, reads, tabling, wording
from yelin.privacy.workbench.models import BroughtHierarchy, Deidentification
from yelin.privacy.workbench.statistics import (
    MOST_DIMENSIONS,
    TOTAL,
    AddNoise,
    DimensionContent,
    MeasureContent,
    StatisticsContent,
    Suppress,
    Told,
)
from yelin.web.desk import bench_forms, bench_noise

# So many labels of the last dimension stand beside each other; more stand below each other.
MOST_ACROSS = 12
_BETWEEN = re.compile(r"[,，;；、\n]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One dimension as it is asked about: its place, and five fields."""

    number: int
    name: forms.BoundField
    becomes: forms.BoundField
    detail: forms.BoundField
    level: forms.BoundField
    labels: forms.BoundField


class TableForm(forms.Form):
    """Which table is made of the source, and how it is protected."""

    work: Deidentification
    hierarchies: Sequence[BroughtHierarchy]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = self.work.statistics
        for place in range(MOST_DIMENSIONS):
            known = plan.dimensions[place] if place < len(plan.dimensions) else None
            self.fields |= self._dimension(place, known)
        self.fields |= self._measure(plan.measure)
        self.fields["counted"] = forms.CharField(
            label=_("What the count is called"), initial=plan.counted, max_length=200
        )
        self.fields["impossible"] = forms.CharField(
            label=_("Impossible cells"),
            help_text=_("A line for each, as “sex=male, item=birth”. They are told as 0."),
            initial="\n".join(
                ", ".join(f"{name}={label}" for name, label in cell.items())
                for cell in plan.impossible
            ),
            required=False,
            max_length=20_000,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.fields |= bench_noise.fields(self.work, plan.protection)
        self.fields["threshold"] = forms.IntegerField(
            label=_("Fewest in a cell that is told"),
            help_text=_("Leave empty for what the way of sharing asks."),
            initial=plan.protection.threshold if isinstance(plan.protection, Suppress) else None,
            min_value=2,
            max_value=10_000,
            required=False,
        )

    def _dimension(self, place: int, known: DimensionContent | None) -> dict[str, forms.Field]:
        said = {"aria-label": _("Dimension {n}").format(n=place + 1)}
        names = [("", _("– none –")), *((each["name"], each["name"]) for each in self.work.columns)]
        ladder = known.ladder if known else None
        return {
            f"name{place}": forms.ChoiceField(
                choices=names,
                required=False,
                initial=known.name if known else "",
                widget=forms.Select(attrs=said),
            ),
            f"becomes{place}": forms.ChoiceField(
                choices=bench_forms.ladders(self.hierarchies),
                required=False,
                initial=bench_forms.ladder_choice(ladder),
                widget=forms.Select(attrs=said),
            ),
            f"detail{place}": forms.CharField(
                required=False,
                max_length=100,
                initial=bench_forms.ladder_detail(ladder),
                widget=forms.TextInput(attrs=said),
            ),
            f"level{place}": forms.IntegerField(
                required=False,
                min_value=0,
                max_value=50,
                initial=known.level if known else 0,
                widget=forms.NumberInput(attrs=said),
            ),
            f"labels{place}": forms.CharField(
                required=False,
                max_length=20_000,
                initial="、".join(known.labels) if known else "",
                widget=forms.TextInput(attrs=said),
            ),
        }

    def _measure(self, known: MeasureContent | None) -> dict[str, forms.Field]:
        numbers = reads.numbers_of(self.work)
        return {
            "column": forms.ChoiceField(
                label=_("Item to be summed"),
                choices=[("", _("– none –")), *((each, each) for each in numbers)],
                required=False,
                initial=known.column if known else "",
            ),
            "told": forms.ChoiceField(
                label=_("Told as"),
                choices=[(each.value, says) for each, says in wording.TOLD.items()],
                required=False,
                initial=known.told.value if known else "sum",
            ),
            "called": forms.CharField(
                label=_("What it is called"),
                required=False,
                max_length=200,
                initial=known.called if known else "",
            ),
            "low": forms.FloatField(
                label=pgettext_lazy("statistics", "Least value"),
                required=False,
                initial=known.low if known else None,
            ),
            "high": forms.FloatField(
                label=pgettext_lazy("statistics", "Greatest value"),
                required=False,
                initial=known.high if known else None,
            ),
        }

    @property
    def lines(self) -> Iterator[Line]:
        """The dimensions with their fields."""
        for place in range(MOST_DIMENSIONS):
            names = ("name", "becomes", "detail", "level", "labels")
            yield Line(place + 1, *(self[f"{each}{place}"] for each in names))

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The other fields that stand side by side."""
        names = (
            ("counted", "kind"), ("column", "told"), ("low", "high"), ("epsilon", "subject"),
            ("most", "step"),
        )  # fmt: skip
        return [(self[one], self[other]) for one, other in names]

    def clean(self) -> dict[str, Any]:
        """Return the whole plan."""
        said = super().clean() or {}
        dimensions = list(self._dimensions(said))
        impossible = self._impossible(said.get("impossible", ""))
        measure = self._said_measure(said)
        protection = self._said_protection(said)
        if self.errors or protection is None:
            return said
        return {
            "plan": StatisticsContent(
                dimensions=tuple(dimensions),
                counted=said["counted"],
                measure=measure,
                impossible=tuple(impossible),
                protection=protection,
            )
        }

    def _said_protection(self, said: dict[str, Any]) -> Suppress | AddNoise | None:
        if said.get("kind") != "noise":
            return Suppress(threshold=said.get("threshold"))
        try:
            return bench_noise.chosen(said)
        except ValidationError:
            self.add_error("epsilon", _("Say how much of the budget is spent, above zero."))
            return None

    def _dimensions(self, said: dict[str, Any]) -> Iterator[DimensionContent]:
        for place in range(MOST_DIMENSIONS):
            if not (name := said.get(f"name{place}")):
                continue
            becomes, detail = said.get(f"becomes{place}", ""), said.get(f"detail{place}", "")
            try:
                yield DimensionContent(
                    name=name,
                    ladder=bench_forms.ladder_of(becomes, detail) if becomes else None,
                    level=said.get(f"level{place}") or 0,
                    labels=tuple(_split(said.get(f"labels{place}", ""))),
                )
            except (ValueError, ValidationError):
                says = _("Write numbers with blanks between them, as 5 10 20.")
                self.add_error(f"detail{place}", says)

    def _impossible(self, lines: str) -> Iterator[dict[str, str]]:
        for line in filter(None, map(str.strip, lines.splitlines())):
            pairs = [each.split("=", 1) for each in _split(line)]
            if any(len(each) != 2 or not all(map(str.strip, each)) for each in pairs):
                self.add_error("impossible", _("Write item=label, with commas between them."))
                return
            yield {name.strip(): label.strip() for name, label in pairs}

    def _said_measure(self, said: dict[str, Any]) -> MeasureContent | None:
        if not (column := said.get("column")):
            return None
        told = Told(said.get("told") or Told.SUM)
        called = said.get("called") or f"{column}{wording.TOLD_AS[told]}"
        bounds = {"low": said.get("low"), "high": said.get("high")}
        try:
            return MeasureContent.model_validate(
                {"column": column, "told": told, "called": called} | bounds
            )
        except ValidationError:
            says = _("Say between which values it lies, the least below the greatest.")
            self.add_error("low", says)
            return None


def _split(text: str) -> list[str]:
    return [each.strip() for each in _BETWEEN.split(text) if each.strip()]


WHY = {
    Why.SMALL: gettext_lazy("not told: too few"),
    Why.DOMINATED: gettext_lazy("not told: a few make most of it"),
    Why.BESIDE: gettext_lazy("not told: others could be computed by it"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what it holds, and by a mark and words why it is not told."""

    count: int | None
    value: float | None = None
    mark: str = ""
    says: str = ""
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: labels of the dimensions down, then its cells."""

    labels: list[str]
    cells: list[Cell]
    is_total: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The table as it was found: dimensions down, labels across (or what is told), rows."""

    down: list[str]
    across: list[str]
    over: str
    rows: list[Row]
    shows_why: bool
    has_values: bool


def table(actor: Actor, work: Deidentification) -> Table | None:
    """Return the table that was found; why cells are not told for who may read the whole source."""
    found = work.found
    if not found or work.noise:
        return None
    all_of = not work.source.is_destroyed and _reads_all(actor, work)
    labels = [[*each["labels"], TOTAL] for each in found["dimensions"]]
    names = [each["name"] for each in found["dimensions"]]
    shape = tuple(map(len, labels))
    places = np.arange(int(np.prod(shape))).reshape(shape)
    is_wide = len(names) > 1 and shape[-1] - 1 <= MOST_ACROSS
    down = len(names) - 1 if is_wide else len(names)
    rows = []
    for where in product(*(range(each) for each in shape[:down])):
        at = np.atleast_1d(places[where]).tolist()
        ends = [place == shape[n] - 1 for n, place in enumerate(where)]
        cells = [
            _cell(found, place, all_of=all_of, is_total=is_wide and n == len(at) - 1)
            for n, place in enumerate(at)
        ]
        rows.append(Row([labels[n][place] for n, place in enumerate(where)], cells, any(ends)))
    across = labels[-1] if is_wide else [work.statistics.counted]
    has_values = found["values"] is not None
    return Table(names[:down], across, names[-1] if is_wide else "", rows, all_of, has_values)


def _reads_all(actor: Actor, work: Deidentification) -> bool:
    decision = gate.decide(actor, "resource.read", work.source.entry)
    return decision.allowed and not decision.obligations.hides


def _cell(found: dict[str, Any], place: int, *, all_of: bool, is_total: bool) -> Cell:
    why = Why(found["why"][place])
    value = found["values"][place] if found["values"] is not None else None
    if why is Why.TOLD:
        return Cell(found["counts"][place], value, is_total=is_total)
    if not all_of:
        return Cell(None, None, "untold", _("not told"), is_total)
    mark = "beside" if why is Why.BESIDE else "few"
    return Cell(found["counts"][place], value, mark, str(WHY[why]), is_total)


def context(actor: Actor, work: Deidentification) -> dict[str, Any]:
    """Return what the page shows of statistics."""
    found, measured = work.found, work.measured
    content = work.statistics
    if work.noise:
        return {"kind": "tabulation"} | bench_noise.context(work)
    return {
        "kind": "tabulation",
        "least": protecting.kind_of(content).least(content, tabling.small_of(work)),
        "table": table(actor, work),
        "found": found,
        "hidden": found["cells"] - found["told"] if found else 0,
        "measured": measured,
        "sound": bool(measured) and not measured["weak"] and not measured["small"],
        "effect": wording.EFFECTS[measured["effect"]] if measured else "",
        "protection": wording.PROTECTIONS[content.protection.kind],
    }
