"""Keeping the catalog true: its history, withdrawals, changes of law, and what is late."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.catalog import acts, lateness, working
from yelin.catalog.changes import ChangeKind
from yelin.catalog.models import Entry
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete
from yelin.surface.actor import Asker
from yelin.web import mending, terms, versions, words
from yelin.web.addresses import address
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.desk.entries import crumbs
from yelin.web.desk.shapes import LateLine
from yelin.web.desk.upkeep_forms import ChangeForm, WhyForm
from yelin.web.done import say_done
from yelin.web.guards import seated
from yelin.web.names import area_name
from yelin.web.paging import cut
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name, title_of

PAGE_SIZE = 50


@require_safe
@seated
def history(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show the versions of an entry, and what differs between two of them or its revision."""
    entry = working.entry(asker.actor, pk)
    revisions = working.revisions(asker.actor, entry)
    is_open = entry.revision in revisions and entry.revision is not None
    context = {
        "entry": entry,
        "revisions": revisions,
        "compared": versions.compared(
            working.versions(asker.actor, entry),
            request.GET,
            shows=gate.decide(asker.actor, "entry.read", entry).shows,
            revision=entry.revision if is_open else None,
        ),
        "crumbs": crumbs(entry, Link(_("History and differences"), "")),
    }
    return page(request, asker, "desk/history.html", context)


@dataclass(frozen=True)
class _Asking:
    """An act on an entry that takes nothing but a reason, and the words around it."""

    act: str
    does: Callable[..., Entry]
    title: str
    says: str
    button: str
    done: str


@require_http_methods(GET_OR_POST)
@seated
def withdraw(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Ask that an entry be withdrawn, with a reason."""
    says = _(
        "Once confirmed, everyone reads this reason where the resource was; its rows are handed out"
        " no longer, grants on it end, and its code is never given again."
    )
    asking = _Asking(
        "catalog.ask_withdrawal",
        acts.ask_withdrawal,
        _("Ask for withdrawal"),
        says,
        _("Send for confirmation"),
        _("Sent for confirmation."),
    )
    return _with_reason(request, asker, pk, asking)


@require_http_methods(GET_OR_POST)
@seated
def keep(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Say why an entry stays as it is after a change of law or function."""
    asking = _Asking(
        "catalog.keep",
        acts.keep,
        _("Nothing has to change in it"),
        _("Say why the change does not touch what the entry says."),
        _("Keep it as it is"),
        _("The entry stays as it is."),
    )
    return _with_reason(request, asker, pk, asking)


def _with_reason(request: HttpRequest, asker: Asker, pk: UUID, asking: _Asking) -> HttpResponse:
    entry = working.entry(asker.actor, pk)
    decision = gate.decide(asker.actor, asking.act, entry).must_allow(asking.act, entry.pk)
    filled = WhyForm(request.POST or None)
    if request.method == "POST" and filled.is_valid():
        try:
            asking.does(actor=asker.actor, entry=entry, reason=filled.cleaned_data["reason"])
        except Incomplete as error:
            mending.tell(filled, error)
        else:
            say_done(request, asking.done, asking.act, entry)
            return redirect("desk:entry", pk=pk)
    context = {
        "entry": entry,
        "asking": asking,
        "form": filled,
        "provision": packs.active().ordering(decision.duty),
        "crumbs": crumbs(entry, Link(asking.title, "")),
    }
    status = 422 if filled.errors else 200
    return page(request, asker, "desk/entry_reason.html", context, status=status)


@require_http_methods(GET_OR_POST)
@seated
def change(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Note a change of law or function for a body, and which of its entries must follow."""
    body = working.body_that_changes(asker.actor, pk)
    filled = ChangeForm(
        request.POST or None,
        of=working.confirmed_of(asker.actor, body),
        initial={"since": clock.today(), "kind": ChangeKind.LAW},
    )
    if request.method == "POST" and filled.is_valid():
        try:
            noted = acts.note_change(
                actor=asker.actor,
                provider=body,
                **filled.cleaned_data | {"entries": tuple(filled.cleaned_data["entries"])},
            )
        except Incomplete as error:
            mending.tell(filled, error)
        else:
            say_done(request, _("The change is noted."), "catalog.note_change", noted)
            return redirect("desk:changes")
    context = {
        "body": body,
        "form": filled,
        "provision": packs.active().ordering(duties.CATALOG_REVISE),
        "crumbs": [*_crumbs(), Link(body_name(body), "")],
    }
    return page(request, asker, "desk/change.html", context, status=422 if filled.errors else 200)


def _crumbs() -> list[Link]:
    return [
        Link(_("Desk"), reverse("desk:home")),
        Link(_("What is late"), reverse("desk:late")),
        Link(_("Changes of law or function"), reverse("desk:changes")),
    ]


@require_safe
@seated
def changes(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the changes of law or function that were noted, and for whom one may be noted."""
    found, pager = cut(working.changes(asker.actor), request.GET, PAGE_SIZE)
    context = {
        "changes": found,
        "pager": pager,
        "bodies": working.bodies_that_change(asker.actor),
        "provision": packs.active().ordering(duties.CATALOG_REVISE),
        "crumbs": _crumbs(),
    }
    return page(request, asker, "desk/changes.html", context)


@require_safe
@seated
def late(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List what is late: data not brought in, entries not revised; by body and division."""
    asked = lateness.Asked(
        body=request.GET.get("body", ""),
        division=request.GET.get("division", ""),
        duty=request.GET.get("duty", ""),
    )
    owed = lateness.late(asker.actor, asked)
    found, pager = cut(owed, request.GET, PAGE_SIZE, base=address(request.GET, drop=["page"]))
    lines = [
        LateLine(
            title=title_of(entry),
            url=reverse("desk:entry", args=[entry.pk]),
            code=entry.code or "",
            body=body_name(entry.provider),
            place=area_name(entry.provider.division),
            term=terms.told(running),
            owed=str(words.word("late", running.duty).says),
        )
        for running, entry in lateness.with_entries(found)
    ]
    counts = lateness.counted(asker.actor)
    context = {
        "lines": lines,
        "pager": pager,
        "asked": asked,
        "bodies": [(body.credit_code, body_name(body), n) for body, n in counts.bodies],
        "divisions": [(code, area_name(code), n) for code, n in counts.divisions],
        "duties": [(name, words.word("late", name).says, n) for name, n in counts.duties],
        "today": clock.today(),
        "crumbs": [Link(_("Desk"), reverse("desk:home")), Link(_("What is late"), "")],
    }
    return page(request, asker, "desk/late.html", context)
