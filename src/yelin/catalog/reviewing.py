"""Whose confirmation is needed of what was sent, and who has given it.

The sharing and the opening catalog are confirmed by whoever holds that power over the provider's
division; whatever the negative list gains, loses or keeps in other words is reviewed by every kind
of body that holds the power to review it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yelin.catalog.content import SharingType
from yelin.catalog.models import Entry, Review
from yelin.law import packs
from yelin.parties.actor import Actor

CONFIRM, NEGATIVE = "catalog.confirm", "negative_list.review"


@dataclass(frozen=True, slots=True)
class Side:
    """A body whose confirmation is needed: one that holds ``power``, perhaps of one ``kind``."""

    power: str
    kind: str = ""

    def is_of(self, kind: str, powers: frozenset[str]) -> bool:
        """Whether a body of ``kind`` that holds ``powers`` there is on this side."""
        return self.power in powers and self.kind in {"", kind}


def is_negative(entry: Entry) -> bool:
    """Whether what is worked on touches the negative list."""
    if entry.social:
        return False
    if entry.revision:
        return entry.revision.negative
    return bool(entry.sharing_type == SharingType.NONE)


def sides(entry: Entry) -> list[Side]:
    """Return whose confirmation is needed of what is worked on: nobody's, of social data."""
    if entry.social:
        return []
    needed = [Side(CONFIRM)]
    if is_negative(entry):
        holders = packs.active().holders(NEGATIVE, entry.provider.division)
        needed += [Side(NEGATIVE, kind) for kind in sorted({kind for kind, _ in holders})]
    return needed


def given(entry: Entry) -> list[Review]:
    """Return who has confirmed what awaits confirmation now, the first one first."""
    if entry.sent_at is None:
        return []
    return list(entry.reviews.filter(sending=entry.sendings).select_related("body", "person"))


def outstanding(entry: Entry, had: Sequence[Review] | None = None) -> list[Side]:
    """Return whose confirmation is still needed of what awaits it, those who ``had`` given it."""
    if entry.sent_at is None:
        return []
    reviews = given(entry) if had is None else had
    by = [(review.body.kind, frozenset(review.powers)) for review in reviews]
    return [side for side in sides(entry) if not any(side.is_of(*each) for each in by)]


def powers_of(actor: Actor, entry: Entry) -> frozenset[str]:
    """Return the powers to confirm that the actor's body holds over the entry's provider."""
    pack, over = packs.active(), entry.provider.division
    held = (CONFIRM, NEGATIVE)
    return frozenset(
        power for power in held if pack.holds(power, actor.body_kind, actor.body_division, over)
    )
