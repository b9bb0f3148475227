"""The acts by which counted and listed deliveries enter the ledger."""

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.delivery.models import Delivery, Docket, Outcome, Tally
from yelin.gate.models import Grant
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.ledger import batches
from yelin.parties.actor import Actor, Surface
from yelin.parties.models import Seat

# More than a docket holds go into the next, so that every receipt is found at once.
MOST = 10_000


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


@act(
    "delivery.close_minute",
    duty=duties.TRACE,
    subject="entry",
    surface={Surface.SYSTEM},
    makes=True,
)
def close_minute(*, actor: Actor, entry: Entry, grant: Grant | None, seat: Seat | None) -> Docket:
    """List what ended before this minute, by ``grant`` or else to ``seat``: one leaf for all.

    Raises ``OutOfTurn`` where nothing is left to be listed.
    """
    del actor
    until = clock.this_minute()
    whose = {"grant": grant} if grant else {"grant": None, "seat": seat}
    ended = Delivery.objects.unlisted(until).filter(entry=entry, **whose).order_by("ended_at", "pk")
    listed = [
        (pk, bytes(h or b""), outcome)
        for pk, h, outcome in ended.values_list("pk", "h", "outcome")[:MOST]
    ]
    if not listed:
        raise OutOfTurn("These deliveries are listed already.")
    finished = sum(outcome == Outcome.FINISHED for _pk, _h, outcome in listed)
    docket = Docket(
        entry=entry,
        grant=grant,
        seat=None if grant else seat,
        until=until,
        finished=finished,
        cut=len(listed) - finished,
    )
    docket.save()
    said = batches.close(docket, [h for _pk, h, _outcome in listed])
    docket.root = bytes.fromhex(said["batch"]["root"])
    docket.save(update_fields=["root"])
    Delivery.objects.filter(pk__in=[pk for pk, _h, _outcome in listed]).update(docket=docket)
    return docket
