"""Ask what a rule of quality asks, and how good data has to be: each with why it is asked."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from yelin.catalog.models import Entry
from yelin.law import packs
from yelin.quality.expression import LONGEST
from yelin.web.templatetags.yelin import lang

_WEIGHT = "weight_"


class RuleForm(forms.Form):
    """One rule of quality."""

    text = forms.CharField(
        label=_("What it asks, in words"),
        help_text=_("Everyone who sees the quality reads it. Example: 注销日期不早于成立日期。"),
        max_length=300,
    )
    text_en = forms.CharField(label=_("The same in English"), max_length=300, required=False)
    holds = forms.CharField(
        label=_("Condition that holds of every row"),
        help_text=_(
            "Items by name, values in single quotes: 注销日期 >= 成立日期;"
            " 金额 between 0 and 1000; 代码 in ('01', '02'); 名称 like '%公司';"
            " 代码 matches '^[0-9]{6}$'; 备注 is not empty; length(代码) = 6; and, or, not."
            " Left empty where you look into another resource."
        ),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", "spellcheck": "false"}),
    )
    item = forms.ChoiceField(
        label=_("Or: the values of"),
        help_text=_("They have to be found in another resource of your body, or one open to all."),
        required=False,
    )
    refers_to = forms.CharField(
        label=_("are found in the resource with the code"), max_length=80, required=False
    )
    refers_item = forms.CharField(label=_("in its item"), max_length=200, required=False)
    indicator = forms.ChoiceField(label=_("Indicator"), initial="0104")
    weight = forms.IntegerField(
        label=_("Weight"),
        help_text=_("From 1 to 10, beside the other rules of its dimension."),
        initial=1,
        min_value=1,
        max_value=10,
    )
    veto = forms.BooleanField(
        label=_("Caps the score"),
        help_text=_("One row that does not meet it makes the whole insufficient."),
        required=False,
    )


def rule_form(entry: Entry) -> type[RuleForm]:
    """Return the form of a rule with the items of ``entry`` and the indicators of the standard."""
    scheme = packs.active().quality
    items = [(name, name) for name in entry.items.values_list("name", flat=True)]

    class Form(RuleForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["item"].choices = [("", now("None")), *items]  # type: ignore[attr-defined]  # a field of choices
            self.fields["indicator"].choices = [  # type: ignore[attr-defined]  # a field of choices
                (
                    f"{side.code} {side.label(lang())}",
                    [
                        (each.code, f"{each.code} {each.label(lang())}")
                        for each in scheme.indicators
                        if each.code.startswith(side.code)
                    ],
                )
                for side in scheme.dimensions
            ]

    return Form


class ThresholdForm(forms.Form):
    """How good the data has to be."""

    least = forms.IntegerField(
        label=_("Points that data has to reach"), min_value=0, max_value=100, initial=60
    )
    blocks = forms.ChoiceField(
        label=_("Below that"),
        widget=forms.RadioSelect,
        initial="no",
        choices=[
            ("no", _("It is published with a warning")),
            ("yes", _("It is not published")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for side in packs.active().quality.dimensions:
            self.fields[f"{_WEIGHT}{side.code}"] = forms.IntegerField(
                label=now("Weight: {name}").format(name=side.label(lang())),
                min_value=0,
                max_value=100,
                required=False,
                widget=forms.NumberInput(attrs={"placeholder": str(side.weight)}),
            )


def weights(said: Mapping[str, Any]) -> dict[str, int]:
    """Return the weights that were filled in, by dimension."""
    return {
        name.removeprefix(_WEIGHT): value
        for name, value in said.items()
        if name.startswith(_WEIGHT) and value is not None
    }


def weighed(kept: Mapping[str, int]) -> dict[str, int]:
    """Return kept weights as the form is filled with them."""
    return {f"{_WEIGHT}{code}": weight for code, weight in kept.items()}
