"""The quality of a resource: the report of the shown version, and how the score went."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from yelin.quality.rules import Result
from yelin.warehouse.measuring import report as measuring
from yelin.web import quality
from yelin.web.portal.resource import resource_page, seen_in
from yelin.web.portal.story import Seen, of_what, story


@dataclass(frozen=True, slots=True)
class Point:
    """The score of one release, in the picture of the course."""

    number: int
    points: str
    x: float
    y: float


@require_safe
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what came of the rules of the shown version, to those who may take its rows."""
    seen = seen_in(request, slug)
    context: dict[str, object] = {"story": story(seen, "quality"), "slug": slug}
    if seen.takes and seen.shown:
        told = measuring.report(seen.may_take, seen.shown)
        if told:
            context["quality"] = quality.shown(told, lambda result: _rows_url(seen, result))
            context["course"] = _course(measuring.trend(seen.may_take, seen.entry))
    return resource_page(request, seen, "portal/resource_quality.html", context)


def _rows_url(seen: Seen, result: Result) -> str:
    asked = [("failing", result.rule.code), *of_what(seen, "version")]
    return f"{reverse('portal:resource', args=[seen.entry.slug])}?{urlencode(asked)}"


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
