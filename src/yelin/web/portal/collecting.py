"""What bodies ask of people, as everybody may read it: approved forms, and reasons to ask again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.collecting import reads
from yelin.law import duties, packs
from yelin.web.asking import actor_of
from yelin.web.paging import cut
from yelin.web.trail import trail

PAGE_SIZE = 50


@require_safe
def collection(request: HttpRequest) -> HttpResponse:
    """List the approved forms, and why something is asked although others have it."""
    found, pager = cut(reads.approved(), request.GET, PAGE_SIZE)
    context = {
        "forms": found,
        "pager": pager,
        "reasons": reads.reasons(actor_of(request))[:PAGE_SIZE],
        "provision": packs.active().ordering(duties.COLLECT_ONCE),
        "crumbs": trail(_("What is asked of you")),
    }
    return render(request, "portal/collection.html", context)


@require_safe
def collection_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one approved form with what is taken through sharing."""
    found = gate.one_of(reads.approved().filter(pk=pk))
    seen = catalog.seen_by(actor_of(request))
    told = reads.repeats_of(found.thing).filter(held__in=seen.values("pk"))
    repeats = {each.item: each for each in told}
    context = {
        "form_shown": found,
        "content": found.content,
        "lines": [(item, repeats.get(item.name)) for item in found.content.items],
        "crumbs": trail(found.title, (_("What is asked of you"), "portal:collection")),
    }
    return render(request, "portal/collection_form.html", context)
