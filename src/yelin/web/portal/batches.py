"""Several resources in one file: what it will hold and what not, and the file itself."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.config import config
from yelin.delivery import batches
from yelin.delivery.batches import MEGABYTE, Asked, Line
from yelin.law import packs
from yelin.surface import problems
from yelin.surface.sending import lead_to_batch
from yelin.warehouse.formats import GB18030, MEDIA_TYPES
from yelin.web.addresses import address
from yelin.web.asking import actor_of
from yelin.web.names import licence_name
from yelin.web.portal.shapes import Option
from yelin.web.shapes import Refusal
from yelin.web.templatetags.yelin import body_name, title_of
from yelin.web.trail import trail

# Which of the formats the page offers, and for whom.
EXCEL, GBK = "excel", "gb18030"


@dataclass(frozen=True, slots=True)
class Row:
    """A resource on the page: what is told of it, and why it is left out where it is."""

    title: str
    slug: str
    url: str = ""
    without_url: str = ""
    body: str = ""
    rows: int | None = None
    files: int = 0
    size: int = 0
    version: int = 0
    licence: str = ""
    refusal: Refusal | None = None


@require_safe
def batch(request: HttpRequest) -> HttpResponse:
    """Show what one file would hold of the resources that were chosen, and what not, and why."""
    asked = read(request.GET)
    plan = batches.plan(actor_of(request), asked)
    here = reverse("portal:batch")
    zip_url = address(request.GET, reverse("portal:batch_zip"))
    may_have = bool(plan.held) and not plan.is_too_large
    formats = _formats(asked)
    return render(
        request,
        "portal/batch.html",
        {
            "held": [_row(request, line, here) for line in plan.held],
            "left_out": [_row(request, line, here) for line in plan.left_out],
            "rows": sum(line.release.rows for line in plan.held if line.release),
            "size": plan.size,
            "formats": formats,
            "chosen": next(each.label for each in formats if each.chosen),
            "slugs": asked.slugs,
            "may_have": may_have,
            "too_large": plan.is_too_large,
            "most": config.batch_limit,
            "most_bytes": config.batch_limit_mb * MEGABYTE,
            "zip_url": zip_url,
            "command": f'curl -LOJ "{config.url}{zip_url}"',
            "crumbs": trail(_("Several at once"), (_("Find data"), "portal:resources")),
        },
    )


@require_safe
def batch_zip(request: HttpRequest) -> HttpResponse:
    """Lead to the one file, which is packed while it leaves."""
    actor, asked = actor_of(request), read(request.GET)
    batches.plan(actor, asked).must_be_had()
    return lead_to_batch(batches.issue(actor, asked))


def read(query: QueryDict) -> Asked:
    """Return which resources an address names, and how. Raises ``Incomplete``."""
    format_ = query.get("format", "csv")
    return Asked(
        tuple(filter(None, query.getlist("resource"))),
        {EXCEL: "csv", GBK: GB18030}.get(format_, format_),
        for_excel=format_ in {EXCEL, GBK},
        language=get_language() or "zh-hans",
    )


def _formats(asked: Asked) -> list[Option]:
    names = {name: name.upper() for name in MEDIA_TYPES} | {
        "parquet": "Parquet",
        EXCEL: _("CSV for Excel"),
        GBK: _("CSV in GB18030"),
    }
    for_excel = GBK if asked.format == GB18030 else EXCEL
    chosen = for_excel if asked.for_excel else asked.format
    return [Option(value, label, None, value == chosen) for value, label in names.items()]


def _row(request: HttpRequest, line: Line, here: str) -> Row:
    entry, release = line.entry, line.release
    left = [slug for slug in request.GET.getlist("resource") if slug != line.slug]
    query = request.GET.copy()
    query.setlist("resource", left)
    without = f"{here}?{query.urlencode()}" if left else reverse("portal:resources")
    if entry is None:
        return Row(line.slug, line.slug, without_url=without, refusal=_why(line))
    return Row(
        title=title_of(entry),
        slug=line.slug,
        url=reverse("portal:resource", args=[entry.slug]),
        without_url=without,
        body=body_name(entry.provider),
        rows=release.rows if release and release.is_table else None,
        files=line.files if release and not release.is_table else 0,
        size=line.size if line.why is None else 0,
        version=release.number if release else 0,
        licence=licence_name(entry.licence) if line.why is None else "",
        refusal=_why(line) if line.why else None,
    )


def _why(line: Line) -> Refusal:
    assert line.why is not None  # noqa: S101 - only such lines are asked
    problem = problems.of(line.why)
    provision = packs.active().ordering(problem.duty) if problem.duty else None
    return Refusal(problem.detail or problem.title, provision)
