"""The releases of one's own resource: back to an older one, rows erased, how long they are kept."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.catalog import working
from yelin.catalog.models import Entry
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.surface.actor import Asker
from yelin.warehouse import acts
from yelin.warehouse import reads as warehouse
from yelin.warehouse.models import Erasure, Keeping, Release
from yelin.web import mending
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.desk.entries import crumbs
from yelin.web.desk.release_forms import EraseForm, KeepForm
from yelin.web.done import say_done
from yelin.web.guards import seated
from yelin.web.paging import cut
from yelin.web.shapes import Link

PAGE_SIZE = 50


@require_http_methods(GET_OR_POST)
@seated
def releases(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show the releases of an entry and what can be done with them; do it."""
    entry = working.entry(asker.actor, pk)
    gate.decide(asker.actor, "warehouse.receive", entry).must_allow("warehouse.receive", entry.pk)
    doing = request.POST.get("do")
    erasing = EraseForm(request.POST if doing == "erase" else None)
    keeping = KeepForm(request.POST if doing == "keep" else None, initial=_chosen(entry))
    try:
        if doing == "roll_back":
            number = request.POST.get("number", "")
            upload = acts.roll_back(
                actor=asker.actor, entry=entry, number=int(number) if number.isdecimal() else 0
            )
            return redirect("desk:report", pk=upload.pk)
        if doing == "erase" and erasing.is_valid():
            acts.erase(
                actor=asker.actor,
                entry=entry,
                keys=erasing.rows(),
                reason=erasing.cleaned_data["reason"],
            )
            says = _("Erased. The rows are being taken out of every version.")
            say_done(request, says, "warehouse.erase", entry)
            return redirect("desk:releases", pk=pk)
        if doing == "keep" and keeping.is_valid():
            acts.keep(actor=asker.actor, entry=entry, **keeping.cleaned_data)
            say_done(request, _("The term of keeping is set."), "warehouse.keep", entry)
            return redirect("desk:releases", pk=pk)
    except Incomplete as error:
        mending.tell(keeping if doing == "keep" else erasing, error)
    return _page(request, asker, entry, erasing, keeping)


def _chosen(entry: Entry) -> dict[str, int | None]:
    found = Keeping.objects.filter(entry=entry).first()
    return {"months": found.months, "least": found.least} if found else {}


def _page(
    request: HttpRequest, asker: Asker, entry: Entry, erasing: EraseForm, keeping: KeepForm
) -> HttpResponse:
    rows = Release.objects.filter(entry=entry).select_related("base", "restored", "sealed_by")
    shown, pager = cut(rows.defer("manifest_kept").order_by("-number"), request.GET, PAGE_SIZE)
    context = {
        "entry": entry,
        "releases": shown,
        "newest": Release.objects.latest_of(entry),
        "pager": pager,
        "erasing": erasing,
        "keeping": keeping,
        "keys": list(entry.items.filter(key=True)),
        "erasures": list(Erasure.objects.filter(entry=entry).order_by("-erased_at")),
        "shortest": warehouse.shortest_keeping(),
        "erase_by": packs.active().ordering(duties.ERASE),
        "keep_by": packs.active().ordering(duties.RELEASES_KEEP),
        "crumbs": crumbs(entry, Link(_("Versions"), "")),
        "upload_url": reverse("desk:upload", args=[entry.pk]),
    }
    status = 422 if erasing.errors or keeping.errors else 200
    return page(request, asker, "desk/releases.html", context, status=status)
