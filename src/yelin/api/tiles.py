"""The log for strangers and their tools: C2SP tlog-tiles under ``/ledger/``."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from yelin.ledger import log
from yelin.ledger.sources import Unavailable
from yelin.ledger.tiles import Malformed, parse_path, width_at

FOREVER = "public, max-age=31536000, immutable"


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Return the latest signed checkpoint."""
    del request
    latest = log.newest_checkpoint()
    if latest is None:
        raise Http404
    return _open(HttpResponse(latest.note, content_type="text/plain; charset=utf-8"), "no-cache")


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """Return a hash tile or an entry bundle that the latest checkpoint covers."""
    del request
    try:
        asked = parse_path(f"tile/{path}")
    except Malformed as error:
        raise Http404 from error
    level = asked.level or 0
    if width_at(level, asked.index, log.published_size()) < asked.width:
        raise Http404
    source = log.RowSource()
    try:
        if asked.level is None:
            blob = source.entries(asked.index, asked.width)
        else:
            blob = source.tile(asked.level, asked.index, asked.width)
    except Unavailable as error:
        raise Http404 from error
    return _open(HttpResponse(blob, content_type="application/octet-stream"), FOREVER)


def _open(response: HttpResponse, cache: str) -> HttpResponse:
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    return response
