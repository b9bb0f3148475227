"""Shapes of the portal's pages: what each template may ask for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from yelin.web.portal.under_way import UnderWay
from yelin.web.shapes import LeafLine, Link, MarkLine, Provision, Refusal, Term


@dataclass(frozen=True, slots=True)
class Figure:
    """A live figure with what it is measured against and how it went."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    trend: Sequence[float] = ()
    trend_says: str = ""


# Themes that the sprite has an icon of their own for.
_DRAWN = frozenset(
    {
        "credit",
        "transport",
        "medical",
        "employment",
        "social-security",
        "education",
        "environment",
        "weather",
        "enterprise",
    }
)


@dataclass(frozen=True, slots=True)
class Theme:
    """A field of data with the number of its resources."""

    code: str
    title: str
    count: int
    url: str
    most_used: str = ""

    @property
    def icon(self) -> str:
        """Return the icon of the field; some share one."""
        return f"theme-{self.code if self.code in _DRAWN else 'other'}"


@dataclass(frozen=True, slots=True)
class Card:
    """A resource in a list, as far as the asker may know it; ``slug`` where it has data to take."""

    title: str
    url: str
    provider: str
    opening_type: str
    social: bool
    summary: str = ""
    area: str = ""
    updated: datetime | None = None
    rows: int | None = None
    columns: int | None = None
    formats: Sequence[str] = ()
    term: Term | None = None
    refusal: Refusal | None = None
    uses: int | None = None
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a facet with the number of resources behind it, where they are counted."""

    value: str
    label: str
    count: int | None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A question by which a list is narrowed; choices past ``shown`` are folded."""

    name: str
    title: str
    options: Sequence[Option]
    shown: int = 6

    @property
    def first(self) -> Sequence[Option]:
        """Return the choices shown at once: the first ones, and every one that is chosen."""
        return [o for at, o in enumerate(self.options) if at < self.shown or o.chosen]

    @property
    def rest(self) -> Sequence[Option]:
        """Return the choices that are folded."""
        return [o for at, o in enumerate(self.options) if at >= self.shown and not o.chosen]


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a release in one format; ``size`` is known once it has been made."""

    format: str
    url: str
    size: int | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class WholeFile:
    """The whole catalog as one file: when it was written, and the forms in which it is had."""

    at: datetime
    forms: Sequence[Download]


@dataclass(frozen=True, slots=True)
class Call:
    """An API call to copy."""

    title: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class LossLine:
    """A log that broke: what was signed of it, and what of that was taken over."""

    at: datetime
    cause: str
    origin: str
    vkey: str
    note: str
    kept: int
    agreed: int
    findings: tuple[str, ...]
    leaf: str


@dataclass(frozen=True, slots=True)
class LeafState:
    """One of the three states of a leaf, in words; ``current`` is the one it is in."""

    name: str
    says: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One step of a proof in words."""

    says: str
    hash: str = ""
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Proof:
    """What checking a receipt came to, computed on the server for browsers without script."""

    holds: bool
    title: str
    says: str
    steps: Sequence[ProofLine] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the regulation in the list of all articles."""

    number: int
    label: str
    url: str
    matter: str
    """``carried``, ``planned``, ``none``, ``unread``, or ``cited`` in a national law."""
    about: str = ""
    gist: str = ""
    why: str = ""
    duties: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or an item of an article; ``paragraph`` is shown where there are several."""

    anchor: str
    text: str
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A law of the national layer: who issued it, when it holds, how much of it is held here."""

    title: str
    name: str
    url: str = ""
    number: str = ""
    issued_by: str = ""
    since: date | None = None
    until: date | None = None
    articles: int = 0


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article whole: its text as published, its plain words, the duties that it orders."""

    label: str
    chapter: str
    lines: Sequence[Line]
    plain: str
    matter: str
    law: Link
    about: str = ""
    why: str = ""
    until: date | None = None
    """The last day of an older text; the present one is at ``now``."""
    now: str = ""
    duties: Sequence[tuple[str, str]] = ()
    """The places in the article, and what the program does about it."""
    before: Link | None = None
    after: Link | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """The head of a resource page: everything above its tabs."""

    title: str
    code: str
    slug: str
    opening_type: str
    sharing_type: str
    social: bool
    provider: str
    grade: int | None = None
    state: str = "confirmed"
    summary: str = ""
    facts: Sequence[tuple[str, str]] = ()
    terms: Sequence[Term] = ()
    terms_of: str = ""
    refusal: Refusal | None = None
    under_way: Sequence[UnderWay] = ()
    tabs: Sequence[Link] = ()
    purposes: Sequence[Link] = ()
    must_choose: bool = False
    downloads: Sequence[Download] = ()
    call: Call | None = None
    related: Sequence[Link] = ()
    theme: Link | None = None
    leaf: LeafLine | None = None
    talk_url: str = ""
    complain_url: str = ""
    about_me_url: str = ""
    doubt_url: str = ""
    marks: Sequence[MarkLine] = ()
    extract_url: str = ""
    subscribe_url: str = ""
    verify_url: str = ""
    details: Sequence[tuple[str, Sequence[tuple[str, str]]]] = field(default=())
    """The whole metadata for the tab "about": groups of names and values."""


@dataclass(frozen=True, slots=True)
class ActPower:
    """An act with who may do it, by which doors, and what it asks beyond."""

    title: str
    name: str
    who: tuple[str, ...]
    doors: tuple[str, ...]
    step_up: str
    provision: Provision
