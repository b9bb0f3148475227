"""Sign in by a provider elsewhere (统一身份认证): there and back, a first account, a link."""

import structlog
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yelin.acts import accounts
from yelin.config import config
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete
from yelin.parties.models import OutsideLogin, Person
from yelin.surface.actor import Asker
from yelin.surface.oidc import OPEN_SECONDS, Claims, NotKnown, Provider
from yelin.web import mending, offers
from yelin.web.asking import GET_OR_POST, actor_of
from yelin.web.done import say_done
from yelin.web.offers import Offer
from yelin.web.portal.account import own
from yelin.web.portal.account_forms import OutsideForm
from yelin.web.trail import trail

log = structlog.get_logger(__name__)

PENDING = "outside_pending"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _provider() -> Provider:
    provider = Provider.configured()
    if provider is None:
        raise Http404
    return provider


@require_safe
@never_cache
def there(request: HttpRequest) -> HttpResponse:
    """Lead to the provider; signing in there leads back."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if limited is not None:
        return limited
    onward = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, None):
        onward = ""
    purpose = "again" if request.user.is_authenticated and "again" in request.GET else "in"
    back = config.url + reverse("portal:outside_back")
    try:
        return redirect(_provider().begin(request.session, back, purpose, onward))
    except NotKnown as unknown:
        return _failed(request, unknown)


@require_safe
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Take who comes back: known here, signed in already, or new."""
    try:
        claims = _provider().finish(request.session, request.GET.dict())
    except NotKnown as unknown:
        return _failed(request, unknown)
    known = (
        OutsideLogin.objects.filter(issuer=claims.issuer, digest=claims.digest)
        .select_related("person__user")
        .first()
    )
    if request.user.is_authenticated:
        if known is not None and known.person.user == request.user:
            record_authentication(request, request.user, method="outside")
            return redirect(claims.onward or "portal:account")
        if claims.purpose == "again":
            return _failed(request, NotKnown("another"))
        _await(request, claims)
        return redirect("portal:outside_link")
    if known is not None:
        user = known.person.user
        record_authentication(request, user, method="outside")
        # A second factor is asked for as after a password.
        answer: HttpResponse = perform_login(
            request, Login(user=user, redirect_url=claims.onward or None)
        )
        return answer
    _await(request, claims)
    return redirect("portal:outside_new")


def _await(request: HttpRequest, claims: Claims) -> None:
    request.session[PENDING] = {
        "issuer": claims.issuer,
        "digest": claims.digest.hex(),
        "name": claims.name[:80],
        "until": clock.now().timestamp() + OPEN_SECONDS,
    }


def _awaited(request: HttpRequest) -> dict[str, str] | None:
    kept = request.session.get(PENDING)
    return kept if kept and kept["until"] > clock.now().timestamp() else None


def _failed(request: HttpRequest, unknown: NotKnown) -> HttpResponse:
    # Where it ended is a word of ours; what the provider said is nobody's to log.
    log.warning("outside_not_known", at=str(unknown))
    context = {"crumbs": trail(_("Sign in"), (_("Sign in"), "account_login"))}
    return render(request, "portal/outside_failed.html", context, status=502)


@require_http_methods(GET_OR_POST)
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Open an account for somebody whom the provider knows, and we do not."""
    kept = _awaited(request)
    if kept is None or request.user.is_authenticated:
        return redirect("account_login")
    filled = OutsideForm(request.POST or None, initial={"name": kept["name"]})
    if request.method == "POST" and filled.is_valid():
        said = filled.cleaned_data
        try:
            person = accounts.register_outside(
                actor=actor_of(request),
                person=Person(name=said["name"]),
                username=said["username"],
                issuer=kept["issuer"],
                digest=bytes.fromhex(kept["digest"]),
            )
        except Incomplete as error:
            mending.tell(filled, error)
        else:
            assert person.user is not None  # noqa: S101 - it was just opened
            record_authentication(request, person.user, method="outside")
            login(request, person.user, BACKEND)
            request.session.pop(PENDING, None)
            say_done(request, _("Your account is open."), "accounts.register_outside", person)
            return redirect("portal:account")
    context = {
        "form": filled,
        "provider": _provider().name,
        "link_url": f"{reverse('account_login')}?next={reverse('portal:outside_link')}",
        "basis": packs.active().provision(duties.COLLECT_LAWFULLY),
        "crumbs": trail(_("Open an account"), (_("Sign in"), "account_login")),
    }
    return render(request, "portal/outside_new.html", context, status=422 if filled.errors else 200)


@require_http_methods(GET_OR_POST)
@own
def link(request: HttpRequest, asker: Asker, person: Person) -> HttpResponse:
    """Link the account in which one is signed in with whoever one is at the provider."""
    kept = _awaited(request)
    if kept is None:
        return redirect("portal:account")
    provider = _provider().name
    offer = Offer(
        act="accounts.link",
        on=person,
        title=_("Sign in by {provider} from now on").format(provider=provider),
        says=_("There you are called {name}.").format(name=kept["name"]) if kept["name"] else "",
        button=_("Link them"),
        done=_("Your account is linked with {provider}.").format(provider=provider),
        do=lambda _said: accounts.link(
            actor=asker.actor,
            person=person,
            issuer=kept["issuer"],
            digest=bytes.fromhex(kept["digest"]),
        ),
    )
    taken = offers.take(request, asker.actor, [offer])
    if taken.made is not None:
        request.session.pop(PENDING, None)
        return redirect("portal:account")
    context = {
        "person": person,
        "provider": provider,
        "offered": taken.offered,
        "crumbs": trail(_("Link with another login"), (_("My account"), "portal:account")),
    }
    return render(request, "portal/outside_link.html", context, status=taken.status)
