"""Findings on the quality of data: what a version fails, by when it is mended, the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.oversight import acts, reads
from yelin.oversight.models import Finding, State
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker
from yelin.warehouse.formats import XLSX_ROWS
from yelin.warehouse.measuring import report as measuring
from yelin.web import offers, terms
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.guards import seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.shapes import Link, Term
from yelin.web.templatetags.yelin import body_name, lang, title_of

PAGE_SIZE = 50


class AnswerForm(forms.Form):
    """What the provider found out."""

    says = forms.CharField(
        label=gettext_lazy("What you found out, and how you mend it"),
        help_text=gettext_lazy("The finding is closed by a version that mends it, not by words."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as a line of a list."""

    title: str
    url: str
    body: str
    state: str
    release: int
    rules: Sequence[str]
    term: Term | None
    mended_by: int | None


@dataclass(frozen=True, slots=True)
class Failed:
    """What a release fails, and where its rows are that do, for whoever may have them."""

    says: str
    rows: int = 0
    rows_url: str = ""
    downloads: Sequence[Link] = ()


@require_safe
@seated
def findings(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the findings that one sees to or supervises, the newest first."""
    seen = reads.seen_by(asker.actor)
    lists = {
        "": (_("To be mended"), seen.open()),
        "overdue": (_("Overdue"), seen.filter(state=State.OVERDUE)),
        "closed": (_("Closed"), seen.filter(state=State.CLOSED)),
    }
    chosen = next((name for name in lists if name in request.GET), "")
    rows, pager = cut(
        lists[chosen][1], request.GET, PAGE_SIZE, base=f"?{chosen}=1" if chosen else "?"
    )
    running = terms.running_on(row.pk for row in rows)
    here = reverse("desk:findings")
    context = {
        "lines": [_line(row, running.get(row.pk)) for row in rows],
        "pager": pager,
        "tabs": [
            Link(title, f"{here}?{name}=1" if name else here, name == chosen, str(listed.count()))
            for name, (title, listed) in lists.items()
        ],
    }
    return page(request, asker, "desk/findings.html", context)


@require_http_methods(GET_OR_POST)
@seated
def finding(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one finding; answer it."""
    found = gate.one_of(reads.seen_by(asker.actor).filter(pk=pk))
    answer = Offer(
        act="oversight.answer",
        on=found,
        title=_("Answer"),
        button=_("Answer"),
        done=_("The answer is kept. The term runs on until a version mends it."),
        form=AnswerForm,
        do=lambda said: acts.answer(actor=asker.actor, finding=found, says=said["says"]),
    )
    taken = offers.take(request, asker.actor, [answer] if found.state != State.CLOSED else [])
    if taken.made is not None:
        return redirect("desk:finding", pk=pk)
    quality = reverse("portal:resource_quality", args=[found.entry.slug])
    context = {
        "finding": found,
        "line": _line(found, terms.running_on([found.pk]).get(found.pk)),
        "failed": _failed(asker.actor, found),
        "quality_url": f"{quality}?version={found.release.number}",
        "upload_url": reverse("desk:upload", args=[found.entry_id]),
        "may_send": gate.decide(asker.actor, "warehouse.receive", found.entry).allowed,
        "offered": taken.offered,
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("Findings"), reverse("desk:findings")),
            Link(title_of(found.entry), ""),
        ],
    }
    return page(request, asker, "desk/finding.html", context, status=taken.status)


def _failed(actor: Actor, found: Finding) -> list[Failed]:
    decision = gate.decide(actor, "resource.read", found.entry)
    told = None
    if decision.allowed and not found.release.is_destroyed:
        told = measuring.report(decision, found.release)
    failing = {each.rule.code: each for each in told.results} if told else {}
    lines = []
    for code, says in zip(found.rules, _in_words(found), strict=True):
        result = failing.get(code)
        if result and measuring.has_rows(result):
            rows = result.failing
            lines.append(Failed(says, rows, *_rows_of(found, code, rows, decision.purposes)))
        else:
            lines.append(Failed(says))
    return lines


def _rows_of(
    found: Finding, code: str, rows: int, purposes: Sequence[str]
) -> tuple[str, list[Link]]:
    """Return where the rows that fail a rule are listed, and as which files they are had.

    Whoever has them for several uses chooses one there first.
    """
    slug, number = found.entry.slug, found.release.number
    listed = reverse("portal:resource", args=[slug])
    listed = f"{listed}?failing={quote(code)}&version={number}"
    formats = {"CSV": [("format", "csv"), ("for", "excel")], "XLSX": [("format", "xlsx")]}
    if rows > XLSX_ROWS:
        del formats["XLSX"]
    asked = f"failing={quote(code)}&release={number}"
    base = f"/api/v1/resources/{slug}/download"
    files = [Link(name, f"{base}?{urlencode(each)}&{asked}") for name, each in formats.items()]
    return listed, [] if len(purposes) > 1 else files


def _in_words(found: Finding) -> list[str]:
    return [words["zh" if lang() == "zh" else "en"] for words in found.says]


def _line(found: Finding, term: Term | None) -> Line:
    return Line(
        title=title_of(found.entry),
        url=reverse("desk:finding", args=[found.pk]),
        body=body_name(found.entry.provider),
        state=found.state,
        release=found.release.number,
        rules=_in_words(found),
        term=term,
        mended_by=found.mended_by.number if found.mended_by else None,
    )
