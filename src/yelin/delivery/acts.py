"""The act by which counted deliveries enter the ledger."""

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.delivery.models import Tally
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor


@act("delivery.close_hour", duty=duties.TRACE, subject="entry", locks=("entry", "tally"))
def close_hour(*, actor: Actor, entry: Entry, tally: Tally) -> Tally:
    """Close an hour of anonymous deliveries: one leaf with its counts (流轉可追溯).

    Raises ``OutOfTurn`` for an hour that has not ended or is closed already.
    """
    del actor, entry
    if tally.closed_at is not None or tally.hour >= clock.this_hour():
        raise OutOfTurn("This hour is closed already or has not ended.")
    tally.closed_at = clock.now()
    tally.save(update_fields=["closed_at"])
    return tally
