"""The copy of what is held of a person, made for that person alone: one archive, a table each."""

import json
import zipfile

from yelin.files.places import Place, pieces
from yelin.privacy import finding, reads
from yelin.privacy.models import Consent
from yelin.privacy.requested import Kind, SubjectRequest
from yelin.warehouse.models import Release


def make(request: SubjectRequest, work: Place) -> Place:
    """Write the rows of the subject in the newest version of each resource, and the consents.

    Raises what opening the data does: a copy that lacks a part would say that there is none.
    """
    archive = work / "copy.zip"
    kept = set((request.case.given or {}).get("kept", ()))
    targets = (
        request.targets.filter(kind=Kind.COPIES).select_related("entry").order_by("entry__code")
    )
    with archive.open("wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        told = []
        for target in targets:
            release = Release.objects.latest_of(target.entry)
            if target.entry.code in kept or release is None or release.is_destroyed:
                continue
            release.entry = target.entry
            held = finding.held_in(release, request)
            rows = held.rows() if held else 0
            if held and rows:
                table = work / f"{target.entry.slug}.csv"
                held.write(table, list(held.columns))
                with zipped.open(f"{target.entry.slug}.csv", "w", force_zip64=True) as entry:
                    for piece in pieces(table.open("rb")):
                        entry.write(piece)
            told.append(_told(target.entry.code or "", target.entry.title, release.number, rows))
        said = {"number": request.case.number, "resources": told, "consents": _consents(request)}
        zipped.writestr("about.json", json.dumps(said, ensure_ascii=False, indent=1))
    return archive


def _told(code: str, title: str, number: int, rows: int) -> dict[str, object]:
    return {"resource": code, "title": title, "version": number, "rows": rows}


def _consents(request: SubjectRequest) -> list[dict[str, object]]:
    given = Consent.objects.filter(digest=request.digest).exclude(digest="")
    return [
        reads.receipt(each) for each in given.select_related("purpose__notice__body", "version")
    ]
