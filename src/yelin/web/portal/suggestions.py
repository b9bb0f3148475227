"""What somebody may mean who is still typing: titles, themes and bodies that the asker may see."""

from collections.abc import Iterator
from functools import partial

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from yelin.catalog import reads as catalog
from yelin.law import packs
from yelin.parties.actor import Actor
from yelin.web import traditional
from yelin.web.asking import actor_of
from yelin.web.portal.resources import LONGEST_QUERY
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name, lang, title_of

MOST_TITLES = 6
MOST_OTHERS = 2


@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    """Answer with groups of links for the words typed so far, and with how that is said."""
    actor = actor_of(request)
    words = request.GET.get("q", "")[:LONGEST_QUERY].strip()
    groups = {
        _("Resources"): list(_titles(actor, words)),
        _("Themes"): list(_themes(actor, words)),
        _("Bodies"): list(_bodies(actor, words)),
    }
    many = sum(map(len, groups.values()))
    says = ngettext("{n} suggestion", "{n} suggestions", many).format(n=many)
    say = partial(traditional.said, request)
    shown = [
        {
            "title": say(title),
            "links": [
                {"title": say(link.title), "note": say(link.note), "url": link.url}
                for link in links
            ],
        }
        for title, links in groups.items()
        if links
    ]
    told = say(says if many else _("No suggestions"))
    response = JsonResponse({"groups": shown, "says": told})
    response["Cache-Control"] = "private, no-store"
    return response


def _titles(actor: Actor, words: str) -> Iterator[Link]:
    for entry in catalog.suggest(actor, words, MOST_TITLES):
        yield Link(
            title_of(entry),
            reverse("portal:resource", args=[entry.slug]),
            note=body_name(entry.provider),
        )


def _themes(actor: Actor, words: str) -> Iterator[Link]:
    named = {theme.code: theme.label(lang()) for theme in packs.active().themes}
    for code in catalog.themes_called(actor, words, named, MOST_OTHERS):
        yield Link(named[code], _narrowed(theme=code))


def _bodies(actor: Actor, words: str) -> Iterator[Link]:
    for body in catalog.providers_called(actor, words, MOST_OTHERS):
        yield Link(body_name(body), _narrowed(provider=body.credit_code))


def _narrowed(**by: str) -> str:
    return f"{reverse('portal:resources')}?{urlencode(by)}"
