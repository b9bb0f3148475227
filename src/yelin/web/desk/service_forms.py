"""The form by which a service is offered, and that by which a program's key is registered."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.catalog.models import Entry, State
from yelin.catalog.states import GONE
from yelin.exchange.operations import MOST_OPERATIONS, MOST_SECONDS, Method, ServiceContent
from yelin.parties.models import Body
from yelin.registers.models import GovernmentSystem, SystemState

_MB = 1_000_000
_ROWS = {"rows": 4, "spellcheck": "false", "autocomplete": "off", "class": "mono"}


class OperationsField(forms.CharField):
    """A method and a path on each line."""

    def clean(self, value: Any) -> Any:
        """Return them as operations have them."""
        lines = [line.split() for line in super().clean(value).splitlines() if line.strip()]
        known = [each.value for each in Method]
        wrong = next(
            (each for each in lines if len(each) != 2 or each[0].upper() not in known), None
        )
        if wrong is not None:
            says = _("“%(line)s” is no method and path, such as GET /v1/people.")
            raise forms.ValidationError(says, params={"line": " ".join(wrong)[:60]})
        if len(lines) > MOST_OPERATIONS:
            raise forms.ValidationError(_("So many cannot be offered. Name what they lie below."))
        return [{"method": method.upper(), "path": path} for method, path in lines]


class ServiceForm(forms.Form):
    """What a provider says of an API of its own."""

    entry = forms.ModelChoiceField(Entry.objects.none(), label=_("Resource"), empty_label=None)
    address = forms.CharField(
        label=_("Address of the API"),
        help_text=_("From https:// on. Callers never see it; it needs a way out for services."),
        max_length=1000,
    )
    operations = OperationsField(
        label=_("What may be called"),
        help_text=_(
            "A method and a path on each line, such as GET /v1/people. It takes in what lies below."
        ),
        widget=forms.Textarea(attrs=_ROWS),
        max_length=20_000,
    )
    header = forms.CharField(
        label=_("Header of the credential"),
        help_text=_("In which the API is shown that the platform asks, such as X-Api-Key."),
        max_length=60,
        required=False,
    )
    secret = forms.CharField(
        label=_("Credential"),
        help_text=_("It is kept sealed and shown to nobody again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=4000,
        required=False,
    )
    authority = forms.CharField(
        label=_("Certificate of the server's authority"),
        help_text=_("Only where the server's certificate is not of a public authority. In PEM."),
        widget=forms.Textarea(attrs=_ROWS),
        max_length=100_000,
        required=False,
    )
    seconds = forms.IntegerField(
        label=_("Seconds within which it answers"),
        initial=30,
        min_value=1,
        max_value=MOST_SECONDS,
    )
    most_mb = forms.IntegerField(
        label=_("Longest message, in MB"), initial=100, min_value=1, max_value=10_000
    )
    signed = forms.BooleanField(
        label=_("Only signed requests"),
        help_text=_("Callers sign each request with a key of their own (RFC 9421)."),
        required=False,
    )
    system = forms.ModelChoiceField(
        GovernmentSystem.objects.none(),
        label=_("Government system"),
        help_text=_("The one that answers, where it is registered."),
        empty_label=_("None"),
        required=False,
    )


def service_form(body: Body) -> type[ServiceForm]:
    """Return the form for the resources and systems of ``body``."""

    class OfBody(ServiceForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            own = Entry.objects.filter(provider=body).exclude(state__in=[State.DRAFT, *GONE])
            self.fields["entry"].queryset = own.order_by("title")  # type: ignore[attr-defined]  # a choice of rows has one
            systems = GovernmentSystem.objects.filter(body=body).exclude(state=SystemState.ENDED)
            self.fields["system"].queryset = systems.order_by("name")  # type: ignore[attr-defined]  # the same

    return OfBody


def said(filled: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a filled form says, as the act takes it."""
    names = ("address", "operations", "header", "authority", "seconds", "signed")
    content = ServiceContent.model_validate(
        {name: filled[name] for name in names} | {"most_bytes": filled["most_mb"] * _MB}
    )
    return {"content": content, "secret": filled["secret"], "system": filled["system"]}


class KeyForm(forms.Form):
    """The public key of a program."""

    public_key = forms.CharField(
        label=_("Public key"),
        help_text=_(
            "Ed25519, in PEM. The private key stays with the program: openssl genpkey -algorithm"
            " ed25519."
        ),
        widget=forms.Textarea(attrs=_ROWS),
        max_length=2000,
    )
