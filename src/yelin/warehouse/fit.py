"""Whether the rows of a prepared file are fit to be published, and somebody knows of the others."""

from yelin.law import duties
from yelin.law.refusals import Incomplete
from yelin.warehouse.measuring.asking import require_good_enough
from yelin.warehouse.models import Upload


def require_rows(upload: Upload, *, without_rejected: bool, as_changed: bool) -> None:
    """Raise ``Incomplete`` unless there are rows to publish and somebody knows of the others."""
    if any(upload.report.get("asked", {}).values()):
        raise Incomplete.at(
            "options",
            "Something is asked about this file. Answer it, then the file is checked again.",
            duties.KEEP_ACCURATE,
        )
    if not upload.report["data"]:
        raise Incomplete.at(
            "items",
            "Describe the items first, then prepare the file again.",
            duties.CATALOG_COMPILE,
        )
    if not upload.rows or upload.given == 0:
        raise Incomplete.at(
            "file", "No row conforms, so there is nothing to publish.", duties.KEEP_ACCURATE
        )
    if upload.rejected and not without_rejected:
        raise Incomplete.at(
            "without_rejected",
            "Rows were rejected: mend and resend the file, or publish without them.",
            duties.KEEP_ACCURATE,
        )
    if upload.report.get("changed") and not as_changed:
        raise Incomplete.at(
            "as_changed",
            "The columns differ from those of the last version. Accept that, or choose otherwise.",
            duties.KEEP_ACCURATE,
        )
    require_good_enough(upload.entry, upload.report["quality"])
