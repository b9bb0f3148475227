"""Questions about cases of this room: which of them everybody may follow."""

from yelin import gate
from yelin.cases.models import Case, CaseQuerySet
from yelin.cases.procedure import Procedure
from yelin.catalog.models import Entry
from yelin.parties.actor import Actor


def followed_by(actor: Actor, procedure: Procedure) -> CaseQuerySet:
    """Return the cases of this kind whose course ``actor`` may follow, newest first.

    Those about an entry that is hidden from ``actor`` are hidden too.
    """
    entries = gate.visible_to(actor, "entry.see", Entry.objects.all())
    cases = Case.objects.filter(kind=procedure.kind, about__in=entries.values("pk"))
    found: CaseQuerySet = gate.visible_to(actor, "case.follow", cases)  # type: ignore[assignment]  # a filtered set is of the same kind
    return found.select_related("about__entry", "applicant", "handler").order_by(
        "-submitted_on", "-number"
    )
