"""One's cases for programs: what a person or body asked, and what it has to answer."""

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI, Query

from yelin.api import schemas
from yelin.cases import reads
from yelin.cases.models import Case
from yelin.delivery import reads as deliveries
from yelin.law import clock
from yelin.surface import actor as asking


def register(api: NinjaAPI) -> None:
    """Give cases their addresses in ``api``."""
    api.get("/cases", response=schemas.CasePage, tags=["Cases"])(find_cases)
    api.get("/cases/{number}", response=schemas.CaseOut, tags=["Cases"])(get_case)


def find_cases(request: HttpRequest, asked: Query[schemas.PageIn]) -> schemas.CasePage:
    """Return the cases that you may open, the newest first."""
    rows = reads.seen_by(asking.of_request(request).actor).order_by("-submitted_on", "-number")
    return schemas.CasePage(
        items=[schemas.CaseLine(**_line(row)) for row in asked.cut(rows)],
        total=rows.count(),
    )


def get_case(request: HttpRequest, number: str) -> schemas.CaseOut:
    """Return one case with what was asked, given and said of it."""
    actor = asking.of_request(request).actor
    row = reads.get(actor, number)
    own = ("asked", "given", "missing", "reason", "legal_basis", "grounds", "finding")
    due = min((each.due for each in clock.running(row) if not each.suspended_on), default=None)
    return schemas.CaseOut(
        **_line(row),
        due=due,
        record=dict(deliveries.record_of(actor, row)),
        **{name: getattr(row, name) for name in own},
    )


def _line(row: Case) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "about": row.about.code,
        "handler": row.handler.name,
        "state": row.state,
        "outcome": row.outcome or None,
        "submitted_on": row.submitted_on,
        "accepted_on": row.accepted_on,
        "decided_on": row.decided_on,
    }
