"""Doing an act for a program: what was sent becomes arguments, and the leaf becomes the answer."""

import json
from typing import Any

from yelin import gate
from yelin.acts import arguments as given
from yelin.acts.frame import PROPOSED, Act, registered
from yelin.law import duties
from yelin.ledger.entry import canonical
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor, Surface
from yelin.surface import telling


def offered() -> list[Act]:
    """Return the acts that programs may call by name, in the order of their names."""
    acts = registered().values()
    return sorted((act for act in acts if Surface.API in act.surface), key=lambda act: act.name)


def do(act: Act, actor: Actor, sent: given.Given, key: str | None) -> Leaf:
    """Do ``act`` with what was ``sent`` and return its leaf, or the one of its proposal.

    Raises ``Unseen`` for a thing that ``actor`` may not know of, and what the act raises.
    """
    body = sent.model_dump(mode="json")
    return act.once(actor, key, body, lambda: given.resolved(act.body, sent, actor))


def awaits_second(leaf: Leaf) -> bool:
    """Whether the act was only proposed yet."""
    return leaf.act == PROPOSED


def answer(leaf: Leaf) -> dict[str, Any]:
    """Return what the leaf of an act says, for the one who did it.

    Raises ``Unseen`` for a leaf that was shredded since.
    """
    if leaf.shredded_at is not None:
        raise gate.Unseen
    # In one order of names, whether the leaf was written just now or is read again.
    payload = json.loads(canonical(leaf.payload))
    return {
        "act": leaf.act,
        "subject": payload["subject"],
        "facts": payload["facts"],
        "receipt": leaf.receipt_text,
        "basis": telling.basis_of(duties.by_name(leaf.duty)),
    }
