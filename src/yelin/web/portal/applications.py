"""Applications for conditionally open data: apply, follow one's own, see how all of them go."""

from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.cases import reads as cases
from yelin.cases.models import Case
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, code_of
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.opening import acts, reads
from yelin.opening.application import APPLICATION
from yelin.surface.actor import Asker, as_citizen
from yelin.web import offers, refusals, terms
from yelin.web.asking import asker_of
from yelin.web.case_forms import ApplicationForm
from yelin.web.cases import days_used, deciding, story
from yelin.web.cases import offers as offered_in
from yelin.web.desk import filling
from yelin.web.desk.door import say_done
from yelin.web.paging import cut
from yelin.web.portal.account import GET_OR_POST
from yelin.web.shapes import Term
from yelin.web.templatetags.yelin import body_name, title_of
from yelin.web.trail import trail

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application as everybody may know it: no name, no purpose."""

    number: str
    title: str
    about_url: str
    by: str
    handler: str
    state: str
    outcome: str
    days: int
    term: Term | None
    url: str = ""


@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """Show how every application goes; first those of whoever asks."""
    asker = asker_of(request)
    found = reads.followed_by(asker.actor, APPLICATION)
    rows, pager = cut(found, request.GET, PAGE_SIZE)
    own: list[Case] = []
    if asker.actor.party_id is not None:
        own = list(found.filter(applicant=asker.actor.party_id)[:PAGE_SIZE])
    context = {
        "own": _lines(own, linked=True),
        "lines": _lines(rows),
        "pager": pager,
        "provision": deciding(),
        "crumbs": trail(_("Applications")),
    }
    return render(request, "portal/applications.html", context)


def _lines(rows: list[Case], *, linked: bool = False) -> list[ApplicationLine]:
    running = terms.of((case.pk for case in rows), APPLICATION.answer)
    return [
        ApplicationLine(
            number=case.number,
            title=title_of(case.about.entry),
            about_url=reverse("portal:resource", args=[case.about.entry.slug]),
            by=case.applicant.kind,
            handler=body_name(case.handler),
            state=case.state,
            outcome=case.outcome,
            days=days_used(case),
            term=running.get(case.pk),
            url=reverse("portal:application", args=[case.number]) if linked else "",
        )
        for case in rows
    ]


@require_http_methods(GET_OR_POST)
@never_cache
def application(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show a case to its applicant, or to who is heard in it, and take what they do."""
    asker = asker_of(request)
    if asker.person is None:
        return redirect_to_login(request.get_full_path())
    case = cases.get(asker.actor, number)
    taken = offers.take(request, asker.actor, offered_in(asker.actor, case))
    if taken.made is not None:
        return redirect("portal:application", number)
    context = {
        "story": story(asker.actor, case),
        "offered": taken.offered,
        "crumbs": trail(case.number, (_("Applications"), "portal:applications")),
    }
    return render(request, "portal/application.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@never_cache
def apply(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Ask for the four parts of an application, and hand it in."""
    asker = asker_of(request)
    entry = catalog.get(asker.actor, code=code_of(slug))
    if asker.person is None:
        return redirect_to_login(request.get_full_path())
    filled = ApplicationForm(request.POST) if request.method == "POST" else ApplicationForm()
    if request.method == "POST" and filled.is_valid():
        case = _handed_in(asker, entry, filled)
        if case is not None:
            says = _("Your application is handed in. Its number: {number}.")
            say_done(request, says.format(number=case.number), "opening.apply", case)
            return redirect("portal:application", case.number)
    decision = gate.decide(asker.actor, "opening.apply", entry)
    as_oneself = gate.decide(as_citizen(asker), "opening.apply", entry).allowed
    pack = packs.active()
    context = {
        "entry": entry,
        "form": filled,
        "refusal": None if decision.allowed else refusals.of(decision),
        "as_oneself": as_oneself and not decision.allowed,
        "may_apply": pack.ordering(duties.OPENING_APPLY),
        "examines": pack.ordering(duties.CASES_EXAMINE),
        "answers": deciding(),
        "appeals": pack.ordering(duties.CASES_APPEAL),
        "crumbs": trail(
            _("Apply"),
            (_("Find data"), "portal:resources"),
            (title_of(entry), reverse("portal:resource", args=[entry.slug])),
        ),
    }
    status = 422 if filled.errors else 200 if decision.allowed else 403
    return render(request, "portal/apply.html", context, status=status)


def _handed_in(asker: Asker, entry: Entry, filled: ApplicationForm) -> Case | None:
    try:
        return acts.apply(actor=asker.actor, entry=entry, **filled.cleaned_data)
    except Incomplete as error:
        filling.tell(filled, error)
        return None
