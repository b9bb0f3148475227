"""What the data of an entry has to say before the entry holds: persons in it, and its grade."""

from yelin.catalog.models import Entry
from yelin.catalog.moments import Moment, when
from yelin.parties.actor import Actor
from yelin.warehouse import disclosing


def data_allows(actor: Actor, entry: Entry) -> None:
    """See that an entry sent or confirmed opens no persons, and grades what it has as it must.

    Raises ``Incomplete``.
    """
    del actor
    if entry.revision and not entry.revision.content:
        # What is withdrawn opens nothing.
        return
    if not entry.holds_persons:
        return
    content = entry.in_hand()
    disclosing.require_open(entry, content)
    disclosing.require_grade(entry, content)


when(Moment.SUBMITTED, data_allows)
when(Moment.CONFIRMING, data_allows)
