"""Statistics of the platform and its index of openness: every figure counted, none typed in."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.catalog import reads as catalog
from yelin.charting.chart import COUNT, Chart
from yelin.charting.drawing import Said
from yelin.opening import openness as index
from yelin.parties.actor import Actor
from yelin.web.openness import LACKS, chosen, told
from yelin.web.paging import cut
from yelin.web.portal import counted
from yelin.web.portal.counted import Day, Group
from yelin.web.portal.drawn import Drawn, of_rows
from yelin.web.portal.shapes import Figure
from yelin.web.shapes import Link
from yelin.web.sheets import Sheet
from yelin.web.templatetags.yelin import lang, number
from yelin.web.trail import trail

PAGE_SIZE = 50


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show what there is, of which theme, place and body, and how often it is had."""
    entries = counted.opened()
    days = counted.by_day(entries)
    themes, places = counted.by_theme(entries), counted.by_division(entries)
    context = {
        "tabs": tabs("statistics"),
        "figures": _figures(days),
        "charts": [
            drawn for drawn in (_uses(days), _bars(themes), _map(places)) if drawn is not None
        ],
        "tables": [
            (_("By theme"), _("Theme"), themes),
            (_("By division"), _("Division"), places),
            (_("By body"), _("Body"), counted.by_body(entries)),
        ],
        "at": index.measured_at(),
        "csv_url": reverse("portal:statistics_csv"),
        "crumbs": trail(_("Statistics")),
    }
    return render(request, "portal/statistics.html", context)


def tabs(here: str) -> list[Link]:
    """Return the ways between the pages of figures."""
    pages = (
        ("statistics", _("The platform")),
        ("openness", _("Index of openness")),
        ("answering", _("How bodies answer")),
        ("answered", _("How applications are answered")),
    )
    return [Link(title, reverse(f"portal:{name}"), name == here) for name, title in pages]


def _figures(days: Sequence[Day]) -> list[Figure]:
    sums = counted.totals(counted.opened())
    in_catalog = catalog.sizes(Actor.anyone()).seen
    queries, downloads = [day.queries for day in days], [day.downloads for day in days]
    return [
        Figure(
            _("Open resources"),
            number(sums.resources),
            note=_("Open to all or on conditions, of {n} in the catalog.").format(
                n=number(in_catalog)
            ),
        ),
        Figure(_("Rows"), number(sums.rows), note=_("In the newest versions.")),
        Figure(_("Fields"), number(sums.fields), note=_("Columns of the newest versions.")),
        Figure(
            _("Bodies that open data"), number(sums.bodies), note=_("Who provide something open.")
        ),
        Figure(
            _("Queries in thirty days"),
            number(sum(queries)),
            note=_("Pages of rows, calls and verifications."),
            trend=queries if any(queries) else (),
            trend_says=_("Queries day by day over thirty days"),
        ),
        Figure(
            _("Downloads in thirty days"),
            number(sum(downloads)),
            note=_("Files, and versions sent to subscribers."),
            trend=downloads if any(downloads) else (),
            trend_says=_("Downloads day by day over thirty days"),
        ),
    ]


def _uses(days: Sequence[Day]) -> Drawn | None:
    chart = Chart("line", "day:at", COUNT)
    rows = [{chart.x: day.day.isoformat(), COUNT: day.queries + day.downloads} for day in days]
    return _drawn(chart, rows, _("Day"), _("Queries and downloads"))


def _bars(groups: Sequence[Group]) -> Drawn | None:
    chart = Chart("bar", "theme", COUNT)
    rows = [{"theme": each.label, COUNT: each.resources} for each in groups]
    return _drawn(chart, rows, _("Theme"), _("Open resources"))


def _map(groups: Sequence[Group]) -> Drawn | None:
    chart = Chart("map", "division", COUNT)
    rows = [{"division": each.code, COUNT: each.resources} for each in groups]
    return _drawn(chart, rows, _("Division"), _("Open resources"))


def _drawn(chart: Chart, rows: Sequence[dict[str, Any]], x: str, y: str) -> Drawn | None:
    if not any(row[COUNT] for row in rows):
        return None
    said = Said(x, y, _("(empty)"), "", large="western" if lang() == "en" else "myriad")
    return of_rows(chart, rows, said)


@require_safe
def statistics_csv(request: HttpRequest) -> HttpResponse:
    """Answer with the same figures as a file."""
    del request
    head = [
        _("Grouped by"),
        _("Code"),
        _("Name"),
        _("Open resources"),
        _("Rows"),
        _("Uses in thirty days"),
    ]
    return _file("statistics.csv", [*head, _("Queries"), _("Downloads")], _lines())


def _lines() -> Iterator[list[str | int]]:
    entries = counted.opened()
    sums = counted.totals(entries)
    days = counted.by_day(entries)
    queries, downloads = sum(day.queries for day in days), sum(day.downloads for day in days)
    yield [_("All"), "", "", sums.resources, sums.rows, queries + downloads, queries, downloads]
    for says, groups in (
        (_("Theme"), counted.by_theme(entries)),
        (_("Division"), counted.by_division(entries)),
        (_("Body"), counted.by_body(entries)),
    ):
        for each in groups:
            yield [says, each.code, each.label, each.resources, each.rows, each.uses, "", ""]
    for day in days:
        on = day.day.isoformat()
        uses = day.queries + day.downloads
        yield [_("Day"), on, on, "", "", uses, day.queries, day.downloads]


@require_safe
def openness(request: HttpRequest) -> HttpResponse:
    """Show how open the catalog is, measure by measure, and the resources that drag it down."""
    entries = counted.opened()
    lack, lists = chosen(entries, request.GET.get("lack", ""), reverse("portal:openness"))
    rows, pager = cut(index.lacking(entries, lack), request.GET, PAGE_SIZE, base=f"?lack={lack}")
    context = {
        "tabs": tabs("openness"),
        "measures": [told(each) for each in index.measures(entries)],
        "best": index.best(entries).select_related("provider")[:10],
        "lists": lists,
        "lack_says": LACKS[lack][1],
        "rows": rows,
        "pager": pager,
        "at": index.measured_at(),
        "csv_url": reverse("portal:openness_csv"),
        "crumbs": trail(_("Index of openness"), (_("Statistics"), "portal:statistics")),
    }
    return render(request, "portal/openness.html", context)


@require_safe
def openness_csv(request: HttpRequest) -> HttpResponse:
    """Answer with the measures as a file."""
    del request
    head = [_("Measure"), _("Name"), _("How it is counted"), _("Part"), _("Of")]
    measures = index.measures(counted.opened())
    rows = ((told(each), each) for each in measures)
    lines = ([t.code, t.title, t.formula, each.part, each.of] for t, each in rows)
    return _file("openness.csv", head, lines)


def _file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    lines = Sheet(response)
    lines.write(head)
    lines.write_all(rows)
    return response
