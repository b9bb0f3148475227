"""Deliveries enter the ledger; bodies subscribe; whoever had data says what is wrong with it."""

from dataclasses import asdict

from django.db.models import Q
from procrastinate.contrib.django import app

from yelin import gate
from yelin.acts.attaching import hang
from yelin.acts.egress import require_way
from yelin.acts.frame import act
from yelin.cases.filing import file
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.delivery import naming, reads
from yelin.delivery.doubt import DOUBT, Doubt
from yelin.delivery.kept import digest_of
from yelin.delivery.leaks import ATTRIBUTE, Found
from yelin.delivery.models import (
    Attribution,
    DeadLetter,
    Delivery,
    Docket,
    Forgetting,
    Held,
    Outcome,
    Subscription,
    Taken,
    Tally,
    Wants,
)
from yelin.delivery.opening import must_name
from yelin.delivery.steps import held
from yelin.files.examined import Files
from yelin.gate import Decision
from yelin.gate.models import Grant
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.ledger import batches
from yelin.outbound.models import Purpose
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Seat
from yelin.things import queued

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
    """Close an hour of anonymous deliveries: one leaf with its counts (流转可追溯).

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
def subscribe(
    *,
    actor: Actor,
    entry: Entry,
    address: str,
    wants: str = Wants.NEWS.value,
    purpose: str = "",
    since: int | None = None,
    whole: bool = False,
) -> Subscription:
    """Have a body sent each new release, by signed webhooks to ``address`` (订阅).

    Wanted are ``news`` of it, or ``changes``: the changed rows themselves. What comes after release
    ``since`` is sent, by default what is published from now on. Who has no release yet wants the
    first one ``whole``: the newest by default.

    Raises ``Refused`` where the actor may not take the data, ``Incomplete`` for an address to which
    no way out of its body leads, or where one of several purposes must be named.
    """
    decision = gate.decide(actor, "resource.read", entry, purpose)
    decision.must_allow("resource.read", entry.pk)
    assert actor.body_id is not None  # noqa: S101 - the arm asks for a seat
    if wants not in Wants.values:
        raise Incomplete.at("wants", "Choose news or changes.")
    if wants == Wants.CHANGES and must_name(decision):
        raise Incomplete.at("purpose", "Say for which use it is taken.", duties.SHARING_USE)
    address = address.strip()
    require_way(address, body=actor.body_id, purpose=Purpose.DELIVERY)
    subscription = Subscription(
        entry=entry,
        seat_id=actor.seat_id,
        address=address,
        wants=wants,
        # Only what is named: what the only one is today may be one of several tomorrow.
        purpose=purpose if purpose in decision.purposes else "",
        opened_at=clock.now(),
    )
    subscription.begin(_had(entry, decision, since, whole=whole))
    subscription.save()
    return subscription


def _had(entry: Entry, decision: Decision, since: int | None, *, whole: bool) -> Held:
    """Return what a subscriber has who names it so. Raises ``Incomplete`` for no such release."""
    newest = entry.releases.order_by("-number").first()
    if since is None and newest and not whole:
        return held(newest, decision)
    if since is None:
        return Held(newest.number - 1 if newest else 0)
    if since == 0 or whole:
        known = since == 0 or (newest is not None and 0 < since <= newest.number)
        had = Held(since)
    else:
        known = entry.releases.filter(number=since).exists()
        # Who took it before something was erased of it has more than there is.
        had = Held(since, 0, digest_of(decision.obligations))
    if not known:
        raise Incomplete.at("since", "There is no version of this number.")
    return had


def _send_now(subscription: Subscription) -> None:
    """Have what is new sent before what waits to be tried again, which would hold it up."""
    key = f"delivery.tell:{subscription.pk}"
    task = app.configure_task("delivery.tell", lock=key, queueing_lock=f"{key}:now", priority=1)
    queued.once(task, subscription=str(subscription.pk))


@act(
    "delivery.replay",
    duty=duties.KEEP_ACCURATE,
    subject="subscription",
    surface=OUTSIDE,
)
def replay(
    *, actor: Actor, subscription: Subscription, since: int | None = None, whole: bool = False
) -> Subscription:
    """Go on sending at once, or send anew what comes after release ``since`` (重发).

    ``whole`` is for who lost what it had: the next release is sent whole, by default the newest.
    Raises ``OutOfTurn`` for a subscription that has ended, ``Refused`` where the data may not be
    taken any more.
    """
    del actor
    if subscription.ended_at is not None:
        raise OutOfTurn("This subscription has ended already.")
    entry = subscription.entry
    decision = reads.decided(subscription)
    if decision is None:
        raise OutOfTurn("Whoever subscribed has left the seat.")
    decision.must_allow("resource.read", entry.pk)
    if since is None and not whole:
        subscription.begin_again()
    else:
        subscription.begin(_had(entry, decision, since, whole=whole))
    subscription.save()
    DeadLetter.objects.settle(subscription)
    _send_now(subscription)
    return subscription


@act(
    "delivery.unsubscribe",
    duty=duties.KEEP_ACCURATE,
    subject="subscription",
    surface=OUTSIDE,
)
def unsubscribe(*, actor: Actor, subscription: Subscription) -> Subscription:
    """End a subscription (退订). Raises ``OutOfTurn`` for one that has ended."""
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
    decision = reads.decided(subscription)
    if subscription.ended_at is None and decision and decision.allowed:
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
    """Say that data, or one record of it, is wrong, incomplete or not up to date (提出疑义).

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


@act(
    ATTRIBUTE,
    duty=duties.TRACE,
    subject="entry",
    surface={Surface.PAGE, Surface.ROUTE},
    makes=True,
)
def attribute(*, actor: Actor, entry: Entry, found: Found) -> Attribution:
    """Put down whose copies a leaked file was made of, or that it names nobody (泄露溯源)."""
    made = Attribution(
        entry=entry,
        release=found.release,
        file=found.file,
        rows=found.rows,
        met=found.met,
        by=list(found.by),
        weighed=[
            asdict(each) | {"whose": [str(one) for one in each.whose], "names": each.names}
            for each in found.evidence
        ],
        seat_id=actor.seat_id,
        found_at=clock.now(),
    )
    made.save()
    return made
