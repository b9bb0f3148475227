"""The whole way of a resource on a page of its own: each room adds what its asker may know."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.catalog import reads as catalog
from yelin.catalog.models import code_of
from yelin.delivery.tracing import reads as tracing
from yelin.law import duties, packs
from yelin.web.asking import actor_of, version_in
from yelin.web.templatetags.yelin import title_of
from yelin.web.tracing import shown
from yelin.web.trail import trail


@require_safe
def of_resource(request: HttpRequest, slug: str) -> HttpResponse:
    """Show where the data of a resource, or of a version, comes from and what became of it."""
    actor, version = actor_of(request), version_in(request)
    entry, may = catalog.met(actor, code=code_of(slug))
    may("entry.read").must_allow("entry.read", entry.pk)
    trace = tracing.of(actor, entry, version, may)
    context = {
        "entry": entry,
        "version": version,
        "way": shown(trace, reverse("api:get_trace", args=[slug]), version=version),
        "basis": packs.active().provision(duties.TRACE),
        "crumbs": trail(
            _("The whole way"),
            (_("Find data"), "portal:resources"),
            (title_of(entry), reverse("portal:resource_trace", args=[slug])),
        ),
    }
    return render(request, "portal/whole_way.html", context)
