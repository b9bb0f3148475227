"""The forms by which the releases of a resource are erased from, and kept for a term."""

import csv

from django import forms
from django.utils.translation import gettext_lazy as _


class EraseForm(forms.Form):
    """Rows to erase, by their keys, and why."""

    keys = forms.CharField(
        label=_("Keys of the rows"),
        help_text=_(
            "One row a line. Where several items are the key, their values in order, with a comma"
            " or tab between. They are not kept."
        ),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Without names: it is kept for as long as the resource."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sure = forms.BooleanField(label=_("I know that nobody can bring these rows back"))

    def rows(self) -> list[list[str]]:
        """Return the keys, each with its values."""
        lines = [line for line in self.cleaned_data["keys"].splitlines() if line.strip()]
        return [next(csv.reader([line], delimiter="\t" if "\t" in line else ",")) for line in lines]


class KeepForm(forms.Form):
    """How long older releases are kept."""

    months = forms.IntegerField(
        label=_("Months that an older version is kept"),
        help_text=_("Counted from the day on which the next one was published. Empty: for good."),
        required=False,
    )
    least = forms.IntegerField(
        label=_("Newest versions that are kept in any case"), min_value=1, initial=1
    )
