"""The form by which a steward says on what ground everyone has a column of persons (公开依据)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yelin.law import packs
from yelin.warehouse.disclosing import Holding
from yelin.warehouse.grounded import MOST_SAID, Ground


def _grounds() -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    known = packs.active().personal.grounds
    return [("", "–"), *((each.key, each.label(language)) for each in known)]


def _kinds() -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    return [(each.key, each.label(language)) for each in packs.active().personal.kinds]


class _Grounded(forms.Form):
    """A ground of the pack's, and its citation."""

    # Whoever leaves it blank is told of every other way, too.
    use_required_attribute = False
    basis = forms.ChoiceField(label=_("Ground on which it is published"), choices=_grounds)
    says = forms.CharField(
        label=_("Provision, or why it is nobody’s"),
        help_text=_("Such as 《行政处罚法》第四十八条. Everyone reads it; write no names."),
        max_length=MOST_SAID,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class GroundForm(_Grounded):
    """A ground with a version, and whether it goes for later ones."""

    standing = forms.BooleanField(label=_("For later versions, too"), required=False)

    def ground(self, column: str) -> Ground:
        """Return what was said of ``column``."""
        return Ground(column=column, **self.cleaned_data)


class StateForm(_Grounded):
    """A ground that goes for every version, and of which column and kinds."""

    column = forms.CharField(
        label=_("Item"), max_length=200, widget=forms.TextInput(attrs={"list": "items"})
    )
    kinds = forms.MultipleChoiceField(
        label=_("Personal information that it holds"),
        help_text=_("None ticked: what the newest version was found to hold."),
        choices=_kinds,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    field_order = ("column", "kinds", "basis", "says")

    def stated(self) -> Ground:
        """Return what was said."""
        return Ground(standing=True, **self.cleaned_data)


class ObjectForm(forms.Form):
    """Why a ground is none."""

    column = forms.CharField(widget=forms.HiddenInput, max_length=200)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One column of persons: what it holds, what stands for it, or the form that asks."""

    column: str
    held: Sequence[Holding]
    stands: Mapping[str, Any] | None
    form: GroundForm | None


def lines(
    open_: Iterable[Holding],
    stated: Mapping[str, Mapping[str, Any]],
    sent: QueryDict | None = None,
) -> list[Line]:
    """Return the columns of persons that everyone would have, each with what ``sent`` says."""
    columns: dict[str, list[Holding]] = {}
    for each in open_:
        columns.setdefault(each.column, []).append(each)
    found = []
    for place, (column, held) in enumerate(columns.items()):
        said = stated.get(column)
        stands = said if said and {each.kind.key for each in held} <= {*said["kinds"]} else None
        form = None if stands else GroundForm(sent, prefix=f"ground-{place}")
        found.append(Line(column, held, stands, form))
    return found


def given(asked: Iterable[Line]) -> tuple[Ground, ...]:
    """Return the grounds that were given; what was left blank is for the act to ask for."""
    return tuple(
        each.form.ground(each.column) for each in asked if each.form and each.form.is_valid()
    )
