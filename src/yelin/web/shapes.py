"""Shapes that pages of every family share: what a template may ask for, and nothing more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol


class Provision(Protocol):
    """A provision of the statute pack, as the pages show it."""

    @property
    def article(self) -> int:
        """The number of the article."""

    @property
    def ref(self) -> str:
        """The short form: ``26.2``."""

    @property
    def text(self) -> str:
        """The words of the law."""

    @property
    def url(self) -> str:
        """The page of the article."""

    def label(self, lang: str) -> str:
        """Say the place as people cite it."""

    def plain(self, lang: str) -> str:
        """Say it in plain, unofficial words."""


@dataclass(frozen=True, slots=True)
class Link:
    """A way on: where it leads and what it is called."""

    title: str
    url: str
    current: bool = False
    count: str = ""
    icon: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A lawful term today; ``days_left`` counts working days and is negative once lapsed."""

    due: date
    days_left: int
    provision: Provision | None = None
    provisional: bool = False
    kept: bool = False
    still_since: date | None = None
    """Since when it stands still; nothing is late meanwhile."""

    @property
    def tone(self) -> str:
        """Return the class of the chip: blue, amber, framed amber, coral; green once kept."""
        if self.kept:
            return "ok"
        if self.still_since:
            return "info"
        if self.days_left < 0:
            return "late"
        if self.days_left == 0:
            return "today"
        return "soon" if self.days_left <= 2 else "info"

    @property
    def lapsed_days(self) -> int:
        """Return for how many working days it has been overdue."""
        return max(0, -self.days_left)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is refused, by which provision, and the ways on."""

    says: str
    provision: Provision | None = None
    ways: tuple[Link, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Pager:
    """A row of page numbers; ``base`` is the query string without its page."""

    page: int
    pages: int
    base: str = "?"

    def url(self, page: int) -> str:
        """Return the address of ``page``."""
        joint = "" if self.base.endswith(("?", "&")) else "&"
        return f"{self.base}{joint}page={page}"

    @property
    def before(self) -> str:
        """Return the address of the page before, or nothing."""
        return self.url(self.page - 1) if self.page > 1 else ""

    @property
    def after(self) -> str:
        """Return the address of the page after, or nothing."""
        return self.url(self.page + 1) if self.page < self.pages else ""

    def __iter__(self) -> Iterator[Link | None]:
        """Yield the first, the last and the neighbours of the page; ``None`` stands for a gap."""
        shown = sorted({1, self.pages, *range(self.page - 1, self.page + 2)})
        last = 0
        for number in (n for n in shown if 1 <= n <= self.pages):
            if number > last + 1:
                yield None
            yield Link(str(number), self.url(number), current=number == self.page)
            last = number


@dataclass(frozen=True, slots=True)
class Seal:
    """The latest signed checkpoint as the foot of every page shows it."""

    size: int
    root: bytes
    at: object  # an aware datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat in which the person signed in may act; ``holder`` is whom a deputy stands for."""

    id: str
    body: str
    role: str
    current: bool = False
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around every page: navigation, languages, the person's seats, the seal."""

    nav: tuple[Link, ...]
    languages: tuple[Link, ...]
    person: str = ""
    seats: tuple[Seat, ...] = ()
    desk: bool = False
    seal: Seal | None = None
    alternates: tuple[tuple[str, str], ...] = field(default=())
    province: str = ""
    law: str = ""
    """The regulation that orders all this, by its title."""
    unread: int | None = None
    """How many notices wait; nothing where nobody is known."""

    @property
    def seat(self) -> Seat | None:
        """Return the seat in which the person acts now."""
        return next((seat for seat in self.seats if seat.current), None)


@dataclass(frozen=True, slots=True)
class LeafLine:
    """A leaf of the ledger; its words and its moment are there only for those who may open it."""

    index: int | None
    hash: str
    state: str
    at: datetime | None = None
    words: str = ""
    about: Link | None = None
    detail: str = ""
    provision: Provision | None = None
    url: str = ""
    refused: bool = False
    shredded: datetime | None = None

    @property
    def told_as(self) -> tuple[str, str, bool, str]:
        """How it is told: many in a row that are told alike are told as one, but not shredded."""
        return self.words, self.detail, self.refused, self.hash if self.shredded else ""


@dataclass(frozen=True, slots=True)
class MarkLine:
    """What is under check: since when, by which doubt, which rows of the page, counted from 1.

    The ``provision`` is for whoever serves people by the data.
    """

    doubt: str
    since: datetime
    items: Sequence[str]
    rows: Sequence[int]
    is_whole: bool
    provision: Provision | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way of an entry or a file: ``done``, ``now``, ``fail`` or ``next``."""

    title: str
    state: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class TokenLine:
    """An API token without its secret."""

    id: str
    name: str
    hint: str
    created_at: datetime
    expires_at: datetime
    used_on: date | None = None
    only_reads: bool = False
    ended: bool = False
