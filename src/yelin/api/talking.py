"""What people made of data and say of it, news and guides, and how bodies answer, for programs.

To show, comment or complain is an act: `talking.show_reuse` and its like.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, NinjaAPI, Query, Schema

from yelin.acts import references
from yelin.api.schemas import PageIn
from yelin.catalog import reads as catalog
from yelin.catalog.models import code_of
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.surface import actor as asking
from yelin.talking import reads
from yelin.talking.models import News, NewsVersion, Reuse


class ReuseOut(Schema):
    """What somebody made of open data, and how its link answered last."""

    id: UUID
    title: str
    description: str
    kind: str
    link: str
    link_state: Literal["none", "unknown", "alive", "unsteady", "dead"]
    maker: str = Field(description="A body by its name, a person as that person wishes, or empty.")
    state: str
    featured: bool
    shown_at: datetime | None
    uses: list[str] = Field(description="Codes of the resources that you may know of.")


class ReusePage(Schema):
    """One page of reuses, the newest first."""

    items: list[ReuseOut]
    total: int


class CommentOut(Schema):
    """A comment that everybody sees; who wrote it is not told."""

    id: UUID
    text: str
    shown_at: datetime | None
    answer: str
    answered_by: str
    answered_at: datetime | None


class CommentPage(Schema):
    """One page of comments, the newest first, with how the resource is rated."""

    items: list[CommentOut]
    total: int
    ratings: int
    average: float | None


class NewsOut(Schema):
    """News or a guide as it stands, as Markdown; of what was withdrawn the reason is told."""

    id: UUID
    kind: str
    state: str
    body: str
    title: str
    text: str
    title_en: str
    text_en: str
    version: int
    published_at: datetime | None
    revised_at: datetime | None
    reason: str


class NewsPage(Schema):
    """One page of news and guides, the newest first."""

    items: list[NewsOut]
    total: int


class AnsweringOut(Schema):
    """How one body answers what is asked of it."""

    body: str
    name: str
    received: int
    answered: int
    in_time: int
    late: int
    median_working_days: float | None


def register(api: NinjaAPI) -> None:
    """Give talking back its addresses in ``api``."""
    api.get("/reuses", response=ReusePage, tags=["Talking back"])(find_reuses)
    api.get("/reuses/{reuse_id}", response=ReuseOut, tags=["Talking back"])(get_reuse)
    comments = "/resources/{slug}/comments"
    api.get(comments, response=CommentPage, tags=["Talking back"])(find_comments)
    api.get("/news", response=NewsPage, tags=["Talking back"])(find_news)
    api.get("/news/{news_id}", response=NewsOut, tags=["Talking back"])(get_news)
    api.get("/answering", response=list[AnsweringOut], tags=["Talking back"])(get_answering)


def find_reuses(request: HttpRequest, asked: Query[PageIn]) -> ReusePage:
    """Return what was made of open data and is shown to everybody."""
    actor = asking.of_request(request).actor
    rows = reads.reuses(actor)
    items = _told(actor, list(asked.cut(rows)))
    return ReusePage(items=items, total=rows.count())


def get_reuse(request: HttpRequest, reuse_id: UUID) -> ReuseOut:
    """Return one reuse that you may see."""
    actor = asking.of_request(request).actor
    (found,) = _told(actor, [references.one(actor, Reuse, reuse_id)])
    return found


def _told(actor: Actor, rows: Sequence[Reuse]) -> list[ReuseOut]:
    names = ("title", "description", "kind", "link", "link_state", "state", "featured", "shown_at")
    uses = reads.used_by_each(actor, rows)
    return [
        ReuseOut(
            id=row.pk,
            maker=row.maker.body.name if row.maker.kind == Body.KIND else row.credit,
            uses=[str(each.code) for each in uses[row.pk]],
            **{name: getattr(row, name) for name in names},
        )
        for row in rows
    ]


def find_comments(request: HttpRequest, slug: str, asked: Query[PageIn]) -> CommentPage:
    """Return what is said of a resource, and how it is rated."""
    actor = asking.of_request(request).actor
    entry = catalog.get(actor, code=code_of(slug))
    rows, stars = reads.comments(actor, entry), reads.stars(entry, None)
    return CommentPage(
        items=[
            CommentOut(
                id=each.pk,
                text=each.text,
                shown_at=each.shown_at,
                answer=each.answer,
                answered_by=each.answered_by.name if each.answered_by else "",
                answered_at=each.answered_at,
            )
            for each in asked.cut(rows)
        ],
        total=rows.count(),
        ratings=stars.count,
        average=stars.average,
    )


def find_news(request: HttpRequest, asked: Query[PageIn]) -> NewsPage:
    """Return the news and guides that stand published."""
    rows = reads.news(asking.of_request(request).actor)
    return NewsPage(
        items=[_news(each) for each in asked.cut(rows)],
        total=rows.count(),
    )


def get_news(request: HttpRequest, news_id: UUID) -> NewsOut:
    """Return one piece of news or a guide, as it was published last."""
    return _news(references.one(asking.of_request(request).actor, News, news_id))


def _news(row: News) -> NewsOut:
    stands = None if row.state == "withdrawn" else row.standing
    return NewsOut(
        id=row.pk,
        kind=row.kind,
        state=row.state,
        body=row.body.credit_code,
        version=row.standing.number if row.standing else 0,
        published_at=row.published_at,
        revised_at=row.standing.at if row.standing else None,
        reason=row.reason,
        **_said(stands),
    )


def _said(version: NewsVersion | None) -> dict[str, Any]:
    names = ("title", "text", "title_en", "text_en")
    return {name: getattr(version, name) if version else "" for name in names}


def get_answering(
    request: HttpRequest, kind: Annotated[str, Query(max_length=64)] = ""
) -> list[AnsweringOut]:
    """Return how each body answers what is asked of it, as public figures; ``kind`` names one."""
    del request
    return [
        AnsweringOut(
            body=row.handler.credit_code,
            name=row.handler.name,
            received=row.received,
            answered=row.answered,
            in_time=row.in_time,
            late=row.late,
            median_working_days=row.days,
        )
        for row in reads.answering([kind] if kind else [])
    ]
