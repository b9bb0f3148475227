"""What a client sent, by whichever of CKAN's ways: address, JSON, form, form that is JSON."""

import json
from typing import Any

from django.http import HttpRequest, QueryDict


class BadRequest(Exception):
    """The request is none of the Action API; ``says`` is told in the words of CKAN."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


def read(request: HttpRequest) -> dict[str, Any]:
    """Return the parameters of an action. Raises ``BadRequest``."""
    if request.method != "POST":
        return _of_form(request.GET)
    if request.content_type == "multipart/form-data":
        return _of_form(request.POST)
    body = request.body
    if request.content_type == "application/x-www-form-urlencoded" and body.lstrip()[:1] != b"{":
        form = request.POST
        # Plain curl -d sends JSON that an old client quoted, as the name of a field without value.
        if len(form) == 1 and next(iter(form.values())) in {"", "1"}:
            return _of_json(next(iter(form)).encode())
        return _of_form(form)
    return _of_json(body) if body.strip() else _of_form(request.GET)


def _of_form(form: QueryDict) -> dict[str, Any]:
    return {
        name: values[0] if len(values) == 1 else values
        for name, values in form.lists()
        if name != "lang"
    }


def _of_json(text: bytes) -> dict[str, Any]:
    try:
        sent = decoded(text)
    except ValueError:
        raise BadRequest("JSON Error: the body is no JSON") from None
    if not isinstance(sent, dict):
        raise BadRequest("JSON Error: the body is no JSON object")
    return sent


def decoded(text: str | bytes) -> Any:
    """Return what JSON says. Raises ``ValueError`` for what is none, or holds half a character."""
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return found
