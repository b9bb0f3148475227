"""The classification tree of the catalog, level by level, with what stands at each place."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.catalog import reads, tree
from yelin.web.asking import asker_of
from yelin.web.paging import cut
from yelin.web.portal.cards import cards
from yelin.web.templatetags.yelin import lang
from yelin.web.trail import trail

PAGE_SIZE = 20


@require_safe
def classification(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show the nodes right below one, how much the asker sees under each, and the entries here."""
    asker = asker_of(request)
    way = tree.way_to(code)
    if code and not (way and way[-1].code == code):
        raise Http404
    counts = reads.counts_below(asker.actor, code)
    found = tree.standing(reads.seen_by(asker.actor), code) if code else None
    entries, pager = cut(found, request.GET, PAGE_SIZE) if found is not None else ([], None)
    names = [(node.label(lang()), node.code) for node in way]
    home = (_("Classification"), "portal:classification")
    between = [(name, reverse("portal:node", args=[at])) for name, at in names[:-1]]
    crumbs = trail(names[-1][0], home, *between) if names else trail(_("Classification"))
    context = {
        "node": way[-1] if way else None,
        "title": names[-1][0] if names else _("Classification"),
        "below": [(node, node.label(lang()), counts[node.code]) for node in tree.below(code)],
        "cards": cards(asker.actor, entries),
        "pager": pager,
        "crumbs": crumbs,
    }
    return render(request, "portal/classification.html", context)
