"""The act by which counted deliveries enter the ledger."""

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.delivery.models import Tally
from yelin.law import duties
from yelin.parties.actor import Actor, Surface


@act(
    "delivery.close_hour",
    duty=duties.TRACE,
    subject="entry",
    surface={Surface.SYSTEM},
    locks=("entry", "tally"),
)
def close_hour(*, actor: Actor, entry: Entry, tally: Tally) -> Tally:
    """Close an hour of anonymous deliveries: one leaf with its counts (流轉可追溯).

    Raises ``OutOfTurn`` for an hour that has not ended or is closed already.
    """
    del actor, entry
    tally.close()
    return tally
