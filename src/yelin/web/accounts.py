"""Officials' logins are given with a seat; citizens sign up on a page of our own.

A person may add a second factor: codes of an authenticator app, and recovery codes.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as factors
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.fernet import Fernet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yelin.config import config
from yelin.parties.models import Person, User
from yelin.surface.actor import of_session
from yelin.surface.oidc import Provider


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Closes the sign-up page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say that nobody may sign up."""
        del request
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return how ``user`` confirms to be there: by second factor alone, where one is set up."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        # Who has neither password nor factor came by a provider elsewhere, and does so again.
        again = {"id": "outside", "url": f"{reverse('portal:outside')}?again", "description": ""}
        return methods[-1:] or [again]

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Tell whoever knows the password of a blocked login why it is blocked."""
        context = {"person": Person.objects.filter(user=user).first()}
        return render(request, "account/blocked.html", context, status=403)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead who holds a seat to the desk, and a citizen to the account."""
        return reverse("portal:account" if of_session(request).seat is None else "desk:home")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead where logging in leads."""
        return self.get_login_redirect_url(request)


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Keeps the secrets of second factors under a key that lies outside the database."""

    def encrypt(self, text: str) -> str:
        """Return ``text`` sealed."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was sealed."""
        return _seal().decrypt(encrypted_text.encode()).decode()


def _seal() -> Fernet:
    return Fernet(config.private("keys/factors", Fernet.generate_key))


class _Plain:
    """A form whose labels say what its placeholders would, and stay when something is typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]  # of the form beside it
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)


class PlainLogin(_Plain, LoginForm):  # type: ignore[misc]  # allauth carries no types
    """The login form; the page has the way to a new password, and to a provider elsewhere."""

    @property
    def provider(self) -> Provider | None:
        """By whom one may sign in instead."""
        return Provider.configured()


class PlainReauthentication(_Plain, ReauthenticateForm):  # type: ignore[misc]  # the same
    """The form that asks for the password again."""


class _AsksForCode(_Plain):
    """A form that asks for a code of the second factor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("One-time code")  # type: ignore[attr-defined]  # the same


class FactorLogin(_AsksForCode, factors.AuthenticateForm):  # type: ignore[misc]  # the same
    """The form that asks for a code when signing in."""


class FactorReauthentication(_AsksForCode, factors.ReauthenticateForm):  # type: ignore[misc]  # the same
    """The form that asks for a code again."""


class FirstFactor(_AsksForCode, ActivateTOTPForm):  # type: ignore[misc]  # the same
    """The form that takes the first code of an authenticator app."""


class NewPassword(_Plain, ChangePasswordForm):  # type: ignore[misc]  # allauth carries no types
    """The form for a new password of one's own, in the words of this site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _(
            "At least 8 characters, not digits only, and none of the passwords that many use."
        )
        self.fields["password2"].label = _("New password, once more")
