"""Telling a program by a webhook: signed, and only where an egress rule of the body leads."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from yelin.keys import signing
from yelin.outbound.door import Limits, Request
from yelin.outbound.models import Purpose
from yelin.outbound.rules import NotSent
from yelin.outbound.sending import send

KEY = "webhooks"
LIMITS = Limits(seconds=10, most_bytes=100_000)


def post(
    number: str,
    url: str,
    payload: Mapping[str, Any],
    *,
    body: UUID,
    purpose: Purpose,
    at: datetime,
) -> str:
    """Try once; return nothing where it was taken, else the code of what went wrong.

    ``number`` is the same at every try, so that a receiver can drop what came twice.
    """
    try:
        answer = send(
            _signed(number, url, payload, at),
            body=body,
            purpose=purpose,
            on=at.date(),
            limits=LIMITS,
        )
    except NotSent as stopped:
        return stopped.stop.value
    return "" if 200 <= answer.status < 300 else "refused"


def _signed(number: str, url: str, payload: Mapping[str, Any], at: datetime) -> Request:
    """Return the request, signed as Standard Webhooks 1.0 has it (``v1a``, Ed25519)."""
    content = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    moment = str(int(at.timestamp()))
    signing.make(KEY)
    seal = signing.sign(KEY, b".".join((number.encode(), moment.encode(), content)))
    headers = {
        "content-type": "application/json",
        "webhook-id": number,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1a,{base64.b64encode(seal).decode()}",
    }
    return Request("POST", url, headers, content)


def public_key() -> str:
    """Return the key by which receivers verify, as Standard Webhooks writes it."""
    signing.make(KEY)
    return f"whpk_{base64.b64encode(signing.public_key(KEY)).decode()}"
