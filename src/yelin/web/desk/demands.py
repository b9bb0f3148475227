"""Demands on the desk: what is to be read before it is public, and what is to be answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.opening import reads
from yelin.opening.rules import UNANSWERED, State
from yelin.surface.actor import Asker
from yelin.web.demand_cards import DemandCard, cards
from yelin.web.desk.door import page
from yelin.web.guards import seated
from yelin.web.paging import MOST


@dataclass(frozen=True, slots=True)
class Waiting:
    """Demands that wait for the same thing."""

    title: str
    cards: Sequence[DemandCard]


@require_safe
@seated
def demands(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List what waits for the actor: to be read, to be answered, to be opened as planned."""
    actor = asker.actor
    own = reads.to_answer(actor)
    waiting = (
        (_("To be read"), reads.to_read(actor)),
        (_("To be answered"), own.filter(state__in=UNANSWERED)),
        (_("Planned"), own.filter(state=State.PLANNED).order_by("planned_until")),
    )
    lists = [Waiting(title, cards(actor, list(rows[:MOST]))) for title, rows in waiting]
    return page(request, asker, "desk/demands.html", {"lists": [x for x in lists if x.cards]})
