"""Signed extracts as every door hands them out, and finds them by what stands on them."""

from django.http import HttpResponse

from yelin import gate
from yelin.exchange import issuing, standing
from yelin.exchange.models import Extract

TYPES = {"pdf": "application/pdf", "jws": "application/jose"}


def handed(extract: Extract, kind: str) -> HttpResponse:
    """Return an extract as a sealed PDF, or as the statement for programs.

    Raises what ``issuing.papers`` does.
    """
    made = issuing.papers(extract)
    answer = HttpResponse(made.pdf if kind == "pdf" else made.jws, content_type=TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{extract.number}.{kind}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def with_digest(written: str) -> Extract:
    """Return the extract on which this digest stands. Raises ``Unseen``, also for what is none."""
    try:
        return standing.by_digest(bytes.fromhex(written))
    except ValueError:
        raise gate.Unseen from None
