"""What is sealed as every door hands it out; extracts are found by what stands on them."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from yelin import gate
from yelin.documents import sealing
from yelin.exchange import issuing, standing
from yelin.exchange.models import Extract
from yelin.law.seal import platform_seal
from yelin.ledger.issued import Papers

TYPES = {"pdf": "application/pdf", "jws": "application/jose"}


def handed(extract: Extract, kind: str) -> HttpResponse:
    """Return an extract as a sealed PDF, or as the statement for programs.

    Raises what ``issuing.papers`` does.
    """
    return as_kind(issuing.papers(extract), kind, extract.number or "")


def as_kind(made: Papers, kind: str, number: str) -> HttpResponse:
    """Return what was issued as a sealed PDF, or as the statement for programs."""
    return _file(made.pdf if kind == "pdf" else made.jws, kind, number)


def stated(said: Mapping[str, Any], name: str) -> HttpResponse:
    """Return plain data as it stands now, sealed by the platform (JWS)."""
    words = json.dumps(said, ensure_ascii=False).encode()
    return _file(sealing.stated(words, platform_seal()).encode(), "jws", name)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def with_digest(written: str) -> Extract:
    """Return the extract on which this digest stands. Raises ``Unseen``, also for what is none."""
    try:
        return standing.by_digest(bytes.fromhex(written))
    except ValueError:
        raise gate.Unseen from None
