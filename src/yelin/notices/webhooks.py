"""Telling a program by a webhook: signed, and only where an egress rule of the body leads."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Word:
    """What a program is told: the same bytes under the same ``number``, however often.

    By the number a receiver drops what came twice. ``beside`` are headers that are not signed.
    """

    number: str
    content: bytes
    media: str = "application/json"
    beside: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, number: str, payload: Mapping[str, Any]) -> "Word":
        """Return the word of which the content is ``payload`` as JSON."""
        return cls(number, plain(payload))


def plain(payload: Mapping[str, Any]) -> bytes:
    """Return ``payload`` as JSON in one line."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def post(word: Word, url: str, *, body: UUID, purpose: Purpose, at: datetime) -> str:
    """Try once; return nothing where it was taken, else the code of what went wrong."""
    try:
        answer = send(
            _signed(word, url, at), body=body, purpose=purpose, on=at.date(), limits=LIMITS
        )
    except NotSent as stopped:
        return stopped.stop.value
    return "" if 200 <= answer.status < 300 else "refused"


def _signed(word: Word, url: str, at: datetime) -> Request:
    """Return the request, signed as Standard Webhooks 1.0 has it (``v1a``, Ed25519)."""
    moment = str(int(at.timestamp()))
    signing.make(KEY)
    seal = signing.sign(KEY, b".".join((word.number.encode(), moment.encode(), word.content)))
    headers = {
        **word.beside,
        "content-type": word.media,
        "webhook-id": word.number,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1a,{base64.b64encode(seal).decode()}",
    }
    return Request("POST", url, headers, word.content)


def public_key() -> str:
    """Return the key by which receivers verify, as Standard Webhooks writes it."""
    signing.make(KEY)
    return f"whpk_{base64.b64encode(signing.public_key(KEY)).decode()}"
