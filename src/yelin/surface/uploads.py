"""What did not conform, as rows and as a file to mend by, for those who may inspect it."""

from yelin import gate
from yelin.delivery.handing import Handed, NothingYet, file_of
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.models import Upload
from yelin.warehouse.query import Page, Question, Table


def rejected_page(actor: Actor, upload: Upload, question: Question) -> Page:
    """Return some of the rejected rows. Raises ``Refused`` or ``NothingYet``."""
    return _rejected(actor, upload).page(question)


def rejected_file(actor: Actor, upload: Upload, format_: str) -> Handed:
    """Return all rejected rows as a file. Raises ``Refused`` or ``NothingYet``."""
    stem = f"{upload.entry.title}-rejected"
    return file_of(_rejected(actor, upload), Question(), format_, stem, for_excel=True)


def _rejected(actor: Actor, upload: Upload) -> Table:
    decision = gate.decide(actor, "resource.inspect", upload.entry)
    if not upload.rejected:
        raise NothingYet
    return opened.rejected(decision, upload)
