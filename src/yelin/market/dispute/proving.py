"""Judge a pack of evidence by the keys of the ledger and the platform alone: no network, no rows.

Every file is named by the manifest, the manifest is signed; what the ledger knows of is held to
its leaves, signatures to the paper, the sealed paper to the one that was signed. What fails is
named by its file.
"""

import base64
import binascii
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import IO, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from yelin.documents.sealed import Broken, statement
from yelin.keys import canonical, detached, messages
from yelin.keys.seals import fingerprint_of
from yelin.ledger import bundle, entry, note
from yelin.ledger.entry import Malformed

KIND = "yelin-evidence"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig.json"
LEDGER = "ledger.json"
DELIVERIES = "deliveries/calls-"
MOST_FILES = 100_000
MOST_BYTES = 64 << 20
# Whatever else the key signs, it is nothing that begins so.
_DOMAIN = b"yelin-evidence/v1\n"
_UNREADABLE = (Malformed, note.Malformed, KeyError, TypeError, ValueError, AttributeError)


class NotProved(Exception):
    """The file is no pack of evidence that could be judged; the words say why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What fails, by the file at fault."""

    path: str
    says: str

    def __str__(self) -> str:
        return f"{self.path}: {self.says}"


@dataclass(slots=True)
class Verdict:
    """What a pack is, and what of it fails; ``key`` is whose signature of the platform it bears.

    ``is_known`` says that this key is one of those that were given.
    """

    manifest: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)
    leaves: int = 0
    calls: int = 0
    key: str = ""
    is_known: bool = False


def signed_words(manifest: bytes) -> bytes:
    """Return what the platform signs of a manifest."""
    return _DOMAIN + sha256(manifest).digest()


def is_one(file: IO[bytes]) -> bool:
    """Whether this is a ZIP with a manifest as packs have it."""
    try:
        with zipfile.ZipFile(file) as archive:
            return MANIFEST in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    finally:
        file.seek(0)


def check(file: IO[bytes], vkey: str = "", keys: Mapping[str, bytes] | None = None) -> Verdict:
    """Say what of a pack fails; without ``vkey`` the log's key is the pack's own.

    ``keys`` are the platform's keys for messages that are trusted; without any, the pack's own
    counts, and the verdict says that nobody vouched for it. Raises ``NotProved``.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _Pack(archive, vkey, keys).judged()
    except (zipfile.BadZipFile, OSError) as fault:
        raise NotProved(f"this is no whole ZIP: {fault}") from fault


class _Pack:
    """A pack that is being judged."""

    def __init__(
        self, archive: zipfile.ZipFile, vkey: str, keys: Mapping[str, bytes] | None
    ) -> None:
        self._archive, self._vkey, self._keys = archive, vkey, keys
        names = archive.namelist()
        if len(names) > MOST_FILES:
            raise NotProved(f"it has more than {MOST_FILES} files")
        if len({*names}) != len(names):
            raise NotProved("a file stands in it twice")
        try:
            self._manifest_bytes = self._bytes(MANIFEST)
            manifest = entry.load(self._manifest_bytes)
            if manifest["kind"] != KIND or manifest["v"] != 1:
                raise NotProved("its manifest is of another kind")
            self._named = {each["path"]: each for each in manifest["files"]}
            self._awaiting = {each["subject"] for each in manifest["awaiting"]}
        except _UNREADABLE as fault:
            raise NotProved(f"{MANIFEST}: {fault}") from fault
        self._verdict = Verdict(manifest)
        self._facts: dict[str, list[Any]] = {}
        self._by_grants: set[str] = set()

    def judged(self) -> Verdict:
        """Return the verdict."""
        self._judge(SIGNATURE, self._signature)
        sound = [path for path in self._named if self._is_whole(path)]
        for path in {*self._archive.namelist()} - {MANIFEST, SIGNATURE, *self._named}:
            self._fault(path, "the manifest does not name it")
        if LEDGER in sound:
            self._judge(LEDGER, lambda: self._bundle(LEDGER))
        else:
            self._fault(LEDGER, "without it nothing is held to the ledger")
        for path in sound:
            if path.startswith(DELIVERIES):
                self._judge(path, lambda path=path: self._bundle(path))  # type: ignore[misc]  # bound early, for the loop
        for path, judge in self._judges().items():
            for each in sorted(name for name in sound if name.startswith(path)):
                self._judge(each, lambda judge=judge, each=each: judge(each))  # type: ignore[misc]  # the same
        return self._verdict

    def _judges(self) -> dict[str, Callable[[str], Iterator[str] | None]]:
        return {
            "dispute.json": self._dispute,
            "contract/contract.json": self._row_of_contract,
            "contract/terms.json": self._terms,
            "contract/policy.jsonld": self._policy,
            "contract/paper.pdf": self._paper,
            "contract/sealed.pdf": self._sealed,
            "signatures/provider.p7s": self._detached,
            "signatures/consumer.p7s": self._detached,
            "offers/": self._offer,
            "filing.json": self._rows,
            "inspections.json": self._rows,
            "settlements.json": self._rows,
            "deliveries/grants.json": self._grants,
        }

    def _judge(self, path: str, judge: Callable[[], Iterator[str] | None]) -> None:
        """Note what a judge finds at fault, or that it could not read what it was to judge."""
        try:
            for says in judge() or ():
                self._fault(path, says)
        except (*_UNREADABLE, Broken, detached.Unsound, note.Unverified) as fault:
            self._fault(path, str(fault) or "it cannot be read")

    def _fault(self, path: str, says: str) -> None:
        self._verdict.faults.append(Fault(path, says))

    def _bytes(self, path: str) -> bytes:
        with self._archive.open(path) as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Malformed(f"it has more than {MOST_BYTES} bytes")
        return content

    def _json(self, path: str) -> dict[str, Any]:
        return entry.load(self._bytes(path))

    def _is_whole(self, path: str) -> bool:
        """Whether a file is there with the bytes that the manifest names."""
        named = self._named[path]
        try:
            content = self._bytes(path)
        except KeyError:
            self._fault(path, "it is missing")
            return False
        except (zipfile.BadZipFile, Malformed, OSError, EOFError) as fault:
            self._fault(path, f"it cannot be read: {fault}")
            return False
        if (len(content), sha256(content).hexdigest()) != (named["bytes"], named["sha256"]):
            self._fault(path, "it is not what the manifest names")
            return False
        return True

    def _signature(self) -> Iterator[str]:
        said = self._json(SIGNATURE)
        own = messages.keys_in(said)
        key_id = str(said["kid"])
        self._verdict.is_known = self._keys is not None and key_id in self._keys
        self._verdict.key = key_id
        if self._keys is not None and key_id not in self._keys:
            yield "it is by none of the platform's keys that were given"
            return
        public = (self._keys or own)[key_id]
        try:
            made = base64.b64decode(said["signature"], validate=True)
            Ed25519PublicKey.from_public_bytes(public).verify(
                made, signed_words(self._manifest_bytes)
            )
        except (InvalidSignature, binascii.Error):
            yield f"it does not hold for {MANIFEST}"

    def _bundle(self, path: str) -> Iterator[str]:
        found = bundle.parse(self._bytes(path))
        key = note.parse_key(self._vkey or found.vkey)
        judged = bundle.check(found, key)
        yield from judged.faults
        if judged.faults:
            return
        self._verdict.leaves += len(found.leaves)
        self._verdict.calls += len(found.calls)
        self._by_grants |= {str((call.payload or {}).get("grant")) for call in found.calls}
        for leaf in found.leaves if path == LEDGER else ():
            said = leaf.payload or {}
            if said.get("refused") is False:
                self._facts.setdefault(str(said["subject"]["id"]), []).append(said)

    def _said_of(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """Yield the facts of every leaf about things of a kind."""
        for leaves in self._facts.values():
            for leaf in leaves:
                if leaf["subject"]["kind"] == kind:
                    yield leaf["facts"]

    def _row(self, row: Mapping[str, Any], *apart: str) -> Iterator[str]:
        """Hold what a row says to the last leaf about it, ``apart`` from what changes without."""
        if row["id"] in self._awaiting:
            return
        leaves = self._facts.get(str(row["id"]), [])
        last = leaves[-1]["facts"] if leaves else {}
        if any(last.get(each) != said for each, said in row["facts"].items() if each not in apart):
            yield f"the ledger says something else of {row['kind']} {row['id']}"

    def _rows(self, path: str) -> Iterator[str]:
        for row in self._json(path)["rows"]:
            yield from self._row(row)

    def _grants(self, path: str) -> Iterator[str]:
        """Hold grants to the contract that gave them, and calls to the grants."""
        rows, contract = self._json(path)["rows"], self._json("contract/contract.json")["id"]
        for row in rows:
            if row["facts"]["given_in"] != contract:
                yield f"grant {row['id']} was not given by this contract"
        if strange := self._by_grants - {row["id"] for row in rows}:
            yield f"calls were answered by other grants: {', '.join(sorted(strange))}"

    def _dispute(self, path: str) -> Iterator[str]:
        found = self._json(path)
        # Who mediates may have a successor since.
        yield from self._row(found, "mediator")
        known = found["facts"]["said"]
        for nth, each in enumerate(found["statements"], start=1):
            salt = base64.b64decode(each["salt"], validate=True)
            digest = entry.commit(each["content"], salt).hex()
            if digest != each["digest"] or digest not in known or each["content"]["place"] != nth:
                yield f"statement {nth} is not what the ledger commits to"
        if len(known) != len(found["statements"]):
            yield "a statement is missing, or there is one too many"

    def _row_of_contract(self, path: str) -> Iterator[str]:
        facts = self._json(path)["facts"]
        if self._manifest_says("contract") != facts["number"]:
            yield "it is another contract than the manifest says"
        if not any(facts["digest"] == each.get("digest") for each in self._said_of("contract")):
            yield "no leaf of the ledger names the digest of its terms"

    def _manifest_says(self, name: str) -> Any:
        return self._verdict.manifest[name]

    def _terms(self, path: str) -> Iterator[str]:
        digest = canonical.digest(self._json(path)).hex()
        if not any(digest == each.get("digest") for each in self._said_of("contract")):
            yield "no leaf of the ledger names the digest of these terms"

    def _policy(self, path: str) -> Iterator[str]:
        sealed = entry.load(statement(self._bytes("contract/statement.jws")).words)
        if sealed["policy"] != self._json(path):
            yield "it is another policy than the platform sealed with the contract"
        if sealed["terms"] != self._json("contract/terms.json"):
            yield "the platform sealed the contract with other terms"

    def _paper(self, path: str) -> Iterator[str]:
        digest = sha256(self._bytes(path)).hexdigest()
        if not any(digest == each.get("paper") for each in self._said_of("contract")):
            yield "no leaf of the ledger names this paper"

    def _sealed(self, path: str) -> Iterator[str]:
        if not self._bytes(path).startswith(self._bytes("contract/paper.pdf")):
            yield "it does not begin with the paper that both sides signed"

    def _detached(self, path: str) -> Iterator[str]:
        stem = path.removesuffix(".p7s")
        told, given = self._json(f"{stem}.json"), self._bytes(path)
        at = datetime.fromisoformat(told["verified_at"])
        found = detached.verified(self._bytes("contract/paper.pdf"), given, at)
        brought = detached.certificate_of(self._bytes(f"{stem}.pem").decode())
        if not found.fingerprint.hex() == fingerprint_of(brought).hex() == told["certificate"]:
            yield "it was made by another certificate"
        digest, side = sha256(given).hexdigest(), told["side"]
        signed = (each.get("signed", {}).get(side) for each in self._said_of("contract"))
        if digest not in signed:
            yield "no leaf of the ledger names this signature"

    def _offer(self, path: str) -> Iterator[str]:
        found = self._json(path)
        digest = canonical.digest(found["terms"]).hex()
        named = ((each.get("offer"), each.get("digest")) for each in self._said_of("negotiation"))
        if digest != found["digest"] or (found["place"], digest) not in named:
            yield "no leaf of the ledger names this offer"
