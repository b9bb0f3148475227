"""Where the data of an entry is kept, and how often it is fetched: plain data, no Django."""

from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yelin.outbound.rules import Destination

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)]


class PullKind(StrEnum):
    """By what the data is had."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    HTTPS = "https"
    SFTP = "sftp"


DATABASES = frozenset({PullKind.POSTGRESQL, PullKind.MYSQL})
PORTS = {PullKind.POSTGRESQL: 5432, PullKind.MYSQL: 3306, PullKind.SFTP: 22}


class Rhythm(StrEnum):
    """How often data is fetched; ``CYCLE`` is as often as the entry says that it is updated."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    CYCLE = "cycle"


class PullContent(BaseModel):
    """What a steward says of a place from which data is fetched; a secret is told apart from it.

    A database has ``host``, ``port``, ``database`` and ``relation``: a table or view, with its
    schema before a dot; of it all columns, or ``columns``. An SFTP server has ``host``, ``port``
    and ``path``, a web address ``address``. ``authority`` are the certificates that the server's
    own is checked by, in PEM; where there are none, those that this machine trusts. Without
    ``encrypted`` it lies in the operator's own networks. ``day`` is that of the week or of the
    month. ``encoding`` and ``sheet`` say how a file is read where that is not to be found out.
    ``publishes`` lets what came whole be published without a person; ``mode`` is what the
    rows do to those of the release before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: PullKind
    host: Line = ""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    database: Line = ""
    relation: Line = ""
    columns: tuple[Line, ...] = ()
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    path: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    user: Line = ""
    encrypted: bool = True
    authority: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100_000)] = ""
    rhythm: Rhythm = Rhythm.CYCLE
    day: Annotated[int, Field(ge=1, le=28)] = 1
    hour: Annotated[int, Field(ge=0, le=23)] = 3
    encoding: Literal["", "utf-8", "gb18030", "cp950", "utf-16"] = ""
    sheet: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    publishes: bool = False
    mode: Literal["replace", "append", "upsert", "delete"] = "replace"

    @property
    def there(self) -> Destination:
        """Where it leads. Raises ``NotSent`` for what is no address."""
        if self.kind is PullKind.HTTPS:
            return Destination.parse(self.address)
        return Destination.of(self.host, self.port or PORTS[self.kind])

    @property
    def told_to(self) -> tuple[object, ...]:
        """To whom, and as whom, a secret is told: it is told to nobody else."""
        return (self.kind, self.there.origin, self.user, self.encrypted)

    @property
    def filename(self) -> str:
        """What the fetched file is called."""
        if self.kind in DATABASES:
            return f"{self.relation}.csv"
        path = self.path if self.kind is PullKind.SFTP else unquote(urlsplit(self.address).path)
        return PurePosixPath(path).name or "data"
