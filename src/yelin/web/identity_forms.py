"""Ask who somebody is, and until when it counts as known."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yelin.web.attaching import Attached
from yelin.web.case_forms import legal_basis, reason
from yelin.web.fields import Day


class IdentityForm(forms.Form):
    """A name, the number of a document, and what proves both."""

    name = forms.CharField(
        label=pgettext_lazy("identity", "Name"),
        help_text=_("As it stands in the document, or in the business licence."),
        max_length=80,
    )
    number = forms.CharField(
        label=_("Number of the identity document"),
        help_text=_(
            "The identity card or residence permit; for an enterprise its credit code. It is not"
            " kept: only its ends, and a mark by which it is known again."
        ),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    attached = Attached()


class ConfirmedForm(forms.Form):
    """Until when a name counts as verified, and why it is not for good where it is not."""

    until = Day(
        label=_("Counts until"),
        help_text=_("Left empty, as long as there is the account. A day needs a reason."),
        required=False,
    )
    reason = reason()
    legal_basis = legal_basis()
    attached = Attached()
