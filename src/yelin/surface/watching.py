"""Each request as its operator sees it: an id, one line in the log, a place in the figures.

A line names the route and never the address, which may hold what a person searched for.
"""

import re
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import structlog
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from prometheus_client import Histogram

from yelin import logs

log = structlog.get_logger(__name__)

HEADER = "X-Request-ID"
# 32 hexadecimal digits, as a UUID or a trace has them: nothing else can be smuggled into the log,
# and no number of a phone or a person looks like it.
_ID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Asked every few seconds by whoever watches.
_PROBES = {"/healthz", "/readyz", "/streams/healthz", "/streams/readyz"}
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Histogram(
    "yelin_request_seconds",
    "Requests by route, method and status, until the last byte was handed over",
    ["route", "method", "status"],
    buckets=_SECONDS,
)
# To look each label over again takes as long as to count; of each there are a few.
_figure = lru_cache(maxsize=1_024)(REQUESTS.labels)


@dataclass(frozen=True, slots=True)
class Answered:
    """How many requests this process answered in the last hour, and how many of them broke."""

    requests: int
    broken: int


class LastHour:
    """Counts requests minute by minute, for an hour."""

    def __init__(self) -> None:
        self._minutes: deque[tuple[int, int, int]] = deque(maxlen=60)

    def count(self, status: int) -> None:
        """Count an answer in the present minute."""
        minute, requests, broken = int(time.monotonic() // 60), 0, 0
        # Two threads may overwrite each other here: a count may be lost, which nobody notices.
        if self._minutes and self._minutes[-1][0] == minute:
            _, requests, broken = self._minutes.pop()
        self._minutes.append((minute, requests + 1, broken + (status >= 500)))

    def answered(self) -> Answered:
        """Return the sums of the last sixty minutes."""
        since = time.monotonic() // 60 - 60
        recent = [each for each in list(self._minutes) if each[0] > since]
        return Answered(sum(each[1] for each in recent), sum(each[2] for each in recent))


last_hour = LastHour()


class Watched:
    """Give each request an id, and tell of it once it is answered, to the last byte."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say by which id the answer is found again."""
        number = id_of(request.META.get("HTTP_X_REQUEST_ID", ""))
        logs.told_of(request=number)
        telling = _Telling(request, number)
        response = self.answer(request)
        response.headers[HEADER] = number
        if isinstance(response, StreamingHttpResponse):
            pieces = iter(cast("Iterable[bytes]", response.streaming_content))
            response.streaming_content = _Streamed(pieces, telling, response.status_code)
        else:
            telling.tell(response.status_code)
        return response


def id_of(sent: str) -> str:
    """Return the id that a caller ``sent``, or one of our own where that is of another shape."""
    return sent.lower() if sent and _ID.fullmatch(sent.lower()) else str(uuid.uuid4())


def tell(number: str, method: str, route: str, status: int, seconds: float) -> None:
    """Log and count a request that was answered, to the last byte."""
    _figure(route, method, status).observe(seconds)
    last_hour.count(status)
    # Bound anew, since the end of a stream may come in another thread.
    logs.told_of(request=number)
    write = log.debug if route in _PROBES else log.info
    write("request", method=method, route=route, status=status, seconds=round(seconds, 4))


class _Telling:
    def __init__(self, request: HttpRequest, number: str) -> None:
        self._request = request
        self._number = number
        self._begun = time.perf_counter()

    def tell(self, status: int) -> None:
        seconds = time.perf_counter() - self._begun
        method = self._request.method if self._request.method in _METHODS else "other"
        tell(self._number, method, route_of(self._request), status, seconds)
        logs.told_of()


class _Streamed:
    """The pieces of an answer; the server closes it at its end, or where the reader has gone."""

    def __init__(self, pieces: Iterator[bytes], telling: _Telling, status: int) -> None:
        self._pieces = pieces
        self._telling: _Telling | None = telling
        self._status = status

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        telling, self._telling = self._telling, None
        if telling:
            telling.tell(self._status)


def route_of(request: HttpRequest) -> str:
    """Return the pattern that a request's address fits; nothing where it fits none."""
    match = request.resolver_match
    return f"/{match.route}" if match and match.route is not None else ""


@receiver(got_request_exception)
def _told_of_fault(request: HttpRequest | None = None, **_: object) -> None:
    """Log what nobody foresaw, with its trace."""
    route = route_of(request) if request else ""
    log.error("request_failed", route=route, exc_info=True)
