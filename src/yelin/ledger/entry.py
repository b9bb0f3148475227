"""Bind an act to the public log without telling strangers anything of it.

A published entry is only a version and ``h``: the hash of a salt and the act's canonical payload
(RFC 8785). Whoever holds payload and salt can show that the log means them; once the salt is
shredded nobody can guess the payload, and every proof over ``h`` stays valid. A receipt gathers
what its holder needs to check one entry away from the platform.
"""

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar

import rfc8785

from yelin.ledger import note, tree

T = TypeVar("T")

SALT_SIZE = 16
# Readers in other languages hold numbers as doubles; a larger whole number would not survive them.
_MAX_INTEGER = (1 << 53) - 1
_MAX_DEPTH = 64
KIND = "yelin-receipt"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHORT = re.compile(r"yl1-([0-9a-f]{64})")
# Hyphens and dashes which word processors and input methods put for the plain hyphen.
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー"), "-")


class Malformed(ValueError):
    """A payload, an entry or a receipt is not of the form it must have."""


class PayloadDiffers(Exception):
    """The payload is not what the entry was made from."""


class State(StrEnum):
    """How far an act's leaf has come."""

    PENDING = "pending"
    INTEGRATED = "integrated"
    PUBLISHED = "published"


def canonical(payload: Mapping[str, Any]) -> bytes:
    """Return the one byte sequence of a payload (RFC 8785).

    Raises ``Malformed`` for what readers in other languages would write otherwise: a float, a whole
    number past 2^53 - 1, half a surrogate pair, a type that JSON has not, too deep a nest.
    """
    _require_portable(payload)
    return rfc8785.dumps(dict(payload))


def commit(payload: Mapping[str, Any], salt: bytes) -> bytes:
    """Return ``h``, the hash by which the log stands for the payload."""
    if len(salt) != SALT_SIZE:
        raise Malformed(f"a salt has {SALT_SIZE} bytes, not {len(salt)}")
    return sha256(salt + canonical(payload)).digest()


def entry_bytes(h: bytes) -> bytes:
    """Return the published entry of a payload hash."""
    if len(h) != tree.HASH_SIZE:
        raise Malformed(f"a payload hash has {tree.HASH_SIZE} bytes, not {len(h)}")
    return rfc8785.dumps({"v": 1, "h": base64_of(h)})


def read_entry(entry: bytes) -> bytes:
    """Return the payload hash of a published entry.

    Raises ``Malformed`` for any other bytes than those that ``entry_bytes`` gives.
    """
    match = re.fullmatch(rb'\{"h":"([A-Za-z0-9+/]{43}=)","v":1\}', entry)
    if match is None:
        raise Malformed(f"{entry[:80]!r} is no entry of version 1")
    return _unb64("h", match[1].decode(), tree.HASH_SIZE)


def leaf_hash(h: bytes) -> bytes:
    """Return the hash under which the tree holds the entry of a payload hash."""
    return tree.hash_leaf(entry_bytes(h))


def short(h: bytes) -> str:
    """Return the receipt that fits on a line: enough to find the entry again, and to compare."""
    if len(h) != tree.HASH_SIZE:
        raise Malformed(f"a payload hash has {tree.HASH_SIZE} bytes, not {len(h)}")
    return f"YL1-{h.hex()}"


def parse_short(text: str) -> bytes:
    """Return the payload hash of a short receipt, however it was typed or wrapped.

    Case, blanks, line breaks, full-width characters and other dashes do not matter.
    Raises ``Malformed`` for anything else.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES).lower()
    kept = "".join(
        character
        for character in folded
        if not character.isspace() and unicodedata.category(character) != "Cf"
    )
    match = _SHORT.fullmatch(kept)
    if match is None:
        raise Malformed("a short receipt is YL1- and 64 hexadecimal digits")
    return bytes.fromhex(match[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What its holder keeps of an act.

    ``index`` is known from *integrated* on; ``size``, ``proof`` and ``checkpoint`` come with
    *published*. ``payload`` and ``salt`` come together, or not at all when they are not the
    holder's to have, or shredded: ``shredded`` then is the day, by the platform's word. ``size``
    only repeats the signed checkpoint's.
    """

    h: bytes
    state: State
    payload: Mapping[str, Any] | None = None
    salt: bytes | None = None
    index: int | None = None
    size: int | None = None
    proof: tuple[bytes, ...] | None = None
    checkpoint: str | None = None
    shredded: str | None = None

    def __post_init__(self) -> None:
        if len(self.h) != tree.HASH_SIZE:
            raise Malformed(f"a payload hash has {tree.HASH_SIZE} bytes, not {len(self.h)}")
        if (self.payload is None) != (self.salt is None):
            raise Malformed("payload and salt come together")
        if self.shredded is not None and (self.payload is not None or self.index is None):
            raise Malformed("a shredded leaf has a place, and neither payload nor salt")
        given = {
            name
            for name in ("index", "size", "proof", "checkpoint")
            if getattr(self, name) is not None
        }
        expected = {
            State.PENDING: set(),
            State.INTEGRATED: {"index"},
            State.PUBLISHED: {"index", "size", "proof", "checkpoint"},
        }[self.state]
        if given != expected:
            raise Malformed(
                f"a receipt that is {self.state} has {', '.join(sorted(expected)) or 'no index'};"
                f" this one has {', '.join(sorted(given)) or 'none'}"
            )

    def document(self) -> dict[str, Any]:
        """Return the receipt as plain JSON values."""
        document: dict[str, Any] = {
            "v": 1,
            "kind": KIND,
            "h": base64_of(self.h),
            "state": self.state.value,
        }
        if self.payload is not None and self.salt is not None:
            document |= {"payload": dict(self.payload), "salt": base64_of(self.salt)}
        if self.proof is not None:
            document["proof"] = [base64_of(step) for step in self.proof]
        for name in ("index", "size", "checkpoint", "shredded"):
            if getattr(self, name) is not None:
                document[name] = getattr(self, name)
        return document

    def to_json(self) -> str:
        """Return the receipt as the document its holder keeps."""
        return rfc8785.dumps(self.document()).decode()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a receipt was found to prove.

    ``payload`` says that the payload is the one the entry was made from; None that there was none
    to check. ``checkpoint`` is the signed head that the entry was found in; None before publishing.
    """

    payload: bool | None
    checkpoint: note.Checkpoint | None


def parse_receipt(text: str | bytes) -> Receipt:
    """Return the receipt that a JSON document is.

    Raises ``Malformed`` for anything missing, unknown, doubled or of another type.
    """
    return receipt_in(load(text))


def receipt_in(document: Mapping[str, Any]) -> Receipt:
    """Return the receipt that plain JSON values are; raises as ``parse_receipt``."""
    fields = Fields(document, of="a receipt")
    fields.require_kind(KIND)
    try:
        state = State(fields.take("state"))
    except ValueError as error:
        raise Malformed("the state is pending, integrated or published") from error
    found = Receipt(
        h=fields.hash("h"),
        state=state,
        payload=fields.payload("payload"),
        salt=fields.salt("salt"),
        index=fields.count("index") if "index" in fields else None,
        size=fields.count("size") if "size" in fields else None,
        proof=fields.hashes("proof") if "proof" in fields else None,
        checkpoint=fields.text("checkpoint") if "checkpoint" in fields else None,
        shredded=fields.day("shredded"),
    )
    fields.require_empty()
    return found


def require_payload(payload: Mapping[str, Any], salt: bytes, h: bytes) -> None:
    """Raise ``PayloadDiffers`` unless payload and salt give ``h``."""
    if commit(payload, salt) != h:
        raise PayloadDiffers("the payload and salt of the receipt do not give its h")


def check(
    receipt: Receipt, keys: Iterable[note.VerifierKey], *, origin: str | None = None
) -> Checked:
    """Check a receipt with nothing but the keys of the log.

    Raises ``PayloadDiffers``, ``tree.ProofFailed``, or what ``note.open_checkpoint`` raises; only
    the signed size and root count.
    """
    payload = None
    if receipt.payload is not None and receipt.salt is not None:
        require_payload(receipt.payload, receipt.salt, receipt.h)
        payload = True
    if receipt.checkpoint is None or receipt.index is None or receipt.proof is None:
        return Checked(payload, None)
    checkpoint = note.open_checkpoint(receipt.checkpoint, keys, origin=origin)
    if receipt.size != checkpoint.size:
        raise tree.ProofFailed(
            f"the receipt speaks of {receipt.size} leaves, its checkpoint of {checkpoint.size}"
        )
    tree.verify_inclusion(
        leaf_hash(receipt.h), receipt.index, checkpoint.size, receipt.proof, checkpoint.root
    )
    return Checked(payload, checkpoint)


def load(text: str | bytes) -> dict[str, Any]:
    """Return the one JSON object of a document.

    Raises ``Malformed``, also for a name given twice, of which readers see this or that.
    """
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the document is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise Malformed("the document is not a JSON object")
    return document


class Fields:
    """The fields of a document, each taken once and by its type; raises ``Malformed``."""

    def __init__(self, document: Mapping[str, Any], *, of: str) -> None:
        self._left = dict(document)
        self._of = of

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def require_kind(self, kind: str) -> None:
        """Demand version 1 of the kind."""
        version = self.take("v")
        # JSON's true equals 1 in Python.
        if version is True or version != 1 or self.take("kind") != kind:
            raise Malformed(f"the document is not {self._of} of version 1")

    def require_empty(self) -> None:
        """Demand that nothing is left that nobody asked for."""
        for name in self._left:
            raise Malformed(f"{self._of} has no such {name}")

    def take(self, name: str) -> Any:
        """Return a field of any type, or None for a missing one."""
        return self._left.pop(name, None)

    def hash(self, name: str) -> bytes:
        """Return a hash."""
        return _unb64(name, self.take(name), tree.HASH_SIZE)

    def hashes(self, name: str) -> tuple[bytes, ...]:
        """Return a list of hashes."""
        return tuple(_unb64(name, step, tree.HASH_SIZE) for step in self.list(name))

    def list(self, name: str) -> "list[Any]":
        """Return a list."""
        return self._typed(name, list)

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object."""
        return self._typed(name, dict)

    def text(self, name: str) -> str:
        """Return a text."""
        return self._typed(name, str)

    def count(self, name: str) -> int:
        """Return a whole number from 0."""
        value = self._typed(name, int)
        if isinstance(value, bool) or value < 0:
            raise Malformed(f"{self._of} has no such {name}")
        return value

    def payload(self, name: str) -> dict[str, Any] | None:
        """Return a payload, or None where there is none."""
        if name not in self:
            return None
        value = self.mapping(name)
        _require_portable(value)
        return value

    def salt(self, name: str) -> bytes | None:
        """Return a salt, or None where there is none."""
        return _unb64(name, self.take(name), SALT_SIZE) if name in self else None

    def day(self, name: str) -> str | None:
        """Return a day, or None where there is none."""
        if name not in self:
            return None
        value = self.text(name)
        if not _DAY.fullmatch(value):
            raise Malformed(f"{name} is a day, such as 2026-11-26")
        return value

    def _typed(self, name: str, kind: type[T]) -> T:
        value = self.take(name)
        if not isinstance(value, kind):
            raise Malformed(f"{self._of} has no such {name}")
        return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Readers disagree on which of two equal names counts.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a name is given twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise Malformed(f"JSON has no {name}")


def _require_portable(value: object, *, depth: int = 0) -> None:
    match value:
        case None | bool():
            pass
        case int():
            if abs(value) > _MAX_INTEGER:
                raise Malformed(f"{value} is larger than 2^53 - 1; write it as text")
        case str():
            if any("\ud800" <= character <= "\udfff" for character in value):
                raise Malformed("a text has half a surrogate pair")
        case Mapping():
            if not all(isinstance(name, str) for name in value):
                raise Malformed("every name in a payload is text")
            _require_all_portable((*value, *value.values()), depth)
        case list() | tuple():
            _require_all_portable(value, depth)
        case _:
            raise Malformed(f"a payload holds no {type(value).__name__}; write it as text")


def _require_all_portable(values: Iterable[object], depth: int) -> None:
    if depth == _MAX_DEPTH:
        raise Malformed(f"a payload is nested deeper than {_MAX_DEPTH} levels")
    for value in values:
        _require_portable(value, depth=depth + 1)


def base64_of(blob: bytes) -> str:
    """Return bytes as documents write them."""
    return base64.b64encode(blob).decode()


def _unb64(name: str, encoded: object, size: int) -> bytes:
    if not isinstance(encoded, str):
        raise Malformed(f"{name} is base64 text")
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(f"{name} is not base64") from error
    if base64_of(blob) != encoded or len(blob) != size:
        raise Malformed(f"{name} is not the base64 of {size} bytes")
    return blob
