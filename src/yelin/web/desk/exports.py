"""A body's catalog as a file: at once where it is small, else written in the background."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yelin import gate
from yelin.catalog.models import Entry
from yelin.compiling import acts, reads
from yelin.compiling.exports import AT_ONCE, ExportState
from yelin.law.refusals import Incomplete
from yelin.surface import telling
from yelin.surface.actor import Asker
from yelin.web import catalog_files
from yelin.web.desk.door import page
from yelin.web.guards import seated
from yelin.web.shapes import Link


def is_large(body: UUID) -> bool:
    """Whether the entries of a body are too many to be written while somebody waits."""
    return Entry.objects.filter(provider=body)[AT_ONCE : AT_ONCE + 1].exists()


@require_safe
@seated
def at_once(request: HttpRequest, asker: Asker, format_: str) -> HttpResponse:
    """Send the entries of the actor's body in the national layout, where they are few."""
    del request
    assert asker.seat is not None  # noqa: S101 - the door lets nobody else in
    if is_large(asker.seat.body_id):
        return redirect(f"{reverse('desk:imports')}#export")
    return catalog_files.sent(asker, Entry.objects.filter(provider=asker.seat.body_id), format_)


@require_POST
@seated
def ask(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Have the entries of the actor's body written; lead to the one that is being written."""
    assert asker.seat is not None  # noqa: S101 - the door lets nobody else in
    format_ = request.POST.get("format", "")
    try:
        made = acts.export(actor=asker.actor, body=asker.seat.body, format=format_)
    except Incomplete:
        under_way = reads.exports(asker.actor).filter(format=format_, state=ExportState.WRITING)
        found = under_way.first()
        if found is None:
            raise
        made = found
    return redirect("desk:export", pk=made.pk)


@require_safe
@seated
def one(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show how far an export is, and where its file is once it is ready."""
    made = reads.export(asker.actor, pk)
    context = {
        "export": made,
        "percent": int(made.fraction * 100),
        "error": telling.said(made.error["says"], made.error["params"]) if made.error else "",
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("My body's entries"), reverse("desk:entries")),
            Link(_("Catalog as a file"), ""),
        ],
    }
    return page(request, asker, "desk/export.html", context)


@require_safe
@seated
def file(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Send the file of an export to whoever asked for it."""
    del request
    made = reads.export(asker.actor, pk)
    if made.state != ExportState.READY:
        raise gate.Unseen
    return catalog_files.of(b"".join(made.file.read()), made.format)
