"""What a body has to delete of what it took, and who did not confirm in time."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from yelin.law import duties, packs
from yelin.privacy import finding
from yelin.surface.actor import Asker
from yelin.web import deletions as told_of
from yelin.web import offers
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.guards import own_body, seated
from yelin.web.paging import MOST


@require_http_methods(GET_OR_POST)
@seated
def deletions(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show what the actor's body was told to delete, and take that it did."""
    told = list(finding.told(own_body(asker).pk)[:MOST])
    taken = offers.take(request, asker.actor, told_of.offered(asker.actor, told))
    if taken.made is not None:
        return redirect("desk:deletions")
    context = {
        "told": told_of.lines(told),
        "late": told_of.lines(list(finding.unconfirmed(asker.actor)[:MOST])),
        "provision": packs.active().ordering(duties.SUBJECT_CONFIRM),
        "offered": taken.offered,
    }
    return page(request, asker, "desk/deletions.html", context, status=taken.status)
