"""The public register of applications: how each goes, and how each body answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from yelin import gate
from yelin.cases.models import CaseQuerySet
from yelin.catalog.models import Entry, code_of
from yelin.law import packs
from yelin.opening import drafts, reads
from yelin.opening.reads import PENDING, Filter, Record
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.web import words
from yelin.web.addresses import address
from yelin.web.asking import actor_of
from yelin.web.paging import cut
from yelin.web.portal.cases import APPLICATIONS, PAGE_SIZE, concerning, lines
from yelin.web.portal.narrowed import narrowings
from yelin.web.portal.shapes import Facet, Option
from yelin.web.portal.statistics import tabs
from yelin.web.shapes import Link
from yelin.web.sheets import Sheet
from yelin.web.templatetags.yelin import body_name, title_of
from yelin.web.trail import trail


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft of one's own, and until when it is kept."""

    title: str
    url: str
    last_day: date


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Show how every application goes; first those of whoever asks, and what one drafts."""
    actor = actor_of(request)
    everything = reads.followed_by(actor, APPLICATIONS.procedure)
    asked, entry = _filter(actor, request.GET)
    found = asked.of(everything)
    total = found.count()
    rows, pager = cut(
        found, request.GET, PAGE_SIZE, total=total, base=address(request.GET, drop=["page"])
    )
    facets = list(_facets(everything, asked))
    chosen = narrowings(facets, request.GET)
    if entry is not None:
        chosen.append(Link(title_of(entry), address(request.GET, drop=["resource", "page"])))
    context = {
        "own": lines(APPLICATIONS, concerning(actor, everything), linked=True),
        "drafts": [
            DraftLine(
                title_of(each.entry),
                reverse("portal:apply", args=[each.entry.slug]),
                drafts.last_day(each),
            )
            for each in drafts.all_of(actor)
        ],
        "lines": lines(APPLICATIONS, rows),
        "total": total,
        "facets": facets,
        "chosen": chosen,
        "resource": entry.slug if entry else "",
        "clear_url": reverse("portal:applications"),
        "pager": pager,
        "provision": packs.active().ordering(APPLICATIONS.procedure.answer),
        "kind": APPLICATIONS,
        "crumbs": trail(str(APPLICATIONS.every)),
    }
    return render(request, "portal/applications.html", context)


def _filter(actor: Actor, query: QueryDict) -> tuple[Filter, Entry | None]:
    """Return what is looked for; a resource that is hidden is as one that never was."""
    entry, slug = None, query.get("resource", "")
    if slug:
        seen = gate.visible_to(actor, "entry.see", Entry.objects.all())
        entry = seen.filter(code=code_of(slug)).first()
    asked = Filter(
        bodies=_plain(query, "body"),
        outcomes=_plain(query, "outcome"),
        years=[int(each) for each in _plain(query, "year") if each.isascii() and each.isdigit()],
        code=(entry.code or "") if entry else slug and "-",
    )
    return asked, entry


def _plain(query: QueryDict, name: str) -> tuple[str, ...]:
    return tuple(each for each in query.getlist(name)[:50] if len(each) < 40)


def _facets(cases: CaseQuerySet, asked: Filter) -> Iterator[Facet]:
    bare = cases.order_by()
    bodies = dict(bare.values_list("handler__credit_code").annotate(n=Count("pk")))
    outcomes = dict(bare.values_list("outcome").annotate(n=Count("pk")))
    years = dict(bare.values_list(ExtractYear("submitted_on")).annotate(n=Count("pk")))
    names = {
        body.credit_code: body_name(body)
        for body in Body.objects.filter(credit_code__in=bodies, until=None)
    }
    outcomes = {each or PENDING: n for each, n in outcomes.items()}
    for name, title, counted, chosen, label in (
        ("body", _("Body"), bodies, asked.bodies, names.get),
        ("outcome", _("Outcome"), outcomes, asked.outcomes, outcome_name),
        ("year", _("Year"), years, [*map(str, asked.years)], str),
    ):
        there = {str(value): n for value, n in counted.items()}
        counts = dict.fromkeys(chosen, 0) | there
        order = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        options = [Option(v, label(v) or v, n, v in chosen) for v, n in order]
        if options:
            yield Facet(name, title, options)


def outcome_name(value: str) -> str:
    """Return what an outcome is called; nothing came of what is pending yet."""
    if value == PENDING:
        return pgettext("case", "Not decided yet")
    return str(words.word(APPLICATIONS.outcomes, value).says)


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show how each body answers applications: how many, in time or late, how fast, with what."""
    actor = actor_of(request)
    cases, years, year = _of_year(actor, request.GET)
    rows = reads.records(cases)
    context = {
        "pages": tabs("answered"),
        "records": rows,
        "received": sum(each.of.received for each in rows),
        "answered": sum(each.of.answered for each in rows),
        "in_time": sum(each.of.in_time for each in rows),
        "late": sum(each.of.late for each in rows),
        "opened": sum(each.opened for each in rows),
        "years": [
            Link(str(each), f"?year={each}" if each else "?", current=each == year)
            for each in years
        ],
        "all_url": reverse("portal:answered"),
        "year": year,
        "asked": f"?year={year}" if year else "",
        "provision": packs.active().ordering(APPLICATIONS.procedure.answer),
        "crumbs": trail(_("How applications are answered"), (_("Statistics"), "portal:statistics")),
    }
    return render(request, "portal/answered.html", context)


def _of_year(actor: Actor, query: QueryDict) -> tuple[CaseQuerySet, list[int], int | None]:
    everything = reads.followed_by(actor, APPLICATIONS.procedure)
    found = everything.order_by().values_list(ExtractYear("submitted_on"), flat=True).distinct()
    years = sorted(found, reverse=True)
    text = query.get("year", "")
    year = int(text) if text in {str(each) for each in years} else None
    return Filter(years=[year] if year else ()).of(everything), years, year


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """Answer with the same figures as a file."""
    cases, _years, _year = _of_year(actor_of(request), request.GET)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="applications-answered.csv"'
    rows = Sheet(response)
    rows.write(
        [
            _("Body"),
            _("Credit code"),
            pgettext("figures", "Received"),
            pgettext("figures", "Answered"),
            pgettext("figures", "In time"),
            pgettext("figures", "Late"),
            _("Working days, median"),
            pgettext("figures", "Opened"),
            pgettext("figures", "Refused"),
        ]
    )
    rows.write_all(_row(each) for each in reads.records(cases))
    return response


def _row(each: Record) -> list[str | int | float | None]:
    of = each.of
    figures = [of.received, of.answered, of.in_time, of.late, of.days, each.opened, each.refused]
    return [of.handler.name, of.handler.credit_code, *figures]
