"""What a release is made of: its files with digests, its columns, its source, in canonical form."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from yelin.catalog.models import Entry
from yelin.keys import canonical
from yelin.keys.models import DataKey
from yelin.warehouse import disclosing
from yelin.warehouse.models import Release, Upload
from yelin.warehouse.standing import Rest


def release_of(
    entry: Entry,
    upload: Upload,
    *,
    sealed_by: DataKey | None,
    at: datetime,
    grounds: Sequence[Mapping[str, Any]] = (),
) -> Release:
    """Return the unsaved next release of ``entry`` from a prepared upload.

    On ``grounds`` everyone has what it holds of persons.
    """
    latest = Release.objects.latest_of(entry)
    number = latest.number + 1 if latest else 1
    version = entry.versions.get(number=entry.version)
    report = upload.report
    manifest: dict[str, Any] = {
        "v": 1,
        "entry": entry.code,
        "entry_version": version.number,
        "entry_digest": bytes(version.digest).hex(),
        "number": number,
        "released_at": at.isoformat(timespec="seconds"),
        "rows": upload.rows,
        "rejected": upload.rejected,
        "columns": report["columns"],
        **_read(report),
        "mode": upload.mode.value,
        "quality": report["quality"],
        "source": {
            **report["source"],
            **upload.digests,
        },
        "files": report["files"],
    }
    if sealed_by is not None:
        # A plain digest of closed data would let a guesser check guesses.
        manifest["salt"] = secrets.token_hex(16)
    if grounds:
        manifest["grounds"] = list(grounds)
    base = latest if upload.mode.merges else None
    for name, other in (("base", base), ("restored", upload.restores)):
        if other:
            manifest[name] = {"number": other.number, "digest": other.digest_text}
    if upload.mode.merges:
        manifest["merged"] = report["merged"]
    release = Release(
        entry=entry,
        number=number,
        entry_version=version,
        upload=upload,
        mode=upload.mode,
        base=base,
        restored=upload.restores,
        rows=upload.rows or 0,
        rejected=upload.rejected or 0,
        columns=len(report["columns"]),
        personal=_personal(report),
        grounds=list(grounds),
        released_at=at,
        sealed_by=sealed_by,
        digest=digest(manifest),
    )
    release.manifest = manifest
    return release


def _read(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return how values were written, what was read past and mended, without any value."""
    return {
        name: [{part: said for part, said in each.items() if part != "examples"} for each in told]
        for name in ("dates", "tidied", "mended")
        if (told := report.get(name))
    }


def _personal(report: Mapping[str, Any]) -> list[str] | None:
    """Return which kinds of personal information were found, but for mere guesses."""
    if not report["columns"]:
        return None
    return sorted({each.kind.key for each in disclosing.held(report)})


def redact(release: Release, rest: Rest, at: datetime) -> None:
    """Let ``release`` say and be what was left of it; the row is not saved yet.

    Its manifest named the digest of bytes that are no more, so there is another, which names it.
    """
    was = release.digest_text
    erased = release.rows - rest.rows
    kept = {key: value for key, value in release.manifest.items() if key != "merged"}
    release.redactions += 1
    release.redacted_at, release.rows = at, rest.rows
    manifest = kept | {
        "rows": rest.rows,
        "columns": rest.columns,
        "files": [rest.file],
        "redacted": {
            "number": release.redactions,
            "at": at.isoformat(timespec="seconds"),
            "rows": erased,
            "was": was,
        },
    }
    if "salt" in manifest:
        manifest["salt"] = secrets.token_hex(16)
    release.digest = digest(manifest)
    release.manifest = manifest


def digest(manifest: dict[str, Any]) -> bytes:
    """Return the SHA-256 of a manifest in canonical form (RFC 8785)."""
    return canonical.digest(manifest)
