"""Verify on a page whether what somebody knows of a record is so (联机验证)."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.exchange import verifying
from yelin.exchange.answering import Answering
from yelin.exchange.verifying import Answers
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.surface import calls
from yelin.web import marking, mending, refusals, words
from yelin.web.asking import GET_OR_POST
from yelin.web.portal.resource import seen_in
from yelin.web.portal.story import Seen
from yelin.web.sheets import Sheet
from yelin.web.templatetags.yelin import title_of
from yelin.web.trail import trail
from yelin.web.verification_forms import FIELDS, LinesForm, RecordForm

# More answers than these are for a file.
_SHOWN = 100
_FORMS = {"record": RecordForm, "lines": LinesForm}


@dataclass(frozen=True, slots=True)
class _Asked:
    """Both forms of the page, of which one may be filled in."""

    record: RecordForm
    lines: LinesForm
    sent: RecordForm | LinesForm | None


@require_http_methods(GET_OR_POST)
@never_cache
def record(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Ask whether values match a record, and show the answers; none of the values is kept."""
    seen = seen_in(request, slug)
    if seen.asker.person is None:
        return redirect_to_login(request.get_full_path())
    decision = gate.decide(seen.actor, "resource.verify", seen.entry)
    keys = [item.name for item in seen.items if item.key]
    asked = _forms(request, seen, decision, keys)
    answers: Answers | None = None
    if decision.allowed and asked.sent is not None and asked.sent.is_valid():
        said = asked.sent.cleaned_data
        call = calls.of(request, said["purpose"])
        try:
            answers = verifying.verify(seen.actor, seen.entry, said["claims"], call=call)
        except Incomplete as error:
            mending.tell(asked.sent, error)
    if answers is not None and request.POST.get("as") == "csv":
        response = _file(answers)
    else:
        page = _page(seen, decision, asked, answers)
        wrong = asked.sent is not None and asked.sent.errors
        status = 422 if wrong else 200 if decision.allowed else 403
        response = render(request, "portal/verification.html", page, status=status)
    if answers is not None:
        calls.note(response, answers.notes)
    return response


def _forms(request: HttpRequest, seen: Seen, decision: gate.Decision, keys: list[str]) -> _Asked:
    bears = decision.obligations
    others = [
        item.name
        for item in seen.items
        if not item.key and bears.shows(item.name) and item.name not in bears.masks
    ]
    kind = request.POST.get("kind", "")

    def made(of: str, items: list[str]) -> Any:
        sent = request.POST if request.method == "POST" and kind == of else None
        return _FORMS[of](
            sent, keys=keys, items=items, purposes=decision.purposes, auto_id=f"{of}-%s"
        )

    record, lines = made("record", others[:FIELDS]), made("lines", others)
    sent = {"record": record, "lines": lines}.get(kind)
    return _Asked(record, lines, sent if request.method == "POST" else None)


def _page(
    seen: Seen, decision: gate.Decision, asked: _Asked, answers: Answers | None
) -> dict[str, Any]:
    entry = seen.entry
    return {
        "entry": entry,
        "asked": asked,
        "has_key": any(item.key for item in seen.items),
        "answers": _told(asked, answers) if answers else None,
        "release": answers.release if answers else None,
        "marks": marking.lines(seen.asker, answers.notes.marks) if answers else (),
        "tells_missing": Answering.tells(entry),
        "refusal": None if decision.allowed else refusals.of(decision),
        "provision": packs.active().ordering(duties.VERIFY_ONLINE),
        "crumbs": trail(
            _("Verify a record"),
            (_("Find data"), "portal:resources"),
            (title_of(entry), reverse("portal:resource", args=[entry.slug])),
        ),
    }


def _told(asked: _Asked, answers: Answers) -> dict[str, Any]:
    assert asked.sent is not None  # noqa: S101 - nothing is answered that was not asked
    claims = asked.sent.cleaned_data["claims"]
    names = list(dict.fromkeys(name for claim in claims for name in claim.items))
    counts = Counter(str(each) for one in answers.answers for each in one.items.values())
    rows = [
        (place, [(name, str(one.items.get(name, ""))) for name in names], one.found)
        for place, one in enumerate(answers.answers[:_SHOWN], start=1)
    ]
    return {
        "names": names,
        "rows": rows,
        "counts": [(verdict, counts[verdict]) for verdict in words.VERDICT if counts[verdict]],
        "more": max(0, len(answers.answers) - _SHOWN),
        "single": asked.sent is asked.record,
    }


def _file(answers: Answers) -> HttpResponse:
    """Return the answers line by line, as they were asked; none of the values stands there."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verified.csv"'
    names = list(dict.fromkeys(name for one in answers.answers for name in one.items))
    sheet = Sheet(response)
    marked = {row: mark.doubt for mark in answers.notes.marks for row in mark.rows or ()}
    sheet.write([_("Line"), *names, *([_("Under check")] if marked else [])])
    for place, one in enumerate(answers.answers):
        doubt = [marked.get(place, "")] if marked else []
        sheet.write([place + 1, *(str(one.items.get(name, "")) for name in names), *doubt])
    return response
