"""Ask how much of a resource somebody is given: which rows, which items, until when, for what."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yelin.catalog.limits import Rows
from yelin.law import packs
from yelin.web import words
from yelin.web.choices import choose, worded
from yelin.web.fields import Day
from yelin.web.templatetags.yelin import lang

_GIVEN = [
    ("whole", pgettext_lazy("item", "As it is")),
    ("partial", pgettext_lazy("item", "Veiled in part")),
    ("null", pgettext_lazy("item", "Emptied")),
    ("none", pgettext_lazy("item", "Not given")),
]


_ITEM = "item-"


class RowsForm(forms.Form):
    """Which rows of a resource are meant: all, or those that meet a condition."""

    column = forms.ChoiceField(
        label=_("Only rows in which"),
        help_text=_("Left at “All rows”: every row."),
        required=False,
    )
    operator = forms.ChoiceField(
        label=_("Compared how"),
        required=False,
        choices=worded(words.OPERATOR),
    )
    value = forms.CharField(
        label=_("With this value"),
        help_text=_("Several, parted by commas, for “is one of”. Example: 2025,2026."),
        max_length=300,
        required=False,
    )

    def offer_columns(self, names: Sequence[str]) -> None:
        """Let the condition be on one of these items."""
        choose(self.fields["column"], [("", _("All rows")), *((name, name) for name in names)])

    def clean(self) -> dict[str, Any]:
        """Return what is filled in, with the condition as ``rows`` in the place of its parts."""
        said = super().clean() or {}
        if said.get("column") and not said.get("value"):
            self.add_error("value", _("Write the value that the rows have."))
        column, operator, value = (said.pop(name, "") for name in ("column", "operator", "value"))
        if not self.errors:
            said["rows"] = ()
            if column:
                said["rows"] = (Rows(column=column, operator=operator, value=value),)
        return said


class LimitsForm(RowsForm):
    """How much of a resource somebody is given: until when, which items and rows, how often."""

    until = Day(label=_("Last day of use"))
    rate_per_hour = forms.IntegerField(
        label=_("Calls an hour"),
        help_text=_("At most this many. Left empty: no limit of its own."),
        min_value=1,
        max_value=1_000_000,
        required=False,
    )

    def offer(self, names: Sequence[str]) -> None:
        """Ask of each of these items how it is given."""
        self.offer_columns(names)
        for number, name in enumerate(names):
            self.fields[f"{_ITEM}{number}"] = forms.ChoiceField(
                label=name, choices=_GIVEN, initial="whole"
            )
        first = [name for name in ("to", "until", "purposes") if name in self.fields]
        items = [name for name in self.fields if name.startswith(_ITEM)]
        self.order_fields([*first, *items, "rate_per_hour"])

    def clean(self) -> dict[str, Any]:
        """Return what is filled in, with ``limits`` put together from it."""
        said = super().clean()
        items = {
            str(field.label): said.get(name)
            for name, field in self.fields.items()
            if name.startswith(_ITEM)
        }
        if items and set(items.values()) == {"none"}:
            self.add_error(None, _("Give one item at least."))
        if not self.errors:
            said["limits"] = _limits(said, items)
        return said


def _limits(said: Mapping[str, Any], items: Mapping[str, Any]) -> dict[str, Any]:
    given = [item for item, how in items.items() if how != "none"]
    return {
        "until": said["until"],
        "items": tuple(given) if len(given) < len(items) else (),
        "veils": {item: how for item, how in items.items() if how in {"partial", "null"}},
        "rows": said["rows"],
        "rate_per_hour": said["rate_per_hour"],
    }


def uses(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Return these uses as choices, in the words of the pack."""
    known = packs.active().list("use_requirement")
    return [(key, known[key].label(lang()) if key in known else key) for key in keys]
