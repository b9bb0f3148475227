"""Ask for what and how long a program gets a token."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TokenForm(forms.Form):
    """A new token for programs; it may what its holder may, or only read, for a year at most."""

    label = forms.CharField(
        label=_("What is it for?"),
        help_text=_(
            "So that you know later which one to revoke. Example: monthly upload from the "
            "statistics server."
        ),
        max_length=80,
    )
    only_reads = forms.TypedChoiceField(
        label=_("What may it do?"),
        choices=[("read", _("Only read")), ("act", _("Read and act"))],
        widget=forms.RadioSelect,
        initial="read",
        coerce=lambda answer: answer == "read",
    )
    days = forms.TypedChoiceField(
        label=_("For how long?"),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
        initial=90,
        coerce=int,
    )
