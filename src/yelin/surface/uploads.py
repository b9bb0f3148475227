"""What did not conform, as rows and as a file to mend by, for those who may inspect it."""

from collections.abc import Iterable

from pydantic import ValidationError

from yelin import gate
from yelin.delivery.handing import Handed, hand
from yelin.delivery.kept import Wanted
from yelin.delivery.opening import NothingYet
from yelin.gate import Decision
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.grounded import Ground
from yelin.warehouse.models import Upload
from yelin.warehouse.query import Page, Question, Table


def pairs(texts: Iterable[str], place: str) -> dict[str, str]:
    """Return what is said of each item, written as ``item=said``. Raises ``Incomplete``."""
    found = {}
    for text in texts:
        item, mark, said = text.partition("=")
        if not item or not mark:
            says = "Write the item, an equals sign and what you say of it: “{text}”."
            raise Incomplete.at(place, says, None, {"text": text})
        found[item] = said
    return found


def mends(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the ways of mending said of each item, written as ``item=trim,zeros``."""
    return {item: tuple(said.split(",")) for item, said in pairs(texts, "mend").items()}


def grounds(texts: Iterable[str], *, standing: bool) -> tuple[Ground, ...]:
    """Return the grounds written as ``column=basis:citation``. Raises ``Incomplete``."""
    found = []
    for column, said in pairs(texts, "grounds").items():
        basis, mark, cites = said.partition(":")
        try:
            found.append(Ground(column=column, basis=basis, says=cites, standing=standing))
        except ValidationError:
            mark = ""
        if not mark:
            says = "Write the ground, a colon and its citation: “{text}”."
            raise Incomplete.at("grounds", says, None, {"text": said})
    return tuple(found)


def rejected_page(actor: Actor, upload: Upload, question: Question) -> Page:
    """Return some of the rejected rows. Raises ``Refused`` or ``NothingYet``."""
    return _rejected(actor, upload).page(question)


def rejected_file(actor: Actor, upload: Upload, format_: str, *, whole: bool = False) -> Handed:
    """Return every rejected cell as a file, or the rows ``whole``, to be mended and sent again.

    Raises ``Refused`` or ``NothingYet``.
    """
    decision = _decided(actor, upload)
    opened.rejected(decision, upload)
    return hand(Wanted(upload, Question(), format_, for_excel=True, whole=whole), decision)


def _rejected(actor: Actor, upload: Upload) -> Table:
    return opened.rejected(_decided(actor, upload), upload)


def _decided(actor: Actor, upload: Upload) -> Decision:
    decision = gate.decide(actor, "resource.inspect", upload.entry)
    decision.must_allow("resource.inspect", upload.entry_id)
    if not upload.rejected:
        raise NothingYet
    return decision
