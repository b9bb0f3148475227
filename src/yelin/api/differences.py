"""What differs between two releases, for programs, and what has changed since what one has."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import urlencode
from ninja import NinjaAPI, Query

from yelin.api import schemas
from yelin.api.marks import marks_of
from yelin.catalog import reads
from yelin.catalog.models import code_of
from yelin.config import config
from yelin.delivery import changes, handing
from yelin.surface import actor as asking
from yelin.surface import calls
from yelin.surface.sending import send
from yelin.warehouse.query import Question


def register(api: NinjaAPI, sends: dict[str, Any]) -> None:
    """Give differences their addresses in ``api``.

    ``sends`` is what a route says of itself that sends a file.
    """
    between = "/resources/{slug}/releases/{number}/difference"
    page = schemas.DifferencePage
    api.get(between, response=page, by_alias=True, tags=["Data"])(get_difference)
    api.get("/resources/{slug}/changes", response=schemas.ChangesPage, tags=["Data"])(get_changes)
    file = f"{between}/download"
    api.get(file, tags=["Data"], openapi_extra=sends)(download_difference)
    api.api_operation(["HEAD"], file, include_in_schema=False)(download_difference)


def get_difference(
    request: HttpRequest,
    response: HttpResponse,
    slug: str,
    number: int,
    asked: Query[schemas.DifferenceIn],
) -> schemas.DifferencePage:
    """Return what differs in a release from another: rows removed, changed, added, by their key."""
    return _difference(request, response, slug, number, asked.from_, asked)


def download_difference(
    request: HttpRequest, slug: str, number: int, asked: Query[schemas.DifferenceFileIn]
) -> HttpResponseBase:
    """Download what differs in a release from another, with the column ``change``."""
    actor = asking.of_request(request).actor
    handed = handing.comparison(
        actor,
        reads.get(actor, code=code_of(slug)),
        asked.kept_as,
        since=asked.from_,
        number=number,
        for_excel=asked.audience == "excel",
        call=calls.of(request),
    )
    return send(request, handed)


def get_changes(
    request: HttpRequest, response: HttpResponse, slug: str, asked: Query[schemas.ChangesIn]
) -> schemas.ChangesPage:
    """Return what has changed since the release that you have, release by release: keep `cursor`.

    Where what you have is nothing to build on, for rows of it were erased since, it was destroyed,
    or other items are open to you, the next release comes whole: `restart`.
    """
    actor = asking.of_request(request).actor
    entry = reads.get(actor, code=code_of(slug))
    found = changes.pull(
        actor, entry, asked.since, asked.cursor, asked.page_size, call=calls.of(request)
    )
    calls.note(response, found.notes)
    step = found.step
    return schemas.ChangesPage(
        since=step.before.number if step and step.before else None,
        release=step.release.number if step else None,
        restart=step is not None and step.before is None,
        change=found.change or None,
        keys=list(found.keys),
        items=list(found.page.rows),
        first=found.first,
        total=found.page.total,
        complete=found.is_complete,
        more=found.more,
        cursor=found.cursor,
        next=_onward(slug, found, asked) if found.more else None,
        watermark=found.notes.watermark or None,
        marks=marks_of(found.notes),
    )


def _onward(slug: str, found: changes.Changes, asked: schemas.ChangesIn) -> str:
    query: dict[str, Any] = {"cursor": found.cursor, "page_size": asked.page_size}
    if asked.purpose:
        query["purpose"] = asked.purpose
    return f"{config.url}/api/v1/resources/{slug}/changes?{urlencode(query)}"


def _difference(
    request: HttpRequest,
    response: HttpResponse,
    slug: str,
    number: int,
    since: int,
    asked: schemas.DifferenceIn,
) -> schemas.DifferencePage:
    actor = asking.of_request(request).actor
    question = Question(limit=asked.page_size, offset=(asked.page - 1) * asked.page_size)
    found = handing.compare(
        actor,
        reads.get(actor, code=code_of(slug)),
        question,
        since=since,
        number=number,
        call=calls.of(request),
    )
    calls.note(response, found.notes)
    return schemas.DifferencePage(
        from_=found.before.number,
        to=found.after.number,
        keys=list(found.keys),
        added=found.added,
        removed=found.removed,
        changed=found.changed,
        change=found.shape.change.name,
        only_before=[column.name for column in found.shape.only_before],
        only_after=[column.name for column in found.shape.only_after],
        items=list(found.page.rows),
        total=found.page.total,
        next=_more(slug, found, asked),
        watermark=found.notes.watermark or None,
        marks=marks_of(found.notes),
    )


def _more(slug: str, found: handing.Compared, asked: schemas.DifferenceIn) -> str | None:
    """Return the address of the next page: of these two releases, whatever is published since."""
    if asked.page * asked.page_size >= found.page.total:
        return None
    query: dict[str, Any] = {
        "from": found.before.number,
        "page": asked.page + 1,
        "page_size": asked.page_size,
    }
    if asked.purpose:
        query["purpose"] = asked.purpose
    path = f"/api/v1/resources/{slug}/releases/{found.after.number}/difference"
    return f"{config.url}{path}?{urlencode(query)}"
