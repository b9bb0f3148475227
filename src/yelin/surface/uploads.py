"""What did not conform, as a file to mend by, for those who may inspect it."""

import uuid

from yelin import gate
from yelin.delivery.handing import Handed, NothingYet
from yelin.files.store import scratch
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.formats import MEDIA_TYPES
from yelin.warehouse.models import Upload
from yelin.warehouse.query import Page, Question


def rejected_page(actor: Actor, upload: Upload, question: Question) -> Page:
    """Return some of the rejected rows. Raises ``Refused`` or ``NothingYet``."""
    decision = gate.decide(actor, "resource.inspect", upload.entry)
    if not upload.rejected:
        raise NothingYet
    return opened.rejected(decision, upload).page(question)


def rejected_file(actor: Actor, upload: Upload, format_: str) -> Handed:
    """Return all rejected rows as a file. Raises ``Refused`` or ``NothingYet``."""
    decision = gate.decide(actor, "resource.inspect", upload.entry)
    if not upload.rejected:
        raise NothingYet
    path = scratch() / f"export-{uuid.uuid4()}"
    try:
        opened.rejected(decision, upload).export(
            Question(), format_, path, for_excel=True, work=scratch()
        )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Handed(path, f"{upload.entry.title}-rejected.{format_}", MEDIA_TYPES[format_])
