"""Rows by REST: a page of them, or of groups of them, asked by an address or by a body."""

from http import HTTPStatus
from urllib.parse import quote, unquote_plus

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query
from pydantic_core import to_json

from yelin.api import schemas
from yelin.api.marks import marks_of
from yelin.catalog.models import code_of
from yelin.config import config
from yelin.delivery import opening, standing
from yelin.delivery.handing import Rows, Unchanged
from yelin.surface import actor as asking
from yelin.surface import calls, questions
from yelin.warehouse.question import Question

# What turns pages; and what stands in an address as it is (RFC 3986, 3.4).
_TURNED = {"page", "cursor", "release"}
_WRITTEN = "%!$&'()*+,;=:@/?"


def register(api: NinjaAPI) -> None:
    """Add the routes to ``api``."""
    api.get("/resources/{slug}/rows", response=schemas.RowPage, tags=["Data"])(get_rows)
    api.post("/resources/{slug}/rows/query", response=schemas.RowPage, tags=["Data"])(query_rows)
    api.add_exception_handler(Unchanged, _unchanged)


def get_rows(request: HttpRequest, slug: str, asked: Query[schemas.RowsIn]) -> HttpResponse:
    """Return a page of rows, filtered by ``filter[column][operator]=value``.

    Operators: eq ne lt lte gt gte in contains startswith isnull; several filters all hold. Follow
    `next`: the last page comes as soon as the first.
    """
    question = questions.read(request.GET, limit=asked.page_size, page=asked.page)
    handed = _handed(request, slug, question, asked, calls.of(request))
    return _page(handed, _following(request, handed) if handed.cursor else None)


def query_rows(request: HttpRequest, slug: str, asked: schemas.QuestionIn) -> HttpResponse:
    """Return the same for a question in the body, where no address holds a value of it.

    To go on, ask the same with `cursor` and `release` of the answer.
    """
    handed = _handed(request, slug, asked.question(), asked, calls.of(request, asked.purpose))
    return _page(handed, None)


def _handed(
    request: HttpRequest, slug: str, question: Question, asked: schemas.PagedIn, call: opening.Call
) -> Rows:
    actor = asking.of_request(request).actor
    return standing.rows(
        actor, code_of(slug), question, number=asked.release, call=call, cursor=asked.cursor
    )


def _following(request: HttpRequest, handed: Rows) -> str:
    """Return the address of the page that follows: what was asked, as it was written."""
    said = request.META["QUERY_STRING"].split("&")
    asked = [each for each in said if each and unquote_plus(each.partition("=")[0]) not in _TURNED]
    asked += [f"cursor={handed.cursor}", f"release={handed.release.number}"]
    # Not all that is sent is written as addresses are.
    query = quote("&".join(asked).encode("latin-1"), safe=_WRITTEN)
    return f"{config.url}{request.path}?{query}"


def _page(handed: Rows, following: str | None) -> HttpResponse:
    # Rows are plain already: to look at each value once more would take as long as to find them.
    rest = to_json(
        {
            "total": handed.page.total,
            "total_is_exact": True,
            "next": following,
            "cursor": handed.cursor or None,
            "release": handed.release.number,
            "watermark": handed.notes.watermark or None,
            "marks": marks_of(handed.notes),
        }
    )
    said = b'{"items":%b,%b' % (handed.page.json(), rest.removeprefix(b"{"))
    response = HttpResponse(said, content_type="application/json; charset=utf-8")
    calls.note(response, handed.notes)
    calls.tag(response, handed.tag)
    return response


def _unchanged(request: HttpRequest, error: Unchanged | type[Unchanged]) -> HttpResponse:
    del request
    assert isinstance(error, Unchanged)  # noqa: S101 - it is raised with its tag
    response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    calls.note(response, error.notes)
    calls.tag(response, error.tag)
    return response
