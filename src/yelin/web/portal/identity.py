"""Ask to be known by one's real name, or for the enterprise that one registered; see how it is."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.cases import reads as cases
from yelin.cases.models import Case
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.opening.identity import IDENTITY
from yelin.parties.models import Body, Person
from yelin.surface.actor import Asker, as_citizen
from yelin.web import mending
from yelin.web.asking import GET_OR_POST
from yelin.web.done import say_done
from yelin.web.identity_forms import IdentityForm
from yelin.web.kinds import KINDS
from yelin.web.portal.account import own
from yelin.web.trail import trail

KIND = KINDS[IDENTITY.kind]


@require_http_methods(GET_OR_POST)
@own
def identity(request: HttpRequest, asker: Asker, person: Person) -> HttpResponseBase:
    """Show by which name one is verified, and ask for it."""
    return _page(request, asker, person, person)


@require_http_methods(GET_OR_POST)
@own
def of_enterprise(request: HttpRequest, asker: Asker, person: Person, pk: UUID) -> HttpResponseBase:
    """Ask that one may act for an enterprise that one registered."""
    held = (seat.body for seat in person.seats_held() if seat.body_id == pk)
    body = next((each for each in held if not each.is_official), None)
    if body is None:
        raise gate.Unseen
    return _page(request, asker, person, body)


def _page(
    request: HttpRequest, asker: Asker, person: Person, whom: Person | Body
) -> HttpResponseBase:
    of_body = whom if isinstance(whom, Body) else None
    known = {"name": of_body.name, "number": of_body.credit_code} if of_body else {}
    sent = request.method == "POST"
    filled = IdentityForm(request.POST, request.FILES) if sent else IdentityForm(initial=known)
    if sent and filled.is_valid() and (case := _asked(asker, whom, filled)):
        says = str(KIND.handing_in.done).format(number=case.number)
        say_done(request, says, KIND.begins, case)
        return redirect(KIND.one, case.number)
    own_cases = cases.seen_by(as_citizen(asker)).filter(kind=IDENTITY.kind, about=whom.pk)
    waiting = own_cases.undecided().first()
    pack = packs.active()
    context = {
        "body": of_body,
        "handing_in": KIND.handing_in,
        "verified": person.verified_as(clock.now()) if of_body is None else None,
        "is_verified": of_body.may_represent if of_body else False,
        "open_case": waiting,
        "before": own_cases.answered().order_by("-submitted_on", "-number")[:5],
        "form": filled,
        "may_ask": pack.ordering(duties.IDENTITY_ASK),
        "answers": pack.ordering(duties.IDENTITY_ANSWER),
        "appeals": pack.ordering(duties.CASES_APPEAL),
        "crumbs": trail(str(KIND.handing_in.title), (_("My account"), "portal:account")),
    }
    status = 422 if filled.errors else 200
    return render(request, "portal/identity.html", context, status=status)


def _asked(asker: Asker, whom: Person | Body, filled: IdentityForm) -> Case | None:
    try:
        return KIND.act(actor=as_citizen(asker), entry=whom, **filled.cleaned_data)
    except Incomplete as error:
        mending.tell(filled, error)
    except OutOfTurn as error:
        filled.add_error(None, _(error.says))
    return None
