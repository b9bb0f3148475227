"""Two ways to an answer: programs that send no cookie have no session, and need nothing of one.

What is asked at an address of programs without any cookie is asked by a token or by a stranger. It
passes by whatever keeps sessions, forms and messages; all else is the same for both.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, URLResolver, get_resolver
from django.utils.module_loading import import_string

Answer = Callable[[HttpRequest], HttpResponseBase]

_NOBODY = AnonymousUser()


class Ways:
    """The first of all middleware: leads each request by the way that it needs."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._short = _short()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer by the short way where an address of programs is asked without a cookie."""
        if request.META.get("HTTP_COOKIE"):
            return self._answer(request)
        with suppress(Resolver404):
            request.resolver_match = _programs().resolve(request.path_info)
        if request.resolver_match is None:
            return self._answer(request)
        request.user = _NOBODY
        return self._short(request)


@cache
def _programs() -> URLResolver:
    return get_resolver(settings.URLCONF_OF_PROGRAMS)


def _short() -> Answer:
    """Return what answers by the view that is found already, with less around it."""
    faults: list[Callable[[HttpRequest, Exception], HttpResponseBase | None]] = []

    def viewed(request: HttpRequest) -> HttpResponseBase:
        match = request.resolver_match
        assert match is not None  # noqa: S101 - nothing else comes this way
        try:
            response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        except Exception as error:
            told = next(filter(None, (tell(request, error) for tell in faults)), None)
            if told is None:
                raise
            return told
        return response

    answer: Any = convert_exception_to_response(viewed)
    for name in reversed(settings.MIDDLEWARE):
        if name in settings.MIDDLEWARE_OF_SESSIONS or name == f"{__name__}.{Ways.__name__}":
            continue
        middleware = import_string(name)(answer)
        if hasattr(middleware, "process_exception"):
            faults.append(middleware.process_exception)
        answer = convert_exception_to_response(middleware)
    short: Answer = answer
    return short
