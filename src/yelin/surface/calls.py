"""How a request asks for data, and what its answer says beside the data."""

import re

from django.http import HttpRequest, HttpResponseBase

from yelin.config import config
from yelin.delivery.opening import Call, Notes
from yelin.delivery.pace import HOUR_SECONDS, Left
from yelin.law.refusals import Incomplete
from yelin.surface import presence, ranges

_PURPOSE = re.compile(r"[a-z][a-z0-9_.]{0,79}")


def of(request: HttpRequest, purpose: str | None = None) -> Call:
    """Return how ``request`` asks, for ``purpose`` or the one that its address names.

    Raises ``Incomplete`` for a purpose that is no code.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    return Call(
        purpose_in(request.GET.get("purpose", "") if purpose is None else purpose),
        address_of(request.META.get("HTTP_X_FORWARDED_FOR"), peer),
        lambda tag: "HTTP_IF_NONE_MATCH" in request.META and ranges.is_known(request.headers, tag),
        presence.of(peer),
    )


def purpose_in(text: str) -> str:
    """Return the code of a purpose that ``text`` is. Raises ``Incomplete``."""
    if text and not _PURPOSE.fullmatch(text):
        raise Incomplete.at("purpose", "This is no code of a purpose.", None)
    return text


def address_of(via: str | None, peer: str) -> str:
    """Return from which address somebody asks whose line comes from ``peer``, ``via`` others."""
    # Behind a proxy that ends TLS, it is the proxy that knows: the last name is the one it added.
    if via and config.url.startswith("https://"):
        return via.rpartition(",")[2].strip()
    return peer


def receipt_url(notes: Notes) -> str:
    """Return where the receipt of what was handed out is to be had."""
    return f"{config.url}/api/v1/deliveries/{notes.receipt}/receipt" if notes.receipt else ""


def headers_of(notes: Notes) -> dict[str, str]:
    """Return the headers that say what goes along with an answer."""
    told = {
        "X-Yelin-Receipt": receipt_url(notes),
        "X-Yelin-Watermark": notes.watermark,
        "X-Yelin-Under-Check": ", ".join(mark.doubt for mark in notes.marks),
    }
    return {name: value for name, value in told.items() if value} | limits(notes.left)


def limits(left: Left | None) -> dict[str, str]:
    """Return the fields by which a program keeps to a limit.

    As draft-ietf-httpapi-ratelimit-headers has them since its tenth version.
    """
    if left is None:
        return {}
    return {
        "RateLimit-Policy": f'"{left.name}";q={left.most};w={HOUR_SECONDS}',
        "RateLimit": f'"{left.name}";r={left.left};t={left.seconds}',
    }


def tag(response: HttpResponseBase, tag: str) -> None:
    """Let ``response`` say by which tag its answer is known, to be asked for again by it."""
    response["ETag"] = ranges.quoted(tag)
    response["Cache-Control"] = "private, no-cache"


def note(response: HttpResponseBase, notes: Notes) -> None:
    """Let ``response`` say what goes along with its data."""
    for name, value in headers_of(notes).items():
        response[name] = value
