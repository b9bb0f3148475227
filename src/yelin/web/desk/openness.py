"""What drags one's own open data down, for whoever can mend it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from yelin.opening import openness as index
from yelin.surface.actor import Asker
from yelin.web.desk.door import page
from yelin.web.guards import seated
from yelin.web.openness import LACKS, chosen
from yelin.web.paging import cut

PAGE_SIZE = 50


@require_safe
@seated
def openness(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the open resources of one's own body by what they lack."""
    entries = index.opened(asker.actor).filter(provider=asker.actor.body_id)
    lack, lists = chosen(
        index.lacks(entries), request.GET.get("lack", ""), reverse("desk:openness")
    )
    rows, pager = cut(index.lacking(entries, lack), request.GET, PAGE_SIZE, base=f"?lack={lack}")
    context = {
        "lists": lists,
        "lack_says": LACKS[lack][1],
        "rows": rows,
        "pager": pager,
        "at": index.measured_at(),
    }
    return page(request, asker, "desk/openness.html", context)
