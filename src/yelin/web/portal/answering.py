"""How each body answers what is asked of it, as public figures."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.cases import procedure
from yelin.cases.reads import Answering
from yelin.law import duties, packs
from yelin.talking import reads
from yelin.web.kinds import KINDS
from yelin.web.portal.shapes import Figure
from yelin.web.portal.statistics import tabs as tabs_of_figures
from yelin.web.portal.tabs import tabs
from yelin.web.templatetags.yelin import number
from yelin.web.trail import trail


@require_safe
def answering(request: HttpRequest) -> HttpResponse:
    """Show what each body received, answered in time or late, and how long it took."""
    public = [name for name, kind in procedure.kinds().items() if kind.followed_by_all]
    asked = request.GET.get("kind", "")
    chosen = asked if asked in public else ""
    rows = reads.answering([chosen] if chosen else [])
    context = {
        "pages": tabs_of_figures("answering"),
        "rows": [(row, _share(row)) for row in rows],
        "figures": _figures(rows),
        "kinds": tabs(
            reverse("portal:answering"),
            {name: str(KINDS[name].every) for name in public},
            chosen,
        ),
        "provision": packs.active().ordering(duties.CASES_DECIDE),
        "crumbs": trail(_("How bodies answer"), (_("Statistics"), "portal:statistics")),
    }
    return render(request, "portal/answering.html", context)


def _share(row: Answering) -> float | None:
    owed = row.in_time + row.late
    return row.in_time / owed if owed else None


def _figures(rows: Sequence[Answering]) -> list[Figure]:
    received, in_time = sum(row.received for row in rows), sum(row.in_time for row in rows)
    late = sum(row.late for row in rows)
    return [
        Figure(
            label=_("Cases received"),
            value=number(received),
            note=_("Cases whose course everybody may follow, since the beginning."),
        ),
        Figure(
            label=_("Answered in time"),
            value=number(in_time),
            note=_("Decided on the last lawful day at the latest."),
        ),
        Figure(
            label=_("Late"),
            value=number(late),
            note=_("Decided after the term, or still owed though it has passed."),
        ),
    ]
