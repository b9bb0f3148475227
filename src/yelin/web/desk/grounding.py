"""On what ground everyone has columns of persons: asked at an upload, kept and looked at here."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
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
from yelin.warehouse import disclosing, ground_acts
from yelin.warehouse.models import Release, StandingGround, Upload
from yelin.web import mending
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.desk.entries import crumbs
from yelin.web.desk.ground_forms import Line, ObjectForm, StateForm, lines
from yelin.web.done import say_done
from yelin.web.guards import seated
from yelin.web.shapes import Link


def asked(found: Upload, sent: QueryDict | None = None) -> list[Line]:
    """Return of which columns of a file it is asked on what ground everyone has them."""
    entry = found.entry
    open_ = disclosing.held_openly(entry, entry.content(), found.report)
    return lines(open_, disclosing.stated(entry), sent) if open_ else []


@require_http_methods(GET_OR_POST)
@seated
def grounds(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show the grounds that stand for an entry; state, end and object to them."""
    entry = working.entry(asker.actor, pk)
    doing = request.POST.get("do", "")
    stating = StateForm(request.POST if doing == "state" else None)
    objecting = ObjectForm(request.POST if doing == "object" else None)
    faults: list[str] = []
    shown: dict[str, Form] = {"state": stating, "object": objecting}
    try:
        if doing in _DOES and (doing not in shown or shown[doing].is_valid()):
            says = _DOES[doing](asker, entry, shown.get(doing), request.POST)
            say_done(request, says, _ACT[doing], entry)
            return redirect("desk:entry_grounds", pk=pk)
    except Incomplete as error:
        faults = mending.told(error)
    return _page(request, asker, entry, shown, faults)


def _state(asker: Asker, entry: Entry, form: Any, sent: QueryDict) -> str:
    del sent
    ground_acts.state_ground(actor=asker.actor, entry=entry, ground=form.stated())
    return _("The ground stands for every version from now on.")


def _end(asker: Asker, entry: Entry, form: Any, sent: QueryDict) -> str:
    del form
    ground_acts.end_ground(actor=asker.actor, entry=entry, column=sent.get("column", ""))
    return _("The ground goes for no later version.")


def _object(asker: Asker, entry: Entry, form: Any, sent: QueryDict) -> str:
    del sent
    ground_acts.object_to_ground(actor=asker.actor, entry=entry, **form.cleaned_data)
    return _("Objected. The ground stands no longer, and its stewards are told.")


_DOES: Mapping[str, Callable[[Asker, Entry, Any, QueryDict], str]] = {
    "state": _state,
    "end": _end,
    "object": _object,
}
_ACT = {
    "state": "warehouse.state_ground",
    "end": "warehouse.end_ground",
    "object": "warehouse.object_to_ground",
}


def _page(
    request: HttpRequest,
    asker: Asker,
    entry: Entry,
    shown: Mapping[str, Form],
    faults: list[str],
) -> HttpResponse:
    may = gate.answering(asker.actor, entry)
    newest = Release.objects.latest_of(entry)
    rows = StandingGround.objects.filter(entry=entry).select_related("objected_by")
    context = {
        "entry": entry,
        "standing": rows.filter(ended_at=None).order_by("column"),
        "past": rows.exclude(ended_at=None).order_by("-ended_at"),
        "published": newest.grounds if newest else [],
        "newest": newest,
        "low": disclosing.low_of(entry, entry.content()),
        "items": list(entry.items.values_list("name", flat=True)),
        "may_state": may("warehouse.state_ground").allowed,
        "may_object": may("warehouse.object_to_ground").allowed,
        "stating": shown["state"],
        "objecting": shown["object"],
        "by": packs.active().ordering(duties.OPENING_PERSONS),
        "grade_by": packs.active().ordering(duties.GRADE),
        "edit_url": reverse("desk:items", args=[entry.pk]),
        "faults": faults,
        "crumbs": crumbs(entry, Link(_("Grounds of publication"), "")),
    }
    wrong = faults or any(form.errors for form in shown.values())
    return page(request, asker, "desk/grounds.html", context, status=422 if wrong else 200)
