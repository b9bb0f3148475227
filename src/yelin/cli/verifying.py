"""``yelin ledger verify`` and ``yelin releases``: what an auditor runs."""

import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from yelin.ledger import history, log, loss, note, sequencer, shredding
from yelin.ledger.models import Loss
from yelin.ledger.note import VerifierKey, parse_key
from yelin.ledger.sources import HttpSource, LogSource
from yelin.ledger.verify import verify_log
from yelin.warehouse import reads
from yelin.warehouse.models import Release


def verify_here(checkpoints: Path | None) -> int:
    """Verify this house's log from its rows, words and all; return the exit status."""
    try:
        key = log.verifier_key()
    except log.KeyLost as lost:
        print(lost, file=sys.stderr)
        return 1
    # The log may grow while it is read; what is signed from now on stays out on both sides.
    now = sequencer.standing()
    kept = checkpoints or log.checkpoint_file()
    if not kept.exists():
        print(
            "No earlier checkpoints are at hand: a log cut short would not show.", file=sys.stderr
        )
    known: Iterable[str] = ()
    if checkpoints is not None:
        known = history.read_checkpoints(checkpoints)
    elif kept.exists():
        known = history.read_checkpoints(kept, until=now.file_bytes)
    # What broke once and was accepted is still what it was, as far as it was left.
    known = chain(loss.signed_before(), known)
    source = log.RowSource(now.head)
    words = chain(log.faults_of_words(), shredding.unaccounted())
    status = _verify(source, key, known, words, log.former_keys())
    for accepted in Loss.objects.all():
        origin = note.claimed_origin(accepted.note)
        print(f"{origin} broke: {accepted.kept} of its leaves were taken over, on record")
    for index, at in shredding.shredded():
        print(f"entry {index} was shredded on {at:%Y-%m-%d}: its hash stays, and proves nothing")
    return status


def verify_there(url: str, key: str, former: Iterable[str], checkpoints: Path | None) -> int:
    """Verify a log from its HTTP tiles alone by the key that one trusts; return the status.

    ``former`` are the keys of logs that broke and were taken over into it.
    """
    known = history.read_checkpoints(checkpoints) if checkpoints else ()
    return _verify(HttpSource(url), parse_key(key), known, (), map(parse_key, former))


def _verify(
    source: LogSource,
    vkey: VerifierKey,
    known: Iterable[str],
    words: Iterable[str],
    former: Iterable[VerifierKey] = (),
) -> int:
    report = verify_log(source, [vkey, *former], known=known)
    faults = [finding.says for finding in report.findings]
    if report.uncounted:
        faults.append(f"and {report.uncounted} more")
    faults += words
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        return 1
    size = report.checkpoint.size if report.checkpoint else 0
    print(f"ok: {size} leaves under a signed checkpoint of {vkey.name}")
    return 0


def releases() -> int:
    """Check every release: manifest against digest, files against manifest; return the status."""
    faults: list[str] = []
    count = destroyed = 0
    rows = Release.objects.select_related("entry", "sealed_by", "upload__sealed_by")
    for release in rows.order_by("released_at").iterator(100):
        count += 1
        if release.is_destroyed:
            destroyed += 1
            continue
        faults += reads.faults_of(release)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"ok: versions as they were published: {count - destroyed}")
    if destroyed:
        says = "were destroyed, with their key or after their term; the ledger keeps their digests"
        print(f"{destroyed} {says}")
    return bool(faults)
