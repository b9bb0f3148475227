"""What differs between two releases, as the reader has both: how much, then row by row."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.config import config
from yelin.delivery import handing
from yelin.delivery.handing import Compared
from yelin.law.refusals import Incomplete
from yelin.surface import calls as asking
from yelin.warehouse.models import Release
from yelin.warehouse.query import Question
from yelin.web.grids import Column
from yelin.web.paging import page_of
from yelin.web.portal.resource import resource_page, seen_in
from yelin.web.portal.story import Seen, story
from yelin.web.shapes import Pager
from yelin.web.templatetags.yelin import day

ROWS = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row that differs; ``differs`` where it is one that changed."""

    column: Column
    value: object
    differs: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row that differs, and what became of it."""

    change: str
    cells: list[Cell]


@require_safe
def difference(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what differs between two releases to whoever may take the rows."""
    seen = seen_in(request, slug)
    context: dict[str, Any] = {"story": story(seen, "versions"), "slug": slug}
    there = [release for release in seen.releases if release.destroyed_at is None]
    if not (seen.takes and len(there) > 1):
        return resource_page(request, seen, "portal/resource_difference.html", context)
    after = _chosen(request, "to", there) or there[0]
    older = [release for release in there if release.number < after.number]
    before = _chosen(request, "from", there) or next(iter(older), there[-1])
    page = page_of(request.GET)
    context |= {
        "options": [(each.number, _label(each)) for each in there],
        "before": before,
        "after": after,
        "purpose": seen.purpose,
    }
    if before == after:
        return resource_page(request, seen, "portal/resource_difference.html", context)
    asked = [("from", str(before.number)), *([("purpose", seen.purpose)] if seen.purpose else [])]
    base = f"/api/v1/resources/{slug}/releases/{after.number}/difference"
    context["downloads"] = [
        (name, f"{base}/download?{urlencode([*asked, ('format', format_), *more])}")
        for name, format_, more in _FORMATS
    ]
    context["call"] = f'curl "{config.url}{base}?{urlencode(asked)}"'
    try:
        found = handing.compare(
            seen.actor,
            seen.entry,
            Question(limit=ROWS, offset=(page - 1) * ROWS),
            since=before.number,
            number=after.number,
            call=asking.of(request),
        )
    except Incomplete:
        return resource_page(
            request, seen, "portal/resource_difference.html", context | {"many": True}
        )
    pages = max(1, -(-found.page.total // ROWS))
    turned = urlencode([*asked, ("to", str(after.number))])
    context |= {
        "found": found,
        "rows": _rows(seen, found),
        "columns": _columns(seen, found),
        "pager": Pager(min(page, pages), pages, f"?{turned}&"),
    }
    response = resource_page(request, seen, "portal/resource_difference.html", context)
    asking.note(response, found.notes)
    return response


_FORMATS = (
    ("CSV", "csv", ()),
    ("XLSX", "xlsx", ()),
    ("NDJSON", "ndjson", ()),
    ("Parquet", "parquet", ()),
)


def _chosen(request: HttpRequest, name: str, releases: list[Release]) -> Release | None:
    text = request.GET.get(name, "")
    return next((each for each in releases if str(each.number) == text), None)


def _label(release: Release) -> str:
    says = _("Version {n} of {day}")
    return says.format(n=release.number, day=day(release.released_at))


def _columns(seen: Seen, found: Compared) -> list[Column]:
    masks = seen.may_take.obligations.masks
    return [
        Column(each.name, each.name, each.type, masked=each.name in masks)
        for each in found.shape.columns[2:]
    ]


def _rows(seen: Seen, found: Compared) -> list[Row]:
    columns, shape = _columns(seen, found), found.shape
    rows = []
    for row in found.page.rows:
        changed = f"、{row[shape.cells.name] or ''}、"
        cells = [Cell(each, row[each.name], f"、{each.name}、" in changed) for each in columns]
        rows.append(Row(str(row[shape.change.name]), cells))
    return rows
