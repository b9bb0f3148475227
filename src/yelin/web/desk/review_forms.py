"""Ask what is decided about an entry that awaits confirmation."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DecisionForm(forms.Form):
    """Confirm an entry or return it with reasons."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=(("confirm", _("Confirm")), ("return", _("Return with reasons"))),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reasons"),
        help_text=_("What has to change and why; the body sees these words."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
