"""The evidence of a dispute as one ZIP that proves itself anywhere, without the platform (證據包).

Its files are named with their digests in a manifest, which the platform's key for messages signs.
What the ledger knows of stands beside it as the ledger says it (``facts``), and its leaves as
bundles under one checkpoint (``ledger/bundle.py``). For the same moment the bytes are the same.
``proving.py`` reads it. However much was delivered, a few hundred calls are in memory at once.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

import rfc8785
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from yelin.delivery.models import Delivery, Docket, Taken
from yelin.files.zipped import Zip
from yelin.gate.models import Grant
from yelin.keys import messages, signing
from yelin.law import clock
from yelin.ledger import batches
from yelin.ledger.bundle import BundledCall
from yelin.ledger.bundling import Head
from yelin.ledger.models import Leaf
from yelin.market.contract.models import Contract
from yelin.market.dispute.models import Dispute
from yelin.market.dispute.proving import (
    DELIVERIES,
    KIND,
    MANIFEST,
    SIGNATURE,
    signed_words,
)
from yelin.things.models import Evidence, Subject

# So many calls stand in one file of deliveries.
AT_ONCE = 400
LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the pack: its path, what it is, and its bytes."""

    path: str
    content: bytes


@dataclass(slots=True)
class _Written:
    """What was written already, as the manifest names it."""

    files: list[Evidence] = field(default_factory=list)

    def note(self, part: Part) -> None:
        self.files.append(
            {
                "path": part.path,
                "bytes": len(part.content),
                "sha256": hashlib.sha256(part.content).hexdigest(),
            }
        )


def pieces(dispute: Dispute, at: datetime) -> Iterator[bytes]:
    """Yield the pack of a dispute as it is now, in pieces; ``at`` is this moment, as it says it.

    The caller has asked the gate. Raises ``NothingSigned`` before the first checkpoint.
    """
    with _one_moment():
        yield from _packed(Dispute.objects.select_related(*Dispute.ALONG).get(pk=dispute.pk), at)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Let all that is read meanwhile be of one moment; in a transaction that runs, of that one."""
    is_own = not connection.in_atomic_block
    with transaction.atomic():
        if is_own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _packed(dispute: Dispute, at: datetime) -> Iterator[bytes]:
    archive, written, head = Zip(), _Written(), Head.now()
    awaiting: list[Evidence] = []
    for part in _parts(dispute, head, awaiting):
        written.note(part)
        yield _put(archive, part, at)
    manifest = rfc8785.dumps(
        {
            "v": 1,
            "kind": KIND,
            "dispute": dispute.number,
            "contract": dispute.contract.number,
            "made_at": at.isoformat(timespec="seconds"),
            "leaves": head.size,
            "awaiting": awaiting,
            "files": written.files,
        }
    )
    yield _put(archive, Part(MANIFEST, manifest), at)
    yield _put(archive, Part(SIGNATURE, _signature(manifest)), at)
    yield archive.close()


def _put(archive: Zip, part: Part, at: datetime) -> bytes:
    return archive.begin(part.path, at) + archive.write(part.content) + archive.end()


def _signature(manifest: bytes) -> bytes:
    own = messages.own_key()
    made = signing.sign(messages.NAME, signed_words(manifest))
    document = {"kid": messages.key_id(own), "signature": base64.b64encode(made).decode()}
    return rfc8785.dumps(document | messages.key_set([own]))


def _parts(dispute: Dispute, head: Head, awaiting: list[Evidence]) -> Iterator[Part]:
    """Yield all but the manifest; of a row the last leaf says what it says."""
    contract = Contract.objects.select_related("thing", *Contract.ALONG).get(pk=dispute.contract_id)
    grants = list(Grant.objects.filter(given_in=contract.pk).order_by("since", "pk"))
    yield Part("README.txt", _readme(dispute))
    yield _document("dispute.json", _of(dispute) | {"statements": _said(dispute)})
    yield from _papers(contract)
    yield from _signatures(contract)
    for each in contract.negotiation.offers.order_by("place"):
        content = {
            "place": each.place,
            "side": each.side,
            "digest": each.digest_text,
            "until": each.until.isoformat(),
            "made_at": _moment(each.made_at),
            "says": each.says,
            "terms": each.content,
        }
        yield _document(f"offers/{each.place:02}.json", content)
    rows = _rows(contract)
    for path, found in rows.items():
        yield _document(path, {"rows": [_of(each) | _words(each) for each in found]})
    yield _document("deliveries/grants.json", {"rows": [_of(each) for each in grants]})
    yield _document("deliveries/sums.json", {"rows": _sums(grants)})
    yield from _deliveries(grants, head)
    subjects = [
        dispute,
        contract,
        contract.negotiation,
        *(each for found in rows.values() for each in found),
        *grants,
        *(each.certificate for each in contract.signatures.select_related("certificate")),
    ]
    yield _leaves(subjects, head, awaiting)


def _document(path: str, content: Evidence) -> Part:
    return Part(path, rfc8785.dumps(content))


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _of(row: Subject) -> Evidence:
    """Return what the ledger says of a row, and by which id."""
    return {"id": str(row.pk), "kind": row.KIND, "facts": row.evidence()}


def _said(dispute: Dispute) -> list[Evidence]:
    return [
        {
            "content": each.content,
            "salt": base64.b64encode(bytes(each.salt)).decode(),
            "digest": each.digest_text,
        }
        for each in dispute.statements.all()
    ]


def _papers(contract: Contract) -> Iterator[Part]:
    about = _of(contract) | {"title": contract.title, "drawn_at": _moment(contract.drawn_at)}
    yield _document("contract/contract.json", about)
    yield _document("contract/terms.json", contract.content)
    yield _document("contract/policy.jsonld", contract.policy)
    for path, blob in (
        ("contract/paper.pdf", contract.paper),
        ("contract/translation.pdf", contract.translation),
        ("contract/sealed.pdf", contract.sealed),
        ("contract/statement.jws", contract.statement),
    ):
        if blob is not None:
            yield Part(path, bytes(blob))


def _signatures(contract: Contract) -> Iterator[Part]:
    for each in contract.signatures.select_related("certificate").order_by("side"):
        told = {
            "side": each.side,
            "digest": each.digest_text,
            "certificate": bytes(each.certificate.fingerprint).hex(),
            "verified_at": _moment(each.verified_at),
        }
        yield _document(f"signatures/{each.side}.json", told)
        yield Part(f"signatures/{each.side}.p7s", bytes(each.words))
        yield Part(f"signatures/{each.side}.pem", each.certificate.words.encode())


def _rows(contract: Contract) -> dict[str, Sequence[Subject]]:
    filing = getattr(contract, "filing", None)
    return {
        "filing.json": [filing] if filing else [],
        "inspections.json": list(contract.inspections.order_by("round")),
        "settlements.json": list(contract.settlements.order_by("recorded_at", "pk")),
    }


def _words(row: Any) -> Evidence:
    """Return of a row what its sides wrote, which the ledger does not say."""
    names = ("says", "mends", "document", "key", "told")
    return {name: getattr(row, name) for name in names if getattr(row, name, None)}


def _sums(grants: Sequence[Grant]) -> list[Evidence]:
    """Return what was taken in sum, of calls that are kept one by one no more."""
    rows = Taken.objects.filter(grant__in=grants).select_related("entry", "release")
    return [
        {
            "grant": str(each.grant_id),
            "entry": each.entry.code,
            "release": each.release.number if each.release else None,
            "delivered": each.delivered,
            "cut": each.cut,
            "rows": each.rows,
            "bytes": each.size,
            "first": _moment(each.first),
            "last": _moment(each.last),
        }
        for each in rows.order_by("grant", "entry", "release", "first")
    ]


def _deliveries(grants: Sequence[Grant], head: Head) -> Iterator[Part]:
    """Yield bundles of calls, each with the leaves that stand for them."""
    dockets = Docket.objects.filter(grant__in=grants).order_by("until", "pk")
    number = 0
    for docket in dockets.iterator(chunk_size=AT_ONCE):
        leaf = Leaf.objects.filter(subject=docket.pk, shredded_at=None).first()
        if leaf is None or leaf.index is None or not head.holds(leaf):
            continue
        ways = batches.ways(docket)
        listed = Delivery.objects.filter(docket=docket).order_by("ended_at", "pk")
        rest = listed.iterator(chunk_size=AT_ONCE)
        while calls := list(islice(rest, AT_ONCE)):
            number += 1
            bundle = head.bundle([leaf], {leaf.pk})
            listed_here = replace(bundle, calls=tuple(_call(x, leaf.index, ways) for x in calls))
            yield Part(f"{DELIVERIES}{number:06}.json", listed_here.to_json().encode())


def _call(
    call: Delivery, leaf: int, ways: dict[bytes, tuple[int, tuple[bytes, ...]]]
) -> BundledCall:
    h = bytes(call.h or b"")
    position, proof = ways[h]
    return BundledCall(
        leaf=leaf, position=position, h=h, proof=proof, payload=call.payload, salt=bytes(call.salt)
    )


def _leaves(subjects: Iterable[Subject], head: Head, awaiting: list[Evidence]) -> Part:
    """Return every leaf about these, but refusals; what is not signed yet is noted instead."""
    rows = Leaf.objects.filter(
        subject__in={each.pk for each in subjects}, refused=False, shredded_at=None
    )
    leaves = list(rows.order_by("pk"))
    awaiting += [
        {"act": leaf.act, "subject": str(leaf.subject_id), "h": bytes(leaf.h).hex()}
        for leaf in leaves
        if not head.holds(leaf)
    ]
    bundle = head.bundle(leaves, {leaf.pk for leaf in leaves})
    return Part("ledger.json", bundle.to_json().encode())


def _readme(dispute: Dispute) -> bytes:
    """Say in both languages what the pack is, and how it is judged."""
    told: list[str] = []
    for language in LANGUAGES:
        with translation.override(language):
            about = {"number": dispute.number, "contract": dispute.contract.number}
            told += [
                _("Evidence of dispute {number} over contract {contract}.").format(**about),
                _("Check it anywhere, without the platform:"),
                f"    yelin verify {dispute.number}.zip --key VKEY --message-keys KEYS.json",
                _(
                    "VKEY is the key of the ledger and KEYS.json holds the keys of the platform, "
                    "as you had them before or as they are published. A file that was changed is "
                    "named."
                ),
                _("Whoever gives this file to others gives them the contract, too."),
            ]
    return "\n\n".join([*told, ""]).encode()


def made_at() -> datetime:
    """Return the present moment as a pack says it, to the second."""
    return clock.now().replace(microsecond=0)
