"""Statistics with noise on the desk: what is asked of a plan, how exact it is, the budget left."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from yelin.privacy.workbench import wording
from yelin.privacy.workbench.budget import DIGITS, PLACES, Budget, plain
from yelin.privacy.workbench.models import Deidentification
from yelin.privacy.workbench.statistics import AddNoise, Suppress


def fields(work: Deidentification, known: Suppress | AddNoise) -> dict[str, forms.Field]:
    """Return the fields by which a kind of protection is chosen, and those of noise."""
    noise = known if isinstance(known, AddNoise) else None
    names = [(each["name"], each["name"]) for each in work.columns]
    return {
        "kind": forms.ChoiceField(
            label=_("How it is protected"),
            choices=list(wording.PROTECTIONS.items()),
            initial=known.kind,
        ),
        "epsilon": forms.DecimalField(
            label=_("Privacy budget spent (ε)"),
            help_text=_("With noise only. The smaller, the more noise."),
            initial=plain(noise.epsilon) if noise else None,
            max_digits=DIGITS,
            decimal_places=PLACES,
            required=False,
        ),
        "subject": forms.ChoiceField(
            label=_("Whose a row is"),
            help_text=_("With noise only. All rows of one person or firm are hidden together."),
            choices=[("", _("– each row is somebody of their own –")), *names],
            initial=noise.subject if noise else "",
            required=False,
        ),
        "most": forms.IntegerField(
            label=_("Rows of each that count"),
            initial=noise.most if noise else 1,
            min_value=1,
            max_value=1000,
            required=False,
        ),
        "step": forms.DecimalField(
            label=_("Step of a sum"),
            help_text=_("With noise only. Bounds are multiples of it."),
            initial=plain(noise.step) if noise else 1,
            decimal_places=PLACES,
            required=False,
        ),
    }


def chosen(said: Mapping[str, Any]) -> AddNoise:
    """Return the noise that was asked for. Raises ``ValidationError``."""
    told = {name: said.get(name) for name in ("epsilon", "subject", "most", "step")}
    return AddNoise.model_validate({name: each for name, each in told.items() if each})


def context(work: Deidentification) -> dict[str, Any]:
    """Return what the page shows of statistics with noise, with what is left of the budget."""
    found, measured = work.found, work.measured
    budget = Budget.objects.with_spent().filter(entry=work.source.entry_id).first()
    return {
        "noise": found,
        "accuracy": found.get("accuracy", ()),
        "budget": budget
        and {name: plain(getattr(budget, name)) for name in ("limit", "spent", "left")},
        "noise_measured": measured,
        "effect": wording.EFFECTS[measured["effect"]] if measured else "",
        "protection": wording.PROTECTIONS["noise"],
    }
