"""Hand out evidence as a file: the same for a resource and for a case."""

from django.http import Http404, HttpResponse

from yelin.cases.models import Case
from yelin.ledger.bundle import Bundle
from yelin.parties.actor import Actor
from yelin.surface.evidence import NothingSigned, of_case


def handed_out(bundle: Bundle, name: str) -> HttpResponse:
    """Return a bundle as a file called by ``name``."""
    answer = HttpResponse(bundle.to_json(), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="evidence-{name}.json"'
    # Salts and words are for this asker alone.
    answer["Cache-Control"] = "private, no-store"
    return answer


def about(actor: Actor, case: Case) -> HttpResponse:
    """Return the leaves of a case that ``actor`` may open; nothing signed yet is nothing there."""
    try:
        return handed_out(of_case(actor, case), case.number)
    except NothingSigned:
        raise Http404 from None
