"""The quality of a resource: the report of the shown version, on a page and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from yelin.delivery.opening import NothingYet, PurposeMissing
from yelin.quality.rules import Result
from yelin.surface.fresh import answer
from yelin.surface.sending import disposition
from yelin.warehouse.measuring import report as measuring
from yelin.web import quality
from yelin.web.portal.quality_paper import paper
from yelin.web.portal.resource import resource_page, seen_in
from yelin.web.portal.story import Seen, of_what, story


@dataclass(frozen=True, slots=True)
class Point:
    """The score of one release, in the picture of the course."""

    number: int
    points: str
    x: float
    y: float

    @property
    def label_y(self) -> float:
        """Where its score is written, above it."""
        return self.y - 9


@require_safe
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what came of the rules of the shown version, to those who may take its rows."""
    seen = seen_in(request, slug)
    context: dict[str, object] = {"story": story(seen, "quality"), "slug": slug}
    if seen.takes and seen.shown:
        told = measuring.report(seen.may_take, seen.shown)
        if told:
            context["quality"] = quality.shown(told, lambda result: _rows_url(seen, result))
            context["paper_url"] = _at(seen, "resource_quality_pdf", [])
            context["course"] = _course(measuring.trend(seen.may_take, seen.releases[0]))
    return resource_page(request, seen, "portal/resource_quality.html", context)


@require_safe
def on_paper(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand out the report as PDF, to whom its page is shown.

    Raises ``Refused``, ``PurposeMissing``, or ``NothingYet`` where nothing was measured.
    """
    seen = seen_in(request, slug)
    decision = seen.may_take.must_allow("resource.read", seen.entry.pk)
    if seen.must_choose:
        raise PurposeMissing({str(seen.entry.code): decision.purposes})
    told = measuring.report(decision, seen.shown) if seen.takes and seen.shown else None
    if told is None or seen.shown is None:
        raise NothingYet
    said = paper(seen, seen.shown, told, measuring.trend(decision, seen.shown))
    response = answer(request, seen.actor, said, said.pdf, "application/pdf")
    name = f"{said.title}-{said.kind}-{seen.shown.number}.pdf"
    response["Content-Disposition"] = disposition(name)
    return response


def _rows_url(seen: Seen, result: Result) -> str:
    return _at(seen, "resource", [("failing", result.rule.code)])


def _at(seen: Seen, page: str, asked: Sequence[tuple[str, str]]) -> str:
    query = urlencode([*asked, *of_what(seen, "version")])
    path = reverse(f"portal:{page}", args=[seen.entry.slug])
    return f"{path}?{query}" if query else path


def _course(scores: Sequence[tuple[int, int]]) -> Sequence[Point]:
    """Return where each release stands in a picture of 560 by 120."""
    if len(scores) < 2:
        return ()
    step = 480 / (len(scores) - 1)
    return [
        Point(
            number, quality.points(total), round(40 + place * step, 1), round(110 - total / 100, 1)
        )
        for place, (number, total) in enumerate(scores)
    ]
