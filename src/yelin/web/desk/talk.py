"""What waits to be looked at of what people say: comments and reuses."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin.surface.actor import Asker
from yelin.talking import reads
from yelin.web import comment_offers, offers, reuse_cards
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.guards import seated
from yelin.web.trail import trail

MOST = 50


@require_http_methods(GET_OR_POST)
@seated
def waiting(request: HttpRequest, asker: Asker) -> HttpResponseBase:
    """List what waits, and take what is decided about comments."""
    actor = asker.actor
    rows = list(reads.comments_waiting(actor)[:MOST])
    taken = offers.take(
        request, actor, [offer for row in rows for offer in comment_offers.offers_of(actor, row)]
    )
    if taken.made is not None:
        return redirect("desk:talk")
    context = {
        "reuses": reuse_cards.cards(actor, reads.reuses_waiting(actor)[:MOST]),
        "comments": [
            (
                row,
                [each.reason for each in row.reports.all() if each.settled_at is None],
                [one for one in taken.offered if one.offer.on == row],
            )
            for row in rows
        ],
        "crumbs": trail(_("What people say"), (_("Desk"), "desk:home")),
    }
    return page(request, asker, "desk/talk.html", context, status=taken.status)
