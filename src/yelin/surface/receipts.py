"""A leaf as this asker may have it: always its hash and place, its words only where opened."""

from dataclasses import dataclass

from yelin import gate
from yelin.ledger import entry, log
from yelin.ledger.entry import Receipt
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor


@dataclass(frozen=True, slots=True)
class Shown:
    """A leaf and its receipt; ``opened`` says whether the asker has its words."""

    leaf: Leaf
    receipt: Receipt
    opened: bool


def find(text: str) -> Leaf:
    """Return the leaf that a short receipt or a hexadecimal hash names.

    Raises ``Unseen`` where there is none, ``entry.Malformed`` for what is no receipt.
    """
    h = entry.parse_short(text if text.strip()[:3].upper() == "YL1" else f"YL1-{text.strip()}")
    return gate.one_of(Leaf.objects.select_related("subject").filter(h=h))


def show(actor: Actor, leaf: Leaf) -> Shown:
    """Return ``leaf`` with its proof as ``actor`` may have it."""
    opened = leaf.shredded_at is None and gate.decide(actor, "leaf.open", leaf).allowed
    return Shown(leaf, log.receipt_of(leaf, opened=opened), opened)
