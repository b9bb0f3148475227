"""Jobs of the rooms on this floor: terms counted anew, notices on their way, what time ends."""

from django.db import transaction
from procrastinate.contrib.django import app

from yelin.acts import proposals, refused, repetition, terms
from yelin.acts.models import Proposal, ProposalState, RefusalCount
from yelin.law import clock
from yelin.law.models import Clock
from yelin.law.refusals import OutOfTurn
from yelin.notices.carrying import carry
from yelin.notices.models import Delivery, DeliveryState
from yelin.parties.actor import Actor

CLOCK = Actor.system("clock")


@app.periodic(cron="7 3 * * *")
@app.task(name="terms.recount", queueing_lock="terms.recount", pass_context=False)
def recount(timestamp: int = 0) -> None:
    """Count every running term anew, each day and whenever the worker starts.

    A notice comes with a newer pack, so with a start; one that was changed moves settled terms too.
    """
    del timestamp
    running = Clock.objects.running().select_related("thing").prefetch_related("pauses")
    for each in running.iterator(chunk_size=1000):
        if clock.recount(each) == each.end:
            continue
        try:
            terms.recount(actor=CLOCK, thing=each.thing, running=each)
        except OutOfTurn:
            # Ended or counted anew in this very moment.
            continue


@app.task(name="notices.deliver", queue="sending")
def deliver(*, delivery: int) -> None:
    """Try to deliver a notice by one channel, and have it tried again where that failed.

    A worker killed on the way tries again: what arrived may arrive twice, under the same number.
    """
    row = Delivery.objects.select_related("notice__about", "channel").get(pk=delivery)
    if row.state != DeliveryState.WAITING:
        return
    failure = carry(row, clock.now())
    with transaction.atomic():
        wait = row.settle(failure, clock.now())
        if wait is not None:
            task = app.configure_task(
                "notices.deliver", schedule_in={"seconds": wait.total_seconds()}
            )
            task.defer(delivery=delivery)


@app.periodic(cron="*/10 * * * *")
@app.task(name="acts.expire_proposals", queueing_lock="acts.expire_proposals")
def expire_proposals(timestamp: int) -> None:
    """End every proposal that nobody approved in its time."""
    del timestamp
    late = Proposal.objects.filter(state=ProposalState.WAITING, until__lt=clock.now())
    for proposal in late.order_by("until"):
        try:
            proposals.expire(actor=CLOCK, proposal=proposal)
        except OutOfTurn:
            # Another sweep was faster.
            continue


@app.periodic(cron="*/5 * * * *")
@app.task(name="acts.close_refusals", queueing_lock="acts.close_refusals")
def close_refusals(timestamp: int) -> None:
    """Close every hour of counted refusals that has ended and has no leaf yet."""
    del timestamp
    for count in RefusalCount.ended():
        try:
            refused.close_hour(actor=CLOCK, count=count)
        except OutOfTurn:
            # Another sweep was faster.
            continue


@app.periodic(cron="27 * * * *")
@app.task(name="acts.forget_keys", queueing_lock="acts.forget_keys")
def forget_keys(timestamp: int) -> None:
    """Forget the callers' keys that are older than a day."""
    del timestamp
    repetition.forget()
