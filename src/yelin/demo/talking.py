"""Let the people of the demo show, say, follow and complain, and the agency write its news."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from PIL import Image, ImageDraw
from pydantic import BaseModel, ConfigDict, Field

from yelin.catalog.models import Entry
from yelin.files.examined import Examined, examine
from yelin.files.store import scratch
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person
from yelin.talking import following
from yelin.talking.acts import comments, complaints, news, reuses
from yelin.talking.complaint import Complaint, Right
from yelin.talking.models import Comment, KeptAs, News, Reuse
from yelin.talking.rules import About

HERE = Path(__file__).parent
# Who acts as whom: a person by the login, in the seat that the demo gives.
As = Callable[[str], Actor]
_SIZE, _PAPER, _SEA, _LINE = (960, 540), "#F5F1E8", "#0B5CAD", "#DDE3EA"
_NAME = Field(pattern=r"（演示）$")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MadeReuse(_Frozen):
    """A reuse, and how far it came; ``picture`` are the heights of its bars."""

    entry: str
    also: tuple[str, ...] = ()
    by: str
    title: str = _NAME
    kind: str
    description: str
    link: str
    credit: str = ""
    shown: bool = False
    featured: bool = False
    picture: tuple[int, ...] = ()


class MadeComment(_Frozen):
    """A comment with its rating, and what was answered."""

    entry: str
    by: str
    text: str = _NAME
    stars: int
    shown: bool = False
    answer: str = ""


class Follows(_Frozen):
    """Who follows an entry, by its key, or a body, by its name."""

    on: str
    by: str


class MadeComplaint(_Frozen):
    """A complaint about rights."""

    entry: str
    by: str
    right: Right
    says: str = _NAME
    wants: str = ""


class MadeNews(_Frozen):
    """A piece of news or a guide of the agency."""

    kind: str
    title: str = _NAME
    text: str
    title_en: str = ""
    text_en: str = ""


class Talk(_Frozen):
    """All that is said in the demo."""

    reuses: tuple[MadeReuse, ...]
    comments: tuple[MadeComment, ...]
    follows: tuple[Follows, ...]
    complaints: tuple[MadeComplaint, ...]
    news: tuple[MadeNews, ...]


def read(pack: str) -> Talk | None:
    """Read what is said in the demo of the province whose law is ``pack``, if anything is."""
    file = HERE / pack / "talking.toml"
    if not file.is_file():
        return None
    return Talk.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))


def say_all(said: Talk, rows: dict[str, Entry], acting: As, officer: Actor, answers: As) -> None:
    """Do all of it that is not done yet; ``answers`` gives who answers for a body, by its name."""
    for made in said.reuses:
        _reuse(made, rows, acting(made.by), officer)
    for each in said.comments:
        entry = rows[each.entry]
        _comment(each, entry, acting(each.by), officer, answers(entry.provider.name))
    for follow in said.follows:
        actor = acting(follow.by)
        person = Person.objects.get(pk=actor.person_id)
        on = rows.get(follow.on) or Body.objects.get(name=follow.on)
        following.keep(actor, person, on, KeptAs.FOLLOWED)
    for complaint in said.complaints:
        actor, entry = acting(complaint.by), rows[complaint.entry]
        if not entry.thing.cases.filter(kind="rights.complaint").exists():
            asked = Complaint(right=complaint.right, says=complaint.says, wants=complaint.wants)
            complaints.complain(actor=actor, entry=entry, asked=asked)
    for piece in said.news:
        if not News.objects.filter(title=piece.title).exists():
            body = Body.objects.get(pk=officer.body_id)
            row = news.draft_news(actor=officer, body=body, **piece.model_dump())
            news.publish_news(actor=officer, news=row)


def _reuse(made: MadeReuse, rows: dict[str, Entry], maker: Actor, officer: Actor) -> None:
    if Reuse.objects.filter(title=made.title).exists():
        return
    row = reuses.show_reuse(
        actor=maker,
        entry=rows[made.entry],
        said=About(
            title=made.title,
            description=made.description.strip(),
            kind=made.kind,
            link=made.link,
            credit=made.credit,
            also=tuple(str(rows[key].code) for key in made.also),
        ),
        attached=(_drawn(made.picture),) if made.picture else (),
    )
    if made.shown:
        row = reuses.approve_reuse(actor=officer, reuse=row)
    if made.featured:
        reuses.feature_reuse(actor=officer, reuse=row, featured=True)


def _comment(
    said: MadeComment, entry: Entry, author: Actor, officer: Actor, provider: Actor
) -> None:
    if Comment.objects.filter(text=said.text).exists():
        return
    person = Person.objects.get(pk=author.person_id)
    following.rate(author, person, entry, said.stars)
    row = comments.comment(actor=author, entry=entry, text=said.text)
    if said.shown:
        row = comments.show_comment(actor=officer, comment=row)
    if said.answer:
        comments.answer_comment(actor=provider, comment=row, answer=said.answer)


def _drawn(heights: tuple[int, ...]) -> Examined:
    """Return a picture of bars, read as any other picture that somebody sends."""
    picture = Image.new("RGB", _SIZE, _PAPER)
    pen = ImageDraw.Draw(picture)
    wide, high = _SIZE
    for line in range(1, 5):
        pen.line([(80, line * high // 5), (wide - 80, line * high // 5)], fill=_LINE, width=2)
    step = (wide - 160) // len(heights)
    for at, height in enumerate(heights):
        left = 80 + at * step
        top = high - 60 - height * (high - 140) // max(heights)
        pen.rectangle([left, top, left + step * 2 // 3, high - 60], fill=_SEA)
    place = scratch() / f"demo-{uuid4()}"
    with place.open("wb") as file:
        picture.save(file, format="PNG")
    return examine(place, "picture.png")
