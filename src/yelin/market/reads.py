"""Which arrangements there are, for whoever asks, and what each reaches."""

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from yelin import gate
from yelin.market.models import Arrangement, Reach, State
from yelin.parties.actor import Actor


def seen_by(actor: Actor) -> QuerySet[Arrangement]:
    """Return the arrangements that ``actor`` may know of, the newest first, with their scope."""
    reached = Reach.objects.filter(dropped_on=None).select_related("entry__thing")
    rows = Arrangement.objects.select_related("body", "operator").prefetch_related(
        Prefetch("scope", reached, to_attr="reached")
    )
    return gate.visible_to(actor, "arrangement.see", rows)


def reached_of(arrangement: Arrangement) -> Sequence[Reach]:
    """Return what one of ``seen_by`` reaches, as it was read along with it."""
    found: Sequence[Reach] = arrangement.reached  # type: ignore[attr-defined]  # by the prefetch above
    return found


def public(actor: Actor) -> QuerySet[Arrangement]:
    """Return those of the register: all but drafts."""
    return seen_by(actor).exclude(state=State.DRAFT)


def drafts(actor: Actor) -> QuerySet[Arrangement]:
    """Return those that ``actor``'s body still writes."""
    return seen_by(actor).filter(state=State.DRAFT)


def one(actor: Actor, number: str) -> Arrangement:
    """Return an arrangement by its number. Raises ``Unseen``."""
    return gate.one_of(seen_by(actor).filter(number=number))
