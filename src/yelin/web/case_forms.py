"""Ask for each party's words on the way of a case, whatever its kind."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yelin.cases.procedure import MOST
from yelin.web.attaching import Attached
from yelin.web.fields import OfBody, OfPerson

Form = type[forms.Form]


def text(
    label: Any, help_text: Any = "", *, rows: int = 3, required: bool = True
) -> forms.CharField:
    """Return a field for some lines of text."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def reason() -> forms.CharField:
    """Return the field for why something is not given."""
    return text(
        pgettext_lazy("case", "Reason"),
        _("In words that the applicant understands."),
        required=False,
    )


def legal_basis() -> forms.CharField:
    """Return the field for the legal basis of what is not given."""
    return forms.CharField(
        label=_("Legal basis"),
        help_text=_("The law, article and paragraph."),
        max_length=300,
        required=False,
    )


def items_field(names: Iterable[str] = (), help_text: Any = "") -> forms.Field:
    """Return the field for some of these items."""
    return forms.MultipleChoiceField(
        label=_("Items"),
        help_text=help_text or _("None ticked: all of them."),
        required=False,
        choices=[(name, name) for name in names],
        widget=forms.CheckboxSelectMultiple,
    )


def filled(form: Form, initial: Mapping[str, Any], **fields: forms.Field) -> Form:
    """Return ``form`` with these fields, filled with what is known."""
    all_fields = {name: copy.deepcopy(field) for name, field in (form.base_fields | fields).items()}
    for name, value in initial.items():
        if name in all_fields:
            all_fields[name].initial = value
    return type(form.__name__, (form,), all_fields)


class PapersForm(forms.Form):
    """Nothing but what is attached."""

    attached = Attached()


class RefusalForm(forms.Form):
    """Why, and on which legal basis."""

    reason = reason()
    legal_basis = legal_basis()
    attached = Attached()


class MissingForm(forms.Form):
    """What has to be completed."""

    missing = text(_("What is missing"))
    attached = Attached()


class BodyHeardForm(forms.Form):
    """Which body is heard."""

    heard = OfBody()
    attached = Attached()


class PersonHeardForm(forms.Form):
    """Which person is heard."""

    heard = OfPerson()
    attached = Attached()


class OpinionForm(forms.Form):
    """What whoever is heard thinks."""

    agrees = forms.ChoiceField(
        label=_("Your opinion"),
        widget=forms.RadioSelect,
        choices=[("yes", _("I agree")), ("no", _("I do not agree"))],
    )
    words = text(_("Why"), _("What of yours is touched, and how. All parties of the case read it."))
    attached = Attached()


class LongerForm(forms.Form):
    """Why the term has to be longer."""

    reason = text(pgettext_lazy("case", "Reason"), _("It is told to the applicant."), rows=2)
    attached = Attached()


class GroundsForm(forms.Form):
    """Why one appeals."""

    grounds = text(_("What is wrong"))
    attached = Attached()


class FindingForm(forms.Form):
    """Why an appeal is decided so."""

    finding = text(_("Why"))
    attached = Attached()


class FoundForm(forms.Form):
    """What a step of a case found."""

    finding = text(_("What you found"))
    attached = Attached()


class WordsForm(forms.Form):
    """A message."""

    words = text(_("Message"), rows=2)
    attached = Attached()
