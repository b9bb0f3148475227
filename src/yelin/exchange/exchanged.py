"""Judge a call from both its saved messages and its receipt: no network, no database, no settings.

The receipt proves that the ledger has the payload of the call; in it stand commitments to both
messages, which whoever has these and the salt makes anew. Where the platform signed its answer,
that is verified as well, by the key that it publishes.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yelin.keys import messages
from yelin.keys.messages import Answer, Fields, NotSigned, Request
from yelin.ledger import entry
from yelin.ledger.batch import CallReceipt

_ACT = "delivery.call"
_REQUIRED = ("@status", '"@method";req', '"@target-uri";req')
_ENDS = (b"\r\n\r\n", b"\n\n")


class NotExchanged(Exception):
    """The messages are not those of the receipt; the words say which, and in what."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A message as it was saved: its first line, its fields, its content."""

    first: str
    fields: Fields
    content: bytes

    @classmethod
    def read(cls, blob: bytes) -> "Saved":
        """Return the message that a file holds, as ``curl -i`` saves it. Raises ``NotExchanged``.

        Answers that only say that another is to come are passed over.
        """
        while True:
            places = [(blob.find(end), end) for end in _ENDS if end in blob]
            if not places:
                raise NotExchanged("a saved message has a head, an empty line, and its content")
            at, end = min(places)
            first, *lines = blob[:at].decode("latin-1").splitlines()
            blob = blob[at + len(end) :]
            if not first.startswith("HTTP/") or first.split()[1:2] not in (["100"], ["103"]):
                break
        pairs = (line.partition(":") for line in lines)
        return cls(first, Fields((name.strip(), value.strip()) for name, _, value in pairs), blob)

    @property
    def digest(self) -> bytes:
        """The SHA-256 of its content."""
        return hashlib.sha256(self.content).digest()


def request_facts(method: str, url: str, digest: bytes) -> dict[str, str]:
    """Return what a receipt says of a request."""
    return {"method": method, "target": url, "digest": digest.hex()}


def answer_facts(status: int, digest: bytes) -> dict[str, str | int]:
    """Return what a receipt says of an answer."""
    return {"status": status, "digest": digest.hex()}


def prove(
    receipt: CallReceipt, asked: bytes, answered: bytes, keys: Mapping[str, bytes]
) -> messages.Verified | None:
    """Return the signature of the answer, where it is signed and there are ``keys`` to verify it.

    Raises ``NotExchanged``. That the receipt is under a signed checkpoint is another question.
    """
    payload = receipt.payload or {}
    if payload.get("act") != _ACT:
        raise NotExchanged("the receipt is not of a call of a service, or not opened")
    sent, came = Saved.read(asked), Saved.read(answered)
    try:
        method, url, *_ = sent.first.split()
        salt = bytes.fromhex(came.fields.of("x-yelin-salt") or "")
        status = int(came.first.split()[1])
    except (ValueError, IndexError):
        raise NotExchanged(
            "the request begins with its method and whole address, the answer with its status, and"
            " the answer has the field X-Yelin-Salt"
        ) from None
    _require(payload, "question", request_facts(method, url, sent.digest), salt, "request")
    _require(payload, "answer", answer_facts(status, came.digest), salt, "answer")
    if came.fields.of("signature") is None or not keys:
        return None
    request = Request(method, url, sent.fields)
    return _verified(Answer(status, came.fields, request), came, keys)


def _require(
    payload: Mapping[str, Any], name: str, facts: Mapping[str, Any], salt: bytes, of: str
) -> None:
    try:
        commitment = entry.commit(facts, salt).hex()
    except entry.Malformed as fault:
        raise NotExchanged(str(fault)) from None
    if payload.get(name) != commitment:
        raise NotExchanged(f"the {of} is not the one of the receipt")


def _verified(answer: Answer, came: Saved, keys: Mapping[str, bytes]) -> messages.Verified:
    try:
        found = messages.verify(answer, keys.get, required=_REQUIRED, at=None)
        if '"content-digest"' in found.covered:
            said = messages.digest_in(came.fields.of("content-digest") or "")
            if said != came.digest:
                raise NotSigned("Content-Digest is of another content.")
    except NotSigned as fault:
        raise NotExchanged(f"the answer's signature: {fault}") from None
    return found
