"""Ask what is to be extracted under seal, and for the seal of a body."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.exchange.extract import Sought
from yelin.keys import seals
from yelin.web.case_forms import text
from yelin.web.choices import choose
from yelin.web.limit_forms import RowsForm, uses


class ExtractForm(RowsForm):
    """What an extract is issued of, for whom and for what."""

    need = text(
        _("What it is needed for"),
        _("The matter that is handled with it; it stands on it."),
        rows=2,
    )
    basis = text(
        _("Basis of the extract"),
        _("The law and article, or the request of the person whose record it is."),
        rows=2,
    )
    purpose = forms.ChoiceField(label=_("For which use"), widget=forms.RadioSelect)
    items = forms.MultipleChoiceField(
        label=_("Items"),
        help_text=_("None ticked: all of them."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    holder = forms.CharField(
        label=_("Person whose record it is"),
        help_text=_("For a person's own record: the name. Left empty, it is for your own body."),
        max_length=100,
        required=False,
    )
    holder_number = forms.CharField(
        label=_("Number of the person's identity document"), max_length=40, required=False
    )
    field_order = ("need", "basis", "purpose")

    def __init__(
        self, *args: Any, names: Iterable[str], purposes: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = list(names)
        choose(self.fields["items"], [(name, name) for name in named])
        self.offer_columns(named)
        self.fields["column"].help_text = _(
            "The record that is asked for: an item that only it has, such as a number."
        )
        self.fields["value"].help_text = ""
        if stated := uses(purposes):
            choose(self.fields["purpose"], stated)
            self.fields["purpose"].initial = stated[0][0] if len(stated) == 1 else None
        else:
            del self.fields["purpose"]

    def clean(self) -> dict[str, Any]:
        """Return what is sought."""
        said = super().clean()
        return said if self.errors else {"sought": Sought(**said)}


class FoundForm(forms.Form):
    """What somebody has: a file, its SHA-256, or the digest that stands on an extract."""

    file = forms.FileField(
        label=_("The file"),
        help_text=_("It is compared byte for byte; nothing of it is kept."),
        required=False,
    )
    digest = forms.RegexField(
        r"^\s*[0-9A-Fa-f]{64}\s*$",
        label=_("Or its SHA-256, or the digest that stands on an extract"),
        help_text=_("64 hexadecimal digits. The code on an extract leads to the same."),
        required=False,
        max_length=80,
    )

    def clean(self) -> dict[str, Any]:
        """Demand one of both."""
        said = super().clean() or {}
        if not self.errors and not (said.get("file") or said.get("digest")):
            raise forms.ValidationError(_("Choose the file, or write the digest."))
        return said


class RevokeForm(forms.Form):
    """Why an extract is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stays on record; no names and numbers of people."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SealForm(forms.Form):
    """The certificate of a body with its key."""

    container = forms.FileField(
        label=_("Certificate with its key"),
        help_text=_("A PKCS #12 file (.p12, .pfx) with a key on the curve P-256."),
        widget=forms.ClearableFileInput(attrs={"accept": ".p12,.pfx"}),
    )
    passphrase = forms.CharField(
        label=_("Passphrase of the file"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Return the seal."""
        said = super().clean() or {}
        if self.errors:
            return said
        try:
            seal = seals.brought(said["container"].read(), said["passphrase"])
        except seals.Unusable as fault:
            self.add_error("container", _UNUSABLE[fault.why])
            return said
        return {"seal": seal}


_UNUSABLE = {
    "container": _("The file is no PKCS #12 container, or the passphrase is another."),
    "key": _("The file lacks the private key, or its certificate."),
    "curve": _("A seal has a key on the curve P-256: verifiers of PDF know no other."),
}
