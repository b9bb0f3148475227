"""The doors of the Action API: an action by its name, the version, what completes letters."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from yelin.api.ckan import absent, answers, catalog, lists, rows, sent, writing
from yelin.api.ckan.actions import Action, Asker, Told, named
from yelin.surface import actor as asking
from yelin.surface import calls

VERSION = 3
# Importing these declares their actions.
ACTIONS = (absent, catalog, lists, rows, writing)
# What completes letters: the action, by which name it takes them, and how each is told.
_COMPLETED: dict[str, tuple[str, str, str]] = {
    "dataset": ("package_autocomplete", "q", ""),
    "organization": ("organization_autocomplete", "q", ""),
    "group": ("group_autocomplete", "q", ""),
    "tag": ("tag_autocomplete", "query", "Name"),
    "resource": ("format_autocomplete", "q", "Format"),
}


# Nobody writes here by a cookie: what changes something takes a token.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def action(request: HttpRequest, name: str, version: int = VERSION) -> HttpResponse:
    """Do one of CKAN's actions and answer in its envelope."""
    del version
    try:
        found = named(name)
        if found is None:
            raise sent.BadRequest(f"Action name not known: {name}")
        result = _do(request, found)
    except answers.FORESEEN as error:
        return answers.failed(name, error)
    if not isinstance(result, Told):
        return answers.done(name, result)
    response = answers.done(name, result.result)
    for header, value in result.headers.items():
        response[header] = value
    return response


def _do(request: HttpRequest, found: Action) -> object:
    if found.writes and request.method != "POST":
        raise sent.BadRequest(
            "JSON Error: Invalid request. Please use POST method for your request"
        )
    given = sent.read(request)
    actor = asking.writer(request) if found.writes else asking.of_request(request).actor
    call = calls.of(request, str(given.get("purpose", "")))
    return found.do(Asker(actor, call, request.FILES.get("upload")), given)


@require_safe
def root(request: HttpRequest, version: int = VERSION) -> HttpResponse:
    """Say which version of the API this is."""
    del request
    return answers.bare({"version": version})


@require_safe
def completed(request: HttpRequest, kind: str, version: int = VERSION) -> HttpResponse:
    """Return what holds the letters typed so far (``incomplete``)."""
    del version
    if kind not in _COMPLETED:
        raise Http404
    name, takes, called = _COMPLETED[kind]
    found = named(name)
    assert found is not None  # noqa: S101 - each of them is declared
    asked: dict[str, Any] = {takes: request.GET.get("incomplete", "")}
    if limit := request.GET.get("limit"):
        asked["limit"] = limit
    try:
        result = found.do(Asker(asking.of_request(request).actor, calls.of(request, "")), asked)
    except answers.FORESEEN as error:
        return answers.failed(name, error)
    rows = [{called: each} for each in result] if called else result
    return answers.bare({"ResultSet": {"Result": rows}})
