"""One's own account: sign up, correct, take along, delete; stand for an enterprise."""

from collections.abc import Callable, Iterator
from typing import Concatenate, ParamSpec
from uuid import UUID, uuid4

from allauth.core import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.views import PasswordResetConfirmView, redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yelin.acts import accounts, logins, own_copy, parties, registering, seats
from yelin.acts.tasks import send_link, welcome
from yelin.cases import reads as cases
from yelin.delivery import statements
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.notices.models import SignUp
from yelin.opening import reads as opening
from yelin.parties.models import Person
from yelin.privacy import reads as privacy
from yelin.surface.actor import Asker, as_citizen
from yelin.surface.oidc import Provider
from yelin.talking import reads as talking
from yelin.web import kinds, mending, offers
from yelin.web.asking import GET_OR_POST, actor_of, asker_of
from yelin.web.body_forms import SocialBodyForm
from yelin.web.done import say_done
from yelin.web.offers import Offer
from yelin.web.portal import reads
from yelin.web.portal.account_forms import (
    ChosenPassword,
    LostForm,
    MailForm,
    NameForm,
    SignUpForm,
    SureForm,
)
from yelin.web.shapes import Link
from yelin.web.trail import trail

P = ParamSpec("P")
SIGN_UP = "sign_up"


def own(
    view: Callable[Concatenate[HttpRequest, Asker, Person, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let ``view`` answer a person about his or her own account, kept by no cache."""

    @never_cache
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        asker = asker_of(request)
        if asker.person is None:
            return redirect_to_login(request.get_full_path())
        return view(request, asker, asker.person, *args, **kwargs)

    return guarded


@require_http_methods(GET_OR_POST)
@own
def account(request: HttpRequest, asker: Asker, person: Person) -> HttpResponse:
    """Show what one is and may take or leave; do it."""
    taken = offers.take(request, asker.actor, _of(asker, person))
    if taken.made is not None:
        # Whoever ended every session signs in anew.
        return redirect("portal:account")
    context = {
        "person": person,
        "outside": person.outside_logins.order_by("since"),
        "provider": Provider.configured(),
        "factor": is_mfa_enabled(person.user),
        "held": person.seats_held(),
        "verified": person.verified_as(clock.now()),
        "mailed": reads.has_mail(person),
        "deputed": reads.deputed_to(person),
        "offered": taken.offered,
        "basis": packs.active().provision(duties.COLLECT_LAWFULLY),
        "crumbs": trail(_("My account")),
    }
    return render(request, "portal/account.html", context, status=taken.status)


def _of(asker: Asker, person: Person) -> list[Offer]:
    myself = as_citizen(asker)
    invited = [
        offer
        for invitation in reads.invitations_to(person)
        for offer in (
            Offer(
                act="parties.accept",
                key=f"accept-{invitation.pk}",
                on=invitation,
                title=_("Invitation of {name}").format(name=invitation.body.name),
                says=_("Accept, and you may act for this body as its representative."),
                button=_("Accept"),
                done=_("You are a representative of {name} now.").format(name=invitation.body.name),
                do=lambda _said, one=invitation: seats.accept(actor=myself, invitation=one),  # type: ignore[misc]  # bound early, for the loop
            ),
            Offer(
                act="parties.decline",
                key=f"decline-{invitation.pk}",
                on=invitation,
                title=_("Decline the invitation of {name}").format(name=invitation.body.name),
                button=_("Decline"),
                done=_("The invitation is declined."),
                do=lambda _said, one=invitation: seats.decline(actor=myself, invitation=one),  # type: ignore[misc]  # the same
                stops=True,
            ),
        )
    ]
    return [
        *invited,
        Offer(
            act="accounts.amend",
            on=person,
            title=_("Correct your name"),
            button=_("Save"),
            done=_("Your name is corrected."),
            form=NameForm,
            initial={"name": person.name, "name_en": person.name_en},
            do=lambda said: accounts.amend(actor=asker.actor, person=person, **said),
        ),
        *_outside(asker, person),
        Offer(
            act="accounts.sign_out_all",
            on=person,
            title=_("Sign out everywhere"),
            says=_("On this computer too. Programs with a token of yours go on."),
            button=_("End all sessions"),
            done=_("You are signed out everywhere."),
            do=lambda _said: accounts.sign_out_all(actor=asker.actor, person=person),
            stops=True,
        ),
    ]


def _outside(asker: Asker, person: Person) -> Iterator[Offer]:
    for each in person.outside_logins.order_by("since"):
        yield Offer(
            act="accounts.unlink",
            key=f"unlink-{each.pk}",
            on=person,
            title=_("Sign in elsewhere no more"),
            says=each.issuer,
            button=_("End the link"),
            done=_("You sign in by your password alone."),
            do=lambda _said, issuer=each.issuer: accounts.unlink(  # type: ignore[misc]  # bound early, for the loop
                actor=asker.actor, person=person, issuer=issuer
            ),
            stops=True,
        )


@require_http_methods(GET_OR_POST)
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for an account by mail; the answer is the same for every address."""
    if request.user.is_authenticated:
        return redirect("portal:account")
    filled = MailForm(request.POST) if request.method == "POST" else MailForm()
    if filled.is_valid():
        address = filled.cleaned_data["mail"]
        limited: HttpResponse | None = ratelimit.consume_or_429(
            request, action="signup", key=address.lower()
        )
        if limited is not None:
            return limited
        # Whether somebody has the address already is seen by the worker alone.
        asked = registering.begin(address, get_language() or settings.LANGUAGE_CODE)
        welcome.defer(asked=str(asked.pk))
        return redirect(f"{reverse('portal:sign_up')}?asked")
    context = {
        "form": filled,
        "asked": "asked" in request.GET,
        "provider": Provider.configured(),
        "basis": packs.active().provision(duties.COLLECT_LAWFULLY),
        "crumbs": trail(_("Open an account")),
    }
    status = 422 if filled.errors else 200
    return render(request, "portal/sign_up.html", context, status=status)


@require_safe
@never_cache
def sign_up_by(request: HttpRequest, pk: UUID, secret: str) -> HttpResponse:
    """Take the link of a mail out of the address, which is shown to others, into the session."""
    request.session[SIGN_UP] = [str(pk), secret]
    return redirect("portal:sign_up_own")


@require_http_methods(GET_OR_POST)
@never_cache
def sign_up_own(request: HttpRequest) -> HttpResponse:
    """Open an account of one's own; nothing is asked but a name, a login and a password."""
    if request.user.is_authenticated:
        return redirect("portal:account")
    pk, secret = request.session.get(SIGN_UP, (None, ""))
    asked = registering.found(UUID(pk), secret) if pk else None
    filled = SignUpForm(request.POST) if request.method == "POST" else SignUpForm()
    if request.method == "POST" and asked is not None:
        limited: HttpResponse | None = ratelimit.consume_or_429(
            request, action="login_failed", key=str(asked.pk)
        )
        if limited is not None:
            return limited
        if filled.is_valid() and (person := _opened(request, filled, asked)):
            assert person.user is not None  # noqa: S101 - it was just opened
            request.session.pop(SIGN_UP, None)
            login(request, person.user)
            say_done(request, _("Your account is open."), "accounts.register", person)
            return redirect("portal:account")
    context = {
        "form": filled,
        "asked": asked,
        "basis": packs.active().provision(duties.COLLECT_LAWFULLY),
        "crumbs": trail(_("Open an account")),
    }
    status = 422 if filled.errors else 200
    return render(request, "portal/sign_up_own.html", context, status=status)


def _opened(request: HttpRequest, filled: SignUpForm, asked: SignUp) -> Person | None:
    said = filled.cleaned_data
    try:
        return accounts.register(
            actor=actor_of(request),
            person=Person(name=said["name"]),
            username=said["username"],
            password=said["password"],
            asked=asked.pk,
            secret=asked.secret,
        )
    except Incomplete as error:
        mending.tell(filled, error)
    except OutOfTurn as error:
        filled.add_error(None, _(error.says))
    return None


@require_http_methods(GET_OR_POST)
@own
def enterprise(request: HttpRequest, asker: Asker, person: Person) -> HttpResponse:
    """Register the enterprise, association or utility that one stands for."""
    del person
    filled = SocialBodyForm(request.POST) if request.method == "POST" else SocialBodyForm()
    if request.method == "POST" and filled.is_valid():
        try:
            body = parties.register_enterprise(actor=as_citizen(asker), body=filled.body())
        except Incomplete as error:
            mending.tell(filled, error)
        else:
            says = _("Registered. Show now that it is, and that you stand for it.")
            say_done(request, says, "parties.register_enterprise", body)
            return redirect("portal:identity_enterprise", body.pk)
    context = {
        "form": filled,
        # Without a way to be verified it would wait for good.
        "may_ask": packs.active().orders(duties.IDENTITY_ASK),
        "crumbs": trail(_("Register an enterprise"), (_("My account"), "portal:account")),
    }
    status = 422 if filled.errors else 200
    return render(request, "portal/enterprise.html", context, status=status)


@require_safe
@own
def copy(request: HttpRequest, asker: Asker, person: Person) -> HttpResponse:
    """Hand out all that is kept of the person, as one JSON file."""
    del request, asker
    response = JsonResponse(
        own_copy.copy_of(person)
        | {"cases": cases.copy_of(person.pk), "talking": talking.copy_of(person.pk)}
        | {"statements": statements.copy_of(person.pk)}
        | privacy.copy_of(person.pk)
        | opening.copy_of(person.pk),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = 'attachment; filename="yelin-account.json"'
    return response


@require_http_methods(GET_OR_POST)
@own
def delete(request: HttpRequest, asker: Asker, person: Person) -> HttpResponse:
    """Erase the account, once one has typed the login to be sure."""
    assert person.user is not None  # noqa: S101 - who is signed in has a login
    offer = Offer(
        act="accounts.delete",
        on=person,
        title=_("Delete my account"),
        button=_("Delete for good"),
        done=_("Your account is deleted."),
        form=SureForm.of(person.user.username),
        do=lambda _said: accounts.delete(actor=asker.actor, person=person),
        stops=True,
    )
    taken = offers.take(request, asker.actor, [offer])
    if taken.made is not None:
        logout(request)
        return redirect("portal:home")
    kept_by = [
        Link(each.number, reverse(kinds.of(each).one, args=[each.number]))
        for each in cases.open_of(person.pk)
    ]
    context = {
        "kept_by": kept_by,
        "offered": [] if kept_by else taken.offered,
        "crumbs": trail(_("Delete my account"), (_("My account"), "portal:account")),
    }
    return render(request, "portal/account_delete.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@never_cache
def lost(request: HttpRequest) -> HttpResponse:
    """Have a link sent to whoever lost the password; the answer is the same for every login."""
    filled = LostForm(request.POST) if request.method == "POST" else LostForm()
    if filled.is_valid():
        username = filled.cleaned_data["username"].strip().lower()
        limited: HttpResponse | None = ratelimit.consume_or_429(
            request, action="reset_password", key=username
        )
        if limited is not None:
            return limited
        # The same work for a login that nobody has, so that not even time tells.
        send_link.defer(person=str(reads.person_called(username) or uuid4()))
        return redirect(f"{reverse('portal:lost')}?asked")
    context = {
        "form": filled,
        "asked": "asked" in request.GET,
        "crumbs": trail(_("Lost password"), (_("Sign in"), "account_login")),
    }
    return render(request, "portal/lost.html", context, status=422 if filled.errors else 200)


class ChoosePassword(PasswordResetConfirmView):
    """Take the new password of whoever came by a one-time link."""

    template_name = "portal/choose_password.html"
    form_class = ChosenPassword
    success_url = reverse_lazy("account_login")
    # The link is used up, and leaves the address, before anything is asked.
    reset_url_token = "chosen"  # noqa: S105 - a word in an address, no secret


class ChooseAnew(ChoosePassword):
    """Take the new password of whoever came by a link in a mail."""

    token_generator = logins.MAILED
