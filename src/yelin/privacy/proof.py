"""The proof of a deletion for the subject: every place with what came of it, sealed."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from yelin.ledger.models import Leaf
from yelin.privacy.requested import SubjectRequest, Target

SCHEMA = "yelin:deletion:1"


def shown(request: SubjectRequest) -> Sequence[Target]:
    """Return the places that the subject is told of: once it is decided, and not what is kept.

    What exists and is kept by law may be nobody's business: the decision says why and by which law.
    """
    if request.case.given is None:
        return ()
    kept = (request.case.given or {}).get("kept", ())
    return request.targets.exclude(entry__code__in=kept).in_order()


def receipt(request: SubjectRequest) -> dict[str, Any]:
    """Return the receipt as it stands now, as plain data.

    Who has ``salt`` and ``what`` computes the commitment that stands in the ledger's leaf of it:
    SHA-256 of the salt and the canonical JSON (RFC 8785).
    """
    case = request.case
    return {
        "schema": SCHEMA,
        "number": case.number,
        "subject": request.masked,
        "handler": {"name": case.handler.name, "identifier": case.handler.credit_code},
        "asked_on": case.submitted_on.isoformat(),
        "decided_on": case.decided_on.isoformat() if case.decided_on else None,
        "outcome": case.outcome,
        "reason": case.reason,
        "legal_basis": case.legal_basis,
        "places": [_place(each) for each in shown(request)],
        "looked_through": request.scanned if request.proved_at else None,
        "found": 0 if request.proved_at else None,
        "proved_at": request.proved_at.isoformat() if request.proved_at else None,
        "leaf": _leaf(request),
    }


def _place(target: Target) -> dict[str, Any]:
    return {
        "what": target.document,
        "rows": target.rows,
        "tries": target.tries,
        "salt": b64encode(bytes(target.salt)).decode(),
        "commitment": target.commitment.hex(),
    }


def _leaf(request: SubjectRequest) -> int | None:
    found = Leaf.objects.filter(subject=request.pk, act="privacy.prove", refused=False).first()
    return found.index if found else None
