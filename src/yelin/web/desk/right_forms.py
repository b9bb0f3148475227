"""Ask what is given to another body, and what must stop: each question with why it is asked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yelin.cases.procedure import MOST
from yelin.catalog.limits import Rows, Share
from yelin.catalog.models import Entry
from yelin.law import duties, packs
from yelin.web import words
from yelin.web.desk.party_forms import Day, OfBody
from yelin.web.templatetags.yelin import lang

_GIVEN = [
    ("whole", pgettext_lazy("item", "As it is")),
    ("partial", pgettext_lazy("item", "Veiled in part")),
    ("null", pgettext_lazy("item", "Emptied")),
    ("none", pgettext_lazy("item", "Not given")),
]
_ITEM = "item-"


class AnsweringForm(forms.Form):
    """How online verification by a resource answers."""

    tells_missing = forms.BooleanField(label=_("Tell that there is no such record"), required=False)


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
        choices=[(key, word.says) for key, word in words.OPERATOR.items()],
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


class ShareForm(LimitsForm):
    """What another body is given of a resource."""

    to = OfBody(label=_("Credit code of the body that has it"))
    purposes = forms.MultipleChoiceField(
        label=_("For which use"),
        help_text=_("None ticked: whatever the entry is shared for."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """Return what is asked with ``given``, put together from what was filled in."""
        said = super().clean()
        if not self.errors:
            said["given"] = Share(**said["limits"], purposes=tuple(said["purposes"]))
        return said


def share_form(entry: Entry) -> type[ShareForm]:
    """Return the form for a resource, which asks of each of its items how it is given."""
    names = entry.items_for_departments()
    every = packs.active().list("use_requirement").keys
    offered = uses(every if entry.social else entry.sharing_requirements)

    class OfEntry(ShareForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            choose(self.fields["purposes"], offered)
            self.offer(names)

    return OfEntry


def uses(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Return these uses as choices, in the words of the pack."""
    known = packs.active().list("use_requirement")
    return [(key, known[key].label(lang()) if key in known else key) for key in keys]


def choose(field: forms.Field, choices: Sequence[tuple[str, Any]]) -> None:
    """Let ``field`` be one of these choices."""
    field.choices = choices  # type: ignore[attr-defined]  # a choice field has them


class EndForm(forms.Form):
    """Why a grant ends."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Whoever has the grant reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RenewForm(forms.Form):
    """Until when a grant is to go on, and for what where that has changed."""

    until = Day(label=_("Last day of use"))
    scenario = forms.CharField(
        label=_("In which work"),
        help_text=_("Left empty: as before."),
        max_length=MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _ordered() -> list[tuple[str, str]]:
    """Return the duties that the law orders here, in its order and its words."""
    pack = packs.active()
    found = [
        (provision, duty) for duty in duties.ALL if (provision := pack.ordering(duty)) is not None
    ]
    return [(duty.name, f"{provision.label(lang())} · {_(duty.says)}") for provision, duty in found]


class HoldForm(forms.Form):
    """Why something must stop, and by which provision."""

    duty = forms.ChoiceField(
        label=_("By which provision"), initial=duties.PROTECT.name, choices=_ordered
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everyone who is refused reads it: write nothing that they may not know."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HoldPartsForm(HoldForm):
    """The same, of something that may stop in part."""

    actions = forms.MultipleChoiceField(
        label=_("What stops"),
        help_text=_("None ticked: everything, except that one still knows of it."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(key, word.says) for key, word in words.STOPPED.items()],
    )


class HoldBodyForm(HoldPartsForm):
    """Which body must stop, why, and what."""

    on = OfBody(label=_("Credit code of the body that must stop"))
    field_order = ("on",)
