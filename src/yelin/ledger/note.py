"""Sign the ledger's checkpoints and open those of others, as C2SP signed-note, tlog-checkpoint say.

Nothing in a note counts before a known key's signature over it has been verified; so parsing a
checkpoint out of a note goes through ``open_checkpoint`` only.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from yelin.ledger.tree import HASH_SIZE

MAX_NOTE_BYTES = 1 << 20
MAX_SIGNATURES = 100
_ED25519 = b"\x01"
_SIGNATURE_PREFIX = "— "
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_MAX_SIZE = (1 << 63) - 1


class Malformed(ValueError):
    """A note, key or checkpoint is not written as its specification says."""


class Unverified(Exception):
    """No known key vouches for the note, or one that should does not."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """An Ed25519 public key under the name it signs by; its text form is the *vkey*."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name):
            raise Malformed(f"{self.name!r} cannot name a key: no blanks, no plus, not empty")
        if len(self.public) != 32:
            raise Malformed(f"an Ed25519 public key has 32 bytes, not {len(self.public)}")

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature says whose it is."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_b64(_ED25519 + self.public)}"

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Say whether this key made the signature over the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A key's public face, and a way to have it sign, so that the key itself can stay elsewhere."""

    key: VerifierKey
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Note:
    """The text of a note whose signatures were verified, and the known keys that made them."""

    text: str
    signed_by: tuple[VerifierKey, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: how many leaves it has and their root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or any(character < " " for character in line):
                raise Malformed(f"{line!r} cannot be a line of a checkpoint")
        if not 0 <= self.size <= _MAX_SIZE:
            raise Malformed(f"a tree cannot have {self.size} leaves")
        if len(self.root) != HASH_SIZE:
            raise Malformed(f"a root has {HASH_SIZE} bytes, not {len(self.root)}")

    def __str__(self) -> str:
        lines = (self.origin, str(self.size), _b64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_key(vkey: str) -> VerifierKey:
    """Return the key that a vkey text spells: ``name+key id+base64``.

    Raises ``Malformed`` also when the key id is not that of the key.
    """
    parts = vkey.split("+", 2)
    if len(parts) != 3:
        raise Malformed(f"{vkey!r} is no verifier key; one has the form name+id+key")
    name, key_id, encoded = parts
    blob = _unb64(encoded)
    if blob[:1] != _ED25519:
        raise Malformed(f"the verifier key of {name} is not of Ed25519")
    key = VerifierKey(name, blob[1:])
    if key.key_id.hex() != key_id:
        raise Malformed(f"the verifier key of {name} has id {key.key_id.hex()}, not {key_id}")
    return key


def sign(text: str, *signers: Signer) -> str:
    """Return the note of a text with a signature line of each signer.

    Raises ``Unverified`` when what came back from a signer is no signature of its key.
    """
    _require_characters(text)
    if not text.endswith("\n") or not signers:
        raise Malformed("the text of a note ends a line, and at least one key signs it")
    return f"{text}\n" + "".join(_signature_line(text.encode(), signer) for signer in signers)


def open_note(note: str | bytes, keys: Iterable[VerifierKey]) -> Note:
    """Verify a note and return its text.

    Signatures of unknown keys are passed over. Raises ``Malformed`` for what is not a note, and
    ``Unverified`` when a known key's signature is wrong or no known key signed.
    """
    text, signatures = _split(note)
    known = {(key.name, key.key_id): key for key in keys}
    signed_by: dict[VerifierKey, None] = {}
    for name, key_id, signature in signatures:
        key = known.get((name, key_id))
        if key is None:
            continue
        if not key.signed(text.encode(), signature):
            raise Unverified(f"the signature of {name} is not of this text")
        signed_by[key] = None
    if not signed_by:
        names = ", ".join(name for name, _, _ in signatures)
        raise Unverified(f"no known key signed; the signatures are of {names}")
    return Note(text, tuple(signed_by))


def open_checkpoint(
    note: str | bytes, keys: Iterable[VerifierKey], *, origin: str | None = None
) -> Checkpoint:
    """Verify a signed checkpoint and return what was signed.

    Without ``origin`` the checkpoint must be of a log that one of its verified keys is named for.
    Raises ``Unverified`` for a checkpoint of another log, besides what ``open_note`` raises.
    """
    opened = open_note(note, keys)
    checkpoint = _parse_checkpoint(opened.text)
    expected = {origin} if origin is not None else {key.name for key in opened.signed_by}
    if checkpoint.origin not in expected:
        raise Unverified(
            f"the checkpoint is of {checkpoint.origin}, not of {', '.join(sorted(expected))}"
        )
    return checkpoint


def claimed_origin(note: str) -> str:
    """Return the log that a checkpoint says it is of: unverified, for words only."""
    return note.partition("\n")[0]


def _parse_checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    # The text of a note ends with a newline, so the last piece is empty.
    if len(lines) < 4 or not all(lines[:-1]):
        raise Malformed("a checkpoint has at least three lines, none of them empty")
    origin, size, encoded, *extensions = lines[:-1]
    if not _SIZE.fullmatch(size):
        raise Malformed(f"{size!r} is no tree size")
    return Checkpoint(origin, int(size), _unb64(encoded), tuple(extensions))


def _split(note: str | bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Return the text of a note and its signatures as name, key id and signature."""
    if isinstance(note, bytes):
        try:
            note = note.decode()
        except UnicodeDecodeError as error:
            raise Malformed("the note is not UTF-8") from error
    _require_characters(note)
    text, blank, block = note.rpartition("\n\n")
    if not blank or not block.endswith("\n"):
        raise Malformed("a note is a text, an empty line and whole signature lines")
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Malformed(f"the note has more than {MAX_SIGNATURES} signatures")
    return f"{text}\n", [_parse_signature(line) for line in lines]


def _parse_signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_SIGNATURE_PREFIX).partition(" ")
    if not line.startswith(_SIGNATURE_PREFIX) or not _is_name(name):
        raise Malformed(f"{line!r} is no signature line")
    blob = _unb64(encoded)
    if len(blob) < 5:
        raise Malformed(f"the signature of {name} is too short")
    return name, blob[:4], blob[4:]


def _signature_line(text: bytes, signer: Signer) -> str:
    signature = signer.sign(text)
    if not signer.key.signed(text, signature):
        raise Unverified(
            f"what came back from the signer of {signer.key.name} is not its signature"
        )
    return f"{_SIGNATURE_PREFIX}{signer.key.name} {_b64(signer.key.key_id + signature)}\n"


def _require_characters(text: str) -> None:
    if any(character < " " and character != "\n" for character in text):
        raise Malformed("a note has no control characters but the line feed")
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise Malformed("the note has half a surrogate pair") from error
    if size > MAX_NOTE_BYTES:
        raise Malformed(f"the note is longer than {MAX_NOTE_BYTES} bytes")


def _is_name(name: str) -> bool:
    return bool(name) and not any(
        character.isspace() or character < " " or character == "+" for character in name
    )


def _b64(blob: bytes) -> str:
    return base64.b64encode(blob).decode()


def _unb64(encoded: str) -> bytes:
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(f"{encoded!r} is not base64") from error
    # One text for one value: no stray padding and no loose bits at the end.
    if _b64(blob) != encoded:
        raise Malformed(f"{encoded!r} is not the base64 of anything")
    return blob
