"""Disputes over contracts for programs: how each stands, all that was said, the evidence."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import NinjaAPI, Query, Schema
from pydantic import Field

from yelin import gate
from yelin.api.schemas import PageIn
from yelin.market.dispute import reads
from yelin.market.dispute.models import Dispute, Statement
from yelin.surface import actor as asking
from yelin.surface import packs

_SENDS: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The evidence (ZIP).",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


class StatementOut(Schema):
    """What somebody said; `digest` is what an acceptance of a proposal names."""

    place: int
    side: str = Field(description="`provider`, `consumer`, or `platform`: who mediates.")
    kind: str = Field(description="`claim`, `answer`, `words`, `proposal`, `closing`.")
    words: str
    sum: str | None = Field(description="The amount that was named, with its currency.")
    digest: str
    said_at: datetime


class DisputeLine(Schema):
    """A dispute as a list tells of it."""

    number: str
    contract: str
    about: str = Field(description="`quality`, `delivery`, `price`, `use`, `security`, `other`.")
    side: str = Field(description="Which side opened it: `provider` or `consumer`.")
    mediator: str = Field(description="Credit code of who mediates.")
    state: str = Field(description="`answering`, `mediating`, `settled`, `withdrawn`, `referred`.")
    opened_at: datetime
    ended_at: datetime | None


class DisputeOut(DisputeLine):
    """One dispute with all that was said, the first first; `stands` is the open proposal."""

    clauses: list[str]
    due: date | None = Field(description="The last day of the term that runs.")
    stands: str | None = Field(description="Digest of the proposal that stands.")
    agreed: str | None = Field(description="Digest of the proposal that settled it.")
    statements: list[StatementOut]


class DisputePage(Schema):
    """One page of disputes, and how many there are."""

    items: list[DisputeLine]
    total: int


def register(api: NinjaAPI) -> None:
    """Give disputes their addresses in ``api``."""
    tags = ["Market"]
    one = "/disputes/{dispute_number}"
    api.get("/disputes", response=DisputePage, tags=tags)(find_disputes)
    api.get(one, response=DisputeOut, tags=tags)(get_dispute)
    api.get(f"{one}/evidence", tags=tags, openapi_extra=_SENDS)(get_dispute_evidence)


def find_disputes(request: HttpRequest, asked: Query[PageIn]) -> DisputePage:
    """Return the disputes that your body has or mediates, the newest first.

    To open one: `dispute.open`.
    """
    rows = reads.seen_by(asking.of_request(request).actor)
    return DisputePage(
        items=[DisputeLine(**_line(each)) for each in asked.cut(rows)], total=rows.count()
    )


def get_dispute(request: HttpRequest, dispute_number: str) -> DisputeOut:
    """Return one dispute with all that was said in it.

    Acts: `dispute.answer`, `dispute.say`, `dispute.propose`, `dispute.accept`, `dispute.withdraw`,
    `dispute.refer`.
    """
    found = reads.get(asking.of_request(request).actor, dispute_number)
    runs, stands = found.runs, found.stands if found.is_open else None
    return DisputeOut(
        **_line(found),
        clauses=found.clauses,
        due=runs.due if runs else None,
        stands=stands.digest_text if stands else None,
        agreed=found.agreed.digest_text if found.agreed else None,
        statements=[_said(each) for each in found.statements.all()],
    )


def get_dispute_evidence(request: HttpRequest, dispute_number: str) -> StreamingHttpResponse:
    """Return the evidence of a dispute as one file, which `yelin verify` judges anywhere."""
    found = reads.get(asking.of_request(request).actor, dispute_number)
    try:
        return packs.send(found)
    except packs.NothingSigned:
        raise gate.Unseen from None


def _line(row: Dispute) -> dict[str, Any]:
    return {
        "number": row.number,
        "contract": row.contract.number,
        "about": row.about,
        "side": row.side,
        "mediator": row.mediator.credit_code,
        "state": row.state,
        "opened_at": row.opened_at,
        "ended_at": row.ended_at,
    }


def _said(row: Statement) -> StatementOut:
    return StatementOut(
        place=row.place,
        side=row.side,
        kind=row.kind,
        words=row.words,
        sum=row.sum,
        digest=row.digest_text,
        said_at=row.said_at,
    )
