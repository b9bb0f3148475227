"""Statistics of the platform and its index of openness: every figure counted, none typed in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from yelin.charting import picturing
from yelin.charting.chart import COUNT, Chart
from yelin.charting.drawing import Said
from yelin.law import packs
from yelin.opening import openness as index
from yelin.opening.counting import IN_CATALOG, INDEX, OPENED, USES, Day, Group, Opened
from yelin.opening.figures import FRESH
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.web.names import area_name
from yelin.web.openness import LACKS, chosen, told
from yelin.web.paging import cut
from yelin.web.portal import drawn
from yelin.web.portal.drawn import Drawn, of_rows
from yelin.web.portal.shapes import Figure
from yelin.web.shapes import Link
from yelin.web.sheets import Sheet
from yelin.web.templatetags.yelin import body_name, lang, number
from yelin.web.trail import trail

PAGE_SIZE = 50


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show what there is, of which theme, place and body, and how often it is had."""
    opened, uses, in_catalog = OPENED.look(), USES.look(), IN_CATALOG.look()
    groups = _groups(opened.figures)
    charts = {name: draw(opened.figures, uses.figures) for name, draw in CHARTS.items()}
    context = {
        "tabs": tabs("statistics"),
        "figures": _figures(opened.figures, in_catalog.figures.confirmed, uses.figures),
        "charts": [_apart(name, each) for name, each in charts.items() if each is not None],
        "tables": groups,
        "at": min(opened.at, uses.at, in_catalog.at),
        "measured_at": opened.figures.measured_at,
        "csv_url": reverse("portal:statistics_csv"),
        "crumbs": trail(_("Statistics")),
    }
    return render(request, "portal/statistics.html", context)


def _apart(name: str, chart: Drawn) -> Drawn:
    """Return a chart with the address of its picture, which changes with what it shows."""
    shows = sha256(f"{picturing.VERSION}{chart.spec!r}".encode()).hexdigest()[:16]
    address = reverse("portal:statistics_picture", args=[name])
    return replace(chart, address=f"{address}?of={shows}")


@require_safe
@cache_control(private=True, max_age=int(FRESH.total_seconds()))
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the picture of one chart, as its figures are by now."""
    del request
    if name not in CHARTS:
        raise Http404
    shown = CHARTS[name](OPENED.look().figures, USES.look().figures)
    if shown is None:
        raise Http404
    return drawn.as_picture(shown, "svg")


@dataclass(frozen=True, slots=True)
class _Groups:
    """What is open, group by group: what such a group is, and what each is called."""

    title: str
    of: str
    called: list[tuple[str, Group]]


def _groups(opened: Opened) -> tuple[_Groups, ...]:
    """Return what is open by theme, place and body."""
    themes = {theme.code: theme.label(lang()) for theme in packs.active().themes}
    codes = [each.code for each in opened.by_body]
    known = Body.objects.filter(credit_code__in=codes)
    bodies = {body.credit_code: body_name(body) for body in known}
    return (
        _Groups(
            _("By theme"),
            _("Theme"),
            [(themes.get(each.code, each.code), each) for each in opened.by_theme],
        ),
        _Groups(
            _("By division"),
            _("Division"),
            [(area_name(each.code), each) for each in opened.by_division],
        ),
        _Groups(
            _("By body"),
            _("Body"),
            [(bodies.get(each.code, each.code), each) for each in opened.by_body],
        ),
    )


def tabs(here: str) -> list[Link]:
    """Return the ways between the pages of figures."""
    pages = (
        ("statistics", _("The platform")),
        ("openness", _("Index of openness")),
        ("answering", _("How bodies answer")),
        ("answered", _("How applications are answered")),
    )
    return [Link(title, reverse(f"portal:{name}"), name == here) for name, title in pages]


def _figures(sums: Opened, in_catalog: int, days: Sequence[Day]) -> list[Figure]:
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


def _bars(groups: _Groups) -> Drawn | None:
    chart = Chart("bar", "theme", COUNT)
    rows = [{"theme": label, COUNT: each.resources} for label, each in groups.called]
    return _drawn(chart, rows, groups.of, _("Open resources"))


def _map(groups: _Groups) -> Drawn | None:
    chart = Chart("map", "division", COUNT)
    rows = [{"division": each.code, COUNT: each.resources} for _label, each in groups.called]
    return _drawn(chart, rows, groups.of, _("Open resources"))


CHARTS: dict[str, Callable[[Opened, Sequence[Day]], Drawn | None]] = {
    "uses": lambda _opened, days: _uses(days),
    "themes": lambda opened, _days: _bars(_groups(opened)[0]),
    "places": lambda opened, _days: _map(_groups(opened)[1]),
}


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
    sums, days = OPENED.look().figures, USES.look().figures
    queries, downloads = sum(day.queries for day in days), sum(day.downloads for day in days)
    yield [_("All"), "", "", sums.resources, sums.rows, queries + downloads, queries, downloads]
    for groups in _groups(sums):
        for label, each in groups.called:
            yield [groups.of, each.code, label, each.resources, each.rows, each.uses, "", ""]
    for day in days:
        on = day.day.isoformat()
        uses = day.queries + day.downloads
        yield [_("Day"), on, on, "", "", uses, day.queries, day.downloads]


@require_safe
def openness(request: HttpRequest) -> HttpResponse:
    """Show how open the catalog is, measure by measure, and the resources that drag it down."""
    entries, counted = index.opened(Actor.anyone()), INDEX.look()
    lacks = counted.figures.lacks
    lack, lists = chosen(lacks, request.GET.get("lack", ""), reverse("portal:openness"))
    rows, pager = cut(
        index.lacking(entries, lack),
        request.GET,
        PAGE_SIZE,
        total=lacks[lack],
        base=f"?lack={lack}",
    )
    context = {
        "tabs": tabs("openness"),
        "measures": [told(each) for each in counted.figures.measures],
        "best": index.best(entries).select_related("provider")[:10],
        "lists": lists,
        "lack_says": LACKS[lack][1],
        "rows": rows,
        "pager": pager,
        "at": counted.at,
        "measured_at": counted.figures.measured_at,
        "csv_url": reverse("portal:openness_csv"),
        "crumbs": trail(_("Index of openness"), (_("Statistics"), "portal:statistics")),
    }
    return render(request, "portal/openness.html", context)


@require_safe
def openness_csv(request: HttpRequest) -> HttpResponse:
    """Answer with the measures as a file."""
    del request
    head = [_("Measure"), _("Name"), _("How it is counted"), _("Part"), _("Of")]
    rows = ((told(each), each) for each in INDEX.look().figures.measures)
    lines = ([t.code, t.title, t.formula, each.part, each.of] for t, each in rows)
    return _file("openness.csv", head, lines)


def _file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    lines = Sheet(response)
    lines.write(head)
    lines.write_all(rows)
    return response
