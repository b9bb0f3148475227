"""Answers that say the same until what they say changes, and by which nobody learns more."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from yelin import __version__
from yelin.parties.actor import Actor
from yelin.surface import ranges

PUBLIC_SECONDS = 60


def answer(
    request: HttpRequest,
    actor: Actor,
    said: object,
    write: Callable[[], bytes],
    media_type: str,
) -> HttpResponse:
    """Answer with what is written, or that the asker has it already.

    The tag is made of ``said``, plain rows that hold just what is written: what the asker may not
    know does not move it. There is no Last-Modified, since the last change may be such a thing.
    """
    tag = hashlib.sha256(f"{__version__} {said!r}".encode()).hexdigest()
    status = ranges.unwanted(request.headers, tag)
    response = HttpResponse(
        b"" if status else write(), status=status or HTTPStatus.OK, content_type=media_type
    )
    # Weak: the same triples may be written in another order.
    response["ETag"] = f"W/{ranges.quoted(tag)}"
    response["Cache-Control"] = (
        "private, no-cache" if actor.is_identified else f"public, max-age={PUBLIC_SECONDS}"
    )
    response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Authorization", "X-CKAN-API-Key"])
    return response
