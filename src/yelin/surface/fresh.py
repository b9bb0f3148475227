"""Answers that say the same until what they say changes, and by which nobody learns more."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from threading import Lock

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from yelin import __version__
from yelin.config import config
from yelin.law import clock, packs
from yelin.parties.actor import Actor
from yelin.surface import ranges

PUBLIC_SECONDS = 60
# So many of the documents written last are kept, none of them longer than that.
KEPT, LONGEST = 64, 1 << 20
_written: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
_lock = Lock()


def answer(
    request: HttpRequest,
    actor: Actor,
    said: object,
    write: Callable[[], bytes],
    media_type: str,
    *,
    keep: bool = False,
) -> HttpResponse:
    """Answer with what is written, or that the asker has it already.

    The tag is made of ``said``, plain rows that hold just what is written: what the asker may not
    know does not move it. There is no Last-Modified, since the last change may be such a thing.
    """
    # The words of places, themes and licences are the law's.
    law = packs.active().name
    tag = hashlib.sha256(f"{__version__} {law} {said!r}".encode()).hexdigest()
    status = ranges.unwanted(request.headers, tag)
    if keep:
        day = clock.today()
        write = partial(_kept, (tag, media_type, config.url, get_language(), day), write)
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


def _kept(said: tuple[object, ...], write: Callable[[], bytes]) -> bytes:
    """Return what is written of what is ``said``: its tag and whatever else words go by.

    What is told is asked of the gate each time; only to write it down is done once.
    """
    with _lock:
        if (known := _written.get(said)) is not None:
            _written.move_to_end(said)
            return known
    blob = write()
    if len(blob) <= LONGEST:
        with _lock:
            _written[said] = blob
            if len(_written) > KEPT:
                _written.popitem(last=False)
    return blob
