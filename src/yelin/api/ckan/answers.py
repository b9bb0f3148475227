"""How CKAN answers: its envelope, and its words and statuses for what goes wrong."""

from collections import defaultdict
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

from yelin.api.ckan.sent import BadRequest
from yelin.api.ckan.solr import BadQuery
from yelin.config import config
from yelin.delivery.opening import PurposeMissing
from yelin.law.refusals import OutOfTurn, Unlawful
from yelin.surface import problems
from yelin.surface.telling import Problem, said
from yelin.warehouse.engine import TooMuch
from yelin.warehouse.findings import Unfit
from yelin.warehouse.formats import TooLarge
from yelin.warehouse.query import BadOperand, UnknownColumn
from yelin.warehouse.unanswerable import Unanswerable

FORESEEN: tuple[type[Exception], ...] = (BadRequest, BadQuery, *problems.FORESEEN)
_JSON = "application/json;charset=utf-8"
# What CKAN calls what we call otherwise.
CALLED = {
    "summary": "notes",
    "themes": "groups",
    "keywords": "tags",
    "licence": "license_id",
    "contact_office": "maintainer",
    "file": "upload",
}
_ERRORS = {
    HTTPStatus.UNAUTHORIZED: ("Authorization Error", "Access denied: ", HTTPStatus.FORBIDDEN),
    HTTPStatus.FORBIDDEN: ("Authorization Error", "Access denied: ", HTTPStatus.FORBIDDEN),
    HTTPStatus.NOT_FOUND: ("Not Found Error", "Not found: ", HTTPStatus.NOT_FOUND),
    HTTPStatus.GONE: ("Not Found Error", "Not found: ", HTTPStatus.NOT_FOUND),
    HTTPStatus.TOO_MANY_REQUESTS: ("Rate Limit Error", "", HTTPStatus.TOO_MANY_REQUESTS),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Busy Error", "", HTTPStatus.SERVICE_UNAVAILABLE),
}


def bare(result: object, status: int = HTTPStatus.OK) -> JsonResponse:
    """Return ``result`` as JSON without an envelope."""
    return JsonResponse(
        result,
        safe=False,
        status=status,
        content_type=_JSON,
        json_dumps_params={"ensure_ascii": False},
        headers={"Cache-Control": "private, no-cache"},
    )


def done(name: str, result: object) -> JsonResponse:
    """Return the answer of the action ``name``."""
    return bare({"help": _help(name), "success": True, "result": result})


def failed(name: str, error: Exception) -> JsonResponse:
    """Return the answer of the action ``name`` that a foreseen fault prevented."""
    if isinstance(error, BadRequest):
        return bare(f"Bad request: {error.says}", HTTPStatus.BAD_REQUEST)
    status, told, headers = _told(error)
    response = bare({"help": _help(name), "success": False, "error": told}, status)
    for header, value in headers.items():
        response[header] = value
    return response


def _help(name: str) -> str:
    return f"{config.url}/api/3/action/help_show?name={name}"


def _told(error: Exception) -> tuple[int, dict[str, Any], dict[str, str]]:
    if isinstance(error, BadQuery):
        words = f"Search Query Error: {said(error.says, error.params)}"
        return 400, {"message": words, "__type": "Search Query Error"}, {}
    problem = problems.of(error)
    if problem.status in _ERRORS and not (isinstance(error, Unlawful) and error.place):
        kind, before, status = _ERRORS[HTTPStatus(problem.status)]
        document = {"message": f"{before}{problem.detail or problem.title}", "__type": kind}
        basis = problem.document().get("basis")
        return status, document | ({"basis": basis} if basis else {}), dict(problem.headers)
    faults = _by_field(error, problem)
    return HTTPStatus.CONFLICT, {"__type": "Validation Error", **faults}, {}


def _by_field(error: Exception, problem: Problem) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for fault in problem.faults:
        place = fault["place"].split(".")[0]
        found[CALLED.get(place, place)].append(fault["says"])
    if not found:
        place = error.place if isinstance(error, Unlawful) else _FIELDS.get(type(error), "request")
        found[place].append(problem.detail)
    return dict(found)


# Which field is at fault where the fault itself names none.
_FIELDS: Mapping[type[Exception], str] = {
    UnknownColumn: "fields",
    BadOperand: "filters",
    OutOfTurn: "state",
    PurposeMissing: "purpose",
    TooMuch: "sort",
    Unanswerable: "sql",
    TooLarge: "format",
    Unfit: "upload",
}
