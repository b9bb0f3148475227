"""Read a file at a web address."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager

from yelin.config import config
from yelin.outbound import sending
from yelin.outbound.door import Coming, Limits, Request
from yelin.pulling.asking import WHOLE_SECONDS, Asked, Found, Unreadable, not_let_in


def look(asked: Asked) -> Found:
    """Return how long the file is, where that is told. Raises ``Unreadable``."""
    with _opened(asked) as coming:
        length = coming.headers.get("content-length", "")
        return Found(size=int(length) if length.isdigit() else None)


def fetch(asked: Asked) -> Iterator[bytes]:
    """Yield the file. Raises ``Unreadable``."""
    with _opened(asked) as coming:
        yield from coming.pieces


@contextmanager
def _opened(asked: Asked) -> Iterator[Coming]:
    headers = {"accept": "*/*"}
    if asked.secret:
        pair = f"{asked.content.user}:{asked.secret}".encode()
        headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    limits = Limits(
        connect_seconds=10, seconds=WHOLE_SECONDS, most_bytes=config.upload_limit_mb * 1_000_000
    )
    request = Request("GET", asked.content.address, headers)
    with sending.opened(request, asked.way, limits, asked.trust) as coming:
        if coming.status in {401, 403}:
            raise not_let_in()
        if coming.status in {404, 410}:
            raise Unreadable("There is no file at this address.", "address")
        if coming.status != 200:
            says = "The server answers with status {status}."
            raise Unreadable(says, "address", may_pass=coming.status >= 500, status=coming.status)
        yield coming
