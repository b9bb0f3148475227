"""The home page: one search box, three figures, the fields opened first, newest and most used."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from yelin.catalog.models import Entry
from yelin.law import duties, packs
from yelin.opening.counting import IN_CATALOG, USES, Day, InCatalog
from yelin.talking import reads as talking
from yelin.web.asking import actor_of
from yelin.web.portal import reads
from yelin.web.portal.cards import cards
from yelin.web.portal.news import lines as news_lines
from yelin.web.portal.shapes import Figure, Theme
from yelin.web.reuse_cards import cards as reuse_cards
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import lang, number, title_of

SHOWN = 6
# The most used of a field is looked for among so many.
LOOKED_AT = 200
TRIED = 4
FEATURED = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what there is and how to find it."""
    actor = actor_of(request)
    counted, uses_counted = IN_CATALOG.look(), USES.look()
    newest = reads.newest(actor, SHOWN)
    uses = reads.uses(actor, LOOKED_AT)
    most_used = reads.in_order(reads.readable(actor).filter(pk__in=uses), list(uses))
    used = most_used[:SHOWN]
    tried = dict.fromkeys(entry.keywords[0] for entry in [*used, *newest] if entry.keywords)
    shown = cards(actor, [*newest, *used], uses=uses)
    return render(
        request,
        "portal/home.html",
        {
            "confirmed": counted.figures.confirmed,
            "open_to_all": counted.figures.open_to_all,
            "suggestions": [Link(word, _looking_for(q=word)) for word in list(tried)[:TRIED]],
            "figures": _figures(counted.figures, uses_counted.figures),
            "at": min(counted.at, uses_counted.at),
            "themes": _themes(counted.figures.by_theme, most_used),
            "priority": packs.active().ordering(duties.OPEN_PRIORITY),
            "featured": reuse_cards(actor, talking.reuses(actor).filter(featured=True)[:FEATURED]),
            "news": news_lines(list(talking.news(actor)[:FEATURED])),
            "newest": shown[: len(newest)],
            "most_used": shown[len(newest) :],
        },
    )


def _looking_for(**asked: str) -> str:
    return f"{reverse('portal:resources')}?{urlencode(asked)}"


def _themes(counts: Mapping[str, int], most_used: Sequence[Entry]) -> list[Theme]:
    """Return the themes that the law opens first; where it names none, those that hold anything."""
    themes = packs.active().themes
    first_opened = [theme for theme in themes if theme.priority] or [
        theme for theme in themes if counts.get(theme.code)
    ]
    first: dict[str, str] = {}
    for entry in most_used:
        for theme in entry.themes:
            first.setdefault(theme, title_of(entry))
    return [
        Theme(
            theme.code,
            theme.label(lang()),
            counts.get(theme.code, 0),
            _looking_for(theme=theme.code),
            first.get(theme.code, ""),
        )
        for theme in first_opened
    ]


def _figures(counted: InCatalog, days: Sequence[Day]) -> list[Figure]:
    by_day = [day.queries + day.downloads for day in days]
    used, rows = sum(by_day), counted.rows_open_to_all
    return [
        Figure(
            label=_("Rows open to all"),
            value=number(rows),
            unit=ngettext("row", "rows", rows),
            note=_("In the newest versions of everything that is open to all."),
        ),
        Figure(
            label=_("Uses in thirty days"),
            value=number(used),
            unit=ngettext("time", "times", used),
            note=_("Queries and downloads of open data, counted without telling whose."),
            trend=by_day if used else (),
            trend_says=_("Uses day by day over thirty days"),
        ),
        Figure(
            label=_("Updates within their term"),
            value=f"{number(counted.terms_kept)} / {number(counted.terms)}",
            note=_("Resources whose next update is not overdue, of those with a term running."),
        ),
    ]
