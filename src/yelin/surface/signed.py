"""Answers to programs are signed where they ask for it (RFC 9421): rows, verification, all others.

The signature covers the content by its digest, the status, and what was asked.
"""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from yelin.config import config
from yelin.keys import messages
from yelin.keys.messages import Answer, Fields, NotSigned, Request, Wish
from yelin.law import clock
from yelin.surface import problems


class SignedAnswers:
    """Sign what programs are answered, if they ask for it."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and sign the answer."""
        said = request.META.get("HTTP_ACCEPT_SIGNATURE")
        if said is None or not request.path.startswith("/api/v1/"):
            return self._answer(request)
        try:
            wish = Wish.read(said)
        except NotSigned as error:
            return problems.of(error).response()
        response = self._answer(request)
        if isinstance(response, HttpResponse):
            _sign(request, response, wish)
        return response


def _sign(request: HttpRequest, response: HttpResponse, wish: Wish) -> None:
    response["Content-Digest"] = messages.digest_field(hashlib.sha256(response.content).digest())
    asked = Request(
        request.method or "",
        f"{config.url}{request.get_full_path()}",
        Fields(request.headers.items()),
    )
    answer = Answer(response.status_code, Fields(response.headers.items()), asked)
    for name, value in messages.sign(answer, clock.now(), wish):
        response[name] = value
