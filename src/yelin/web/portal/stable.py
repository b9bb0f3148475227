"""Addresses that stay: of the newest release's file, and of each release's for ever."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, code_of
from yelin.config import config
from yelin.delivery import handing, opening
from yelin.law import clock
from yelin.surface import calls
from yelin.surface.actor import of_request
from yelin.surface.sending import send
from yelin.warehouse.formats import MEDIA_TYPES
from yelin.warehouse.models import Release
from yelin.web.portal.shapes import Call
from yelin.web.templatetags.yelin import body_name, lang, title_of

_SPECIAL = re.compile(r"[\\{}%&$#_^~]")


@require_safe
def latest(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Hand out the newest release, whichever that is by then."""
    return _handed(request, slug, None, kind)


@require_safe
def version(request: HttpRequest, slug: str, number: int, kind: str) -> HttpResponse:
    """Hand out the release of this number: the same data today and in ten years."""
    return _handed(request, slug, number, kind)


@require_safe
def on_day(request: HttpRequest, slug: str, day: str, kind: str) -> HttpResponse:
    """Hand out the release that was the newest at the end of a day."""
    actor = of_request(request).actor
    entry = catalog.get(actor, code=code_of(slug))
    try:
        end = clock.beginning_of(date.fromisoformat(day) + timedelta(days=1))
    except (ValueError, OverflowError):
        raise gate.Unseen from None
    before = entry.releases.filter(released_at__lt=end).order_by("-number")
    # Whoever may not take any is told that, and nothing of when there was one.
    number = before.values_list("number", flat=True).first() or 0
    return _handed(request, slug, number, kind)


def _handed(request: HttpRequest, slug: str, number: int | None, kind: str) -> HttpResponse:
    if kind not in MEDIA_TYPES:
        raise gate.Unseen
    actor = of_request(request).actor
    handed = handing.download(
        actor,
        catalog.get(actor, code=code_of(slug)),
        opening.ALL,
        kind,
        for_excel=request.GET.get("for") == "excel",
        number=number,
        call=calls.of(request),
    )
    return send(request, handed)


def addresses(entry: Entry, release: Release) -> list[Call]:
    """Return the addresses of a release that is a table, to copy."""
    here = f"{config.url}{reverse('portal:resource', args=[entry.slug])}"
    return [
        Call(_("The newest version, always"), f"{here}latest.csv"),
        Call(
            _("Version {n}, for ever").format(n=release.number),
            f"{here}versions/{release.number}.csv",
        ),
    ]


def citations(entry: Entry, release: Release) -> Iterator[Call]:
    """Yield how a release is cited: in words, and for programs that keep references."""
    here = f"{config.url}{reverse('portal:resource', args=[entry.slug])}?version={release.number}"
    day, today = release.released_at.astimezone(clock.SHANGHAI).date(), clock.today()
    title, body = title_of(entry), body_name(entry.provider)
    if lang() == "en":
        words = (
            f"{body} ({day.year}). {title} (version {release.number}, {day}) [Data set]. "
            f"{here} (accessed {today})"
        )
    else:
        # As GB/T 7714-2015 writes a data set on line.
        words = f"{body}. {title}: 第{release.number}版[DS/OL]. ({day})[{today}]. {here}."
    yield Call(_("In words"), words)
    said = {
        "title": title,
        "author": f"{{{_plain(body)}}}",
        "year": str(day.year),
        "version": str(release.number),
        "url": here,
        "urldate": str(today),
        "note": f"SHA-256 {release.digest_text}",
    }
    fields = ",\n".join(
        f"  {name} = {{{value if name in {'author', 'url'} else _plain(value)}}}"
        for name, value in said.items()
    )
    yield Call("BibTeX", f"@misc{{{entry.slug}-v{release.number},\n{fields}\n}}")


def _plain(text: str) -> str:
    """Return ``text`` such that no program that sets it takes a sign for a command."""
    return _SPECIAL.sub(lambda found: "" if found[0] in "\\^~" else f"\\{found[0]}", text)
