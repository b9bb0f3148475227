"""``yelin ledger verify`` and ``yelin releases``: what an auditor runs."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from yelin.files.store import sha256
from yelin.keys.sealing import SealBroken
from yelin.ledger import history, log, sequencer, shredding
from yelin.ledger.note import VerifierKey, parse_key
from yelin.ledger.sources import HttpSource, LogSource
from yelin.ledger.verify import verify_log
from yelin.warehouse import manifest
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
    source = log.RowSource(now.head)
    words = chain(log.faults_of_words(), shredding.unaccounted())
    status = _verify(source, key, known, words)
    for index, at in shredding.shredded():
        print(f"entry {index} was shredded on {at:%Y-%m-%d}: its hash stays, and proves nothing")
    return status


def verify_there(url: str, key: str, checkpoints: Path | None) -> int:
    """Verify a log from its HTTP tiles alone by the key that one trusts; return the status."""
    known = history.read_checkpoints(checkpoints) if checkpoints else ()
    return _verify(HttpSource(url), parse_key(key), known, ())


def _verify(
    source: LogSource, vkey: VerifierKey, known: Iterable[str], words: Iterable[str]
) -> int:
    report = verify_log(source, [vkey], known=known)
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
        if manifest.digest(release.manifest) != bytes(release.digest):
            faults.append(f"{release}: the manifest is not the one that was published")
        for file in release.files:
            faults += _faults_of(release, file)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"ok: {count - destroyed} releases are as they were published")
    if destroyed:
        print(f"{destroyed} were destroyed with their key; the ledger keeps their digests")
    return bool(faults)


def _faults_of(release: Release, file: dict[str, Any]) -> Iterator[str]:
    name = file["name"]
    try:
        if sha256(release.copy(name).place) != file["sha256"]:
            yield f"{release}: {name} is not the file that was published"
    except FileNotFoundError:
        yield f"{release}: {name} is missing"
    except SealBroken as broken:
        yield f"{release}: {name}: {broken}"
