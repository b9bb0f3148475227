"""Deliveries enter the ledger; bodies subscribe; whoever had data says what is wrong with it."""

from django.db.models import Q

from yelin import gate
from yelin.acts.attaching import hang
from yelin.acts.egress import require_way
from yelin.acts.frame import act
from yelin.cases.filing import file
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.delivery import naming, reads
from yelin.delivery.doubt import DOUBT, Doubt
from yelin.delivery.models import Delivery, Docket, Forgetting, Outcome, Subscription, Taken, Tally
from yelin.files.examined import Files
from yelin.gate.models import Grant
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.ledger import batches
from yelin.outbound.models import Purpose
from yelin.parties.actor import OUTSIDE, Actor, Surface
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


@act(
    "delivery.forget",
    duty=duties.TRACE_KEEP,
    subject="entry",
    surface={Surface.SYSTEM},
    makes=True,
)
def forget(*, actor: Actor, entry: Entry) -> Forgetting:
    """Forget single calls past their term of keeping: what each party took stays in sum (到期清除).

    Only those go whose leaf is signed. Raises ``OutOfTurn`` where nothing is left to be forgotten.
    """
    del actor
    before = reads.kept_from()
    past = Delivery.objects.past(before) if before else Delivery.objects.none()
    calls = list(past.filter(entry=entry).order_by("begun_at").values_list("pk", flat=True)[:MOST])
    if before is None or not calls:
        raise OutOfTurn("These deliveries are forgotten already.")
    forgetting = Forgetting(entry=entry, before=before, calls=Taken.sum_up(calls))
    forgetting.save()
    return forgetting


@act(
    "delivery.subscribe",
    duty=duties.KEEP_ACCURATE,
    subject="entry",
    surface=OUTSIDE,
    makes=True,
    clashes={
        "delivery_one_live_subscription": Fault("address", "You are told at this address already.")
    },
)
def subscribe(*, actor: Actor, entry: Entry, address: str) -> Subscription:
    """Have a body told of each new release, by a signed webhook to ``address`` (訂閱).

    Raises ``Refused`` where the actor may not take the data, ``Incomplete`` for an address to which
    no way out of its body leads.
    """
    gate.decide(actor, "resource.read", entry).must_allow("resource.read", entry.pk)
    assert actor.body_id is not None  # noqa: S101 - the arm asks for a seat
    address = address.strip()
    require_way(address, body=actor.body_id, purpose=Purpose.DELIVERY)
    newest = entry.releases.order_by("-number").first()
    subscription = Subscription(
        entry=entry,
        seat_id=actor.seat_id,
        address=address,
        opened_at=clock.now(),
        told=newest.number if newest else 0,
    )
    subscription.save()
    return subscription


@act(
    "delivery.unsubscribe",
    duty=duties.KEEP_ACCURATE,
    subject="subscription",
    surface=OUTSIDE,
)
def unsubscribe(*, actor: Actor, subscription: Subscription) -> Subscription:
    """End a subscription (退訂). Raises ``OutOfTurn`` for one that has ended."""
    del actor
    subscription.end(lapsed=False)
    return subscription


@act(
    "delivery.lapse_subscription",
    duty=duties.PROTECT,
    subject="subscription",
    surface={Surface.SYSTEM},
)
def lapse_subscription(*, actor: Actor, subscription: Subscription) -> Subscription:
    """End the subscription of who may no longer take the data: by seat, grant or hold (失效).

    Raises ``OutOfTurn`` for one that has ended, or of one who may take it still.
    """
    del actor
    if subscription.ended_at is None and reads.may_be_told(subscription):
        raise OutOfTurn("Whoever subscribed may take this data still.")
    subscription.end(lapsed=True)
    return subscription


@act(
    "delivery.doubt",
    duty=duties.QUALITY_DOUBT,
    subject="entry",
    surface=OUTSIDE,
    makes=True,
)
def doubt(
    *,
    actor: Actor,
    entry: Entry,
    asked: Doubt,
    record: dict[str, str] | None = None,
    purpose: str = "",
    attached: Files = (),
) -> Case:
    """Say that data, or one record of it, is wrong, incomplete or not up to date (提出疑義).

    ``record`` names one by its key items, as whoever has the data finds it, for the ``purpose`` for
    which they have it. Raises ``Incomplete`` with every fault.
    """
    wrong = list(naming.faults(actor, entry, asked.items, record or {}, purpose))
    if wrong:
        raise Incomplete(wrong)
    digest = naming.digest_of(entry, record) if record else None
    case = file(
        DOUBT,
        about=entry,
        applicant=actor.party_id,
        asked=asked.model_dump(mode="json"),
        alike=Q(doubted__digest=digest),
    )
    naming.name(case, record or {}, digest)
    hang(case, actor, attached)
    return case
