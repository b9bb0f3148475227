"""Feeds for whoever follows the catalog, a search or one resource without a program of its own.

The addresses are CKAN's, so that whoever follows a CKAN portal finds them; all are Atom.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, code_of
from yelin.catalog.reads import Search
from yelin.config import config
from yelin.law import packs
from yelin.parties.actor import Actor
from yelin.surface import described
from yelin.surface.actor import of_request
from yelin.surface.described import Described, Provider, text
from yelin.surface.fresh import answer
from yelin.talking import reads as talking
from yelin.warehouse import told
from yelin.web.names import theme_name
from yelin.web.portal.resources import read
from yelin.web.templatetags.yelin import body_name, lang, number, title_of

LISTED = 50


@dataclass(frozen=True, slots=True)
class _Feed:
    """What a feed says of itself: its title, the page that shows the same, who speaks."""

    title: str
    page: str
    says: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class _Item:
    """One entry of a feed."""

    title: str
    link: str
    id: str
    says: str
    at: datetime | None
    author: str = ""
    themes: tuple[str, ...] = ()
    file: str = ""


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Answer with what changed last in the catalog."""
    actor = of_request(request).actor
    province = packs.active().province.label(lang())
    title = _("Catalog of the public data of {province}").format(province=province)
    return _changes(request, actor, title, told.newest(actor, Search(), LISTED))


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer with what changed last among what a search finds."""
    actor, asked = of_request(request).actor, read(request.GET)
    title = _("Data on “%(query)s”") % {"query": asked.words} if asked.words else _("Find data")
    return _changes(request, actor, title, told.newest(actor, asked, LISTED))


@require_safe
def provider(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with what changed last of one body: one of which nothing is known is as none."""
    actor = of_request(request).actor
    found = told.newest(actor, Search(chosen={"provider": [code.upper()]}), LISTED)
    if not found:
        raise gate.Unseen
    return _changes(request, actor, body_name(found[0].provider), found)


@require_safe
def theme(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with what changed last under one theme."""
    actor = of_request(request).actor
    found = told.newest(actor, Search(chosen={"theme": [code]}), LISTED)
    return _changes(request, actor, theme_name(code), found)


@require_safe
def keyword(request: HttpRequest, word: str) -> HttpResponse:
    """Answer with what changed last among what has a keyword that the asker may read."""
    actor = of_request(request).actor
    # What cannot be written cannot be asked for either.
    having = told.listed(actor, Search()).filter(keywords__contains=[text(word)])
    readable = gate.visible_to(actor, "entry.read", having)
    newest = list(readable.order_by(F("told_at").desc(), "code")[:LISTED])
    return _changes(request, actor, word, newest)


@require_safe
def releases(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the newest versions of a resource whose metadata the asker may read."""
    actor = of_request(request).actor
    entry = catalog.get(actor, code=code_of(slug))
    gate.decide(actor, "entry.read", entry).must_allow("entry.read", entry.pk)
    page = f"{config.url}{reverse('portal:resource', args=[slug])}"
    items = [
        _Item(
            title=_("Version {n}").format(n=release.number),
            link=f"{page}?version={release.number}",
            id=f"urn:uuid:{release.pk}",
            says=_("Rows: {rows}, digest {digest}").format(
                rows=number(release.rows), digest=release.digest_text
            ),
            at=release.released_at,
            file=f"{page}versions/{release.number}.csv" if release.is_table else "",
        )
        for release in entry.releases.order_by("-number").defer("manifest_kept")[:LISTED]
    ]
    items += _doubts(entry, page)
    items.sort(key=lambda item: str(item.at), reverse=True)
    feed = _Feed(title_of(entry), page, entry.summary, body_name(entry.provider))
    return _written(request, actor, feed, items)


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """Answer with the newest news and guides."""
    actor = of_request(request).actor
    english = lang() == "en"
    items = []
    for each in talking.news(actor)[:LISTED]:
        version = each.standing
        assert version is not None  # noqa: S101 - what is published has a version that stands
        says_english = english and bool(version.title_en)
        page = f"{config.url}{reverse('portal:news_one', args=[each.pk])}"
        items.append(
            _Item(
                title=version.title_en if says_english else version.title,
                link=page,
                id=f"{page}#{version.number}",
                says=version.text_en if says_english else version.text,
                at=version.at,
                author=body_name(each.body),
            )
        )
    feed = _Feed(_("News and guides"), f"{config.url}{reverse('portal:news')}")
    return _written(request, actor, feed, items)


def _doubts(entry: Entry, page: str) -> Iterator[_Item]:
    """Yield what was, or is, under check of the whole; of single records no feed tells."""
    whole = entry.checks.filter(since__isnull=False, digest=None).select_related("case")
    for check in whole.order_by("-since")[:LISTED]:
        over = _("Checked: doubt {number}").format(number=check.case.number)
        begun = _("Under check: doubt {number}").format(number=check.case.number)
        yield _Item(
            title=over if check.until else begun,
            link=page,
            id=f"{page}#{check.case.number}{'-checked' if check.until else ''}",
            says="",
            at=check.until or check.since,
        )


def _changes(
    request: HttpRequest, actor: Actor, title: str, newest: Sequence[Entry]
) -> HttpResponse:
    items = list(_items(described.each(actor, newest, wanted=())))
    return _written(request, actor, _Feed(title, f"{config.url}/resources/"), items)


def _items(entries: list[Described]) -> Iterator[_Item]:
    english = lang() == "en"
    for entry in entries:
        said = entry.metadata.content if entry.metadata else None
        yield _Item(
            title=(english and entry.title_en) or entry.title,
            link=entry.page,
            id=entry.page,
            says=said.summary if said else entry.public_words(packs.active())[english],
            at=entry.told_at,
            author=_name(entry.provider),
            themes=said.themes if said else (),
        )


def _name(body: Provider) -> str:
    return body.name_en if lang() == "en" and body.name_en else body.name


def _written(request: HttpRequest, actor: Actor, said: _Feed, items: list[_Item]) -> HttpResponse:
    address = f"{config.url}{request.get_full_path()}"

    def write() -> bytes:
        feed = Atom1Feed(
            title=text(said.title),
            link=said.page,
            description=text(said.says),
            language=lang(),
            feed_url=address,
            feed_guid=address,
            author_name=text(said.author) or None,
        )
        for item in items:
            feed.add_item(
                title=text(item.title),
                link=item.link,
                # Django says that this is HTML.
                description=escape(text(item.says)),
                unique_id=item.id,
                pubdate=item.at,
                updateddate=item.at,
                author_name=text(item.author) or None,
                # How long it is nobody knows before it is written.
                enclosures=[Enclosure(item.file, "", "text/csv")] if item.file else [],
                categories=[theme_name(theme) for theme in item.themes],
            )
        return feed.writeString("utf-8").encode()

    type_ = "application/atom+xml; charset=utf-8"
    return answer(request, actor, (lang(), address, said, items), write, type_)
