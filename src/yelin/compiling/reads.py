"""Questions about imports: whose they are, and what became of their rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from yelin import gate
from yelin.compiling.models import Export, Import, Outcome, Planned
from yelin.parties.actor import Actor


@dataclass(frozen=True, slots=True)
class Tally:
    """How many resources come to one outcome, how many of them are done, and their rows."""

    resources: int = 0
    done: int = 0
    rows: int = 0


def seen_by(actor: Actor) -> "QuerySet[Import]":
    """Return the imports of which ``actor`` may know, newest first."""
    found = gate.visible_to(actor, "import.see", Import.objects.select_related("body"))
    return found.order_by("-received_at", "pk")


def get(actor: Actor, pk: UUID) -> Import:
    """Return an import that ``actor`` may see. Raises ``Unseen``."""
    return gate.one_of(seen_by(actor).filter(pk=pk))


def exports(actor: Actor) -> "QuerySet[Export]":
    """Return the exports that ``actor`` asked for."""
    rows = Export.objects.select_related("body", "sealed_by")
    return gate.visible_to(actor, "export.see", rows)


def export(actor: Actor, pk: UUID) -> Export:
    """Return an export that ``actor`` asked for. Raises ``Unseen``."""
    return gate.one_of(exports(actor).filter(pk=pk))


def tally(batch: Import) -> Mapping[Outcome, Tally]:
    """Return what becomes of the rows of an import, by outcome."""
    counted = (
        batch.planned.order_by()
        .values("outcome")
        .annotate(n=Count("pk"), done=Count("pk", filter=Q(done_at__isnull=False)), r=Sum("rows"))
    )
    found = {Outcome(row["outcome"]): Tally(row["n"], row["done"], row["r"]) for row in counted}
    return {outcome: found.get(outcome, Tally()) for outcome in Outcome}


def planned(batch: Import, outcome: Outcome | None) -> "QuerySet[Planned]":
    """Return what becomes of the rows, in their order, or those of one outcome."""
    rows = batch.planned.select_related("entry").order_by("position")
    return rows.filter(outcome=outcome) if outcome else rows
