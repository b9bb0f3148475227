"""Send every page with a strict content policy, in the language the reader chose."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers

from yelin.acts.frame import AwaitsSecond
from yelin.acts.step_up import LoginAgain
from yelin.catalog.reads import Withdrawn
from yelin.surface import problems
from yelin.surface.bodies import Unmeasured
from yelin.surface.telling import PROBLEM
from yelin.web import confirming, refusals, tombstone, traditional

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_YEAR = 365 * 24 * 3600
_NONE: Mapping[str, str] = MappingProxyType({})

Answer = Callable[[HttpRequest], HttpResponse]


class ContentPolicy:
    """Forbid script, style and frames from anywhere but our own static files."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and add the policy where the page has not set its own."""
        response = self.answer(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        return response


class ChosenLanguage:
    """Speak the language asked for by ``?lang=``, kept in a cookie; unasked, Simplified Chinese.

    It stands in the place of Django's LocaleMiddleware: the browser's own preference is not
    followed, because the default of a provincial service is the national language. Traditional
    Chinese has the words of Simplified; ``TraditionalCharacters`` writes them.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.known = {*dict(settings.LANGUAGES), traditional.CODE}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the chosen language and remember a new choice."""
        asked = request.GET.get("lang", "")
        kept = _cookies(request).get(settings.LANGUAGE_COOKIE_NAME, "")
        language = next((c for c in (asked, kept) if c in self.known), settings.LANGUAGE_CODE)
        request.characters = language  # type: ignore[attr-defined]  # ours, as LANGUAGE_CODE
        spoken = traditional.WRITTEN_IN if language == traditional.CODE else language
        request.LANGUAGE_CODE = spoken
        if spoken == translation.get_language():
            response = self.answer(request)
        else:
            with translation.override(spoken):
                response = self.answer(request)
        response.headers.setdefault("Content-Language", language)
        if "Vary" in response.headers:
            patch_vary_headers(response, ("Cookie",))
        else:
            response.headers["Vary"] = "Cookie"
        if asked == language != kept:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, language, max_age=_YEAR, samesite="Lax"
            )
        return response


class TraditionalCharacters:
    """Write pages in Traditional characters for whoever chose these, before they are measured."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, in other characters where it is a page."""
        response = self.answer(request)
        is_asked = traditional.is_asked(request) and not response.streaming
        if is_asked and response.get("Content-Type", "").startswith("text/html"):
            response.content = traditional.page(response.content.decode())
        return response


class Readable:
    """Take no request that nobody could read rightly.

    No text that is kept holds a NUL, nor does the database take one in a question; and of a body
    without its length nobody could tell whether it came to its end.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or say that the request is not understood, or ask for the length."""
        if "%00" in request.META["QUERY_STRING"] or any(
            "\x00" in text for text in (request.path_info, *_cookies(request).values())
        ):
            raise BadRequest
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return problems.of(Unmeasured()).response()
        return self.answer(request)


class ProblemDocuments:
    """Tell programs by a problem document also of what the framework finds wrong."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a page of a fault becomes its document."""
        response = self.answer(request)
        is_fault = response.status_code >= HTTPStatus.BAD_REQUEST
        if is_fault and request.path.startswith("/api/v1/") and response["Content-Type"] != PROBLEM:
            problem = problems.of_status(response.status_code)
            if problem is not None:
                response.content = problem.response().content
                response["Content-Type"] = PROBLEM
        return response


class LawfulRefusals:
    """Turn a foreseen fault into its page: the article, its plain words, what to do next."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; faults come by ``process_exception``."""
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of a foreseen fault; the rest is broken and said to be."""
        if isinstance(error, LoginAgain) and request.user.is_authenticated:
            return redirect(confirming.address(request, back=request.path))
        if isinstance(error, AwaitsSecond):
            return confirming.proposed(request, error)
        if isinstance(error, Withdrawn):
            return tombstone.page(request, error.entry)
        if isinstance(error, problems.FORESEEN):
            return refusals.page(request, problems.of(error))
        return None


def _cookies(request: HttpRequest) -> Mapping[str, str]:
    """Return what cookies say; programs send none, and none are looked for."""
    return request.COOKIES if "HTTP_COOKIE" in request.META else _NONE
