"""The way of a datum for programs: as nodes and edges, in RDF (PROV-O), as events (OpenLineage)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from pydantic import Field

from yelin.catalog import reads
from yelin.catalog.models import code_of
from yelin.config import config
from yelin.delivery.models import Delivery
from yelin.delivery.tracing import finding
from yelin.delivery.tracing import reads as tracing
from yelin.delivery.tracing.finding import Found
from yelin.delivery.tracing.graph import Kind
from yelin.law.refusals import Incomplete
from yelin.surface import actor as asking
from yelin.surface import exported, traced
from yelin.surface.syntaxes import MEDIA_TYPES, by_accept


class LeafOut(Schema):
    """A leaf of the ledger that speaks of a node."""

    act: str
    hash: str
    index: int | None = Field(description="Its place in the log, once it has one.")
    published: bool = Field(description="Whether it stands under a signed checkpoint.")
    page: str


class NodeOut(Schema):
    """A thing, a doing or a party on the way."""

    id: str = Field(description="The address of its page, or a URN.")
    kind: str
    prov: str = Field(description="Entity, Activity or Agent (PROV-O).")
    title: str = Field(description="Empty for a person.")
    title_en: str
    page: str | None
    told: dict[str, str | int]
    since: datetime | None
    until: datetime | None
    folded: int = Field(description="Of how many it stands for all, where they come as a number.")
    leaves: list[LeafOut]


class EdgeOut(Schema):
    """That one leads back to another."""

    of: str
    term: str = Field(description="As PROV-O calls it: used, wasDerivedFrom, ….")
    to: str


class TraceOut(Schema):
    """The way of a resource or a version as far as the asker may know of it."""

    about: str
    nodes: list[NodeOut] = Field(description="Each after all that it came of.")
    edges: list[EdgeOut]


class HadOut(Schema):
    """That somebody had the very file."""

    delivery: UUID
    party: UUID
    credit_code: str | None = Field(description="Of a body; of a person nothing but the id.")
    grant: UUID | None
    purpose: str
    begun: datetime
    receipt: str = Field(description="Where its receipt is had.")


class FileOut(Schema):
    """What a file is."""

    kind: str = Field(description="`upload`, `release`, `extract` or `certificate`.")
    title: str
    page: str | None
    form: str = Field(description="Which file of it, or in which form it was handed out.")
    release: int | None
    newest: bool | None = Field(description="Whether it is of the newest release.")
    since: datetime | None
    had_by: list[HadOut]
    more: int = Field(description="How many had it besides these.")


class FilesOut(Schema):
    """All that a file is, as far as the asker may know; none for a file that is unknown."""

    sha256: str
    found: list[FileOut]


_IN_OTHER_FORMS: dict[str, Any] = {
    "responses": {
        200: {
            "content": {media: {"schema": {"type": "string"}} for media in MEDIA_TYPES.values()},
        }
    }
}


def register(api: NinjaAPI) -> None:
    """Give ways their address in ``api``."""
    api.get(
        "/resources/{slug}/trace",
        response=TraceOut,
        openapi_extra=_IN_OTHER_FORMS,
        tags=["Data"],
    )(get_trace)
    api.get("/verify/{digest}", response=FilesOut, tags=["Data"])(get_file)


def get_trace(
    request: HttpRequest,
    slug: str,
    version: int | None = None,
    format: str = "",  # noqa: A002 - what the address calls it
) -> HttpResponse:
    """Return the whole way of a resource, or of one version of it, with the leaves that prove it.

    By `format` (json, jsonld, ttl, rdf, openlineage), or by `Accept`. Everyone is told of what
    they may know of elsewhere: who had it, those who answer for it, and whoever had it of itself.
    """
    actor = asking.of_request(request).actor
    form = format or _preferred(request)
    entry = reads.get(actor, code=code_of(slug))
    told = exported.written(actor, entry, tracing.of(actor, entry, version), form)
    media_type = exported.FORMS[form]
    return by_accept(HttpResponse(told, content_type=f"{media_type}; charset=utf-8"))


def _preferred(request: HttpRequest) -> str:
    asked = request.get_preferred_type([exported.JSON, *MEDIA_TYPES.values()])
    return next((form for form, media in MEDIA_TYPES.items() if media == asked), "json")


def get_file(request: HttpRequest, digest: str) -> FilesOut:
    """Say what the file with this SHA-256 is: of which release, whether the newest, who had it.

    It is told to whoever may have all of that file, had it, or answers for it; to everyone else a
    file is unknown, like one that never was here.
    """
    try:
        found = finding.of(asking.of_request(request).actor, digest)
    except ValueError:
        says = "A SHA-256 is 64 hexadecimal digits."
        raise Incomplete.at("digest", says) from None
    return FilesOut(sha256=digest.lower(), found=[_file(each) for each in found])


def _file(found: Found) -> FileOut:
    node, page = found.node, traced.page_of(found.node)
    is_release = node.kind is Kind.RELEASE
    return FileOut(
        kind=node.kind,
        title=node.title,
        page=f"{config.url}{page}" if page else None,
        form=found.form,
        release=int(node.told["number"]) if is_release else None,
        newest=found.is_newest if is_release else None,
        since=node.since,
        had_by=[_had(each) for each in found.had],
        more=found.more,
    )


def _had(call: Delivery) -> HadOut:
    return HadOut(
        delivery=call.pk,
        party=call.party_id,
        credit_code=call.seat.body.credit_code if call.seat else None,
        grant=call.grant_id,
        purpose=call.purpose,
        begun=call.begun_at,
        receipt=f"{config.url}/api/v1/deliveries/{call.pk}/receipt",
    )
