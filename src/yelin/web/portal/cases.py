"""What people ask of bodies about data: ask it, follow one's own, see how all doubts go."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.cases import reads as cases
from yelin.cases.models import Case, CaseQuerySet
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, code_of
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.opening import reads
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker, as_citizen
from yelin.web import attaching, mending, offers, refusals, terms
from yelin.web import evidence as proving
from yelin.web.asking import GET_OR_POST, asker_of
from yelin.web.case_offers import offers as offered_in
from yelin.web.cases import story
from yelin.web.done import say_done
from yelin.web.kinds import KINDS, Kind
from yelin.web.paging import cut
from yelin.web.shapes import Term
from yelin.web.templatetags.yelin import body_name, title_of
from yelin.web.trail import trail

PAGE_SIZE = 30
APPLICATIONS, DOUBTS = KINDS["opening.application"], KINDS["data.doubt"]
REQUESTS = KINDS["exchange.request"]
COMPLAINTS = KINDS["rights.complaint"]
IDENTITIES = KINDS["identity.check"]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as everybody may know it: no name, nothing of what was written."""

    number: str
    title: str
    about_url: str
    by: str
    handler: str
    state: str
    outcome: str
    outcomes: str
    days: int
    term: Term | None
    url: str = ""


@require_safe
def doubts(request: HttpRequest) -> HttpResponse:
    """Show how every doubt about data goes; first those of whoever asks."""
    return _listed(request, DOUBTS, "portal/doubts.html")


@require_safe
def complaints(request: HttpRequest) -> HttpResponse:
    """Show how every complaint about rights goes; first those of whoever asks."""
    return _listed(request, COMPLAINTS, "portal/complaints.html")


def _listed(request: HttpRequest, kind: Kind, template: str) -> HttpResponse:
    asker = asker_of(request)
    found = reads.followed_by(asker.actor, kind.procedure)
    rows, pager = cut(found, request.GET, PAGE_SIZE)
    context = {
        "own": lines(kind, concerning(asker.actor, found), linked=True),
        "lines": lines(kind, rows),
        "pager": pager,
        "provision": packs.active().ordering(kind.procedure.answer),
        "kind": kind,
        "crumbs": trail(str(kind.every)),
    }
    return render(request, template, context)


def concerning(actor: Actor, found: CaseQuerySet) -> list[Case]:
    """Return those of ``found`` that ``actor``'s party asked for, or is heard in."""
    if actor.party_id is None:
        return []
    own = Q(applicant=actor.party_id) | Q(heard__party=actor.party_id)
    return list(found.filter(own).distinct()[:PAGE_SIZE])


def lines(kind: Kind, rows: Iterable[Case], *, linked: bool = False) -> list[CaseLine]:
    """Return cases as everybody may know them, each with its term and the days it took."""
    rows = list(rows)
    running = terms.of((case.pk for case in rows), kind.procedure.answer)
    return [
        CaseLine(
            number=case.number,
            title=title_of(case.about.entry),
            about_url=reverse("portal:resource", args=[case.about.entry.slug]),
            by=case.applicant.kind,
            handler=body_name(case.handler),
            state=case.state,
            outcome=case.outcome,
            outcomes=kind.outcomes,
            days=reads.days_used(case),
            term=running.get(case.pk),
            url=reverse(kind.one, args=[case.number]) if linked else "",
        )
        for case in rows
    ]


@require_http_methods(GET_OR_POST)
@never_cache
def application(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show an application to its applicant, or to who is heard in it, and take what they do."""
    return _one(request, number, APPLICATIONS)


@require_http_methods(GET_OR_POST)
@never_cache
def doubt(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show a doubt to whoever reported it, or is heard in it, and take what they do."""
    return _one(request, number, DOUBTS)


@require_http_methods(GET_OR_POST)
@never_cache
def complaint(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show a complaint to whoever made it, or is heard in it, and take what they do."""
    return _one(request, number, COMPLAINTS)


@require_http_methods(GET_OR_POST)
@never_cache
def identity(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show to whoever asked how it goes that they are verified, and take what they do."""
    return _one(request, number, IDENTITIES)


def _one(request: HttpRequest, number: str, kind: Kind) -> HttpResponseBase:
    asker = asker_of(request)
    if asker.person is None:
        return redirect_to_login(request.get_full_path())
    actor = _as_party(asker, number)
    case = cases.get(actor, number)
    taken = offers.take(request, actor, offered_in(actor, case))
    if taken.made is not None:
        return redirect(kind.one, number)
    context = {
        "story": story(actor, case),
        "attachments": attaching.shown(actor, case, taken.offered),
        "offered": attaching.others(taken.offered),
        "crumbs": trail(case.number, (str(kind.every), kind.many)),
    }
    return render(request, "portal/case.html", context, status=taken.status)


@require_safe
@never_cache
def evidence(request: HttpRequest, number: str) -> HttpResponseBase:
    """Hand out the leaves of a case that the asker may open, with their proofs."""
    asker = asker_of(request)
    if asker.person is None:
        return redirect_to_login(request.get_full_path())
    actor = _as_party(asker, number)
    return proving.about(actor, cases.get(actor, number))


def _as_party(asker: Asker, number: str) -> Actor:
    """Return the body for which one acts where the case concerns it, and else oneself."""
    concerned = cases.seen_by(asker.actor).filter(number=number).exists()
    return asker.actor if concerned else as_citizen(asker)


@require_http_methods(GET_OR_POST)
@never_cache
def report_doubt(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Ask what seems wrong with the data, and hand it in."""
    context = {
        "may_ask": packs.active().ordering(duties.QUALITY_DOUBT),
    }
    return _asked(request, slug, DOUBTS, "portal/report_doubt.html", context)


@require_http_methods(GET_OR_POST)
@never_cache
def complain(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Ask which right the data touches, and hand it in."""
    context = {
        "may_ask": packs.active().ordering(duties.RIGHTS_COMPLAIN),
    }
    return _asked(request, slug, COMPLAINTS, "portal/complain.html", context)


@require_http_methods(GET_OR_POST)
@never_cache
def request_share(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Ask what a department needs of a resource that is shared on conditions, and hand it in."""
    context = {
        "may_ask": packs.active().ordering(duties.SHARING_ASK),
        "coordinates": packs.active().ordering(duties.SHARING_COORDINATE),
    }
    return _asked(request, slug, REQUESTS, "portal/request.html", context)


def _asked(
    request: HttpRequest,
    slug: str,
    kind: Kind,
    template: str,
    words: Mapping[str, object],
) -> HttpResponseBase:
    asker = asker_of(request)
    entry = catalog.get(asker.actor, code=code_of(slug))
    if asker.person is None:
        return redirect_to_login(request.get_full_path())
    begun = _begun(request)
    form = kind.asks(asker.actor, entry, begun)
    sent = request.method == "POST" and not begun
    filled = form(request.POST, request.FILES) if sent else form()
    if sent and filled.is_valid():
        case = _handed_in(asker, entry, kind, filled)
        if case is not None:
            says = str(kind.handing_in.done).format(number=case.number)
            say_done(request, says, kind.begins, case)
            return redirect(kind.one, case.number)
    decision = gate.decide(asker.actor, kind.begins, entry)
    as_oneself = gate.decide(as_citizen(asker), kind.begins, entry).allowed
    pack = packs.active()
    context = {
        "entry": entry,
        "called": title_of(entry),
        "handing_in": kind.handing_in,
        "form": filled,
        "refusal": None if decision.allowed else refusals.of(decision),
        "as_oneself": as_oneself and not decision.allowed,
        "examines": pack.ordering(kind.procedure.examine),
        "answers": pack.ordering(kind.procedure.answer),
        "appeals": pack.ordering(duties.CASES_APPEAL),
        "crumbs": trail(
            str(kind.handing_in.title),
            (_("Find data"), "portal:resources"),
            (title_of(entry), reverse("portal:resource", args=[entry.slug])),
        ),
        **words,
    }
    status = 422 if filled.errors else 200 if decision.allowed else 403
    return render(request, template, context, status=status)


def _begun(request: HttpRequest) -> Mapping[str, object]:
    """Return the record at which somebody began: its key goes in no address."""
    try:
        record = json.loads(request.POST.get("record", ""))
    except ValueError:
        return {}
    if not isinstance(record, dict):
        return {}
    return {"record": {str(name): str(value) for name, value in record.items()}}


def _handed_in(asker: Asker, entry: Entry, kind: Kind, filled: BaseForm) -> Case | None:
    try:
        return kind.act(actor=asker.actor, entry=entry, **filled.cleaned_data)
    except Incomplete as error:
        mending.tell(filled, error)
        return None
