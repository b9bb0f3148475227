"""Cases on the desk: what waits for the actor by its lawful day, and one case with what to do."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin.cases import reads as rows
from yelin.cases.models import Case
from yelin.law.models import Clock
from yelin.surface.actor import Asker
from yelin.web import attaching, kinds, offers, places, terms
from yelin.web import evidence as proving
from yelin.web.asking import GET_OR_POST
from yelin.web.case_offers import offers as offered_in
from yelin.web.cases import story
from yelin.web.desk.door import page
from yelin.web.guards import seated
from yelin.web.paging import MOST
from yelin.web.shapes import Link, Term
from yelin.web.templatetags.yelin import body_name
from yelin.web.words import word


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list of the desk."""

    number: str
    noun: str
    title: str
    url: str
    state: str
    outcome: str
    outcomes: str
    by: str
    term: Term | None


@require_safe
@seated
def cases(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the open cases of the actor's body by the day on which something is due."""
    seen = rows.seen_by(asker.actor).select_related(
        "about__entry", "about__body", "applicant__body"
    )
    own = Q(applicant=asker.actor.party_id)
    closed = seen.filter(state="closed").order_by("-closed_at")[:MOST]
    context = {
        "open": [line(case, running) for case, running in rows.due_first(seen.exclude(own))],
        "asked": [line(case, running) for case, running in rows.due_first(seen.filter(own))],
        "closed": [line(case, None) for case in closed],
    }
    return page(request, asker, "desk/cases.html", context)


def line(case: Case, running: Clock | None) -> CaseLine:
    """Return a case as a line of a list."""
    kind = kinds.of(case)
    return CaseLine(
        number=case.number,
        noun=str(kind.noun),
        title=kinds.title_of_case(case),
        url=reverse("desk:case", args=[case.number]),
        state=case.state,
        outcome=case.outcome,
        outcomes=kind.outcomes,
        by=_who(case),
        term=terms.told(running) if running else None,
    )


def _who(case: Case) -> str:
    """Return who asks: departments by name, citizens and enterprises by what they are."""
    party = case.applicant
    if party.kind == "body" and party.body.is_official:
        return body_name(party.body)
    return str(word("party", party.kind).says)


@require_http_methods(GET_OR_POST)
@seated
def case(request: HttpRequest, asker: Asker, number: str) -> HttpResponse:
    """Show one case to whoever handles or reviews it, and take what they decide."""
    row = rows.get(asker.actor, number)
    taken = offers.take(request, asker.actor, offered_in(asker.actor, row))
    if taken.made is not None:
        return redirect("desk:case", number)
    context = {
        "story": story(asker.actor, row),
        "places": places.of_case(row),
        "attachments": attaching.shown(asker.actor, row, taken.offered),
        "offered": attaching.others(taken.offered),
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("Cases"), reverse("desk:cases")),
            Link(row.number, ""),
        ],
    }
    return page(request, asker, "desk/case.html", context, status=taken.status)


@require_safe
@seated
def evidence(request: HttpRequest, asker: Asker, number: str) -> HttpResponse:
    """Hand out the leaves of a case that the asker may open, with their proofs."""
    del request
    return proving.about(asker.actor, rows.get(asker.actor, number))
