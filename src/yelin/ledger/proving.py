"""Judge what was issued by the keys of the ledger alone: no network, no database, no settings.

The seal binds the words to a certificate; the leaf binds their digest and that certificate to the
ledger, whose checkpoint is signed. So whoever trusts the ledger's key needs no other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from yelin.documents.sealed import Broken, paper, statement
from yelin.keys.seals import fingerprint_of, name_of
from yelin.ledger import entry, note, tree
from yelin.ledger.entry import Fields, Malformed

_PDF = b"%PDF-"
# What is issued: where a statement holds its words, and by which acts it is issued.
_KINDS = {
    "yelin-extract": ("extract", {"exchange.extract", "exchange.issue_extract"}),
    "yelin-certificate": ("certificate", {"deidentify.certify"}),
}
_BROKEN = (
    Broken,
    Malformed,
    entry.PayloadDiffers,
    tree.ProofFailed,
    note.Malformed,
    note.Unverified,
)


class NotProved(Exception):
    """What is at hand does not prove itself; the words say where it fails."""


@dataclass(frozen=True, slots=True)
class Proved:
    """What was issued, its seal and place in the ledger verified, under a signed head."""

    says: dict[str, Any]
    seal: str
    leaf: int
    head: note.Checkpoint


def is_one(blob: bytes) -> bool:
    """Whether this looks like a PDF, or like a compact JWS."""
    return blob.startswith(_PDF) or (blob.startswith(b"eyJ") and blob.count(b".") == 2)


def prove(blob: bytes, keys: Iterable[note.VerifierKey]) -> Proved:
    """Return what a paper or a statement proves. Raises ``NotProved``."""
    try:
        return _prove(blob, tuple(keys))
    except _BROKEN as fault:
        raise NotProved(str(fault)) from fault


def _prove(blob: bytes, keys: tuple[note.VerifierKey, ...]) -> Proved:
    said = paper(blob) if blob.startswith(_PDF) else statement(blob)
    words = entry.load(said.words)
    kind = next((each for each, (name, _) in _KINDS.items() if name in words), "")
    if not kind:
        raise Malformed("these signed words are nothing that is issued")
    name, acts = _KINDS[kind]
    fields = Fields(words, of=f"this {name}")
    says, salt, receipt = (
        fields.payload(name),
        fields.salt("salt"),
        entry.receipt_in(fields.payload("receipt") or {}),
    )
    fields.require_empty()
    if says is None or salt is None or says.get("kind") != kind:
        raise Malformed(f"these signed words are no {name}")
    checked = entry.check(receipt, keys)
    if checked.checkpoint is None or receipt.index is None or receipt.payload is None:
        raise Broken("its leaf is not under a signed checkpoint, or not opened")
    leaf = receipt.payload
    if leaf.get("act") not in acts or leaf.get("refused") is not False:
        raise Broken(f"the leaf is not of an act that issues a {name}")
    facts = leaf.get("facts") or {}
    if facts.get("digest") != entry.commit(says, salt).hex():
        raise Broken(f"the ledger has another digest of what this {name} says")
    if facts.get("certificate") != fingerprint_of(said.certificate).hex():
        raise Broken("it is sealed under another certificate than the ledger names")
    return Proved(dict(says), _named(said.certificate, says), receipt.index, checked.checkpoint)


def _named(certificate: x509.Certificate, says: dict[str, Any]) -> str:
    whose = "the issuing body" if says["seal"]["of"] == "body" else "the platform"
    return f"{name_of(certificate)} ({whose})"
