"""Jobs of the rooms beneath the clock: terms counted anew, notices on their way."""

from django.db import transaction
from procrastinate.contrib.django import app

from yelin.acts import terms
from yelin.law import clock
from yelin.law.models import Clock
from yelin.law.refusals import OutOfTurn
from yelin.notices.carrying import carry
from yelin.notices.models import Delivery, DeliveryState
from yelin.parties.actor import Actor


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
            terms.recount(actor=Actor.system("clock"), thing=each.thing, running=each)
        except OutOfTurn:
            # Ended or counted anew in this very moment.
            continue


@app.task(name="notices.deliver")
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
