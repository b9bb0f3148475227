"""Ask for people, seats and bodies: each question with why it is asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.law import packs
from yelin.parties.kinds import SOCIAL, BodyKind, Role
from yelin.parties.models import Body, Person
from yelin.web.templatetags.yelin import lang
from yelin.web.words import ROLE


class OfPerson(forms.CharField):
    """A person, named by the login that only those tell who want to be named."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Login"),
            help_text=_("The login of the person, as he or she gave it to you."),
            max_length=150,
            widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Person:
        """Return the person who has this login."""
        login = super().clean(value).strip().lower()
        person = Person.objects.filter(user__username=login).first()
        if person is None:
            raise forms.ValidationError(_("Nobody has this login. Look for a typing slip."))
        return person


class OfBody(forms.CharField):
    """A living body, named by its credit code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            help_text=_("The unified social credit code, 18 characters."),
            max_length=40,
            **{"label": _("Credit code of the other body"), **kwargs},
        )

    def clean(self, value: Any) -> Body:
        """Return the living body that bears this code."""
        code = "".join(super().clean(value).split()).upper()
        body = Body.objects.filter(credit_code=code, until=None).first()
        if body is None:
            raise forms.ValidationError(_("No living body bears this credit code."))
        return body


class Day(forms.DateField):
    """A day, picked from the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


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


class MergeForm(forms.Form):
    """Which body takes everything over."""

    successor = OfBody()
    reason = _reason()


class SplitForm(forms.Form):
    """Which body takes over the things that the page's table has ticked."""

    successor = OfBody()
    reason = _reason()


class BodyForm(forms.Form):
    """A new body."""

    kinds: tuple[BodyKind, ...] = tuple(kind for kind in BodyKind if kind not in SOCIAL)

    name = forms.CharField(
        label=_("Full name"), help_text=_("As it stands in its certificate."), max_length=200
    )
    short_name = forms.CharField(label=_("Short name"), max_length=80, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"))
    division = forms.ChoiceField(label=_("Place"))
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack = packs.active()
        known = pack.list("body_kind")
        self.fields["credit_code"].help_text = _("18 characters. Example: {code}.").format(
            code=pack.bodies[0].credit_code
        )
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # a choice field has them
            (str(kind), known[kind].label(lang())) for kind in self.kinds if kind in known
        ]
        self.fields["division"].choices = [  # type: ignore[attr-defined]  # the same
            (each.code, f"{each.label(lang())} {each.code}") for each in pack.divisions.values()
        ]

    def body(self) -> Body:
        """Return the body that a valid form describes, not entered yet."""
        return Body(**self.cleaned_data)


class AnyBodyForm(BodyForm):
    """A new body of any kind, entered by whoever keeps the register."""

    kinds = tuple(BodyKind)


class SocialBodyForm(BodyForm):
    """An enterprise, association or utility, registered by someone who stands for it."""

    kinds = tuple(kind for kind in BodyKind if kind in SOCIAL)
