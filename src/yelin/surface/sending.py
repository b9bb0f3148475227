"""Sending a finished file: streamed in pieces, removed afterwards, named in any script."""

from pathlib import Path
from urllib.parse import quote

from django.http import StreamingHttpResponse

from yelin.delivery.handing import Handed
from yelin.delivery.meter import metered
from yelin.files.places import size_of
from yelin.files.store import pieces
from yelin.surface import calls


def send(handed: Handed) -> StreamingHttpResponse:
    """Return the answer that streams ``handed`` and then removes it.

    The file is unlinked once it is open, so that a killed process leaves nothing behind.
    """
    size = size_of(handed.path)
    file = handed.path.open("rb")
    handed.path.unlink()
    leaving = pieces(file)
    if handed.going is not None:
        leaving = metered(handed.going, leaving)
    response = StreamingHttpResponse(leaving, content_type=handed.content_type)
    calls.note(response, handed.notes)
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = disposition(handed.filename)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def disposition(filename: str) -> str:
    """Return a Content-Disposition that keeps Chinese names (RFC 6266, RFC 8187)."""
    plain = Path(filename.encode("ascii", "ignore").decode() or "data").name
    plain = "".join(c for c in plain if c.isalnum() or c in "-_. ").strip(" .-_") or "data"
    if "." not in plain:
        plain += Path(filename).suffix
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
