"""What an answer says of data under check, for programs."""

from django.utils.translation import gettext

from yelin.api.schemas import MarkOut
from yelin.delivery.opening import Notes
from yelin.law import duties
from yelin.surface.telling import basis_of

# What the law asks of an office that meets such a record; the words are the house's own.
SAYS = "Turn nobody away, and ask nobody for proof again, because of what is in doubt."


def marks_of(notes: Notes) -> list[MarkOut]:
    """Return what ``notes`` say is under check."""
    return [
        MarkOut(
            doubt=mark.doubt,
            since=mark.since,
            items=list(mark.items),
            rows=None if mark.rows is None else list(mark.rows),
            is_whole=mark.is_whole,
            says=gettext(SAYS),
            basis=basis_of(duties.QUALITY_MARK),
        )
        for mark in notes.marks
    ]
