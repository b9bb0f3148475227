"""News and guides: the list, one of them, its feed; the agency writes them on the same pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.acts import references
from yelin.law import duties, packs
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker
from yelin.talking import reads
from yelin.talking.acts import news as acts
from yelin.talking.models import News, NewsState, NewsVersion
from yelin.web import markdown, offers, talk_forms
from yelin.web.asking import GET_OR_POST, actor_of
from yelin.web.guards import own_body, seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.portal.tabs import asked, tabs
from yelin.web.templatetags.yelin import body_name, lang
from yelin.web.trail import trail
from yelin.web.words import NEWS_KIND

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class NewsLine:
    """A piece of news in a list."""

    title: str
    url: str
    kind: str
    at: datetime | None
    body: str
    language: str


def lines(rows: Sequence[News]) -> list[NewsLine]:
    """Return news as lists show them, in the reader's language where there is one."""
    return [
        NewsLine(
            title=_title(each),
            url=reverse("portal:news_one", args=[each.pk]),
            kind=each.kind,
            at=each.standing.at if each.standing else each.changed_at,
            body=body_name(each.body),
            language="en" if _is_english(each.standing) else "zh-Hans",
        )
        for each in rows
    ]


def _is_english(version: NewsVersion | None) -> bool:
    return lang() == "en" and version is not None and bool(version.title_en)


def _title(news: News) -> str:
    if news.standing is None:
        return news.title
    return news.standing.title_en if _is_english(news.standing) else news.standing.title


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """List news and guides, with a choice of kinds and a search."""
    actor = actor_of(request)
    kind, query = request.GET.get("kind", ""), request.GET.get("q", "").strip()[:200]
    found = reads.news(actor)
    if query:
        said = ("title", "text", "title_en", "text_en")
        holds = [Q(**{f"standing__{each}__icontains": query}) for each in said]
        found = found.filter(holds[0] | holds[1] | holds[2] | holds[3])
    if kind in NEWS_KIND:
        found = found.filter(kind=kind)
    base = asked(query, kind)
    rows, pager = cut(found, request.GET, PAGE_SIZE, base=base)
    body = actor.body_id
    context = {
        "lines": lines(rows),
        "drafts": lines(list(reads.drafts(actor)[:PAGE_SIZE])) if body else [],
        "writes": body is not None and _writes(actor),
        "pager": pager,
        "query": query,
        "kind": kind,
        "kinds": tabs(
            reverse("portal:news"),
            {key: str(word.says) for key, word in NEWS_KIND.items()},
            kind,
            query,
        ),
        "provision": packs.active().ordering(duties.PUBLICITY),
        "crumbs": trail(_("News and guides")),
    }
    return render(request, "portal/news.html", context)


def _writes(actor: Actor) -> bool:
    pack = packs.active()
    if actor.role != "officer" or not pack.orders(duties.PUBLICITY):
        return False
    return bool(pack.area_of("publicity", actor.body_kind, actor.body_division))


@require_http_methods(GET_OR_POST)
def one(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Show one piece of news; its body revises, publishes and withdraws it here."""
    actor = actor_of(request)
    found = references.one(actor, News, pk)
    taken = offers.take(request, actor, _offers(actor, found))
    if taken.made is not None:
        return redirect("portal:news_one", pk)
    version = found.standing
    english = _is_english(version)
    works = gate.decide(actor, "talking.revise_news", found).allowed
    context = {
        "news": found,
        "title": _title(found),
        "language": "en" if english else "zh-Hans",
        "html": _html(found, english=english),
        "is_withdrawn": found.state == NewsState.WITHDRAWN,
        "draft": markdown.as_html(found.text) if works and found.differs else "",
        "draft_title": found.title,
        "versions": list(found.versions.all()) if version else [],
        "offered": taken.offered,
        "crumbs": trail(_title(found), (_("News and guides"), "portal:news")),
    }
    return render(request, "portal/news_one.html", context, status=taken.status)


def _html(found: News, *, english: bool) -> str:
    version = found.standing
    if version is None or found.state == NewsState.WITHDRAWN:
        return ""
    return markdown.as_html(version.text_en if english else version.text)


def _offers(actor: Actor, found: News) -> list[Offer]:
    publish = Offer(
        act="talking.publish_news",
        on=found,
        title=_("Publish what is written"),
        button=_("Publish"),
        done=_("It is published."),
        do=lambda _said: acts.publish_news(actor=actor, news=found),
    )
    revise = Offer(
        act="talking.revise_news",
        on=found,
        title=_("Write it anew"),
        button=_("Save"),
        done=_("It is saved. What is published stays until this is published."),
        form=talk_forms.RevisionForm,
        initial=dict(zip(_SAID, found.said(), strict=True)),
        do=lambda said: acts.revise_news(actor=actor, news=found, **said),
    )
    withdraw = Offer(
        act="talking.withdraw_news",
        on=found,
        title=_("Withdraw"),
        button=_("Withdraw"),
        done=_("It is withdrawn."),
        form=talk_forms.ReasonForm,
        do=lambda said: acts.withdraw_news(actor=actor, news=found, **said),
        stops=True,
    )
    match found.state:
        case NewsState.DRAFT:
            return [publish, revise]
        case NewsState.PUBLISHED:
            return [*([publish] if found.differs else []), revise, withdraw]
        case _:
            return []


_SAID = ("title", "text", "title_en", "text_en")


@require_http_methods(GET_OR_POST)
@seated
def new(request: HttpRequest, asker: Asker) -> HttpResponseBase:
    """Let an officer begin a piece of news or a guide."""
    body = own_body(asker)

    def do(said: Mapping[str, Any]) -> News:
        return acts.draft_news(actor=asker.actor, body=body, **said)

    offer = Offer(
        act="talking.draft_news",
        on=body,
        title=_("Write a piece of news or a guide"),
        button=_("Save as a draft"),
        done=_("It is saved. Nobody else sees it until it is published."),
        form=talk_forms.NewsForm,
        do=do,
    )
    taken = offers.take(request, asker.actor, [offer])
    if taken.made is not None:
        return redirect("portal:news_one", taken.made.pk)
    if not taken.offered:
        gate.decide(asker.actor, "talking.draft_news", body).must_allow(
            "talking.draft_news", body.pk
        )
    context = {
        "form": taken.offered[0].filled,
        "button": offer.button,
        "name": offer.name,
        "crumbs": trail(offer.title, (_("News and guides"), "portal:news")),
    }
    return render(
        request,
        "portal/news_new.html",
        context,
        status=422 if taken.offered[0].filled.errors else 200,
    )
