"""What is held of oneself: ask for it, follow what becomes of it, take the proof along."""

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.cases import reads as cases
from yelin.cases.models import Case
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, code_of
from yelin.files.store import store
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete
from yelin.parties.models import Body, Person
from yelin.privacy import finding, proof
from yelin.privacy.requested import SubjectRequest
from yelin.privacy.requesting import SUBJECT_REQUEST
from yelin.surface import sealed
from yelin.surface.actor import Asker, as_citizen
from yelin.web import attaching, deletions, mending, offers, places
from yelin.web import evidence as proving
from yelin.web.asking import GET_OR_POST
from yelin.web.case_offers import offers as offered_in
from yelin.web.cases import story
from yelin.web.done import say_done
from yelin.web.kinds import KINDS
from yelin.web.paging import MOST, cut
from yelin.web.portal.account import own
from yelin.web.subject_forms import new_form
from yelin.web.templatetags.yelin import body_name, title_of
from yelin.web.trail import trail

KIND = KINDS[SUBJECT_REQUEST.kind]
PAGE_SIZE = 30


@require_http_methods(GET_OR_POST)
@own
def requests(request: HttpRequest, asker: Asker, person: Person) -> HttpResponse:
    """List what one asked, who may be asked, and what of others one has to delete."""
    myself = as_citizen(asker)
    told = list(finding.told(person.pk)[:MOST])
    taken = offers.take(request, myself, deletions.offered(myself, told))
    if taken.made is not None:
        return redirect("portal:subject_requests")
    found = SubjectRequest.objects.filter(person=person)
    rows, pager = cut(
        found.select_related("case__about__entry", "case__about__body", "case__handler").order_by(
            "-case__submitted_on", "-case__number"
        ),
        request.GET,
        PAGE_SIZE,
    )
    context = {
        "requests": rows,
        "pager": pager,
        "told": deletions.lines(told),
        "offered": taken.offered,
        "bodies": finding.asked_bodies(),
        "verified": person.verified_as(clock.now()),
        "provision": packs.active().ordering(duties.SUBJECT_ASK),
        "crumbs": trail(str(KIND.every), (_("My account"), "portal:account")),
    }
    return render(request, "portal/subject_requests.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@own
def new(request: HttpRequest, asker: Asker, person: Person, of: str) -> HttpResponseBase:
    """Ask one body, or about one resource (by the code of either), what is held of oneself."""
    about = _about(asker, of)
    filled = new_form(about)(request.POST or None, request.FILES or None)
    if request.method == "POST" and filled.is_valid() and (case := _asked(asker, about, filled)):
        says = str(KIND.handing_in.done).format(number=case.number)
        say_done(request, says, KIND.begins, case)
        return redirect(KIND.one, case.number)
    pack = packs.active()
    entry, body = (about, about.provider) if isinstance(about, Entry) else (None, about)
    context = {
        "handing_in": KIND.handing_in,
        "form": filled,
        "title": title_of(entry) if entry else body_name(body),
        "body": body,
        "is_entry": entry is not None,
        "verified": person.verified_as(clock.now()),
        "answers": pack.ordering(duties.SUBJECT_ANSWER),
        "erases": pack.ordering(duties.ERASE),
        "appeals": pack.ordering(duties.CASES_APPEAL),
        "crumbs": trail(str(KIND.handing_in.title), (str(KIND.every), "portal:subject_requests")),
    }
    status = 422 if filled.errors else 200
    return render(request, "portal/subject_request_new.html", context, status=status)


def _about(asker: Asker, of: str) -> Entry | Body:
    """Return the body or resource of this code. Raises ``Unseen``."""
    body = Body.objects.filter(credit_code=of, until=None).first()
    return body or catalog.get(asker.actor, code=code_of(of))


def _asked(asker: Asker, about: Entry | Body, filled: BaseForm) -> Case | None:
    try:
        return KIND.act(actor=as_citizen(asker), entry=about, **filled.cleaned_data)
    except Incomplete as error:
        mending.tell(filled, error)
    return None


@require_http_methods(GET_OR_POST)
@own
def one(request: HttpRequest, asker: Asker, person: Person, number: str) -> HttpResponseBase:
    """Show one request to whoever asked: where it stands, each place, the proof; act in it."""
    actor, case = as_citizen(asker), _own(asker, person, number)
    taken = offers.take(request, actor, offered_in(actor, case))
    if taken.made is not None:
        return redirect(KIND.one, number)
    asked = case.subject_request
    context = {
        "story": story(actor, case),
        "places": places.Places(asked, places.lines(proof.shown(asked))),
        "copy_ready": asked.copy_key_id is not None,
        "attachments": attaching.shown(actor, case, taken.offered),
        "offered": attaching.others(taken.offered),
        "crumbs": trail(case.number, (str(KIND.every), KIND.many)),
    }
    return render(request, "portal/subject_request.html", context, status=taken.status)


def _own(asker: Asker, person: Person, number: str) -> Case:
    case = cases.get(as_citizen(asker), number)
    if case.kind != SUBJECT_REQUEST.kind or case.applicant_id != person.pk:
        raise gate.Unseen
    return case


@require_safe
@own
def evidence(request: HttpRequest, asker: Asker, person: Person, number: str) -> HttpResponseBase:
    """Hand out the leaves of a request that the asker may open, with their proofs."""
    del request
    return proving.about(as_citizen(asker), _own(asker, person, number))


@require_safe
@own
def receipt(request: HttpRequest, asker: Asker, person: Person, number: str) -> HttpResponseBase:
    """Hand out the proof of a deletion as it stands now, sealed by the platform (JWS)."""
    del request
    case = _own(asker, person, number)
    return sealed.stated(proof.receipt(case.subject_request), number)


@require_safe
@own
def copy(request: HttpRequest, asker: Asker, person: Person, number: str) -> HttpResponseBase:
    """Hand out the copy that was made for whoever asked, as long as it lies there."""
    del request
    asked = _own(asker, person, number).subject_request
    if asked.copy_key is None:
        raise gate.Unseen
    content = store().read(asked.copy_name, asked.copy_key)
    response = StreamingHttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{number}.zip"'
    return response
