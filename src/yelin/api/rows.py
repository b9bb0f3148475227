"""Rows by REST: a page of them, or of groups of them, asked by an address or by a body."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query

from yelin.api import schemas
from yelin.api.marks import marks_of
from yelin.catalog.models import code_of
from yelin.config import config
from yelin.delivery import opening, standing
from yelin.delivery.handing import Rows, Unchanged
from yelin.surface import actor as asking
from yelin.surface import calls, questions
from yelin.warehouse.question import Question


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
    following = None
    if handed.cursor:
        turned = {"page": [], "cursor": [handed.cursor], "release": [str(handed.release.number)]}
        query = urlencode({**dict(request.GET.lists()), **turned}, doseq=True)
        following = f"{config.url}{request.path}?{query}"
    return _page(handed, following)


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


def _page(handed: Rows, following: str | None) -> HttpResponse:
    beside = schemas.RowPage.model_construct(
        items=[],
        total=handed.page.total,
        next=following,
        cursor=handed.cursor or None,
        release=handed.release.number,
        watermark=handed.notes.watermark or None,
        marks=marks_of(handed.notes),
    )
    # Rows are plain already: to look at each value once more would take as long as to find them.
    rest = beside.model_dump_json(exclude={"items"}).encode()
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
