"""Bringing data in: sending the file, watching it, judging its report, publishing it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.catalog import working
from yelin.files.kinds import CONTENTS
from yelin.files.store import CHUNK_BYTES
from yelin.law.refusals import Incomplete
from yelin.ledger.models import Leaf
from yelin.quality.reads import threshold_of
from yelin.surface import telling
from yelin.surface import uploads as surface
from yelin.surface.actor import Asker
from yelin.warehouse import acts, arriving
from yelin.warehouse import reads as warehouse
from yelin.warehouse.measuring import report as measuring
from yelin.warehouse.merged import Mode
from yelin.warehouse.models import Release, Upload, UploadState
from yelin.warehouse.pipeline import Options
from yelin.warehouse.query import Filter, Question
from yelin.warehouse.receive import receive
from yelin.web import mending, quality, terms, told, words
from yelin.web.asking import GET_OR_POST
from yelin.web.desk import answering, grounding
from yelin.web.desk.door import page
from yelin.web.desk.entries import crumbs
from yelin.web.desk.ground_forms import given
from yelin.web.desk.shapes import Match, ReasonCount, RejectedRow, Report
from yelin.web.desk.upload_forms import OptionsForm, UploadForm
from yelin.web.done import say_done
from yelin.web.grids import Column, Grid
from yelin.web.guards import seated
from yelin.web.paging import page_of
from yelin.web.shapes import Link, Pager, Step
from yelin.web.templatetags.yelin import lang, number

REJECTED_SHOWN = 20


@require_http_methods(GET_OR_POST)
@seated
def upload(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Take a file in for an entry."""
    entry = working.entry(asker.actor, pk)
    gate.decide(asker.actor, "warehouse.receive", entry).must_allow("warehouse.receive", entry.pk)
    filled = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and filled.is_valid():
        sent = filled.cleaned_data["file"]
        try:
            received = receive(sent.chunks(CHUNK_BYTES), sent.name)
            made = acts.receive(
                actor=asker.actor, entry=entry, received=received, options=_options(filled)
            )
        except Incomplete as error:
            mending.tell(filled, error)
        else:
            return redirect("desk:report", pk=made.pk)
    context = {
        "entry": entry,
        "term": terms.of([entry.pk]).get(entry.pk),
        "form": filled,
        "has_release": entry.releases.exists(),
        "under_way": arriving.under_way(asker.actor).filter(entry=entry).order_by("until"),
        "entry_url": reverse("desk:entry", args=[pk]),
        "crumbs": crumbs(entry, Link(_("Bring in data"), "")),
    }
    return page(request, asker, "desk/upload.html", context, status=422 if filled.errors else 200)


def _options(filled: OptionsForm) -> Options:
    said = filled.cleaned_data
    return Options(
        encoding=said["encoding"] or None,
        delimiter=said["delimiter"] or None,
        sheet=said["sheet"] or None,
        header_line=said["header_line"],
        date_order=said["date_order"] or None,
        datum=said["datum"] or None,
        mode=Mode(said["mode"] or Mode.REPLACE),
    )


def _read_otherwise(found: Upload, filled: OptionsForm) -> Options:
    # Read in another way, the file may have other columns: which is which is asked anew.
    before = answering.same(found)
    said = _options(filled)
    mode = said.mode if filled.cleaned_data["mode"] else before.mode
    return replace(said, date_orders=before.date_orders, mends=before.mends, mode=mode)


@require_http_methods(GET_OR_POST)
@seated
def report(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show how far a file is and what was found; publish, prepare again or discard it."""
    found = warehouse.upload(asker.actor, pk)
    if request.method != "POST":
        return _report(request, asker, found)
    doing = request.POST.get("do")
    try:
        if doing == "publish":
            _publish(request, asker, found)
        elif doing == "discard":
            acts.discard(actor=asker.actor, upload=found)
            say_done(
                request,
                _("Discarded. Nothing of this file was published."),
                "warehouse.discard",
                found,
            )
        elif doing == "prepare":
            again = OptionsForm(request.POST, initial=_said(found), sheets=_sheets(found))
            if not again.is_valid():
                return _report(request, asker, found, again=again, status=422)
            options = _read_otherwise(found, again)
            acts.prepare(actor=asker.actor, upload=found, options=options)
        elif doing == "answer":
            options = answering.answered(found, request.POST)
            acts.prepare(actor=asker.actor, upload=found, options=options)
        elif doing == "again":
            acts.prepare(actor=asker.actor, upload=found, options=answering.same(found))
    except Incomplete as error:
        return _report(request, asker, found, faults=mending.told(error), status=422)
    return redirect("desk:report", pk=pk)


def _publish(request: HttpRequest, asker: Asker, found: Upload) -> None:
    asked = grounding.asked(found, request.POST)
    release = acts.publish(
        actor=asker.actor,
        entry=found.entry,
        upload=found,
        without_rejected=request.POST.get("without_rejected") == "yes",
        as_changed=request.POST.get("as_changed") == "yes",
        grounds=given(asked),
    )
    if release.is_table:
        says = _("Version {n} is published. Rows: {rows}.")
    else:
        says = _("Version {n} is published. Files: {files}.")
    counts = {"rows": number(release.rows), "files": number(len(release.contents))}
    say_done(request, says.format(n=release.number, **counts), "warehouse.publish", found.entry)


def _report(
    request: HttpRequest,
    asker: Asker,
    found: Upload,
    *,
    again: OptionsForm | None = None,
    faults: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    entry = found.entry
    shown = _told(request, asker, found)
    published = Release.objects.filter(upload=found).first()
    context: dict[str, Any] = {
        "entry": entry,
        "report": shown,
        "questions": answering.questions(found),
        "state": answering.state_of(found),
        "changed": found.report.get("changed", []),
        "faults": faults,
        "again": again or OptionsForm(initial=_said(found), sheets=_sheets(found)),
        "may_settle": gate.decide(asker.actor, "warehouse.prepare", found).allowed,
        "report_url": reverse("desk:report", args=[found.pk]),
        "items_url": f"{reverse('desk:items', args=[entry.pk])}?from={found.pk}",
        "edit_items_url": reverse("desk:items", args=[entry.pk]),
        "upload_url": reverse("desk:upload", args=[entry.pk]),
        "entry_url": reverse("desk:entry", args=[entry.pk]),
        "stale": _stale(found),
        "merged": _merged(found),
        "base": found.base,
        "restores": found.restores.number if found.restores else None,
        "quality": _quality(found),
        "personal": found.report.get("personal", []),
        "grounds": grounding.asked(found, request.POST if faults else None),
        "threshold": threshold_of(entry),
        "preview": _preview(found),
        "crumbs": crumbs(entry, Link(found.filename, "")),
    }
    if published:
        context |= _published(published)
    return page(request, asker, "desk/report.html", context, status=status)


def _quality(found: Upload) -> quality.Shown | None:
    said = found.report.get("quality")
    return quality.shown(measuring.Report.read(said)) if said else None


def _published(release: Release) -> dict[str, Any]:
    leaf = (
        Leaf.objects.filter(
            subject=release.entry_id,
            act="warehouse.publish",
            refused=False,
            payload__facts__release__id=str(release.pk),
        )
        .order_by("-id")
        .first()
    )
    return {
        "version": release.number,
        "published_grounds": release.grounds,
        "version_url": reverse("portal:resource", args=[release.entry.slug]),
        "receipt": leaf.receipt_text if leaf else "",
        "leaf_url": reverse("portal:leaf", args=[bytes(leaf.h).hex()]) if leaf else "",
    }


def _stale(found: Upload) -> str:
    """Say why a file that is ready must be prepared again, if it must."""
    turn = warehouse.stale(found) if found.state == UploadState.READY else None
    return telling.said(turn.says) if turn else ""


def _merged(found: Upload) -> list[tuple[str, int]]:
    """Return what becomes of the rows that stood, where they stay."""
    said = found.report.get("merged")
    if not said or not found.base:
        return []
    names = {
        "added": _("Rows added"),
        "changed": _("Rows changed"),
        "removed": _("Rows removed"),
        "unchanged": _("Rows left as they are"),
    }
    return [(name, said[count]) for count, name in names.items()]


def _told(request: HttpRequest, asker: Asker, found: Upload) -> Report:
    said = found.report
    rejected, pager = _rejected(request, asker, found)
    return Report(
        id=str(found.pk),
        filename=found.filename,
        size=found.size,
        state=found.state,
        stage=found.stage,
        fraction=found.fraction,
        rows=found.rows or 0,
        given=found.given,
        rejected=found.rejected or 0,
        rows_per_second=found.rows_per_second,
        seconds_left=found.seconds_left,
        facts=_facts(said.get("source", {})),
        notices=[_notice(each) for each in _notices(said)],
        matches=_matches(found),
        proposed=len(said.get("proposed", [])) if found.state == UploadState.READY else 0,
        reasons=_causes(request, found),
        rejected_rows=rejected,
        pager=pager,
        rejected_url=f"/api/v1/uploads/{found.pk}/rejected",
        contents=found.contents,
        error=_error(found.error),
        steps=_steps(found),
    )


def _error(said: dict[str, Any]) -> str:
    if not said:
        return ""
    says = telling.said(said["says"], said["params"])
    path = said["params"].get("path")
    # Of a ZIP, what is wrong with which of its files.
    return f"{path}：{says}" if path and str(path) not in says else says


def _notices(said: dict[str, Any]) -> list[dict[str, Any]]:
    own = [note for item in said.get("proposed", []) for note in item["notes"]]
    return [*said.get("notices", []), *own]


def _notice(said: dict[str, Any]) -> str:
    return telling.said(said["message_id"], said["params"])


def _said(found: Upload) -> dict[str, Any]:
    return {name: value for name, value in found.options.items() if value is not None}


def _sheets(found: Upload) -> list[str]:
    return list(found.report.get("source", {}).get("sheets", ()))


def _facts(source: dict[str, Any]) -> list[tuple[str, str]]:
    facts = [
        (_("Encoding"), source.get("encoding", "").upper()),
        (_("Delimiter"), _delimiter(source.get("delimiter", ""))),
        (_("Kind of file"), _kind(source.get("kind", ""))),
        (_("Sheet or list"), source.get("sheet", "")),
        (_("Coordinate system"), source.get("datum", "").upper()),
        (_("Line of the header"), number(source.get("header_line") or None)),
    ]
    return [(name, value) for name, value in facts if value]


def _kind(kind: str) -> str:
    return str(words.word("file", kind).says) if kind in CONTENTS else kind.upper()


def _delimiter(mark: str) -> str:
    names = {
        ",": _("Comma"),
        ";": _("Semicolon"),
        "\t": _("Tab"),
        "，": _("Full-width comma"),
    }
    return names.get(mark, mark)


def _matches(found: Upload) -> list[Match]:
    said = found.report
    if not said.get("mapping"):
        return []
    types = {facts["name"]: facts["type"] for facts in said["columns"]}
    told_of = told.notes(said)
    matches = [
        Match(
            header=each["header"] or "",
            item=each["item"],
            type=types.get(each["item"], ""),
            outcome="matched" if each["header"] else "missing",
            note=told_of.get(each["item"], ""),
        )
        for each in said["mapping"]
    ]
    taken = {match.header for match in matches}
    extra = [Match(name, "", "", "extra") for name in said["header"] if name not in taken]
    return [*matches, *extra]


def _causes(request: HttpRequest, found: Upload) -> list[ReasonCount]:
    counts = []
    for each in found.report.get("causes", []):
        query = urlencode({"reason": each["reason"], "column": each["column"] or ""})
        counts.append(
            ReasonCount(
                reason=str(words.word("reason", each["reason"]).says),
                column=each["column"] or "",
                count=each["count"],
                url=f"?{query}#rejected",
                chosen=_chosen(request) == (each["reason"], each["column"] or ""),
            )
        )
    return counts


def _chosen(request: HttpRequest) -> tuple[str, str] | None:
    """Return the cause whose rows alone are to be listed."""
    if "reason" not in request.GET:
        return None
    return request.GET["reason"], request.GET.get("column", "")


def _rejected(
    request: HttpRequest, asker: Asker, found: Upload
) -> tuple[list[RejectedRow], Pager | None]:
    # Without items there is nothing yet that a row could fail to conform to, and no file of them.
    if (
        not found.rejected
        or found.emptied_at
        or found.state not in {UploadState.READY, UploadState.PUBLISHED}
        or not found.report.get("rejected")
    ):
        return [], None
    filters: tuple[Filter, ...] = ()
    base = "?"
    if chosen := _chosen(request):
        reason, column = chosen
        of_column = Filter("column", "eq", column) if column else Filter("column", "isnull", "true")
        filters = (Filter("reason", "eq", reason), of_column)
        base = f"?{urlencode({'reason': reason, 'column': column})}&"
    page_number = page_of(request.GET)
    question = Question(
        filters=filters, limit=REJECTED_SHOWN, offset=(page_number - 1) * REJECTED_SHOWN
    )
    answer = surface.rejected_page(asker.actor, found, question)
    pages = max(1, -(-answer.total // REJECTED_SHOWN))
    rows = [
        RejectedRow(
            line=int(row["line"] or 0),
            column=str(row["column"] or ""),
            value=str(row["value"] or ""),
            reason=str(row["reason_zh" if lang() == "zh" else "reason_en"] or ""),
        )
        for row in answer.rows
    ]
    return rows, Pager(min(page_number, pages), pages, base)


def _preview(found: Upload) -> Grid | None:
    said = found.report
    rows = said.get("preview") or []
    if found.state != UploadState.READY or not rows:
        return None
    columns = [Column(each["name"], each["name"], each["type"]) for each in said["proposed"]]
    return Grid(
        columns, [[row.get(c.name) for c in columns] for row in rows], len(rows), 1, len(rows)
    )


_ORDER = ("receive", "check", "decide", "publish")


def _steps(found: Upload) -> list[Step]:
    titles = (_("Reception"), _("Check"), _("Decision"), _("Publication"))
    at = {
        UploadState.RECEIVED: ("done", "now", "next", "next"),
        UploadState.PREPARING: ("done", "now", "next", "next"),
        UploadState.READY: ("done", "done", "now", "next"),
        UploadState.FAILED: ("done", "fail", "next", "next"),
        UploadState.PUBLISHED: ("done", "done", "done", "done"),
        UploadState.DISCARDED: ("done", "done", "fail", "next"),
    }[UploadState(found.state)]
    return [Step(title, state) for title, state in zip(titles, at, strict=True)]
