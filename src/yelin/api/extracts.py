"""Signed extracts for programs: those of one's body, their files, and how one stands."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from ninja import NinjaAPI, Query, Schema
from pydantic import Field

from yelin.acts import references
from yelin.api import schemas
from yelin.exchange import paper, standing
from yelin.exchange.models import Extract
from yelin.exchange.standing import Standing
from yelin.ledger.issued import NotSigned
from yelin.surface import actor as asking
from yelin.surface import sealed

_LATER = {"Retry-After": "5"}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_SENDS: dict[str, Any] = {
    "responses": {
        200: {"description": "The file.", "content": dict.fromkeys(sealed.TYPES.values(), _BYTES)}
    }
}


class ExtractLine(Schema):
    """An extract as a list tells of it; without a number it waits for a second person."""

    id: UUID
    number: str | None
    resource: str | None
    provider: str
    asked_at: datetime
    issued_at: datetime | None
    release: int | None
    rows: int
    sealed_by: str = Field(description="`body` or `platform`; empty until it is issued.")
    revoked_at: datetime | None


class ExtractOut(ExtractLine):
    """One extract with how it stands; what it says is in its files alone."""

    standing: Standing | None = Field(description="Null until it is issued.")
    changed_in: int | None = Field(description="The release in which its rows are others.")
    revoked_because: str
    digest: str | None
    verify_url: str | None


class ExtractPage(Schema):
    """One page of extracts, and how many there are."""

    items: list[ExtractLine]
    total: int


class StandingOut(Schema):
    """How the extract with a digest stands, for whoever has it; what it says is not told."""

    number: str
    standing: Standing
    changed_in: int | None
    issued_at: datetime
    revoked_at: datetime | None
    certificate: str = Field(description="SHA-256 of the certificate under which it was sealed.")
    doubts: list[str] = Field(description="The numbers of doubts about what it says.")


def register(api: NinjaAPI) -> None:
    """Give extracts their addresses in ``api``."""
    tags = ["Extracts"]
    # Before the others: “standing” is no extract.
    api.get("/extracts/standing/{digest}", response=StandingOut, tags=tags)(get_standing)
    api.get("/extracts", response=ExtractPage, tags=tags)(find_extracts)
    api.get("/extracts/{extract_id}", response=ExtractOut, tags=tags)(get_extract)
    file = "/extracts/{extract_id}/file"
    later = {202: schemas.LaterOut}
    api.get(file, response=later, tags=tags, openapi_extra=_SENDS)(get_extract_file)


def find_extracts(request: HttpRequest, asked: Query[schemas.PageIn]) -> ExtractPage:
    """Return the extracts that your body issued, the newest first. To issue: `exchange.extract`."""
    rows = standing.extracts_of(asking.of_request(request).actor)
    found = asked.cut(rows.select_related("release"))
    return ExtractPage(items=[ExtractLine(**_line(row)) for row in found], total=rows.count())


def get_extract(request: HttpRequest, extract_id: UUID) -> ExtractOut:
    """Return one extract of your body, and how it stands today."""
    found = references.one(asking.of_request(request).actor, Extract, extract_id)
    digest = bytes(found.digest) if found.digest else None
    return ExtractOut(
        **_line(found),
        standing=standing.of(found) if found.issued_at else None,
        changed_in=found.changed_in,
        revoked_because=found.revoked_because,
        digest=digest.hex() if digest else None,
        verify_url=paper.address_of(digest) if digest else None,
    )


def get_extract_file(
    request: HttpRequest, extract_id: UUID, asked: Query[schemas.ExtractFileIn]
) -> HttpResponse:
    """Return the sealed PDF, or the statement for programs. Until the ledger has signed: 202."""
    found = references.one(asking.of_request(request).actor, Extract, extract_id)
    try:
        return sealed.handed(found, asked.format)
    except NotSigned:
        says = gettext("The ledger has not signed it yet. Try again in a few seconds.")
        return JsonResponse(schemas.LaterOut(says=says).dict(), status=202, headers=_LATER)


def get_standing(request: HttpRequest, digest: str) -> StandingOut:
    """Say whether the extract that you were handed holds, by the digest that stands on it."""
    del request
    found = sealed.with_digest(digest)
    assert found.number is not None  # noqa: S101 - what was issued has one
    assert found.issued_at is not None  # noqa: S101 - the same
    return StandingOut(
        number=found.number,
        standing=standing.of(found),
        changed_in=found.changed_in,
        issued_at=found.issued_at,
        revoked_at=found.revoked_at,
        certificate=bytes(found.certificate or b"").hex(),
        doubts=[each.case.number for each in standing.doubts_about(found)],
    )


def _line(row: Extract) -> dict[str, Any]:
    sealed_by = "" if row.issued_at is None else "body" if row.seal_id else "platform"
    return {
        "id": row.pk,
        "number": row.number,
        "resource": row.entry.code,
        "provider": row.entry.provider.name,
        "asked_at": row.asked_at,
        "issued_at": row.issued_at,
        "release": row.release.number if row.release else None,
        "rows": row.rows,
        "sealed_by": sealed_by,
        "revoked_at": row.revoked_at,
    }
