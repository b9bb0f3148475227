"""Files sent in pieces by the tus protocol 1.0.0: by a program's token, or by a page's session.

https://tus.io/protocols/resumable-upload
"""

import base64
import binascii
import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.http import http_date
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from yelin.acts import references
from yelin.api import schemas
from yelin.catalog.models import Entry, code_of
from yelin.config import config
from yelin.gate import Unseen
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.surface import actor as asking
from yelin.surface.problems import for_programs
from yelin.surface.telling import Problem
from yelin.warehouse import arriving
from yelin.warehouse.arrivals import Arrival
from yelin.warehouse.arriving import DIGESTS, Altered, Busy, Elsewhere, Told

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
BYTES = "application/offset+octet-stream"
_MOST_METADATA = 4000
# What is lost where the line breaks is less than this.
_READ_BYTES = 64 << 10

Answer = Callable[..., HttpResponse]


def _tus(view: Answer) -> Answer:
    """Let a view speak tus to whoever sends a token, or to a page that its own form made."""

    @functools.wraps(view)
    def speaking(request: HttpRequest, **named: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=_capabilities())
        if request.headers.get("Tus-Resumable") != VERSION:
            told = Problem(412, gettext("Another version"), headers={"Tus-Version": VERSION})
            return told.response()
        by_token = {"Authorization", "X-CKAN-API-Key"} & set(request.headers)
        return (view if by_token else csrf_protect(view))(request, **named)

    @functools.wraps(view)
    def answered(request: HttpRequest, **named: Any) -> HttpResponse:
        response = for_programs(_of_tus(speaking))(request, **named)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    return csrf_exempt(answered)


def _of_tus(view: Answer) -> Answer:
    def told(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            return view(request, **named)
        except Elsewhere as error:
            says = gettext("Go on at the byte that Upload-Offset names.")
            headers = {"Upload-Offset": str(error.arrived)}
            return Problem(409, gettext("Not the next bytes"), says, headers=headers).response()
        except Busy:
            says = gettext("All of it has come and is being received. Ask again in a moment.")
            return Problem(423, gettext("Being received"), says).response()
        except Altered:
            says = gettext("The bytes are not those of the checksum. Send them again.")
            return Problem(460, gettext("Altered on the way"), says).response()

    return told


@_tus
def files(request: HttpRequest) -> HttpResponse:
    """Begin a file, whose ``entry`` and ``filename`` stand in its metadata."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["OPTIONS", "POST"])
    actor = asking.of_request(request).actor
    written = request.headers.get("Upload-Metadata", "")
    metadata = _metadata(written)
    word = metadata.pop("entry", "")
    # What other programs write of a file besides is kept for them, and read by nobody here.
    known = {name: text for name, text in metadata.items() if name in schemas.UploadIn.model_fields}
    said = schemas.UploadIn.model_validate(known)
    arrival = arriving.begin(
        actor=actor,
        entry=_entry(actor, word),
        filename=said.filename or "data",
        size=_number(request, "Upload-Length"),
        options=said.options(),
        metadata=written,
    )
    if _brings_bytes(request):
        arrival = arriving.take(
            actor=actor, arrival=arrival, at=0, body=_pieces(request), told=_told(request)
        )
    response = HttpResponse(status=201, headers=_facts(arrival))
    response["Location"] = f"{request.path}{arrival.pk}"
    return response


@_tus
def file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say how far a file has come, take more of it, or give it up."""
    actor = asking.of_request(request).actor
    method = request.method
    if method == "POST":
        method = request.headers.get("X-HTTP-Method-Override", "")
    if method == "HEAD":
        return _told_of(arriving.find(actor, pk))
    if method == "PATCH":
        return _take(request, actor, arriving.find(actor, pk))
    if method == "DELETE":
        arriving.give_up(arriving.find(actor, pk))
        return HttpResponse(status=204)
    return HttpResponseNotAllowed(["OPTIONS", "HEAD", "PATCH", "DELETE"])


def _entry(actor: Actor, word: str) -> Entry:
    """Return the entry that ``word`` names: its id, its code, or its code as addresses write it."""
    try:
        found = references.resolve(actor, Entry, word)
    except Unseen:
        found = references.resolve(actor, Entry, code_of(word))
    assert isinstance(found, Entry)  # noqa: S101 - that is what was asked for
    return found


def _told_of(arrival: Arrival) -> HttpResponse:
    response = HttpResponse(headers=_facts(arrival))
    response["Upload-Length"] = str(arrival.size)
    if arrival.metadata:
        response["Upload-Metadata"] = arrival.metadata
    return response


def _take(request: HttpRequest, actor: Actor, arrival: Arrival) -> HttpResponse:
    if not _brings_bytes(request):
        return Problem(415, gettext("Not bytes of a file"), BYTES).response()
    arrival = arriving.take(
        actor=actor,
        arrival=arrival,
        at=_number(request, "Upload-Offset"),
        body=_pieces(request),
        told=_told(request),
    )
    return HttpResponse(status=204, headers=_facts(arrival))


def _facts(arrival: Arrival) -> dict[str, str]:
    facts = {
        "Upload-Offset": str(arrival.arrived),
        "Upload-Expires": http_date(arrival.until.timestamp()),
    }
    if arrival.upload_id:
        facts["Content-Location"] = f"/api/v1/uploads/{arrival.upload_id}"
    return facts


def _capabilities() -> dict[str, str]:
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(config.upload_limit_mb * 1_000_000),
        "Tus-Checksum-Algorithm": ",".join(DIGESTS),
    }


def _brings_bytes(request: HttpRequest) -> bool:
    return request.content_type == BYTES


def _pieces(request: HttpRequest) -> "Any":
    return iter(lambda: request.read(_READ_BYTES), b"")


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Incomplete.at(header, "This header must be a whole number of bytes.")
    return int(text)


def _told(request: HttpRequest) -> Told | None:
    text = request.headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _, digest = text.partition(" ")
    try:
        if algorithm in DIGESTS:
            return Told(algorithm, base64.b64decode(digest, validate=True))
    except binascii.Error:
        pass
    raise Incomplete.at("Upload-Checksum", "This checksum is of no kind that is known here.")


def _metadata(written: str) -> dict[str, str]:
    if len(written) > _MOST_METADATA:
        raise Incomplete.at("Upload-Metadata", "This metadata cannot be read.")
    try:
        pairs = [pair.strip().partition(" ") for pair in written.split(",") if pair.strip()]
        return {name: base64.b64decode(text, validate=True).decode() for name, _, text in pairs}
    except (binascii.Error, UnicodeDecodeError):
        raise Incomplete.at("Upload-Metadata", "This metadata cannot be read.") from None
