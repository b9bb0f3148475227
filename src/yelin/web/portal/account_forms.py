"""Ask people for their own account: as little as it takes."""

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _


class CalledForm(forms.Form):
    """What one is called."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As others should see you. It need not be the one in your papers."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class NameForm(CalledForm):
    """What one is called, in English too."""

    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)


def _password(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class MailForm(forms.Form):
    """The address of whoever wants an account."""

    mail = forms.EmailField(
        label=_("Mail address"),
        help_text=_(
            "A link goes there. Later it brings you in again, should you lose the password."
        ),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class OutsideForm(CalledForm):
    """A name and a login, for somebody whom a provider elsewhere lets in."""

    username = forms.CharField(
        label=_("Login"),
        help_text=_("Letters, digits and @ . + - _ ; you sign in with it. No telephone number."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class SignUpForm(OutsideForm):
    """A name, a login and a password, typed twice."""

    password = _password(
        _("Password"), _("At least 8 characters, not only digits, none that is often used.")
    )
    again = _password(_("Password again"))

    def clean(self) -> dict[str, Any]:
        """Return what was said, if the two passwords are the same."""
        said = super().clean() or {}
        if said.get("password") != said.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return said


class LostForm(forms.Form):
    """The login of whoever lost the password."""

    username = forms.CharField(
        label=_("Login"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class SureForm(forms.Form):
    """The login once more, so that nothing is erased by a slip."""

    login = ""

    sure = forms.CharField(
        label=_("Type your login to be sure"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    @classmethod
    def of(cls, login: str) -> "type[SureForm]":
        """Return the form that asks for ``login``."""
        return type("SureForm", (cls,), {"login": login})

    def clean_sure(self) -> str:
        """Return the login, if it is the one's own."""
        said: str = self.cleaned_data["sure"]
        if said.strip().lower() != self.login:
            raise forms.ValidationError(_("This is not your login."))
        return said


class ChosenPassword(SetPasswordForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A new password, typed twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""
        self.fields["new_password1"].help_text = _(
            "At least 8 characters, not only digits, none that is often used."
        )
