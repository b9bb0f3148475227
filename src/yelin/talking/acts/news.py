"""What may be done with news and guides: draft, revise, publish, withdraw."""

from yelin.acts.frame import act
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body
from yelin.talking import rules
from yelin.talking.models import News, NewsState, NewsVersion


def _require(title: str, text: str, title_en: str, text_en: str, kind: str) -> None:
    if faults := list(rules.news_faults(title, text, title_en, text_en, kind)):
        raise Incomplete(faults)


@act(
    "talking.draft_news",
    duty=duties.PUBLICITY,
    subject="body",
    surface=OUTSIDE,
    makes=True,
)
def draft_news(
    *,
    actor: Actor,
    body: Body,
    kind: str,
    title: str,
    text: str,
    title_en: str = "",
    text_en: str = "",
) -> News:
    """Begin a piece of news or a guide, as Markdown (起草公告或指南). Raises ``Incomplete``."""
    del actor
    _require(title, text, title_en, text_en, kind)
    made = News(
        body=body,
        kind=kind,
        title=title.strip(),
        text=text.strip(),
        title_en=title_en.strip(),
        text_en=text_en.strip(),
        changed_at=clock.now(),
    )
    made.save()
    return made


@act("talking.revise_news", duty=duties.PUBLICITY, subject="news", surface=OUTSIDE)
def revise_news(
    *, actor: Actor, news: News, title: str, text: str, title_en: str = "", text_en: str = ""
) -> News:
    """Write anew what it says; what is published stays until this is published (修订).

    Raises ``Incomplete``, or ``OutOfTurn`` for what was withdrawn.
    """
    del actor
    if news.state == NewsState.WITHDRAWN:
        raise OutOfTurn("This was withdrawn.")
    _require(title, text, title_en, text_en, news.kind)
    news.title, news.text = title.strip(), text.strip()
    news.title_en, news.text_en = title_en.strip(), text_en.strip()
    news.changed_at = clock.now()
    news.save()
    return news


@act("talking.publish_news", duty=duties.PUBLICITY, subject="news", surface=OUTSIDE)
def publish_news(*, actor: Actor, news: News) -> News:
    """Publish what was written as the next version (发布).

    Raises ``OutOfTurn`` for what was withdrawn, or says what is published already.
    """
    del actor
    before = news.standing
    if news.state == NewsState.WITHDRAWN:
        raise OutOfTurn("This was withdrawn.")
    if not news.differs:
        raise OutOfTurn("This is published already, word by word.")
    news.standing = NewsVersion.objects.create(
        news=news,
        number=before.number + 1 if before else 1,
        title=news.title,
        text=news.text,
        title_en=news.title_en,
        text_en=news.text_en,
        at=clock.now(),
    )
    news.state = NewsState.PUBLISHED
    news.published_at = news.published_at or clock.now()
    news.changed_at = clock.now()
    news.save()
    return news


@act("talking.withdraw_news", duty=duties.PUBLICITY, subject="news", surface=OUTSIDE)
def withdraw_news(*, actor: Actor, news: News, reason: str) -> News:
    """Withdraw what was published, with the reason; its page says so (撤回).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for what is not published.
    """
    del actor
    if news.state != NewsState.PUBLISHED:
        raise OutOfTurn("Only what is published is withdrawn.")
    if not reason.strip():
        raise Incomplete.at("reason", "Say why.", duties.PUBLICITY)
    news.state, news.reason, news.changed_at = NewsState.WITHDRAWN, reason.strip(), clock.now()
    news.save()
    return news
