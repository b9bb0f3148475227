"""Answers that say the same until what they say changes, and by which nobody learns more."""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from yelin import __version__
from yelin.surface import ranges

PUBLIC_SECONDS = 60


def answer(
    request: HttpRequest,
    said: object,
    write: Callable[[], bytes],
    media_type: str,
    *,
    public: bool,
) -> HttpResponse:
    """Answer with what is written, or that the asker has it already.

    The tag is made of ``said``, plain rows that hold just what is written: what the asker may not
    know does not move it. There is no Last-Modified, since the last change may be such a thing.
    """
    tag = hashlib.sha256(f"{__version__} {said!r}".encode()).hexdigest()
    status = ranges.unwanted(request.headers, tag)
    response = HttpResponse(b"" if status else write(), content_type=f"{media_type}; charset=utf-8")
    if status:
        response.status_code = status
    # Weak: the same triples may be written in another order.
    response["ETag"] = f"W/{ranges.quoted(tag)}"
    response["Cache-Control"] = (
        f"public, max-age={PUBLIC_SECONDS}" if public else "private, no-cache"
    )
    response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Authorization", "X-CKAN-API-Key"])
    return response
