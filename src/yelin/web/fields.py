"""Fields that several forms ask with: a person, a body, an entry, a day, a list of words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin import gate
from yelin.catalog.models import Entry, code_of
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person


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


class OfEntry(forms.CharField):
    """An entry, named by its code, of those that ``asker`` may know of; the form says who asks."""

    asker = Actor.anyone()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=80, **{"label": _("Code of the entry"), **kwargs})

    def clean(self, value: Any) -> Entry | None:
        """Return the entry of this code, or none where none need be named."""
        text = super().clean(value).strip()
        if not text:
            return None
        rows = Entry.objects.select_related("provider", "thing")
        seen = gate.visible_to(self.asker, "entry.see", rows)
        found: Entry | None = seen.filter(code__in=[text, code_of(text)]).first()
        if found is None:
            raise forms.ValidationError(_("There is no entry of this code."))
        return found


class Day(forms.DateField):
    """A day, picked from the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReasonForm(forms.Form):
    """Why something ends or is stopped, in words that others read."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ShownDigest(forms.CharField):
    """By which digest something is accepted: that of what the page shows.

    Where another was sent, what stands now is shown with its own, to be read and accepted.
    """

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, max_length=80)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what the page shows, whatever was sent."""
        del data
        return initial


class HasRead(forms.BooleanField):
    """That something was read; of what a page shows anew nothing was yet."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return that it was not."""
        del data, initial
        return False


class Lines(forms.CharField):
    """A list written one to a line or parted by commas of any width."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # a list is what the act takes
        """Return the parts without blanks, in the order in which they were written."""
        text = super().to_python(value) or ""
        for mark in "，、；;\n":
            text = text.replace(mark, ",")
        return [part.strip() for part in text.split(",") if part.strip()]

    def prepare_value(self, value: Any) -> Any:
        """Show a list the way it is typed."""
        return "，".join(value) if isinstance(value, (list, tuple)) else value
