"""A leaf as this asker may have it: always its hash and place, its words only where opened."""

from collections.abc import Iterable
from dataclasses import dataclass

from yelin import gate
from yelin.gate import composed
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
    is_open = leaf.pk in opened(actor, [leaf])
    return Shown(leaf, log.receipt_of(leaf, opened=is_open), is_open)


def opened(actor: Actor, leaves: Iterable[Leaf]) -> set[int]:
    """Return which of ``leaves`` show their words to ``actor``, by their keys, in one question."""
    whole = Leaf.objects.filter(pk__in=[leaf.pk for leaf in leaves if leaf.shredded_at is None])
    # Asked of the database: to look what kind of thing a leaf is about takes a question for each.
    return set(composed.visible_to(actor, "leaf.open", whole).values_list("pk", flat=True))
