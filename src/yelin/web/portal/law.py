"""The regulation, article by article: text, plain words, and what the platform does about it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.law import packs
from yelin.law.duties import Duty
from yelin.law.packs import Pack
from yelin.law.statute import Article as Words
from yelin.law.statute import Ref, chinese_number
from yelin.web.portal.shapes import Article, ArticlePage
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import lang
from yelin.web.trail import trail


@require_safe
def law(request: HttpRequest) -> HttpResponse:
    """List every article with what the platform does about it."""
    pack = packs.active()
    articles = [
        Article(
            number=article.number,
            label=_label(article),
            url=reverse("portal:article", args=[article.number]),
            matter=_matter(pack, article),
            about=article.about(lang()),
            gist=article.plain(lang()),
            why=article.why(lang()),
            duties=[_(duty.says) for duty in pack.duties_of(article.number)],
        )
        for article in pack.law.articles
    ]
    crumbs = trail(_("The regulation, article by article"))
    return render(request, "portal/law.html", {"articles": articles, "crumbs": crumbs})


@require_safe
def article(request: HttpRequest, number: int) -> HttpResponse:
    """Show one article whole."""
    pack = packs.active()
    found = pack.articles.get(number)
    if found is None:
        raise Http404
    chapters = {chapter.number: chapter.label(lang()) for chapter in pack.chapters}
    page = ArticlePage(
        number=number,
        label=_label(found),
        about=found.about(lang()),
        chapter=chapters.get(found.chapter or 0, ""),
        paragraphs=found.paragraphs,
        items=[f"（{chinese_number(n)}）{item}" for n, item in enumerate(found.items, 1)],
        plain=found.plain(lang()),
        matter=_matter(pack, found),
        why=found.why(lang()),
        duties=[_ordered(pack, duty) for duty in pack.duties_of(number)],
        before=_link(pack, number - 1),
        after=_link(pack, number + 1),
    )
    crumbs = trail(page.label, (_("The regulation, article by article"), "portal:law"))
    return render(request, "portal/article.html", {"page": page, "crumbs": crumbs})


def _ordered(pack: Pack, duty: Duty) -> tuple[str, str, str]:
    provision = pack.provision(duty)
    return provision.ref, provision.label(lang()), _(duty.says)


def _label(article: Words) -> str:
    return Ref(article=article.number).label(lang())


def _link(pack: Pack, number: int) -> Link | None:
    found = pack.articles.get(number)
    return Link(_label(found), reverse("portal:article", args=[number])) if found else None


def _matter(pack: Pack, article: Words) -> str:
    if pack.duties_of(article.number):
        return "carried"
    return "planned" if article.matter == "system" else "none"
