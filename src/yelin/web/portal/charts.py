"""Charts of a resource: first ones by themselves, others by a form; as pictures, embedded."""

import gzip
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import urlencode
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from yelin.catalog.models import code_of
from yelin.charting import chart as charting
from yelin.charting import choosing, drawing, picturing
from yelin.charting.chart import Chart
from yelin.charting.choosing import Known
from yelin.charting.picturing import Undrawn
from yelin.config import config
from yelin.delivery import figures
from yelin.delivery.opening import Notes
from yelin.parties.actor import Actor
from yelin.surface import calls as asking
from yelin.surface import problems, questions
from yelin.surface.actor import Asker
from yelin.warehouse.models import Release, is_open
from yelin.warehouse.query import BadOperand, Question
from yelin.web.middleware import CONTENT_POLICY
from yelin.web.portal.chart_forms import ChartForm
from yelin.web.portal.drawn import Ask, Drawn, as_picture, draw, on_map, tells
from yelin.web.portal.grid import api_query, quoted
from yelin.web.portal.resource import resource_page, seen_in
from yelin.web.portal.story import Seen, look, of_what, story
from yelin.web.templatetags.yelin import title_of

_EMBEDDED = CONTENT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")


@require_safe
def charts(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the chart that is asked for, or those to begin with, and the form for others."""
    seen = seen_in(request, slug)
    context: dict[str, Any] = {"story": story(seen, "charts"), "slug": slug}
    notes = Notes()
    if seen.takes and seen.shown and seen.shown.is_table:
        columns = _columns(seen, seen.shown)
        chart = None
        try:
            chart = _asked(request.GET, columns)
            drawn, notes = _drawn(request, seen, seen.shown, [chart] if chart else None, columns)
        except BadOperand as error:
            drawn, context["wrong"] = [], problems.of(error).detail
        context["charts"] = drawn
        context["is_own"] = chart is not None
        if chart and drawn and is_open(seen.entry):
            context["frame"] = _frame(drawn[0])
        context["program_url"] = reverse("portal:chart_program", args=[picturing.VERSION])
        context["first_url"] = _at(seen, "resource_charts", [])
        context["form"] = ChartForm(columns, chart, request.GET.get("kind", ""))
        kept = _filters(questions.read(request.GET))
        context["kept"] = [*kept, *of_what(seen, "version")]
    response = resource_page(request, seen, "portal/resource_charts.html", context)
    asking.note(response, notes)
    return response


@require_safe
def picture(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Hand out the picture of the chart that is asked for, as SVG or PNG."""
    seen = seen_in(request, slug)
    drawn, notes = _one(request, seen)
    named = f"{title_of(seen.entry)}-{drawn.title}"
    response = as_picture(drawn, form, named)
    asking.note(response, notes)
    return response


@require_safe
def specification(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand out the chart that is asked for as Vega-Lite, by which anything that speaks it draws."""
    drawn, notes = _one(request, seen_in(request, slug))
    response = JsonResponse(drawing.pointed(drawn.spec), json_dumps_params={"ensure_ascii": False})
    asking.note(response, notes)
    return response


@require_safe
@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
@vary_on_headers("Accept-Encoding")
def program(request: HttpRequest, version: str) -> HttpResponse:
    """Hand out the script by which a browser draws charts, of the version that the address says."""
    if version != picturing.VERSION:
        raise Http404
    try:
        packed = picturing.program()
    except Undrawn:
        raise Http404 from None
    takes = "gzip" in request.headers.get("Accept-Encoding", "")
    content = packed if takes else gzip.decompress(packed)
    response = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    if takes:
        response["Content-Encoding"] = "gzip"
    return response


@require_safe
@xframe_options_exempt
def embedded(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the chart alone, to stand in another's page: as anyone has it, whoever looks."""
    seen = look(Asker(Actor.anyone()), code_of(slug), None)
    drawn, notes = _one(request, seen)
    query = urlencode([*drawn.chart.address(), *_filters(drawn.chart.question)])
    context = {
        "chart": drawn,
        "entry": seen.entry,
        "release": seen.shown,
        "url": f"{config.url}{reverse('portal:resource_charts', args=[slug])}?{query}",
    }
    response = render(request, "portal/chart_embedded.html", context)
    response["Content-Security-Policy"] = _EMBEDDED
    asking.note(response, notes)
    return response


def _one(request: HttpRequest, seen: Seen) -> tuple[Drawn, Notes]:
    """Return the one chart that an address asks for. Raises ``Http404`` where there is none."""
    seen.may_take.must_allow("resource.read", seen.entry.pk)
    if not (seen.takes and seen.shown and seen.shown.is_table):
        raise Http404
    columns = _columns(seen, seen.shown)
    chart = _asked(request.GET, columns)
    if chart is None:
        raise Http404
    drawn, notes = _drawn(request, seen, seen.shown, [chart], columns)
    if not drawn:
        raise Http404
    return drawn[0], notes


def _columns(seen: Seen, shown: Release) -> list[Known]:
    """Return what the asker may know of the columns before any row is read."""
    keys = [item.name for item in seen.items if item.key]
    units = {item.name: item.unit for item in seen.items}
    return choosing.known(seen.told_columns, shown.rows, keys, units)


def _asked(query: QueryDict, columns: Sequence[Known]) -> Chart | None:
    """Return the chart that an address or the form asks for, drawn by what suits it."""
    filters = questions.read(query).filters
    kind, x = query.get("kind", ""), query.get("x", "")
    if kind == "points" and not query.get("beside"):
        points = choosing.places(columns)
        return replace(points, filters=filters) if points else None
    if not x:
        return None
    said = {name: str(query.get(name, "")) for name in ("x", "y", "beside")}
    chart = charting.read(said | {"kind": kind}, filters)
    return choosing.suited(chart, columns) if chart else None


def _drawn(
    request: HttpRequest,
    seen: Seen,
    shown: Release,
    wanted: Sequence[Chart] | None,
    columns: Sequence[Known],
) -> tuple[list[Drawn], Notes]:
    """Return the charts that are wanted, or those to begin with, each with where it goes on."""
    items = {item.name: item for item in seen.items}
    filters = questions.read(request.GET).filters
    first = wanted or [
        replace(each, filters=filters) for each in choosing.first(columns, shown.rows)
    ]
    call = asking.of(request)

    def make(ask: Ask, mark: str) -> list[Drawn]:
        found: list[Drawn] = []
        for chart in first:
            drawn = draw(chart, ask, items, mark, shown.rows)
            if drawn and wanted is None and (place := on_map(chart, drawn)):
                drawn = draw(place, ask, items, mark, shown.rows) or drawn
            if drawn and (wanted or tells(drawn)):
                found.append(drawn)
        return found

    said = [chart.address() for chart in first]
    made, notes = figures.hand_out(
        seen.actor, seen.entry, make, asked={"charts": said}, number=shown.number, call=call
    )
    return [replace(each, urls=_urls(seen, each.chart)) for each in made], notes


def _filters(question: Question) -> list[tuple[str, str]]:
    """Return what a question leaves out, as an address says it."""
    return api_query(replace(question, sort=()))


def _urls(seen: Seen, chart: Chart) -> dict[str, str]:
    question = chart.question
    asked = [*chart.address(), *_filters(question)]
    rows = [
        ("format", "csv"),
        ("group", ",".join(map(quoted, question.groups))),
        ("aggregate", quoted(chart.measure.name)),
        *api_query(question),
    ]
    data = urlencode([*rows, *of_what(seen, "release")])
    return {
        "own": _at(seen, "resource_charts", asked),
        "svg": _at(seen, "resource_chart_svg", asked),
        "png": _at(seen, "resource_chart_png", asked),
        "json": _at(seen, "resource_chart_json", asked),
        "embed": _at(seen, "resource_chart_embedded", asked),
        "csv": f"/api/v1/resources/{seen.entry.slug}/download?{data}",
    }


def _frame(drawn: Drawn) -> str:
    """Return what another page has in it to show the chart."""
    url, title = escape(config.url + drawn.urls["embed"]), escape(drawn.title)
    return f'<iframe src="{url}" title="{title}" width="560" height="460" loading="lazy"></iframe>'


def _at(seen: Seen, page: str, asked: Sequence[tuple[str, str]]) -> str:
    query = urlencode([*asked, *of_what(seen, "version")])
    path = reverse(f"portal:{page}", args=[seen.entry.slug])
    return f"{path}?{query}" if query else path
