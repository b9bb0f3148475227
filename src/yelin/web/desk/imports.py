"""Catalogs in and out of spreadsheets: bring one in, judge what it would do, enter it."""

import io
from collections.abc import Iterator, Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.compiling import acts, mapping, reads
from yelin.compiling.models import Import, ImportState, Outcome, Planned
from yelin.files.store import CHUNK_BYTES
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.surface import telling
from yelin.surface.actor import Asker
from yelin.surface.sending import disposition
from yelin.warehouse.receive import receive
from yelin.web import mending
from yelin.web.asking import GET_OR_POST
from yelin.web.desk import exports, import_words
from yelin.web.desk.door import page
from yelin.web.desk.import_forms import ImportForm, MappingForm, columns_form
from yelin.web.desk.shapes import ImportLine, ImportReport, ImportTab
from yelin.web.done import say_done
from yelin.web.guards import seated
from yelin.web.paging import cut
from yelin.web.shapes import Link, Step
from yelin.web.sheets import Sheet
from yelin.web.templatetags.yelin import body_name, lang, number, word

PAGE_SIZE = 25
COLUMN = "column:"


@require_http_methods(GET_OR_POST)
@seated
def imports(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the catalogs that the body brought in; take another one."""
    assert asker.seat is not None  # noqa: S101 - the door lets nobody else in
    body = asker.seat.body
    may_bring = gate.decide(asker.actor, "compiling.receive", body)
    filled = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and filled.is_valid():
        sent, said = filled.cleaned_data["file"], filled.cleaned_data
        try:
            may_bring.must_allow("compiling.receive", body.pk)
            made = acts.receive(
                actor=asker.actor,
                body=body,
                received=receive(sent.chunks(CHUNK_BYTES), sent.name),
                mapping=said["mapping"],
                sheet=said["sheet"],
                state_secret=said["state_secret"] == "yes",  # noqa: S105 - an answer, no password
            )
        except Incomplete as error:
            mending.tell(filled, error)
        else:
            return redirect("desk:import", pk=made.pk)
    shown, pager = cut(reads.seen_by(asker.actor), request.GET, PAGE_SIZE)
    context = {
        "form": filled,
        "may_bring": may_bring.allowed,
        "is_large": exports.is_large(body.pk),
        "body": body_name(body),
        "imports": [_line(batch) for batch in shown],
        "pager": pager,
        "secrets": packs.active().provision(duties.STATE_SECRETS),
        "crumbs": _crumbs(),
    }
    return page(request, asker, "desk/imports.html", context, status=422 if filled.errors else 200)


def _crumbs(*more: Link) -> list[Link]:
    return [
        Link(_("Desk"), reverse("desk:home")),
        Link(_("My body's entries"), reverse("desk:entries")),
        Link(_("Import a catalog"), reverse("desk:imports")),
        *more,
    ]


def _line(batch: Import) -> ImportLine:
    return ImportLine(
        title=batch.filename or _("A file that was destroyed"),
        url=reverse("desk:import", args=[batch.pk]),
        state=batch.state,
        rows=batch.found.get("rows", 0),
        received_at=batch.received_at,
    )


@require_http_methods(GET_OR_POST)
@seated
def one(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show what an import would do or did, cell by cell; enter, read otherwise or discard it."""
    batch = reads.get(asker.actor, pk)
    if request.method != "POST":
        return _one(request, asker, batch)
    doing = request.POST.get("do")
    try:
        if doing == "run":
            acts.run(actor=asker.actor, batch=batch)
        elif doing == "plan":
            again = MappingForm(request.POST)
            if not again.is_valid():
                return _one(request, asker, batch, again=again)
            acts.plan(
                actor=asker.actor,
                batch=batch,
                mapping=again.cleaned_data["mapping"],
                sheet=again.cleaned_data["sheet"],
                columns=_chosen(request, batch),
            )
        elif doing == "discard":
            batch = acts.discard(actor=asker.actor, batch=batch)
            says = _("Discarded. What was not entered yet is gone, and so is the file.")
            say_done(request, says, "compiling.discard", batch)
    except Incomplete as error:
        return _one(request, asker, batch, faults=mending.told(error))
    return redirect("desk:import", pk=pk)


def _chosen(request: HttpRequest, batch: Import) -> dict[str, str]:
    """Return the columns whose field was chosen otherwise than their heading says."""
    layout = mapping.named(batch.mapping)
    headings = [heading for heading, _field in batch.found.get("columns", [])]
    usual = {match.heading: match.field for match in layout.match(headings, {})}
    sent = {
        heading: request.POST[f"{COLUMN}{place}"]
        for place, heading in enumerate(headings)
        if f"{COLUMN}{place}" in request.POST
    }
    return {heading: field for heading, field in sent.items() if field != usual[heading]}


def _one(
    request: HttpRequest,
    asker: Asker,
    batch: Import,
    *,
    again: MappingForm | None = None,
    faults: list[str] | None = None,
) -> HttpResponse:
    tally = reads.tally(batch)
    shown = _shown(request)
    found, pager = cut(
        reads.planned(batch, shown), request.GET, PAGE_SIZE, base=f"?show={shown or ''}&"
    )
    waits = tally[Outcome.MAKE].resources + tally[Outcome.CHANGE].resources
    done = tally[Outcome.MAKE].done + tally[Outcome.CHANGE].done
    may_settle = gate.decide(asker.actor, "compiling.run", batch).allowed
    context = {
        "report": _report(batch),
        "tabs": _tabs(batch, tally, shown),
        "lines": [import_words.line(planned) for planned in found],
        "pager": pager,
        "rows": batch.found.get("rows", 0),
        "accounted": sum(each.rows for each in tally.values()),
        "to_enter": waits - done,
        "unsaid": import_words.unsaid(batch),
        "mapping": mapping.named(batch.mapping).label(lang()),
        "columns": columns_form(batch, COLUMN),
        "again": again or MappingForm(initial={"mapping": batch.mapping, "sheet": batch.sheet}),
        "may_run": may_settle and batch.state in acts.RUNNABLE,
        "may_plan": may_settle and batch.state in acts.PLANNABLE,
        "may_discard": may_settle and batch.state in acts.DISCARDABLE,
        "faults": faults or [],
        "import_url": reverse("desk:import", args=[batch.pk]),
        "csv_url": reverse("desk:import_report", args=[batch.pk]),
        "crumbs": _crumbs(Link(batch.filename or _("A file that was destroyed"), "")),
    }
    wrong = bool(faults) or bool(again and again.errors)
    return page(request, asker, "desk/import.html", context, status=422 if wrong else 200)


def _shown(request: HttpRequest) -> Outcome | None:
    asked = request.GET.get("show", "")
    return Outcome(asked) if asked in Outcome.values else None


def _tabs(
    batch: Import, tally: Mapping[Outcome, reads.Tally], shown: Outcome | None
) -> list[ImportTab]:
    url = reverse("desk:import", args=[batch.pk])
    total = sum(each.resources for each in tally.values())
    tabs = [ImportTab("", _("All"), url, total, shown is None)]
    for outcome, each in tally.items():
        tabs.append(
            ImportTab(
                outcome,
                word(outcome, "planned"),
                f"{url}?show={outcome}",
                each.resources,
                shown == outcome,
            )
        )
    return tabs


def _report(batch: Import) -> ImportReport:
    found = batch.found
    facts = [
        (_("Encoding"), str(found.get("encoding", "")).upper()),
        (_("Sheet"), found.get("sheet", "")),
        (_("Line of the header"), number(found.get("header_line") or None)),
    ]
    return ImportReport(
        filename=batch.filename or _("A file that was destroyed"),
        size=batch.size,
        state=batch.state,
        fraction=batch.fraction,
        rows=batch.rows,
        rows_per_second=batch.rows_per_second,
        seconds_left=batch.seconds_left,
        facts=[(name, value) for name, value in facts if value],
        notices=[telling.said(each["says"], each["params"]) for each in found.get("notices", [])],
        error=telling.said(batch.error["says"], batch.error["params"]) if batch.error else "",
        steps=_steps(batch),
    )


def _steps(batch: Import) -> list[Step]:
    titles = (_("Reception"), _("Preview"), _("Decision"), _("Entering"))
    states = {
        ImportState.RECEIVED: ("done", "now", "next", "next"),
        ImportState.PLANNING: ("done", "now", "next", "next"),
        ImportState.READY: ("done", "done", "now", "next"),
        ImportState.FAILED: ("done", "fail", "next", "next"),
        ImportState.RUNNING: ("done", "done", "done", "now"),
        ImportState.STOPPED: ("done", "done", "now", "fail"),
        ImportState.DONE: ("done", "done", "done", "done"),
        ImportState.DISCARDED: ("done", "done", "fail", "next"),
    }[ImportState(batch.state)]
    return [Step(title, state) for title, state in zip(titles, states, strict=True)]


@require_safe
@seated
def report(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Send the whole preview, or the result, as CSV: a line for each cell at fault or changed."""
    del request
    batch = reads.get(asker.actor, pk)
    lines = _csv(reads.planned(batch, None).iterator(500))
    # Whole, in the language of who asks: a stream would be read after the request has ended.
    response = HttpResponse(b"".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = disposition(f"{batch.pk}.csv")
    response["Cache-Control"] = "no-store"
    return response


def _csv(rows: Iterator[Planned]) -> Iterator[bytes]:
    out = io.StringIO()
    sheet = Sheet(out)
    sheet.write(
        [
            _("First row"),
            _("Last row"),
            _("Resource"),
            _("Outcome"),
            _("Row"),
            _("Column"),
            _("Field"),
            _("Before"),
            _("In the file"),
            _("Reason"),
        ]
    )
    yield b"\xef\xbb\xbf"
    for planned in rows:
        for cells in import_words.told(planned):
            sheet.write(cells)
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
