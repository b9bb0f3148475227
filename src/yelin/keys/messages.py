"""Signed HTTP messages (RFC 9421) by Ed25519, with digests of their content (RFC 9530).

Pure but for the platform's own key: whoever has the messages and the keys verifies them anywhere.
SM2 is left out: no registry has a name for it in such signatures, and no library that we have
makes one.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import http_sf
from cryptography.exceptions import InvalidSignature as Mismatch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from yelin.keys import signing

NAME = "messages"
_LABEL = "yelin"
# How long after it was made a signature is taken, and by how much another's clock may be ahead.
WINDOW = timedelta(minutes=5)
AHEAD = timedelta(seconds=60)
# What of an answer is covered where it is there, beside its status and what it answers.
_COVERED = ("content-digest", "content-type", "x-yelin-receipt", "x-yelin-salt")


class NotSigned(Exception):
    """A signature is missing, or does not hold; ``says`` is why, as a message id."""

    def __init__(self, says: str, params: Mapping[str, str] | None = None) -> None:
        self.says = says
        self.params = dict(params or {})
        super().__init__(says.format(**self.params))


class Fields(list[tuple[str, str]]):
    """Header fields in their order, as often as they are there."""

    def items(self) -> Iterator[tuple[str, str]]:
        """Return them."""
        return iter(self)

    def of(self, name: str) -> str | None:
        """Return the value of the field ``name``, its lines joined; None where there is none."""
        found = [value.strip() for each, value in self if each.lower() == name]
        return ", ".join(found) if found else None

    def has(self, name: str) -> bool:
        """Whether there is a field ``name``, written in small letters."""
        return any(each.lower() == name for each, _ in self)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent to an address."""

    method: str
    url: str
    headers: Fields = field(default_factory=Fields)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and what it answers."""

    status_code: int
    headers: Fields
    request: Request


@dataclass(frozen=True, slots=True)
class Wish:
    """How an answer is to be signed, as ``Accept-Signature`` says."""

    label: str = _LABEL
    nonce: str | None = None
    tag: str | None = None

    @classmethod
    def read(cls, value: str) -> Self:
        """Return the first wish of the field. Raises ``NotSigned`` for what is none."""
        try:
            said: Any = http_sf.parse(value.encode(), tltype="dictionary")
            label, (_components, params) = next(iter(said.items()))
        except (ValueError, TypeError, StopIteration):
            raise NotSigned("Accept-Signature is not as RFC 9421 has it.") from None
        told = {name: params.get(name) for name in ("nonce", "tag")}
        texts = {name: str(each) for name, each in told.items() if isinstance(each, str)}
        return cls(label, texts.get("nonce"), texts.get("tag"))


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds: by which key, and what it covers."""

    key_id: str
    signature: bytes
    covered: frozenset[str]


def digest_field(digest: bytes) -> str:
    """Return the value of a Content-Digest field for a SHA-256."""
    return f"sha-256=:{base64.b64encode(digest).decode()}:"


def digest_in(value: str) -> bytes:
    """Return the SHA-256 that a Content-Digest field names. Raises ``NotSigned``."""
    try:
        found: Any = http_sf.parse(value.encode(), tltype="dictionary")
        digest = found["sha-256"][0]
    except (ValueError, KeyError, TypeError, IndexError):
        digest = b""
    if not isinstance(digest, bytes) or len(digest) != hashlib.sha256().digest_size:
        raise NotSigned("Content-Digest has no sha-256.")
    return digest


def verify(
    message: Request | Answer,
    find: Callable[[str], bytes | None],
    *,
    required: Sequence[str],
    at: datetime | None,
) -> Verified:
    """Return the signature of ``message``, by one of the public keys that ``find`` has by their id.

    It covers all that is ``required``, and ``at`` this moment it is not too old; without a moment
    its age is not looked at. Raises ``NotSigned``.
    """
    said = message.headers.of("signature")
    if said is None:
        raise NotSigned("There is no signature.")
    try:
        (found,) = _Verifier(find, at).verify(message, max_age=None)
        told: Any = http_sf.parse(said.encode(), tltype="dictionary")
    except (HTTPMessageSignaturesException, ValueError, TypeError) as fault:
        raise _not_signed(fault) from None
    covered = frozenset(found.covered_components)
    for each in required:
        component = each if each.startswith('"') else f'"{each}"'
        if component not in covered:
            raise NotSigned("The signature does not cover {component}.", {"component": component})
    return Verified(str(found.parameters["keyid"]), bytes(told[found.label][0]), covered)


def _not_signed(fault: Exception) -> NotSigned:
    if isinstance(fault.__cause__, Mismatch):
        return NotSigned("It is of another message, or by another key.")
    # What the library says is for whoever wrote the program, who reads the RFC in English, too.
    return NotSigned("The signature is not as RFC 9421 has it: {detail}", {"detail": str(fault)})


def sign(answer: Answer, at: datetime, wish: Wish = Wish()) -> list[tuple[str, str]]:
    """Return the fields by which the platform signs ``answer``, and what it answers.

    Content is covered by its digest, where the answer has one.
    """
    # What we cover are single plain values: nothing of them is to be parsed or written anew.
    asked, own, lines = answer.request, own_key(), [f'"@status": {answer.status_code}']
    lines += [
        f'"{name}": {answer.headers.of(name)}' for name in _COVERED if answer.headers.has(name)
    ]
    lines += [f'"@method";req: {asked.method}', f'"@target-uri";req: {asked.url}']
    lines += [
        f'"{name}";req: {asked.headers.of(name)}'
        for name in ("content-digest", "signature")
        if asked.headers.has(name)
    ]
    covered = " ".join(line.partition(": ")[0] for line in lines)
    params = f'({covered});created={int(at.timestamp())};keyid="{key_id(own)}";alg="ed25519"'
    params += f";nonce={_quoted(wish.nonce)}" if wish.nonce is not None else ""
    params += f";tag={_quoted(wish.tag)}" if wish.tag is not None else ""
    base = "\n".join([*lines, f'"@signature-params": {params}'])
    signature = base64.b64encode(signing.sign(NAME, base.encode())).decode()
    return [
        ("Signature-Input", f"{wish.label}={params}"),
        ("Signature", f"{wish.label}=:{signature}:"),
    ]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def public_key_in(pem: str) -> bytes:
    """Return the 32 bytes of the Ed25519 key that ``pem`` holds. Raises ``ValueError``."""
    key = load_pem_public_key(pem.strip().encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("this is no Ed25519 key")
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


@lru_cache(1024)
def key_id(public: bytes) -> str:
    """Return by which name a public key is known: the thumbprint of its JWK (RFC 7638)."""
    # Its members in the order of their names, as canonical JSON has them.
    canonical = json.dumps(_jwk(public), separators=(",", ":"), sort_keys=True)
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def key_set(publics: Iterable[bytes]) -> dict[str, Any]:
    """Return public keys as the document by which others know them (RFC 7517)."""
    return {"keys": [_jwk(each) | {"kid": key_id(each), "use": "sig"} for each in publics]}


def keys_in(document: dict[str, Any]) -> dict[str, bytes]:
    """Return the Ed25519 keys of such a document by their ids. Raises ``ValueError``."""
    found = {}
    try:
        for each in document["keys"]:
            if each["kty"] == "OKP" and each["crv"] == "Ed25519":
                text = str(each["x"])
                public = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
                found[key_id(public)] = public
    except (KeyError, TypeError) as fault:
        raise ValueError("this is no set of keys") from fault
    return found


def own_key() -> bytes:
    """Return the platform's public key for messages."""
    return _made(signing.path(NAME))


@lru_cache
def _made(file: Path) -> bytes:
    """Return the public key that lies in ``file``, made where there was none."""
    signing.make(file.stem)
    return signing.public_key(file.stem)


def _jwk(public: bytes) -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(public)}


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class _Verifier(HTTPMessageVerifier):
    """Verifies against a moment that is given; the library would look at the clock of the wall."""

    def __init__(self, find: Callable[[str], bytes | None], at: datetime | None) -> None:
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=_Keys(find))
        self._at = at

    def validate_created_and_expires(self, sig_input: Any, max_age: object = None) -> None:
        """Demand that the signature was made within the window."""
        del max_age
        if self._at is None:
            return
        now, created = self._at.timestamp(), sig_input.params.get("created")
        if type(created) is not int:
            raise NotSigned("The signature does not say when it was created.")
        if created > now + AHEAD.total_seconds():
            raise NotSigned("The signature was created in the future: look at your clock.")
        expires = sig_input.params.get("expires")
        if created < now - WINDOW.total_seconds() or (type(expires) is int and expires < now):
            raise NotSigned("The signature is too old. Sign each message anew.")


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, find: Callable[[str], bytes | None]) -> None:
        self._find = find

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        """Return the key of this id."""
        found = self._find(key_id)
        if found is None:
            raise NotSigned("No key that counts here has the name by which it is signed.")
        return Ed25519PublicKey.from_public_bytes(found)
