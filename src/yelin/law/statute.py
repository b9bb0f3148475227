"""The shapes in which a statute pack holds law: frozen, strict, and checked one by one.

What spans several of them (a provision that is not there, two terms at once) ``soundness`` checks.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Protocol, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Lang = str
"""``en``, or what begins with ``zh``; Traditional script is made when a page is rendered."""

_REF = re.compile(r"(\d+)(?:\.(\d+))?(?:\((\d+)\))?")
_OF_THE_REPUBLIC = re.compile(r"^中华人民共和国(?=.+(法|法典|条例)$)")
_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """Write ``number`` (1 to 9999) as laws do: 十, 二十六, 二百零三, 一千二百六十."""
    if not 1 <= number <= 9999:
        raise ValueError(f"{number} is no article number")
    words, gap = "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, size)
        if not digit:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[digit] + unit
        gap = False
    return words.removeprefix("一") if words.startswith("一十") else words


class PackFault(ValueError):
    """A pack that may not be used; says which file and key is at fault."""

    def __init__(self, file: str, key: str, says: str) -> None:
        super().__init__(f"{file}: {key}: {says}" if key else f"{file}: {says}")
        self.file, self.key, self.says = file, key, says


class Fixed(BaseModel):
    """A frozen row of a pack; a key that nobody reads is refused, so a typing slip cannot hide."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Ref(Fixed):
    """A place in a law: article, paragraph, item; ``26.2``, ``53(1)``."""

    article: int
    paragraph: int | None = None
    item: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """Read ``26.2`` or ``53(1)``.

        Raises ``ValueError`` for anything else.
        """
        found = _REF.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} names no provision; write 26, 26.2 or 53(1)")
        article, paragraph, item = (int(part) if part else None for part in found.groups())
        assert article is not None  # noqa: S101  # the pattern begins with it; tells mypy
        return cls(article=article, paragraph=paragraph, item=item)

    def __str__(self) -> str:
        paragraph = f".{self.paragraph}" if self.paragraph else ""
        item = f"({self.item})" if self.item else ""
        return f"{self.article}{paragraph}{item}"

    def label(self, lang: Lang) -> str:
        """Say the place as people cite it: 第二十六条第二款, Article 26(2)."""
        if not lang.startswith("zh"):
            paragraph = f"({self.paragraph})" if self.paragraph else ""
            item = f", item ({self.item})" if self.item else ""
            return f"Article {self.article}{paragraph}{item}"
        paragraph = f"第{chinese_number(self.paragraph)}款" if self.paragraph else ""
        item = f"第{chinese_number(self.item)}项" if self.item else ""
        return f"第{chinese_number(self.article)}条{paragraph}{item}"


def _is_ref(text: str) -> str:
    Ref.parse(text)
    return text


RefText = Annotated[str, AfterValidator(_is_ref)]


class Cite(Fixed):
    """A place in a law of the national layer or, without ``work``, in the province's regulation."""

    work: str = ""
    ref: Ref

    @classmethod
    def parse(cls, text: str) -> "Cite":
        """Read ``26.2`` or ``pipl:47(3)``.

        Raises ``ValueError`` for anything else.
        """
        work, _, ref = text.rpartition(":")
        return cls(work=work, ref=Ref.parse(ref))


def _is_cite(text: str) -> str:
    Cite.parse(text)
    return text


CiteText = Annotated[str, AfterValidator(_is_cite)]


class Named(Fixed):
    """Something with a Chinese and an English name."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def label(self, lang: Lang) -> str:
        """Return the name in ``lang``."""
        return self.zh if lang.startswith("zh") else self.en


class Dated(Protocol):
    """What holds between two days, both included; no last day means until further notice."""

    @property
    def effective_from(self) -> date | None: ...  # noqa: D102  # said by the class

    @property
    def effective_to(self) -> date | None: ...  # noqa: D102  # said by the class


_D = TypeVar("_D", bound=Dated)


def in_force(rows: Sequence[_D], on: date | None) -> _D | None:
    """Return the row that holds on the day ``on``; without a day, the newest that has no end."""
    if on is None:
        lasting = [row for row in rows if row.effective_to is None]
        return max(lasting, key=lambda row: row.effective_from or date.min, default=None)
    for row in rows:
        if (row.effective_from or date.min) <= on <= (row.effective_to or date.max):
            return row
    return None


class Article(Fixed):
    """One article of a law: its words, and what it asks of the system.

    Without days of its own it holds as long as its law.
    """

    number: int = Field(ge=1)
    chapter: int | None = None
    about_zh: str = ""
    about_en: str = ""
    paragraphs: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    items: Annotated[tuple[str, ...], Field(strict=False)] = ()
    items_after: int | None = Field(default=None, ge=1)
    """The paragraph that the items follow, where it is not the last."""
    effective_from: date | None = None
    effective_to: date | None = None
    plain_zh: str = ""
    plain_en: str = ""
    matter: Literal["system", "none", "unread", ""] = ""
    """``unread``: nobody has said yet what the article asks."""
    asks: str = ""
    planned: str = ""
    """What the program does not do yet of an article whose duties it has begun to carry."""
    why_zh: str = ""
    why_en: str = ""

    @model_validator(mode="after")
    def _says_why(self) -> "Article":
        if self.matter == "system" and not self.asks:
            raise ValueError("a system article says in `asks` what it asks of the system")
        if self.matter == "none" and not (self.why_zh and self.why_en):
            raise ValueError(
                "an article that is no system matter says why in `why_zh` and `why_en`"
            )
        return self

    def holds(self, ref: Ref) -> bool:
        """Say whether the paragraph and item of ``ref`` stand in this article."""
        return (
            ref.article == self.number
            and (ref.paragraph is None or 1 <= ref.paragraph <= len(self.paragraphs))
            and (ref.item is None or 1 <= ref.item <= len(self.items))
        )

    def words(self, ref: Ref | None = None) -> str:
        """Return the words at ``ref``, or of the whole article, one paragraph or item a line."""
        if ref is not None and ref.item is not None:
            return self.items[ref.item - 1]
        if ref is not None and ref.paragraph is not None:
            return self.paragraphs[ref.paragraph - 1]
        before, after = self.around_items()
        numbered = (f"（{chinese_number(n)}）{item}" for n, item in enumerate(self.items, 1))
        return "\n".join((*before, *numbered, *after))

    def around_items(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the paragraphs before the items, and those after them."""
        at = self.items_after or len(self.paragraphs)
        return self.paragraphs[:at], self.paragraphs[at:]

    def plain(self, lang: Lang) -> str:
        """Say the article in plain words, which are ours and unofficial."""
        return self.plain_zh if lang.startswith("zh") else self.plain_en

    def why(self, lang: Lang) -> str:
        """Say why the article is no matter for a system."""
        return self.why_zh if lang.startswith("zh") else self.why_en

    def about(self, lang: Lang) -> str:
        """Return the subject of the article, ours too: the law gives its articles no titles."""
        return self.about_zh if lang.startswith("zh") else self.about_en


class Chapter(Named):
    """A chapter of the regulation."""

    number: int


class Work(Named):
    """A law, regulation or standard that is cited."""

    id: str
    number: str = ""
    issued: date | None = None
    issued_by: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    articles: Annotated[tuple[Article, ...], Field(strict=False)] = ()

    def article(self, number: int, on: date | None = None) -> Article | None:
        """Return the article as it reads on the day ``on`` (without a day: now), if it is held."""
        return in_force([each for each in self.articles if each.number == number], on)

    def title(self, lang: Lang) -> str:
        """Return the name as people cite it: 《个人信息保护法》."""
        if lang.startswith("zh"):
            return f"《{_OF_THE_REPUBLIC.sub('', self.zh)}》"
        return self.en.removesuffix(" of the People's Republic of China")


class Order(Fixed):
    """Which provision orders a duty, and between which days.

    ``provision`` stands in the province's regulation, or in the national law called ``work``.
    """

    name: str
    work: str = ""
    provision: RefText
    also: Annotated[tuple[CiteText, ...], Field(strict=False)] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    unconfirmed: bool = False

    @property
    def cite(self) -> Cite:
        """The place that orders it."""
        return Cite(work=self.work, ref=Ref.parse(self.provision))

    def within(self, law: Work) -> "Order":
        """Return the row with the days of ``law`` where it names none of its own."""
        days = {
            "effective_from": self.effective_from or law.effective_from,
            "effective_to": self.effective_to or law.effective_to,
        }
        return self.model_copy(update=days)


class Extension(Fixed):
    """How much longer a term may be made, once; in the term's own unit."""

    length: int = Field(ge=1)
    basis: str
    unconfirmed: bool = False
    note: str = ""


class Standstill(Named):
    """What a term waits for, its days not counted meanwhile: a hearing, an appraisal."""

    reason: str = Field(pattern=r"^[a-z_]+$")
    basis: str
    unconfirmed: bool = False
    note: str = ""


class Term(Named):
    """A legal term (期限): how long, counted from what, how far it can be moved."""

    name: str
    duty: str
    length: int = Field(ge=0)
    unit: Literal["working_day", "day"]
    counts_from: Literal["event", "update_cycle"] = Field(alias="from")
    """``update_cycle``: from the end of the entry's own update period, if it has one."""
    basis: str
    effective_from: date
    effective_to: date | None = None
    unconfirmed: bool = False
    note: str = ""
    extension: Extension | None = None
    standstills: Annotated[tuple[Standstill, ...], Field(strict=False)] = ()

    def longest(self, *, extended: bool) -> int:
        """Return the length, with the extension if it was used."""
        return self.length + (self.extension.length if extended and self.extension else 0)

    def waits_for(self, reason: str) -> Standstill | None:
        """Return what lets the term stand still for ``reason``, or none where nothing does."""
        return next((still for still in self.standstills if still.reason == reason), None)


class Keeping(Named):
    """How long a record that ``duty`` asks for is kept (保存期限), before it is forgotten."""

    duty: str
    months: int = Field(ge=1)
    basis: str
    effective_from: date
    effective_to: date | None = None
    unconfirmed: bool = False
    note: str = ""


Level = Literal["province", "prefecture", "county", "district"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""From above to below."""


class Held(Fixed):
    """A kind of body, at one level, that holds a power."""

    kind: str
    level: Level
    over: Literal["level", "area"]
    basis: str
    effective_from: date
    effective_to: date | None = None
    unconfirmed: bool = False
    note: str = ""


class Power(Named):
    """A power (职权) that the law gives to bodies by kind, level and division."""

    name: str
    duty: str
    held: Annotated[tuple[Held, ...], Field(min_length=1, strict=False)]


class Notice(Fixed):
    """The State Council's notice on the days off of one year (节假日安排)."""

    year: int
    number: str
    issued: date | None = None
    changed_by: Annotated[tuple[str, ...], Field(strict=False)] = ()
    off: Annotated[tuple[date, ...], Field(strict=False)]
    work: Annotated[tuple[date, ...], Field(strict=False)]

    @model_validator(mode="after")
    def _only_what_differs(self) -> "Notice":
        for day in self.off:
            if day.weekday() >= 5:
                raise ValueError(f"{day} is a weekend day; `off` lists days from Monday to Friday")
        for day in self.work:
            if day.weekday() < 5:
                raise ValueError(f"{day} is no weekend day; `work` lists Saturdays and Sundays")
        return self
