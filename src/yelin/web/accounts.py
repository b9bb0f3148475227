"""Logins are given with a seat; nobody signs up, or resets a password, by themselves yet."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.http import HttpRequest


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Closes the sign-up page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say that nobody may sign up."""
        del request
        return False


class PlainLogin(LoginForm):  # type: ignore[misc]  # allauth carries no types
    """The login form without the way to a new password, which an administrator gives."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""
            # The label says it already, and stays when something is typed.
            field.widget.attrs.pop("placeholder", None)
