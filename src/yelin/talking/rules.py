"""What a reuse, a comment and a piece of news may say, and when links are asked for again."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from yelin.law import duties
from yelin.law.duties import Duty
from yelin.law.refusals import Fault, OutOfTurn

MOST_TITLE = 120
MOST_CREDIT = 60
MOST_LINK = 2_000
MOST_TEXT = 4_000
MOST_NEWS = 60_000
# So many resources one reuse names, and so much one person says in a day.
MOST_USED = 30
COMMENTS_A_DAY = 20
REUSES_A_DAY = 10
RATINGS_AN_HOUR = 60
MOST_KEPT = 2_000
MOST_SEARCHES = 50
# So many hits of one search are told of in one day, and so many of all are named by their codes.
MOST_NEW = 200
MOST_CODES = 10
STARS = range(1, 6)

# A link that answers is asked for again after a day; one that does not, sooner at first.
ALIVE_AGAIN = timedelta(days=1)
AGAIN = tuple(timedelta(hours=n) for n in (1, 6, 24, 72, 168))
# So often in a row it did not answer before it is shown as dead.
DEAD_AFTER = 3


class ReuseKind(StrEnum):
    """What somebody made of data (利用成果类型)."""

    APP = "app"
    SERVICE = "service"
    RESEARCH = "research"
    VISUAL = "visual"
    REPORT = "report"
    INNOVATION = "innovation"


class NewsKind(StrEnum):
    """What a piece of news or a guide is."""

    NOTICE = "notice"
    POLICY = "policy"
    STANDARD = "standard"
    HELP = "help"
    FAQ = "faq"


class About(BaseModel):
    """What a maker says of a reuse, in plain text.

    ``credit`` is as whom a person is shown; ``also`` are codes of further resources that it uses.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    title: str
    description: str
    kind: str
    link: str = ""
    credit: str = ""
    also: tuple[str, ...] = ()


def require(state: str, *states: str) -> None:
    """Raise ``OutOfTurn`` for what stands otherwise by now."""
    if state not in states:
        raise OutOfTurn("This has moved on since you opened it. Look at its present state.")


def reuse_faults(said: About) -> Iterator[Fault]:
    """Yield what is wrong with what a maker says of a reuse."""
    duty = duties.REUSE_SHOW
    yield from _said("title", said.title, MOST_TITLE, "Give it a title.", duty)
    yield from _said("description", said.description, MOST_TEXT, "Say what it is and does.", duty)
    if len(said.credit) > MOST_CREDIT:
        yield _too_long("credit", MOST_CREDIT, duty)
    if said.kind not in set(ReuseKind):
        yield Fault("kind", "Choose what it is.", duty)
    if said.link and not _is_plain_https(said.link):
        yield Fault("link", "Write a whole address that begins with https://.", duty)


def news_faults(title: str, text: str, title_en: str, text_en: str, kind: str) -> Iterator[Fault]:
    """Yield what is wrong with a piece of news; English is left away whole or given whole."""
    duty = duties.PUBLICITY
    yield from _said("title", title, MOST_TITLE, "Give it a title.", duty)
    yield from _said("text", text, MOST_NEWS, "Write what it says.", duty)
    if bool(title_en.strip()) is not bool(text_en.strip()):
        yield Fault("text_en", "Give both title and text in English, or neither.", duty)
    for place, said, most in (("title_en", title_en, MOST_TITLE), ("text_en", text_en, MOST_NEWS)):
        if len(said) > most:
            yield _too_long(place, most, duty)
    if kind not in set(NewsKind):
        yield Fault("kind", "Choose what it is.", duty)


def comment_faults(text: str) -> Iterator[Fault]:
    """Yield what is wrong with a comment."""
    yield from _said("text", text, MOST_TEXT, "Write something.", duties.TALK)


def next_look(failures: int) -> timedelta:
    """Return after what time a link is asked for again that failed so often in a row."""
    return AGAIN[min(failures, len(AGAIN)) - 1] if failures else ALIVE_AGAIN


def _said(place: str, text: str, most: int, says: str, duty: Duty) -> Iterator[Fault]:
    if not text.strip():
        yield Fault(place, says, duty)
    if len(text) > most:
        yield _too_long(place, most, duty)


def _too_long(place: str, most: int, duty: Duty) -> Fault:
    return Fault(place, "Write at most {limit} characters.", duty, {"limit": most})


def _is_plain_https(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    if len(link) > MOST_LINK or any(c.isspace() or ord(c) < 32 for c in link):
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
