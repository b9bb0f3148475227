"""The words of the index of openness: what each measure is, how it is counted, what is lacking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yelin.opening.openness import Lack, Measure
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import number

# Of each measure: what it is, and how it is counted.
MEASURES: Mapping[str, tuple[Promise, Promise]] = {
    "effective": (
        _("Effective resources"),
        _("Open resources that have rows or files and repeat no other ÷ all open resources"),
    ),
    "cells": (_("Capacity in all"), _("Sum of rows × fields of the newest versions")),
    "capacity": (_("Capacity of a resource"), _("Capacity in all ÷ all open resources")),
    "themes": (_("Themes covered"), _("Themes with an effective resource ÷ all themes")),
    "bodies": (
        _("Bodies covered"),
        _("Bodies with an effective resource ÷ bodies with a resource in the catalog"),
    ),
    "places": (
        _("Divisions covered"),
        _("Divisions with an effective resource ÷ all of the map"),
    ),
    "best": (
        _("Large and much used"),
        _("Resources both in the tenth with most cells and in the tenth most used ÷ all"),
    ),
    "sound": (
        _("Without problems"),
        _("Resources not tiny, cut into parts, repeated, mostly blank, without a table ÷ all"),
    ),
    "in_time": (_("Updated in time"), _("Terms to update not overdue ÷ terms that run")),
    "history": (_("Former versions kept"), _("Resources with two versions or more ÷ with one")),
    "licensed": (_("Under a licence"), _("Resources that name their licence ÷ all")),
    "readable": (
        _("Read by machines"),
        _("Tables, which are had as CSV, JSON, XLSX and Parquet ÷ resources with data"),
    ),
    "told": (_("Facts told"), _("Filled fields of thirteen of each entry ÷ thirteen × entries")),
    "items": (
        _("Fields explained"),
        _("Fields with an explanation, unit, element or code list ÷ all fields"),
    ),
    "callable": (_("Had by the interface"), _("Tables with rows that programs ask ÷ all")),
    "graded": (_("Classified and graded"), _("Entries with a class and a grade ÷ all")),
    "conditional": (
        _("Capacity on conditions"),
        _("Sum of rows × fields of what is open on conditions"),
    ),
    "conditional_in_time": (
        _("Updated in time, on conditions"),
        _("Terms to update not overdue ÷ terms that run, of what is open on conditions"),
    ),
}
# Of each lack: what it is called, and what mends it.
LACKS: Mapping[Lack, tuple[Promise, Promise]] = {
    Lack.EMPTY: (_("No data"), _("No version, or one without a row. Bring data in.")),
    Lack.GONE: (_("Cannot be opened"), _("The files of the newest version were destroyed.")),
    Lack.TINY: (_("Tiny"), _("Fewer than ten rows. Put it together with what belongs to it.")),
    Lack.FRAGMENT: (
        _("Cut into parts"),
        _("The same table by year, area or page. Put the parts together into one."),
    ),
    Lack.TWIN: (_("Repeated"), _("The same file as an older resource. Withdraw one of them.")),
    Lack.SPARSE: (_("Mostly blank"), _("More than half of all cells are blank. Fill them.")),
    Lack.NO_TABLE: (_("No table"), _("Files that no program reads as rows. Bring a table in.")),
    Lack.LATE: (_("Update overdue"), _("Its update is overdue. Bring the next version in.")),
    Lack.UNTOLD: (
        _("Poorly described"),
        _("Facts of the entry are missing, or half of its fields are unexplained. Revise it."),
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A measure as a page tells it; ``parts`` says of how many how many, where it is a share."""

    code: str
    title: str
    formula: str
    value: str
    parts: str = ""
    share: float | None = None


def told(measure: Measure) -> Told:
    """Return a measure in words."""
    title, formula = MEASURES[measure.name]
    part = number(round(measure.part))
    if measure.of is None:
        return Told(measure.code, str(title), str(formula), part)
    if measure.share is None:
        return Told(measure.code, str(title), str(formula), "–")
    parts = f"{part} / {number(round(measure.of))}"
    value = f"{100 * measure.share:.1f}%"
    return Told(measure.code, str(title), str(formula), value, parts, measure.share)


def chosen(counted: Mapping[Lack, int], asked: str, here: str) -> tuple[Lack, Sequence[Link]]:
    """Return the lack whose list is asked for, and a tab for each that there is."""
    there = [lack for lack in Lack if counted[lack]]
    wanted = next((lack for lack in Lack if lack == asked), there[0] if there else Lack.EMPTY)
    shown = [lack for lack in Lack if counted[lack] or lack == wanted]
    return wanted, [
        Link(
            str(LACKS[lack][0]), f"{here}?lack={lack}#lacks", lack == wanted, number(counted[lack])
        )
        for lack in (shown if there else ())
    ]
