"""Logins are given with a seat; nobody signs up, or resets a lost password, by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm, LoginForm
from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Closes the sign-up page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say that nobody may sign up."""
        del request
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead back to the desk."""
        del request
        return reverse("desk:home")


class PlainLogin(LoginForm):  # type: ignore[misc]  # allauth carries no types
    """The login form without the way to a new password, which an administrator gives."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _make_plain(self)


class NewPassword(ChangePasswordForm):  # type: ignore[misc]  # allauth carries no types
    """The form for a new password of one's own, in the words of this site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _make_plain(self)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _(
            "At least 8 characters, not digits only, and none of the passwords that many use."
        )
        self.fields["password2"].label = _("New password, once more")


def _make_plain(form: Form) -> None:
    for field in form.fields.values():
        field.help_text = ""
        # The label says it already, and stays when something is typed.
        field.widget.attrs.pop("placeholder", None)
