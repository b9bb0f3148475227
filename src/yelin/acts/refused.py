"""The act by which counted refusals enter the ledger."""

from yelin.acts.frame import act
from yelin.acts.models import RefusalCount
from yelin.law import duties
from yelin.parties.actor import Actor, Surface


@act("refusals.close_hour", duty=duties.TRACE, subject="count", surface={Surface.SYSTEM})
def close_hour(*, actor: Actor, count: RefusalCount) -> RefusalCount:
    """Close an hour in which strangers were refused an act: one leaf with their number.

    Raises ``OutOfTurn`` for an hour that has not ended or is closed already.
    """
    del actor
    count.close()
    return count
