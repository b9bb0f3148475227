"""The whole way of a resource or one of its versions, for those who work with it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.catalog import working
from yelin.delivery.tracing import reads as tracing
from yelin.law import duties, packs
from yelin.surface.actor import Asker
from yelin.web.asking import version_in
from yelin.web.desk.door import page
from yelin.web.guards import seated
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import title_of
from yelin.web.tracing import shown


@require_safe
@seated
def of_entry(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show where the data comes from, what became of it, and who had it by which grant."""
    entry = working.entry(asker.actor, pk)
    version = version_in(request)
    trace = tracing.of(asker.actor, entry, version)
    exports = reverse("api:get_trace", args=[entry.slug]) if entry.code else ""
    context = {
        "entry": entry,
        "version": version,
        "way": shown(trace, exports, version=version),
        "basis": packs.active().provision(duties.TRACE),
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(title_of(entry), reverse("desk:entry", args=[entry.pk])),
            Link(_("The whole way"), ""),
        ],
    }
    return page(request, asker, "desk/trace.html", context)
