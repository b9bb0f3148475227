"""Let one leaf stand for many calls, and each call keep a receipt of its own.

The calls are the leaves of a small tree (RFC 6962, as the log's own); its root and their number
stand in the payload of the leaf. So a call is proved in two steps: from the call to the sub-root,
and from the leaf to the signed root.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

from yelin.ledger import entry, note, tree
from yelin.ledger.entry import Malformed, Receipt

KIND = "yelin-call-receipt"


class _Memory:
    """The tiles of one batch, while they are needed."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], bytes] = {}

    def get(self, level: int, index: int) -> bytes:
        return self._tiles.get((level, index), b"")

    def put(self, level: int, index: int, hashes: bytes) -> None:
        self._tiles[level, index] = hashes


def _tiles(hashes: Sequence[bytes]) -> _Memory:
    tiles = _Memory()
    tree.append(tiles, 0, [entry.leaf_hash(h) for h in hashes])
    return tiles


def facts_of(hashes: Sequence[bytes]) -> dict[str, Any]:
    """Return what the leaf says of its calls, given by their payload hashes (``entry.commit``).

    Raises ``ValueError`` for none, or for one twice: two calls would then have one receipt.
    """
    if not hashes or len(set(hashes)) != len(hashes):
        raise ValueError("a batch has calls, each with a hash of its own")
    root = tree.root(_tiles(hashes), len(hashes))
    return {"batch": {"root": root.hex(), "count": len(hashes)}}


def prove(hashes: Sequence[bytes], position: int) -> tuple[bytes, ...]:
    """Return the way from one call to the root of its batch."""
    return tuple(tree.inclusion(_tiles(hashes), position, len(hashes)))


def prove_all(hashes: Sequence[bytes]) -> Iterator[tuple[bytes, ...]]:
    """Yield the way from each call to the root of its batch, in their order."""
    tiles = _tiles(hashes)
    for position in range(len(hashes)):
        yield tuple(tree.inclusion(tiles, position, len(hashes)))


def verify(h: bytes, position: int, proof: Sequence[bytes], payload: Mapping[str, Any]) -> None:
    """Refuse a call that is not in the batch of the leaf with this payload.

    Raises ``Malformed`` where the payload speaks of no batch, ``tree.ProofFailed`` otherwise.
    """
    match payload.get("facts"):
        case {"batch": {"root": str(root), "count": int(count)}} if len(root) == 64:
            pass
        case _:
            raise Malformed("the leaf stands for no batch of calls")
    try:
        expected = bytes.fromhex(root)
    except ValueError as error:
        raise Malformed("the root of the batch is no hash") from error
    tree.verify_inclusion(entry.leaf_hash(h), position, count, proof, expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReceipt:
    """What its holder keeps of one call: the way to the sub-root, and the receipt of the leaf.

    ``payload`` and ``salt`` are the call's own; the leaf is opened, for the sub-root is in it.
    """

    h: bytes
    position: int
    proof: tuple[bytes, ...]
    leaf: Receipt
    payload: Mapping[str, Any] | None = None
    salt: bytes | None = None

    def __post_init__(self) -> None:
        if len(self.h) != tree.HASH_SIZE:
            raise Malformed(f"a payload hash has {tree.HASH_SIZE} bytes, not {len(self.h)}")
        if (self.payload is None) != (self.salt is None):
            raise Malformed("payload and salt come together")
        if self.leaf.payload is None:
            raise Malformed("the receipt of a call holds the leaf of its batch opened")

    def to_json(self) -> str:
        """Return the receipt as the document its holder keeps."""
        document: dict[str, Any] = {
            "v": 1,
            "kind": KIND,
            "h": entry.base64_of(self.h),
            "position": self.position,
            "proof": [entry.base64_of(step) for step in self.proof],
            "leaf": self.leaf.document(),
        }
        if self.payload is not None and self.salt is not None:
            document |= {"payload": dict(self.payload), "salt": entry.base64_of(self.salt)}
        return rfc8785.dumps(document).decode()


def parse(text: str | bytes) -> CallReceipt:
    """Return the call's receipt that a JSON document is.

    Raises ``Malformed`` for anything missing, unknown, doubled or of another type.
    """
    fields = entry.Fields(entry.load(text), of="a call's receipt")
    fields.require_kind(KIND)
    found = CallReceipt(
        h=fields.hash("h"),
        position=fields.count("position"),
        proof=fields.hashes("proof"),
        leaf=entry.receipt_in(fields.mapping("leaf")),
        payload=fields.payload("payload"),
        salt=fields.salt("salt"),
    )
    fields.require_empty()
    return found


def check(
    receipt: CallReceipt, keys: Iterable[note.VerifierKey], *, origin: str | None = None
) -> entry.Checked:
    """Check a call's receipt with nothing but the keys of the log, both steps of it.

    Raises what ``entry.check`` and ``verify`` raise.
    """
    checked = entry.check(receipt.leaf, keys, origin=origin)
    if receipt.payload is not None and receipt.salt is not None:
        entry.require_payload(receipt.payload, receipt.salt, receipt.h)
    verify(receipt.h, receipt.position, receipt.proof, receipt.leaf.payload or {})
    return entry.Checked(receipt.payload is not None or None, checked.checkpoint)
