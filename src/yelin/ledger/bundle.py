"""Gather leaves and calls into one file that proves them anywhere, without the platform.

A bundle holds one signed checkpoint and, under it, each leaf with its way to the root: opened with
payload and salt, or by hash alone. A call stands beside its batch's leaf. The file is canonical
JSON (RFC 8785), so a payload's own bytes can be cut out of it and hashed by any program.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import rfc8785

from yelin.ledger import batch, entry, note, tree
from yelin.ledger.entry import Fields, Malformed

KIND = "yelin-bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledLeaf:
    """A leaf with its way to the root; opened, by hash alone, or shredded on a day."""

    index: int
    h: bytes
    proof: tuple[bytes, ...]
    payload: Mapping[str, Any] | None = None
    salt: bytes | None = None
    shredded: str | None = None

    def document(self) -> dict[str, Any]:
        """Return the leaf as plain JSON values."""
        return (
            _with_words(self)
            | {"index": self.index}
            | ({} if self.shredded is None else {"shredded": self.shredded})
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledCall:
    """A call with its way to the sub-root in the payload of the leaf at ``leaf``."""

    leaf: int
    position: int
    h: bytes
    proof: tuple[bytes, ...]
    payload: Mapping[str, Any] | None = None
    salt: bytes | None = None

    def document(self) -> dict[str, Any]:
        """Return the call as plain JSON values."""
        return _with_words(self) | {"leaf": self.leaf, "position": self.position}


@dataclass(frozen=True, slots=True)
class Bundle:
    """Leaves and calls under one signed checkpoint of the log that ``vkey`` names."""

    vkey: str
    checkpoint: str
    leaves: tuple[BundledLeaf, ...]
    calls: tuple[BundledCall, ...] = ()

    def with_calls(self, receipts: Iterable[batch.CallReceipt]) -> "Bundle":
        """Return the bundle with calls beside the leaves that stand for them.

        Raises ``KeyError`` for a call whose leaf is not in the bundle.
        """
        index = {leaf.h: leaf.index for leaf in self.leaves}
        calls = (
            BundledCall(
                leaf=index[receipt.leaf.h],
                position=receipt.position,
                h=receipt.h,
                proof=receipt.proof,
                payload=receipt.payload,
                salt=receipt.salt,
            )
            for receipt in receipts
        )
        return replace(self, calls=(*self.calls, *calls))

    def to_json(self) -> str:
        """Return the bundle as the one file of it."""
        document: dict[str, Any] = {
            "v": 1,
            "kind": KIND,
            "vkey": self.vkey,
            "checkpoint": self.checkpoint,
            "leaves": [leaf.document() for leaf in self.leaves],
            "calls": [call.document() for call in self.calls],
        }
        return rfc8785.dumps(document).decode()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a bundle proves: the signed head, and in words what of it fails."""

    checkpoint: note.Checkpoint | None
    faults: tuple[str, ...]


def _with_words(one: BundledLeaf | BundledCall) -> dict[str, Any]:
    document: dict[str, Any] = {
        "h": entry.base64_of(one.h),
        "proof": [entry.base64_of(step) for step in one.proof],
    }
    if one.payload is not None and one.salt is not None:
        document |= {"payload": dict(one.payload), "salt": entry.base64_of(one.salt)}
    return document


def parse(text: str | bytes) -> Bundle:
    """Return the bundle that a JSON document is.

    Raises ``Malformed`` for anything missing, unknown, doubled or of another type.
    """
    fields = Fields(entry.load(text), of="a bundle")
    fields.require_kind(KIND)
    found = Bundle(
        vkey=fields.text("vkey"),
        checkpoint=fields.text("checkpoint"),
        leaves=tuple(_leaf(one) for one in fields.list("leaves")),
        calls=tuple(_call(one) for one in fields.list("calls")),
    )
    fields.require_empty()
    for places in (
        [leaf.index for leaf in found.leaves],
        [(call.leaf, call.position) for call in found.calls],
    ):
        if len(set(places)) != len(places):
            raise Malformed("a leaf or a call stands in the bundle twice")
    return found


def _leaf(value: object) -> BundledLeaf:
    fields = _fields(value, "a leaf of a bundle")
    found = BundledLeaf(
        index=fields.count("index"),
        h=fields.hash("h"),
        proof=fields.hashes("proof"),
        payload=fields.payload("payload"),
        salt=fields.salt("salt"),
        shredded=fields.day("shredded"),
    )
    fields.require_empty()
    if (found.payload is None) != (found.salt is None):
        raise Malformed("payload and salt come together")
    if found.shredded is not None and found.payload is not None:
        raise Malformed("a shredded leaf has neither payload nor salt")
    return found


def _call(value: object) -> BundledCall:
    fields = _fields(value, "a call of a bundle")
    found = BundledCall(
        leaf=fields.count("leaf"),
        position=fields.count("position"),
        h=fields.hash("h"),
        proof=fields.hashes("proof"),
        payload=fields.payload("payload"),
        salt=fields.salt("salt"),
    )
    fields.require_empty()
    if (found.payload is None) != (found.salt is None):
        raise Malformed("payload and salt come together")
    return found


def _fields(value: object, of: str) -> Fields:
    if not isinstance(value, dict):
        raise Malformed(f"{of} is not a JSON object")
    return Fields(value, of=of)


def check(bundle: Bundle, key: note.VerifierKey) -> Verdict:
    """Say what of a bundle fails, by nothing but the key of the log: no network, no database."""
    try:
        head = note.open_checkpoint(bundle.checkpoint, [key])
    except (note.Malformed, note.Unverified) as fault:
        return Verdict(None, (f"the checkpoint: {fault}",))
    return Verdict(head, tuple(_faults(bundle, head)))


def _faults(bundle: Bundle, head: note.Checkpoint) -> Iterator[str]:
    proved: dict[int, BundledLeaf] = {}
    for leaf in bundle.leaves:
        try:
            _require_words(leaf)
            hashed = entry.leaf_hash(leaf.h)
            tree.verify_inclusion(hashed, leaf.index, head.size, leaf.proof, head.root)
        except (entry.PayloadDiffers, tree.ProofFailed) as fault:
            yield f"leaf {leaf.index}: {fault}"
        else:
            proved[leaf.index] = leaf
    for call in bundle.calls:
        place = f"call {call.position} of leaf {call.leaf}"
        try:
            _require_words(call)
            batch.verify(call.h, call.position, call.proof, proved[call.leaf].payload or {})
        except KeyError:
            yield f"{place}: the leaf is not in the bundle, or fails itself"
        except (entry.PayloadDiffers, tree.ProofFailed, Malformed) as fault:
            yield f"{place}: {fault}"


def _require_words(one: BundledLeaf | BundledCall) -> None:
    if one.payload is not None and one.salt is not None:
        entry.require_payload(one.payload, one.salt, one.h)
