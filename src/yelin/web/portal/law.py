"""The law, article by article: text, plain words, and what the platform does about it."""

from collections.abc import Iterator
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.law import packs, statute
from yelin.law.duties import Duty
from yelin.law.packs import Pack
from yelin.law.statute import Ref, chinese_number
from yelin.web.portal.shapes import Article, ArticlePage, Line, Work
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import lang
from yelin.web.trail import trail


@require_safe
def law(request: HttpRequest) -> HttpResponse:
    """List every article of the regulation, and the national laws around it."""
    pack = packs.active()
    page = {
        "articles": [_row(pack, article) for article in pack.articles.values()],
        "works": [_work(work) for work in pack.works],
        "crumbs": trail(_("The regulation, article by article")),
    }
    return render(request, "portal/law.html", page)


@require_safe
def work(request: HttpRequest, work: str) -> HttpResponse:
    """List the articles of a national law that are held here."""
    pack, found = packs.active(), _held(work)
    page = {
        "work": _work(found),
        "articles": [_row(pack, article, work) for article in found.articles],
        "crumbs": trail(found.title(lang()), _home()),
    }
    return render(request, "portal/work.html", page)


@require_safe
def article(request: HttpRequest, number: int, work: str = "") -> HttpResponse:
    """Show one article whole, as it reads now or as it read on a day (``?on=2025-12-31``)."""
    pack = packs.active()
    whole = _held(work) if work else pack.law
    found = whole.article(number, _day(request))
    if found is None:
        raise Http404
    chapters = {chapter.number: chapter.label(lang()) for chapter in pack.chapters}
    page = ArticlePage(
        label=_label(found),
        about=found.about(lang()),
        chapter=whole.title(lang()) if work else chapters.get(found.chapter or 0, ""),
        lines=list(_lines(found)),
        plain=found.plain(lang()),
        matter=_matter(pack, found, work),
        why=found.why(lang()),
        duties=[_ordered(pack, duty, number, work) for duty in pack.duties_of(number, work)],
        law=Link(whole.title(lang()), _url(work)),
        before=_next(whole, number, work, -1),
        after=_next(whole, number, work, 1),
        until=found.effective_to or whole.effective_to,
        now=_url(work, number) if found.effective_to else "",
    )
    above = (_home(), (whole.title(lang()), _url(work))) if work else (_home(),)
    crumbs = trail(page.label, *above)
    return render(request, "portal/article.html", {"page": page, "crumbs": crumbs})


def _home() -> tuple[str, str]:
    return _("The regulation, article by article"), "portal:law"


def _held(work: str) -> statute.Work:
    for each in packs.active().works:
        if each.id == work and each.articles:
            return each
    raise Http404


def _day(request: HttpRequest) -> date | None:
    asked = request.GET.get("on")
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError:
        raise Http404 from None


def _url(work: str, number: int | None = None) -> str:
    if number is None:
        return reverse("portal:work", args=[work]) if work else reverse("portal:law")
    place = [work, number] if work else [number]
    return reverse("portal:national_article" if work else "portal:article", args=place)


def _row(pack: Pack, article: statute.Article, work: str = "") -> Article:
    return Article(
        number=article.number,
        label=_label(article),
        url=_url(work, article.number),
        matter=_matter(pack, article, work),
        about=article.about(lang()),
        gist=article.plain(lang()),
        why=article.why(lang()),
        duties=[_(duty.says) for duty in pack.duties_of(article.number, work)],
    )


def _work(work: statute.Work) -> Work:
    return Work(
        title=work.title(lang()),
        name=work.label(lang()),
        url=_url(work.id) if work.articles else "",
        number=work.number,
        issued_by=work.issued_by,
        since=work.effective_from,
        until=work.effective_to,
        articles=len(work.articles),
    )


def _lines(article: statute.Article) -> Iterator[Line]:
    before, after = article.around_items()
    several = len(article.paragraphs) > 1
    for n, text in enumerate(before, 1):
        yield Line(f"p{n}", text, n if several else None)
    for n, text in enumerate(article.items, 1):
        yield Line(f"i{n}", f"（{chinese_number(n)}）{text}")
    for n, text in enumerate(after, len(before) + 1):
        yield Line(f"p{n}", text, n)


def _ordered(pack: Pack, duty: Duty, number: int, work: str) -> tuple[str, str]:
    here = [
        place.place.label(lang())
        for place in pack.provision(duty).places
        if place.article == number and (place.law.id if place.national else "") == work
    ]
    return _(", ").join(here), _(duty.says)


def _label(article: statute.Article) -> str:
    return Ref(article=article.number).label(lang())


def _next(law: statute.Work, number: int, work: str, step: int) -> Link | None:
    numbers = sorted({article.number for article in law.articles})
    at = numbers.index(number) + step
    if not 0 <= at < len(numbers):
        return None
    return Link(Ref(article=numbers[at]).label(lang()), _url(work, numbers[at]))


def _matter(pack: Pack, article: statute.Article, work: str) -> str:
    if pack.duties_of(article.number, work):
        return "carried"
    if work:
        return "cited"
    return "planned" if article.matter == "system" else article.matter
