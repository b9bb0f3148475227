"""How a leaf comes into being: in the transaction of its act, or not at all."""

import secrets
from typing import Any

from django.db import connection, transaction

from yelin.law import clock
from yelin.law.duties import Duty
from yelin.ledger import entry
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.things.models import Thing

SALT_BYTES = 16
# The channel on which a committed leaf is told to the sequencer.
CHANNEL = "yelin_leaves"


def pending(
    *,
    act: str,
    duty: Duty,
    actor: Actor,
    subject: Thing,
    facts: dict[str, Any],
    refused: bool = False,
) -> Leaf:
    """Return a leaf that is to be appended.

    ``facts`` are codes, states and digests: strings, whole numbers, booleans, lists and mappings
    of these; never personal data, never floats.
    """
    at = clock.now()
    payload = {
        "v": 1,
        "act": act,
        "duty": duty.name,
        "refused": refused,
        "at": at.isoformat(timespec="milliseconds"),
        "actor": actor.evidence(),
        "subject": {"id": str(subject.pk), "kind": subject.kind, "code": subject.code},
        "facts": facts,
    }
    salt = secrets.token_bytes(SALT_BYTES)
    return Leaf(
        h=entry.commit(payload, salt),
        salt=salt,
        payload=payload,
        act=act,
        duty=duty.name,
        refused=refused,
        at=at,
        subject=subject,
        body_id=actor.body_id,
    )


def append(*leaves: Leaf) -> None:
    """Write pending leaves, in this order, in the transaction that makes them true."""
    # After the commit, since PostgreSQL lets transactions that notify commit only one by one. What
    # a crash keeps from being told is found by the sequencer all the same.
    transaction.on_commit(_tell, robust=True)
    for leaf in leaves:
        leaf.save(force_insert=True)


def _tell() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
