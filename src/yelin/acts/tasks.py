"""Jobs of the rooms beneath the clock: notices on their way."""

from django.db import transaction
from procrastinate.contrib.django import app

from yelin.law import clock
from yelin.notices.carrying import carry
from yelin.notices.models import Delivery, DeliveryState


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
