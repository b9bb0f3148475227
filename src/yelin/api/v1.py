"""The REST interface, version 1: resources, rows, downloads, uploads, the ledger's leaves."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext
from ninja import NinjaAPI, Query, Status
from ninja.errors import ValidationError as BadRequest
from ninja.openapi.schema import OpenAPISchema

from yelin import __version__, gate
from yelin.acts.frame import named
from yelin.api import (
    acts,
    applications,
    arrangements,
    attachments,
    batches,
    bench,
    cases,
    computing,
    contracts,
    deletions,
    demands,
    differences,
    disputes,
    documents,
    extracts,
    keys,
    lineage,
    market,
    quality,
    rows,
    schemas,
    sql,
    subscriptions,
    systems,
    talking,
    tracing,
    verifying,
)
from yelin.catalog import reads
from yelin.catalog.models import Entry, code_of
from yelin.config import config
from yelin.delivery import handing
from yelin.delivery import reads as deliveries
from yelin.law import duties
from yelin.law.refusals import Incomplete
from yelin.ledger import log
from yelin.parties.actor import Actor
from yelin.surface import actor as asking
from yelin.surface import calls, interface, problems, questions, receipts, telling, uploads
from yelin.surface.incoming import body_of, name_in
from yelin.surface.sending import send
from yelin.surface.telling import PROBLEM
from yelin.warehouse import acts as warehouse_acts
from yelin.warehouse import reads as warehouse
from yelin.warehouse.formats import DUMPS, GB18030, MEDIA_TYPES
from yelin.warehouse.receive import receive

# What any route may answer instead.
PROBLEMS = (400, 401, 403, 404, 409, 410, 411, 413, 422, 429)
_PROBLEM = {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
LATER = {"Retry-After": "60"}
_BYTES = {"type": "string", "format": "binary"}
_ROWS = {"type": "array", "items": {"type": "object"}}
# What a route that sends a file answers.
SENDS_A_FILE: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The file.",
            "content": {
                media: {"schema": _ROWS if media == MEDIA_TYPES["json"] else _BYTES}
                for media in (*MEDIA_TYPES.values(), DUMPS[GB18030])
            },
        },
        307: {"description": "A long file is had at the address in `Location`, for a few minutes."},
    }
}


class DescribedAPI(NinjaAPI):
    """Says of each fault what it really is: a problem document.

    Said of each route by itself it would be a thousand models, which every start would make.
    """

    _described: OpenAPISchema | None = None

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        """Return the description with the problems that any route may tell; it is made once."""
        if self._described is None:
            schema = super().get_openapi_schema(*args, **kwargs)
            schema["components"]["schemas"]["ProblemOut"] = schemas.ProblemOut.model_json_schema()
            for operations in schema["paths"].values():
                for operation in operations.values():
                    _name_problems(operation["responses"])
            self._described = schema
        return self._described


def _name_problems(responses: dict[Any, dict[str, Any]]) -> None:
    for status in PROBLEMS:
        responses.setdefault(status, {"description": HTTPStatus(status).phrase})
    for status, response in responses.items():
        if int(status) >= HTTPStatus.BAD_REQUEST:
            response["content"] = {PROBLEM: _PROBLEM}


api = DescribedAPI(
    title="Yelin",
    version=__version__,
    description="Find, query and download public data; bring data in; check the ledger.",
    urls_namespace="api",
    docs_url=None,
)


# First of all: addresses are tried one after the other, and this one is asked for most.
rows.register(api)


def _told(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    del request
    return problems.of(error if isinstance(error, Exception) else error()).response()


for _kind in problems.FORESEEN:
    api.add_exception_handler(_kind, _told)


@api.exception_handler(BadRequest)
def _misread(request: HttpRequest, error: BadRequest) -> HttpResponse:
    del request
    return telling.misread(error.errors).response()


def _reader(request: HttpRequest) -> Actor:
    return asking.of_request(request).actor


def _entry(actor: Actor, slug: str) -> Entry:
    return reads.get(actor, code=code_of(slug))


def _next(request: HttpRequest, page: int, page_size: int, total: int) -> str | None:
    if page * page_size >= total:
        return None
    query = request.GET.copy()
    query["page"] = str(page + 1)
    return f"{config.url}{request.path}?{query.urlencode()}"


@api.get("/resources", response=schemas.EntryPage, tags=["Resources"])
def find_resources(request: HttpRequest, asked: Query[schemas.SearchIn]) -> schemas.EntryPage:
    """Find resources by words (Simplified, Traditional, pinyin, code) and facets.

    A facet may be given several times. Without words, or sorted by anything but relevance, `next`
    leads through all there is; by relevance through up to 10,000, and of more through the best
    500.
    """
    actor = _reader(request)
    found = reads.find(actor, asked.search())
    entries, following = _part(request, found, asked)
    return schemas.EntryPage(
        items=documents.lines(actor, entries),
        total=found.total,
        total_is_exact=found.is_exact,
        loosened=found.loosened,
        next=following,
    )


def _part(
    request: HttpRequest, found: reads.Found, asked: schemas.SearchIn
) -> tuple[list[Entry], str | None]:
    """Return the entries of the page asked for, and the address of the next."""
    if not found.has_places:
        entries = found.best((asked.page - 1) * asked.page_size, asked.page_size)
        return entries, _next(request, asked.page, asked.page_size, found.offered)
    first = (asked.page - 1) * asked.page_size
    try:
        entries = (
            found.after(asked.cursor, asked.page_size)
            if asked.cursor
            else found.best(first, asked.page_size)
        )
    except ValueError:
        says = "This leads nowhere: begin the list anew, and follow what it says is next."
        raise Incomplete.at("cursor", says) from None
    if len(entries) < asked.page_size or (
        not asked.cursor and first + len(entries) == found.total and found.is_exact
    ):
        return entries, None
    query = request.GET.copy()
    query.pop("page", None)
    query["cursor"] = found.place_of(entries[-1])
    return entries, f"{config.url}{request.path}?{query.urlencode()}"


@api.get("/resources/{slug}", response=schemas.EntryOut, tags=["Resources"])
def get_resource(request: HttpRequest, slug: str) -> schemas.EntryOut:
    """Return a resource with its metadata, items and releases."""
    return documents.whole(_reader(request), slug)


@api.get("/resources/{slug}/download", tags=["Data"], openapi_extra=SENDS_A_FILE)
@api.api_operation(["HEAD"], "/resources/{slug}/download", include_in_schema=False)
def download(request: HttpRequest, slug: str, asked: Query[schemas.DownloadIn]) -> HttpResponseBase:
    """Download what a filter leaves, or all, in one of five formats.

    ``format=csv`` is exact UTF-8 without a byte order mark; ``for=excel`` adds it and keeps text
    cells from running as formulas; ``encoding=gb18030`` is for programs that know no UTF-8, and
    has no mark either way.
    """
    actor = _reader(request)
    entry = _entry(actor, slug)
    question = questions.read(request.GET)
    handed = handing.download(
        actor,
        entry,
        question,
        asked.kept_as,
        for_excel=asked.audience == "excel",
        number=asked.release,
        call=calls.of(request),
    )
    return send(request, handed)


@api.get("/resources/{slug}/files", response=schemas.FilePage, tags=["Data"])
def get_files(
    request: HttpRequest, response: HttpResponse, slug: str, asked: Query[schemas.FilesIn]
) -> schemas.FilePage:
    """List the files of a resource that is no table: documents, pictures, maps."""
    actor = _reader(request)
    entry = _entry(actor, slug)
    first = (asked.page - 1) * asked.page_size + 1
    handed = handing.contents(
        actor, entry, first, asked.page_size, number=asked.release, call=calls.of(request)
    )
    calls.note(response, handed.notes)
    return schemas.FilePage(
        items=[documents.file_out(slug, handed.release, each) for each in handed.files],
        total=handed.total,
        next=_next(request, asked.page, asked.page_size, handed.total),
        release=handed.release.number,
    )


@api.get("/resources/{slug}/files/{number}", tags=["Data"], openapi_extra=SENDS_A_FILE)
@api.api_operation(["HEAD"], "/resources/{slug}/files/{number}", include_in_schema=False)
def get_file(
    request: HttpRequest, slug: str, number: int, asked: Query[schemas.FileIn]
) -> HttpResponseBase:
    """Download one file of a resource that is no table, byte by byte as it was sent."""
    actor = _reader(request)
    entry = _entry(actor, slug)
    handed = handing.content(actor, entry, number, number=asked.release, call=calls.of(request))
    return send(request, handed)


@api.get(
    "/deliveries/{delivery_id}/receipt",
    response={200: dict[str, Any], 202: schemas.LaterOut},
    tags=["Data"],
)
def get_delivery_receipt(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Return the receipt of one delivery to you, or of your data: to keep and to check offline.

    Its address is the answer's ``X-Yelin-Receipt``. Until its minute is closed: 202.
    """
    try:
        receipt = deliveries.receipt(_reader(request), delivery_id)
    except deliveries.NotListed:
        says = gettext("The minute of this delivery is not closed yet. Ask again in a minute.")
        return JsonResponse(schemas.LaterOut(says=says).dict(), status=202, headers=LATER)
    return HttpResponse(receipt.to_json(), content_type="application/json")


@api.get("/resources/{slug}/releases", response=schemas.ReleasePage, tags=["Data"])
def get_releases(
    request: HttpRequest, slug: str, asked: Query[schemas.SinceIn]
) -> schemas.ReleasePage:
    """Return the releases after the one that you know, oldest first: ask with the last, again.

    To be told instead: `delivery.subscribe`, or the feed `/resources/{slug}/releases.atom`.
    """
    actor = _reader(request)
    entry = _entry(actor, slug)
    decision = gate.decide(actor, "entry.read", entry).must_allow("entry.read", entry.pk)
    found = deliveries.releases_since(entry, asked.since).select_related("entry_version")
    listed = list(found.defer("manifest_kept")[: schemas.MOST_RELEASES])
    return schemas.ReleasePage(
        items=[documents.release_out(release, decision) for release in listed],
        since=listed[-1].number if listed else asked.since,
    )


@api.post("/resources/{slug}/releases", response={202: schemas.UploadOut}, tags=["Bringing in"])
def bring_in(
    request: HttpRequest, slug: str, asked: Query[schemas.UploadIn], key: acts.Key = None
) -> Status[schemas.UploadOut]:
    """Send a file for the next release: as the body itself, or as ``file`` in a form.

    It is prepared in the background; ask at ``url`` how far it is, then publish it there.
    """
    actor = asking.writer(request)
    entry = _entry(actor, slug)
    received = receive(body_of(request), asked.filename or name_in(request) or "data")
    try:
        leaf = named("warehouse.receive").once(
            actor,
            key,
            [str(entry.pk), received.filename, received.digests.sha256, asked.model_dump()],
            lambda: {"entry": entry, "received": received, "options": asked.options()},
        )
    finally:
        # Taken into the store or not needed: either way nothing stays behind.
        received.path.unlink(missing_ok=True)
    upload = warehouse.upload(actor, UUID(leaf.payload["facts"]["upload"]["id"]))
    return Status(202, documents.upload_out(upload))


@api.get("/uploads/{upload_id}", response=schemas.UploadOut, tags=["Bringing in"])
def get_upload(request: HttpRequest, upload_id: UUID) -> schemas.UploadOut:
    """Say how far a file is, and what its preparation found."""
    return documents.upload_out(warehouse.upload(_reader(request), upload_id))


@api.get(
    "/uploads/{upload_id}/rejected",
    tags=["Bringing in"],
    openapi_extra=SENDS_A_FILE,
)
@api.api_operation(["HEAD"], "/uploads/{upload_id}/rejected", include_in_schema=False)
def get_rejected(
    request: HttpRequest, upload_id: UUID, asked: Query[schemas.RejectedIn]
) -> HttpResponseBase:
    """Download the rows that did not conform: line, column, value, reason, the whole row.

    Or whole rows to be mended; sent again as they are, what stands beside them is left out.
    """
    actor = _reader(request)
    upload = warehouse.upload(actor, upload_id)
    whole = asked.rows == "whole"
    return send(request, uploads.rejected_file(actor, upload, asked.format, whole=whole))


@api.post(
    "/uploads/{upload_id}/publish",
    response={201: schemas.ReleaseOut},
    tags=["Bringing in"],
)
def publish(
    request: HttpRequest, upload_id: UUID, word: schemas.PublishIn
) -> Status[schemas.ReleaseOut]:
    """Make a prepared file the next release."""
    actor = asking.writer(request)
    upload = warehouse.upload(actor, upload_id)
    release = warehouse_acts.publish(
        actor=actor,
        entry=upload.entry,
        upload=upload,
        without_rejected=word.without_rejected,
        as_changed=word.as_changed,
        grounds=word.grounds,
    )
    decision = gate.decide(actor, "entry.read", release.entry)
    return Status(201, documents.release_out(release, decision))


@api.get("/ledger", response=schemas.LogOut, tags=["Ledger"])
def get_log(request: HttpRequest) -> schemas.LogOut:
    """Return the log's public key and its latest signed checkpoint."""
    del request
    latest = log.newest_checkpoint()
    key = log.verifier_key()
    return schemas.LogOut(
        vkey=str(key),
        origin=key.name,
        size=latest.size if latest else 0,
        checkpoint=latest.note if latest else None,
        basis=telling.basis_of(duties.SIGN),
    )


@api.get("/ledger/leaves/{receipt}", response=schemas.LeafOut, tags=["Ledger"])
def get_leaf(request: HttpRequest, receipt: str) -> schemas.LeafOut:
    """Return the leaf of a short receipt (YL1-…) or a hash, its words only if you may open it."""
    return documents.leaf_out(receipts.show(_reader(request), receipts.find(receipt)))


@api.get(
    "/ledger/leaves/{receipt}/receipt",
    response=dict[str, Any],
    tags=["Ledger"],
)
def get_receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """Return the whole receipt with its proof, to keep and to check offline."""
    shown = receipts.show(_reader(request), receipts.find(receipt))
    return HttpResponse(shown.receipt.to_json(), content_type="application/json")


attachments.register(api)
batches.register(api)
verifying.register(api)
extracts.register(api)
bench.register(api)
differences.register(api, SENDS_A_FILE)
sql.register(api)
cases.register(api)
applications.register(api)
deletions.register(api)
arrangements.register(api)
contracts.register(api)
computing.register(api)
disputes.register(api)
market.register(api)
demands.register(api)
lineage.register(api)
tracing.register(api)
quality.register(api)
systems.register(api)
talking.register(api)
keys.register(api)
subscriptions.register(api)
acts.register(api)
interface.describe(api.get_openapi_schema)
