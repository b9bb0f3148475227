"""The batches of calls that leaves stand for, as rows: 32 bytes a call and nothing else of it.

A room that delivers keeps of each call what it needs, with ``h`` and the 16 bytes of salt by which
``entry.commit`` gave it. Where a minute ends, its act calls ``close`` and puts what comes back into
the evidence of its subject; the act is declared with ``makes``, so that the leaf is about it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from yelin.ledger import batch, log, tree
from yelin.ledger.batch import CallReceipt
from yelin.ledger.models import Batch, Leaf
from yelin.things.models import Subject


def close(about: Subject, hashes: Sequence[bytes]) -> dict[str, Any]:
    """Keep the hashes of calls as the one batch of ``about``; return what its leaf is to say.

    The caller holds the act that closes. Raises ``ValueError`` for none, or for one twice.
    """
    facts = batch.facts_of(hashes)
    Batch.objects.create(about=about.thing, hashes=b"".join(hashes))
    return facts


def receipt(about: Subject, h: bytes, *, payload: Mapping[str, Any], salt: bytes) -> CallReceipt:
    """Return the receipt of the call ``h`` in the batch of ``about``, for one who may have both.

    Raises ``Batch.DoesNotExist`` before the batch is closed, and ``ValueError`` for a call that is
    not in it, or whose leaf was shredded.
    """
    row = Batch.objects.get(about=about.pk)
    kept = bytes(row.hashes)
    hashes = [kept[at : at + tree.HASH_SIZE] for at in range(0, len(kept), tree.HASH_SIZE)]
    position = hashes.index(h)
    leaf = Leaf.objects.filter(subject=about.pk, payload__facts__has_key="batch").first()
    if leaf is None:
        raise ValueError("the leaf of this batch was shredded")
    return CallReceipt(
        h=h,
        position=position,
        proof=batch.prove(hashes, position),
        leaf=log.receipt_of(leaf, opened=True),
        payload=payload,
        salt=salt,
    )


def ways(about: Subject) -> dict[bytes, tuple[int, tuple[bytes, ...]]]:
    """Return where each call stands in the batch of ``about``, and its way to the sub-root."""
    kept = bytes(Batch.objects.get(about=about.pk).hashes)
    hashes = [kept[at : at + tree.HASH_SIZE] for at in range(0, len(kept), tree.HASH_SIZE)]
    proofs = batch.prove_all(hashes)
    return {h: (nth, proof) for nth, (h, proof) in enumerate(zip(hashes, proofs, strict=True))}
