"""What is asked of a place and by whom, what it answers, and why it may not answer."""

import asyncio
import ssl
from collections.abc import Awaitable
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from yelin.outbound.rules import NotSent, Stop
from yelin.outbound.sending import Way
from yelin.outbound.trust import trusting
from yelin.pulling.content import PullContent, PullKind

T = TypeVar("T")

# A server that says nothing for so long is given up; so is one that never comes to its end.
STEP_SECONDS = 60
WHOLE_SECONDS = 4 * 3600
# As much as this is gathered from rows before it is handed on.
BLOCK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what: ``secret`` is a password or a private key, ``host_key`` whom we trust."""

    content: PullContent
    secret: str
    host_key: str
    way: Way

    @property
    def trust(self) -> ssl.SSLContext:
        """By what the server's certificate is checked."""
        try:
            return trusting(self.content.authority)
        except ssl.SSLError:
            raise Unreadable("The certificate cannot be read.", "authority") from None


@dataclass(frozen=True, slots=True)
class Found:
    """What a place has: the names of its columns, or the bytes of its file where it tells them."""

    columns: tuple[str, ...] = ()
    size: int | None = None


class Unreadable(Exception):
    """A place does not give what was asked: ``says`` is a message id, ``place`` where to mend it.

    ``may_pass`` says that it may give it later without anybody's doing.
    """

    def __init__(
        self, says: str, place: str = "", *, may_pass: bool = False, **params: str | int
    ) -> None:
        super().__init__(says)
        self.says = says
        self.place = place
        self.may_pass = may_pass
        self.params = params


class Untrusted(Unreadable):
    """An SFTP server shows a key that nobody has trusted."""

    def __init__(self, says: str, host_key: str, fingerprint: str) -> None:
        super().__init__(says, "host_key", fingerprint=fingerprint)
        self.host_key = host_key


class Steps:
    """Takes the steps of a driver one by one, each within its time."""

    def __enter__(self) -> Self:
        self._runner = asyncio.Runner()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._runner.close()

    def take(self, step: Awaitable[T]) -> T:
        """Return what ``step`` comes to. Raises ``Unreadable`` where it takes too long."""

        async def within() -> T:
            async with asyncio.timeout(STEP_SECONDS):
                return await step

        try:
            return self._runner.run(within())
        except TimeoutError:
            raise silent() from None


def silent() -> Unreadable:
    """Return what is said of a server that says nothing any more."""
    return Unreadable("The server was reached and then said nothing for too long.", may_pass=True)


def broken_off() -> Unreadable:
    """Return what is said of a line that broke."""
    return Unreadable("The connection broke off. It is tried again.", may_pass=True)


def not_let_in() -> Unreadable:
    """Return what is said where the server refuses who asks."""
    return Unreadable(
        "The server does not let this user in. Look at the user, the secret and the database, and"
        " whether the server lets this platform in at all.",
        "user",
    )


def no_relation() -> Unreadable:
    """Return what is said where the table or view is not there."""
    return Unreadable("There is no such table or view, or not for this user.", "relation")


def no_right() -> Unreadable:
    """Return what is said where the table or view is not for this user."""
    return Unreadable("This user may not read the table or view.", "relation")


def no_column() -> Unreadable:
    """Return what is said where a column is not there."""
    return Unreadable("A column that is asked for is not there.", "columns")


def no_database() -> Unreadable:
    """Return what is said where the database is not there."""
    return Unreadable("There is no such database on the server, or not for this user.", "database")


def answered(code: str) -> Unreadable:
    """Return what is said of an error of the server's own."""
    says = "The server answers with the error {code}. Its operator knows what it means."
    return Unreadable(says, "relation", code=code)


def unencrypted(content: PullContent) -> Unreadable:
    """Return what is said of a server that cannot encrypt."""
    return Unreadable("{server} offers no encryption.", "encrypted", server=server_of(content))


def mistrusted(content: PullContent) -> Unreadable:
    """Return what is said of a certificate that is not trusted."""
    return Unreadable(
        "The certificate of {server} is not one that is trusted for this name. Ask its operator"
        " for the certificate of its authority.",
        "authority",
        server=server_of(content),
    )


def unanswered(content: PullContent) -> Unreadable:
    """Return what is said of a server that is not there."""
    return Unreadable(
        "{server} does not answer. Look whether it runs, at its port, and at the firewalls"
        " between.",
        _place(content),
        may_pass=True,
        server=server_of(content),
    )


def server_of(content: PullContent) -> str:
    """Return host and port as people are told them."""
    return f"{content.there.host}:{content.there.port}"


def _place(content: PullContent) -> str:
    return "address" if content.kind is PullKind.HTTPS else "host"


def stopped(error: NotSent, content: PullContent) -> Unreadable:
    """Return what it means, and how it is mended, that a request was stopped."""
    place, server = _place(content), server_of(content)
    match error.stop:
        case Stop.RULE:
            meant = Unreadable(
                "No way out for fetched data leads to {server}. An officer of your body asks for"
                " one under “Ways out”.",
                place,
                server=server,
            )
        case Stop.NAME:
            meant = Unreadable(
                "The name of {server} leads nowhere. Look how it is written, or whether the name"
                " service knows it.",
                place,
                may_pass=True,
                server=server,
            )
        case Stop.ADDRESS:
            meant = Unreadable(
                "{server} lies in a network that this platform may not enter. Its operator names"
                " the department's network in YELIN_OUTBOUND_NETWORKS.",
                place,
                server=server,
            )
        case Stop.PLAIN:
            meant = Unreadable(
                "{server} lies outside the networks that the operator named, so it is reached only"
                " encrypted.",
                "encrypted",
                server=server,
            )
        case Stop.TLS:
            meant = mistrusted(content)
        case Stop.SIZE:
            meant = Unreadable("The file is larger than this platform takes.", place)
        case Stop.UNREACHABLE | Stop.TIME:
            meant = unanswered(content)
        case _:
            meant = Unreadable("{server} does not answer as it should.", place, server=server)
    return meant
