"""What time brings: leaves of ended hours and minutes, news to tell, files and tickets to end."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from procrastinate.contrib.django import app

from yelin import gate
from yelin.catalog.models import Entry, Findable
from yelin.delivery import (
    acts,
    batches,
    holders,
    kept,
    meter,
    opening,
    pace,
    reads,
    tickets,
    whole,
)
from yelin.delivery.models import Check, Delivery, Subscription, Tally
from yelin.delivery.pushing import Pushing
from yelin.gate.models import Grant
from yelin.keys.models import Destroyed
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor
from yelin.parties.models import Seat
from yelin.things import queued
from yelin.warehouse.query import Question

CLOCK = Actor.system("clock")
COUNTED = timedelta(days=30)


@app.periodic(cron="*/5 * * * *")
@app.task(name="delivery.close_hours", queueing_lock="delivery.close_hours", pass_context=False)
def close_hours(timestamp: int) -> None:
    """Close every hour that has ended and has no leaf yet; forget who asked how often in it."""
    del timestamp
    pace.forget()
    for tally in Tally.ended().select_related("entry__thing"):
        try:
            acts.close_hour(actor=CLOCK, entry=tally.entry, tally=tally)
        except OutOfTurn:
            # Another sweep was faster.
            continue


@app.periodic(cron="40 3 * * *")
@app.task(name="delivery.note_uses", queueing_lock="delivery.note_uses", pass_context=False)
def note_uses(timestamp: int = 0) -> None:
    """Note on each entry how often its data was had in thirty days, as far as all may have it."""
    del timestamp
    open_to_all = gate.visible_to(Actor.anyone(), "resource.read", Entry.objects.all())
    recent = Tally.objects.filter(hour__gte=clock.now() - COUNTED, entry__in=open_to_all)
    counted = recent.values("entry").annotate(n=Sum(F("queries") + F("downloads")))
    uses = dict(counted.order_by().values_list("entry", "n"))
    noted = dict(Findable.objects.exclude(uses=0).values_list("pk", "uses"))
    # To note the same again would cost as much as to find the entry by new words.
    for pk in {*uses, *noted}:
        if uses.get(pk, 0) != noted.get(pk, 0):
            Findable.objects.filter(pk=pk).update(uses=uses.get(pk, 0))


@app.periodic(cron="* * * * *")
@app.task(name="delivery.close_minutes", queueing_lock="delivery.close_minutes", pass_context=False)
def close_minutes(timestamp: int) -> None:
    """List what has ended, by grant or seat; what died with its process has ended by that."""
    del timestamp
    meter.cut_silent()
    for entry, grant, seat in _unlisted():
        try:
            while True:
                acts.close_minute(actor=CLOCK, entry=entry, grant=grant, seat=seat)
        except OutOfTurn:
            # All are listed, by this sweep or by another.
            continue


@app.periodic(cron="20 4 * * *")
@app.task(name="delivery.forget", queueing_lock="delivery.forget", pass_context=False)
def forget(timestamp: int = 0) -> None:
    """Forget single calls past their term of keeping, so many of a resource at once."""
    del timestamp
    for entry in reads.past_keeping():
        try:
            while True:
                acts.forget(actor=CLOCK, entry=entry)
        except (OutOfTurn, gate.Refused):
            # All are forgotten, by this sweep or by another; or a hold keeps them as evidence.
            continue


@app.periodic(cron="* * * * *")
@app.task(name="delivery.clear_kept", queueing_lock="delivery.clear_kept", pass_context=False)
def clear_kept(timestamp: int) -> None:
    """Forget the tickets that have passed, and remove finished files that may be kept no more."""
    del timestamp
    tickets.forget()
    batches.forget()
    kept.clear(clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name=whole.WRITE, lock=whole.WRITE, queueing_lock=whole.WRITE, pass_context=False)
def write_catalog(timestamp: int = 0) -> None:
    """Write the whole catalog as one file, where it is time or what there is may be had no more."""
    del timestamp
    whole.renew()


def _unlisted() -> "list[tuple[Entry, Grant | None, Seat | None]]":
    waiting = Delivery.objects.unlisted(clock.this_minute())
    by_grant = set(waiting.filter(grant__isnull=False).values_list("entry", "grant"))
    to_seat = set(waiting.filter(grant=None).values_list("entry", "seat"))
    entries = Entry.objects.in_bulk({entry for entry, _ in by_grant | to_seat})
    grants = Grant.objects.in_bulk({grant for _, grant in by_grant})
    seats = Seat.objects.in_bulk({seat for _, seat in to_seat})
    return [(entries[entry], grants[grant], None) for entry, grant in sorted(by_grant)] + [
        (entries[entry], None, seats[seat]) for entry, seat in sorted(to_seat)
    ]


@app.periodic(cron="* * * * *")
@app.task(name="delivery.look_for_news", queueing_lock="delivery.look_for_news", pass_context=False)
def look_for_news(timestamp: int) -> None:
    """Have each subscriber sent what is new; end what its subscriber may no longer take."""
    del timestamp
    live = Subscription.objects.live().with_newest().select_related("thing", *Subscription.ALONG)
    for each in live.order_by("opened_at").iterator(chunk_size=500):
        decision = reads.decided(each)
        if decision and decision.allowed:
            if reads.is_behind(each, decision):
                _go_on_later(each.pk, timedelta())
            continue
        try:
            acts.lapse_subscription(actor=CLOCK, subscription=each)
        except OutOfTurn:
            # Another sweep was faster, or it is given again in this very moment.
            continue


@app.task(name="delivery.tell", queue="sending")
def tell(*, subscription: str) -> None:
    """Send one subscriber what is new, in order, and go on later where it was not taken."""
    pk = UUID(subscription)
    wait = Pushing(pk).go_on()
    if wait is not None:
        _go_on_later(pk, wait)


@app.task(name="delivery.make_ready")
def make_ready(*, entry: str) -> None:
    """Make the whole of a resource that is open to all as CSV, so that its digest can be told."""
    row = Entry.objects.filter(pk=UUID(entry)).first()
    decision = row and gate.decide(Actor.anyone(), "resource.read", row)
    if row and decision and decision.allowed:
        with suppress(Destroyed, opening.NothingYet):
            kept.sha256_of(
                kept.made(kept.Wanted(opening.release_of(row), Question(), "csv"), decision)
            )


@app.task(name="delivery.tell_of_check")
def tell_of_check(*, check: int, at: str) -> None:
    """Tell everyone who has what is under check how that stands; at the end let the record go.

    A worker killed on the way tells the rest, and nobody twice.
    """
    found = Check.objects.select_related("case", "entry__provider", "release__entry", "sealed_by")
    with transaction.atomic():
        this = found.select_for_update(of=("self",)).filter(pk=check).first()
        if this is None:
            return
        if this.since is not None:
            holders.tell_of(this, datetime.fromisoformat(at))
        holders.settle(this)


def _go_on_later(subscription: UUID, wait: timedelta) -> None:
    # One waits at most, and to one subscriber one is sending at a time.
    key = f"delivery.tell:{subscription}"
    task = app.configure_task(
        "delivery.tell", lock=key, queueing_lock=key, schedule_in={"seconds": wait.total_seconds()}
    )
    queued.once(task, subscription=str(subscription))
