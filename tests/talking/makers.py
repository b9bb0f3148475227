"""Reuses, comments, complaints and news for tests, by the same acts as anybody's."""

from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_actor, make_citizen

from yelin.cases.models import Case
from yelin.parties.models import Body
from yelin.talking.acts import comments, complaints, news, reuses
from yelin.talking.complaint import Complaint
from yelin.talking.models import Comment, News, Reuse
from yelin.talking.rules import About

ABOUT = {
    "title": "港口繁忙指数",
    "description": "按月比较各港口吞吐量。",
    "kind": "visual",
    "link": "https://ports.example.cn/index",
}
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">{{ 7*7 }}\' OR 1=1 --'


def officer():
    """Who looks at what people show and say."""
    return make_actor(agency(), "officer")


def make_open_entry(provider=None, **over):
    """A resource that is open to all, on a platform that somebody runs."""
    agency()
    return make_entry(provider, **{"opening_type": "unconditional"} | over)


def make_reuse(entry=None, actor=None, *, shown=False, attached=(), **over) -> Reuse:
    made = reuses.show_reuse(
        actor=actor or make_citizen(),
        entry=entry or make_open_entry(),
        said=About(**ABOUT | over),
        attached=attached,
    )
    return reuses.approve_reuse(actor=officer(), reuse=made) if shown else made


def make_comment(entry=None, actor=None, *, shown=False, text="很有用，希望按月更新。") -> Comment:
    made = comments.comment(
        actor=actor or make_citizen(), entry=entry or make_open_entry(), text=text
    )
    return comments.show_comment(actor=officer(), comment=made) if shown else made


def make_complaint(entry=None, actor=None, **over) -> Case:
    said = {"right": "trade_secret", "says": "2014 年的数据来自本公司未公开的报表"} | over
    return complaints.complain(
        actor=actor or make_citizen(), entry=entry or make_open_entry(), asked=Complaint(**said)
    )


def make_news(body: Body | None = None, *, published=True, **over) -> News:
    said = {"kind": "notice", "title": "平台维护公告", "text": "## 时间\n\n周六 **22:00** 起。"}
    actor = make_actor(body, "officer") if body else officer()
    made = news.draft_news(actor=actor, body=Body.objects.get(pk=actor.body_id), **said | over)
    return news.publish_news(actor=actor, news=made) if published else made
