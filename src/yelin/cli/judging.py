"""``yelin verify FILE``: judge bundles, receipts, papers and packs by nothing but keys."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from yelin.exchange import exchanged
from yelin.keys import messages
from yelin.ledger import batch, bundle, entry, note, proving, tree
from yelin.market.dispute import proving as packed


@dataclass(frozen=True, slots=True)
class Saved:
    """Both messages of a call as they were saved, and the platform's keys for messages, if any."""

    request: bytes
    answer: bytes
    keys: bytes


def judge(text: bytes, vkey: str, call: Saved | None = None) -> int:
    """Say what a file proves, or what of it fails; return the exit status.

    With a ``call`` it is the receipt of one, and of these very messages. Without ``vkey`` a bundle
    is judged by its own key, and the words say so.
    """
    try:
        if proving.is_one(text):
            return _judge_issued(text, vkey)
        kind = entry.load(text).get("kind")
        if kind == bundle.KIND:
            return _judge_bundle(bundle.parse(text), vkey)
        if kind not in {entry.KIND, batch.KIND}:
            print("the file is neither a bundle, a receipt nor anything issued", file=sys.stderr)
            return 1
        if not vkey:
            return _lacks_key()
        status = _judge_receipt(text, str(kind), note.parse_key(vkey))
        return status or (_judge_call(batch.parse(text), call) if call else 0)
    except (entry.Malformed, note.Malformed) as fault:
        print(fault, file=sys.stderr)
        return 1


def is_pack(file: IO[bytes]) -> bool:
    """Whether this is a pack of evidence."""
    return packed.is_one(file)


def judge_pack(file: IO[bytes], vkey: str, keys: bytes) -> int:
    """Say what a pack of evidence proves, or which of its files fails; return the exit status.

    Without ``vkey`` or ``keys``, a document as the platform publishes it, the pack's own count, and
    the words say so.
    """
    try:
        known = messages.keys_in(json.loads(keys)) if keys else None
        found = packed.check(file, vkey, known)
    except (packed.NotProved, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 1
    for each in found.faults:
        print(each, file=sys.stderr)
    if not vkey:
        print("The ledger's key is the pack's own: give the one you trust, --key.", file=sys.stderr)
    if not found.is_known:
        print(
            f"The platform's key is the pack's own, {found.key}: compare it with the published"
            " ones, or give those as --message-keys.",
            file=sys.stderr,
        )
    if found.faults:
        return 1
    said = found.manifest
    print(f"{said['dispute']} over {said['contract']}, made at {said['made_at']}")
    for leaf in said["awaiting"]:
        print(f"not signed by the ledger yet when it was made: {leaf['act']}")
    print(f"ok: {len(said['files'])} files, {found.leaves} leaves and {found.calls} calls")
    return 0


def _lacks_key() -> int:
    print("Say whose signature you trust: --key, the log's vkey.", file=sys.stderr)
    return 1


def _judge_issued(blob: bytes, vkey: str) -> int:
    if not vkey:
        return _lacks_key()
    try:
        proved = proving.prove(blob, [note.parse_key(vkey)])
    except proving.NotProved as fault:
        print(fault, file=sys.stderr)
        return 1
    says = proved.says
    print(f"{says['number']}, issued at {says['issued']} by {says['issuer']['name']}")
    print(f"{says['resource']['title']}, version {says['release']['number']}")
    print(
        f"ok: sealed by {proved.seal}, leaf {proved.leaf} under the checkpoint of"
        f" {proved.head.size} leaves of {proved.head.origin}"
    )
    print("Whether it was revoked, or is out of date, only the platform knows.")
    return 0


def _judge_bundle(found: bundle.Bundle, vkey: str) -> int:
    key = note.parse_key(vkey or found.vkey)
    verdict = bundle.check(found, key)
    if not vkey:
        print(
            f"The key is the bundle's own, {key}: compare it with the one that the log's keeper"
            " publishes, or give that as --key.",
            file=sys.stderr,
        )
    for fault in verdict.faults:
        print(fault, file=sys.stderr)
    if verdict.faults or verdict.checkpoint is None:
        return 1
    for says in _about(found):
        print(says)
    opened = sum(leaf.payload is not None for leaf in found.leaves)
    print(
        f"ok: {len(found.leaves)} leaves, {opened} of them opened, and {len(found.calls)} calls"
        f" under the checkpoint of {verdict.checkpoint.size} leaves signed by {key.name}"
    )
    return 0


def _about(found: bundle.Bundle) -> Iterator[str]:
    for leaf in found.leaves:
        if leaf.shredded is not None:
            yield (
                f"leaf {leaf.index}: shredded on {leaf.shredded}, as the platform says; its hash"
                " proves nothing more"
            )
        elif leaf.payload is None:
            yield f"leaf {leaf.index}: by its hash alone"
        else:
            yield f"leaf {leaf.index}: {leaf.payload.get('act')} at {leaf.payload.get('at')}"


def _judge_receipt(text: bytes, kind: str, key: note.VerifierKey) -> int:
    try:
        if kind == batch.KIND:
            checked = batch.check(batch.parse(text), [key])
        else:
            checked = entry.check(entry.parse_receipt(text), [key])
    except (entry.PayloadDiffers, tree.ProofFailed, note.Unverified) as fault:
        print(fault, file=sys.stderr)
        return 1
    if checked.checkpoint is None:
        print("the receipt is older than any signature: fetch it again", file=sys.stderr)
        return 1
    words = "its words are" if checked.payload else "its hash is"
    print(f"ok: {words} under the checkpoint of {checked.checkpoint.size} leaves of {key.name}")
    return 0


def _judge_call(receipt: batch.CallReceipt, call: Saved) -> int:
    try:
        keys = messages.keys_in(json.loads(call.keys)) if call.keys else {}
        signed = exchanged.prove(receipt, call.request, call.answer, keys)
    except (exchanged.NotExchanged, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 1
    print("ok: request and answer are those of the receipt")
    if signed is not None:
        print(f"ok: the answer was signed by the platform's key {signed.key_id}")
    else:
        print("The answer is not signed, or no --message-keys were given: the receipt says it all.")
    return 0
