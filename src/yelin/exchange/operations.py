"""What a service lets be called (服务接口): methods and paths, taken apart in one way only.

Pure. A path is compared as it is sent, so that the service cannot read it as another one: what
parsers are known to read differently is refused, and not cleaned.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yelin.law.refusals import Fault
from yelin.outbound.rules import Destination, NotSent

MOST_OPERATIONS = 50
MOST_SECONDS = 120
MOST_BYTES = 10_000_000_000
# Headers by which the platform, or the line itself, is told something: no credential goes by them.
_NOT_OURS = frozenset({
    "connection", "content-length", "cookie", "expect", "forwarded", "host", "keep-alive", "te",
    "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
_PATH = re.compile(r"(/[A-Za-z0-9!$&'()*+,;=:@._~%-]*)+")
# What an escape may not stand for: a slash, a backslash, a dot, a percent, and what has no sign.
_HIDDEN = re.compile(r"%(2f|5c|2e|25|[01][0-9a-f]|7f)|%(?![0-9a-f]{2})", re.IGNORECASE)


class Method(StrEnum):
    """By which methods a service may be called."""

    GET = "GET"
    HEAD = "HEAD"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


class NotOffered(Exception):
    """The service offers nothing at this path, or only by the methods in ``allowed``."""

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        super().__init__(", ".join(allowed))
        self.allowed = tuple(allowed)


class Operation(BaseModel):
    """One thing that may be called: a method, and the path at which, or below which, it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Method
    path: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]

    def covers(self, path: str) -> bool:
        """Whether ``path`` is this one, or lies below it."""
        whole = self.path.rstrip("/")
        return path in (self.path, whole) or path.startswith(f"{whole}/")


class ServiceContent(BaseModel):
    """What a provider says of an API of its own that others call through the platform.

    Operations lie below ``address``. ``header`` names the one in which the service is shown the
    credential that it was told apart from this; ``authority`` are the certificates by which its own
    is checked, in PEM, where it is none of a public one. It may say nothing for ``seconds``, and
    no message is longer than ``most_bytes``. ``signed`` demands that callers sign their requests.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
    operations: Annotated[tuple[Operation, ...], Field(max_length=MOST_OPERATIONS)] = ()
    header: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    authority: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100_000)] = ""
    seconds: Annotated[int, Field(ge=1, le=MOST_SECONDS)] = 30
    most_bytes: Annotated[int, Field(ge=1, le=MOST_BYTES)] = 100_000_000
    signed: bool = False

    @property
    def base(self) -> str:
        """The address below which all lies, without a slash at its end."""
        return self.address.rstrip("/")

    def require(self, method: str, path: str) -> None:
        """Demand that ``path`` may be called by ``method``. Raises ``NotOffered``."""
        there = [each.method.value for each in self.operations if each.covers(path)]
        if not is_plain(path) or method not in there:
            raise NotOffered(there if is_plain(path) else ())


def is_plain(path: str) -> bool:
    """Whether everybody reads ``path`` as the same: nothing hidden, empty, or leading upward."""
    steps = path.split("/")[1:]
    return bool(
        _PATH.fullmatch(path)
        and not _HIDDEN.search(path)
        # A slash at the end leaves one empty step, and only there.
        and all(steps[:-1])
        and not {".", ".."} & {step.partition(";")[0] for step in steps}
    )


def faults(content: ServiceContent, secret: str) -> Iterator[Fault]:
    """Yield what is wrong with what is said of a service."""
    try:
        there = Destination.parse(content.address)
    except NotSent:
        there = None
    if there is None or there.scheme != "https" or not is_plain(there.target):
        yield Fault("address", "Write the whole address, from https:// on, without a query.")
    if not content.operations:
        yield Fault("operations", "Say what may be called: a method and a path on each line.")
    if wrong := [each.path for each in content.operations if not is_plain(each.path)]:
        says = "{path} is no plain path. It begins with a slash and has no dots or slashes hidden."
        yield Fault("operations", says, params={"path": wrong[0]})
    name = content.header.lower()
    if name and (not _TOKEN.fullmatch(name) or name in _NOT_OURS or name.startswith("x-yelin-")):
        yield Fault("header", "No credential goes by this header.")
    if bool(name) != bool(secret):
        yield Fault("secret", "A header and what it says go together.")
    if re.search(r"[^\x20-\x7e]", secret) or secret != secret.strip():
        yield Fault("secret", "This cannot stand in a header.")
    if content.authority and "-----BEGIN CERTIFICATE-----" not in content.authority:
        yield Fault("authority", "This is no certificate. It begins with BEGIN CERTIFICATE.")
