"""Sending a file: small ones at once, others by the process for long streams."""

from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yelin.config import config
from yelin.delivery import tickets
from yelin.delivery.handing import Handed
from yelin.delivery.kept import Wanted, file_of
from yelin.delivery.models import Kept
from yelin.surface import calls, ranges
from yelin.things.models import Thing

# The server holds so much in memory for each slow reader, but no thread (decision 0026).
SMALL_BYTES = 256 << 10
# With what others made: whatever a browser takes it for, it runs nothing and reaches nothing here.
STRANGER = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def send(request: HttpRequest, handed: Handed, under: Thing | None = None) -> HttpResponse:
    """Return the file itself where it is small, or else the address at which it is had.

    Whoever has it already is told so, and whoever asks only how it is gets its headers. It leaves
    while what it is asked ``under`` stands.
    """
    kept, asked = handed.kept, request.headers
    notes = calls.headers_of(handed.notes)
    tag = {"ETag": ranges.quoted(handed.tag), "Accept-Ranges": "bytes"}
    known = headers_of(handed.wanted) | notes | tag
    if status := ranges.unwanted(asked, handed.tag):
        return HttpResponse(status=status, headers=known)
    if kept and request.method == "HEAD":
        return HttpResponse(headers=known | {"Content-Length": str(kept.size)})
    if kept and kept.size <= SMALL_BYTES and "Range" not in asked:
        content = _content(kept)
        handed.begin().finish(len(content), file_of(kept) if handed.delivery else None)
        return HttpResponse(content, headers=known)
    handed.begin()
    secret = tickets.issue(handed.wanted, handed.decision, handed.delivery, notes, under)
    return HttpResponse(
        status=HTTPStatus.TEMPORARY_REDIRECT,
        headers=notes
        | {"Location": f"{config.streams}/streams/{secret}", "Cache-Control": "no-store"},
    )


def lead_to_batch(secret: str) -> HttpResponse:
    """Return the address at which several resources in one file are had."""
    return HttpResponse(
        status=HTTPStatus.TEMPORARY_REDIRECT,
        headers={
            "Location": f"{config.streams}/streams/batches/{secret}",
            "Cache-Control": "no-store",
        },
    )


def packed_headers(at: datetime) -> dict[str, str]:
    """Return the headers that go with several resources in one file, taken ``at`` a moment."""
    return {
        "Content-Type": "application/zip",
        "Content-Disposition": disposition(f"{_('Public data')} {at:%Y%m%d-%H%M%S}.zip"),
        "Cache-Control": "private, no-store",
        **STRANGER,
    }


def headers_of(wanted: Wanted) -> dict[str, str]:
    """Return the headers that go with a file, whoever sends it."""
    return {
        "Content-Type": wanted.content_type,
        "Content-Disposition": disposition(wanted.filename),
        "Cache-Control": "private, no-cache",
        **STRANGER,
    }


def _content(kept: Kept) -> bytes:
    file = kept.reader()
    try:
        return file.read_at(0, kept.size)
    finally:
        file.close()


def disposition(filename: str) -> str:
    """Return a Content-Disposition that keeps Chinese names (RFC 6266, RFC 8187)."""
    named = Path(filename)
    plain = _plain(named.stem).strip(" .-_") or "data"
    suffix = _plain(named.suffix).strip(" .-_")
    plain += f".{suffix}" if suffix else ""
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _plain(words: str) -> str:
    """Return what every browser reads of a name: all else would shut it out of its header."""
    return "".join(c for c in words if c.isascii() and (c.isalnum() or c in "-_. "))
