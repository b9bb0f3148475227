"""Ask for people, seats and bodies: each question with why it is asked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.parties.kinds import Role
from yelin.web.fields import Day, OfBody, OfPerson
from yelin.web.words import ROLE


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        help_text=_("The document that orders it, or why it is needed. It is kept, not published."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )


def _role() -> forms.ChoiceField:
    roles = [role for role in Role if role != Role.REPRESENTATIVE]
    return forms.ChoiceField(
        label=_("Seat"), choices=[(str(role), ROLE[role].says) for role in roles]
    )


class AppointForm(forms.Form):
    """Who gets which seat."""

    person = OfPerson()
    role = _role()


class EnrolForm(forms.Form):
    """A person who has no login yet."""

    name = forms.CharField(label=_("Name of the person"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    username = forms.CharField(
        label=_("Login"),
        help_text=_("Letters, digits and @ . + - _ ; the person signs in with it."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = _role()


class PersonForm(forms.Form):
    """One person."""

    person = OfPerson()


class DeputyForm(forms.Form):
    """Who acts in a seat from when to when."""

    person = OfPerson()
    since = Day(label=_("From"))
    until = Day(label=_("Last day"))


class ReasonForm(forms.Form):
    """Why."""

    reason = _reason()


class RecoverForm(forms.Form):
    """Who gets the seat that nobody of the body can give."""

    person = OfPerson()
    reason = _reason()


class RenameForm(forms.Form):
    """The new names of a body."""

    name = forms.CharField(label=_("New name"), max_length=200)
    short_name = forms.CharField(label=_("Short name"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)


class SuccessorForm(forms.Form):
    """Which body takes over, and why."""

    successor = OfBody()
    reason = _reason()
