"""Doing an act for a program: what was sent becomes arguments, and the leaf becomes the answer."""

import json
from collections.abc import Callable
from typing import Any

from yelin import gate
from yelin.acts import arguments as given
from yelin.acts.frame import PROPOSED, Act, AwaitsSecond, registered
from yelin.acts.repetition import Claim, Taken
from yelin.law import duties
from yelin.ledger.entry import canonical
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor, Surface
from yelin.surface import problems

# How often a key is looked up again that others took, and then gave back, in the same moment.
_TRIES = 5


def offered() -> list[Act]:
    """Return the acts that programs may call by name, in the order of their names."""
    acts = registered().values()
    return sorted((act for act in acts if Surface.API in act.surface), key=lambda act: act.name)


def do(act: Act, actor: Actor, sent: given.Given, key: str | None) -> Leaf:
    """Do ``act`` with what was ``sent`` and return its leaf, or the one of its proposal.

    Raises ``Unseen`` for a thing that ``actor`` may not know of, and what the act raises.
    """
    body = sent.model_dump(mode="json")
    return once(act, actor, key, body, lambda: given.resolved(act.body, sent, actor))


def once(
    act: Act, actor: Actor, key: str | None, asked: object, arguments: Callable[[], dict[str, Any]]
) -> Leaf:
    """Do ``act`` and return its leaf; ``asked`` again under the same ``key``, return the same leaf.

    Raises ``KeyUsed`` for a key that stands for something else.
    """
    claim = None if key is None else Claim.of(key, actor, act.name, asked)
    for _ in range(_TRIES):
        if claim and (leaf := claim.answer()):
            return leaf
        try:
            return act.perform(actor, claim, **arguments()).leaf
        except AwaitsSecond as awaits:
            return awaits.leaf
        except Taken:
            continue
    raise Taken


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
        "basis": problems.basis_of(duties.by_name(leaf.duty)),
    }
