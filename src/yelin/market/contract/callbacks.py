"""Addresses at which a consumer's connector is called back, and how far each was told.

What is told is read from how things stand when it is sent, so no act waits for a connector, and
none that was down is told what has passed. The rule is the house's: a call leaves only where a way
out of the consumer's own body leads, which an officer of it asked for and another body allowed.
"""

from datetime import timedelta
from uuid import UUID

from django.db import models
from procrastinate.contrib.django import app

from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.notices.models import WAITS
from yelin.outbound.models import Purpose
from yelin.outbound.rules import Destination, NotSent
from yelin.outbound.sending import reaches
from yelin.parties.models import Body
from yelin.things import queued
from yelin.things.models import Thing

CALL = "market.call_back"
PURPOSE = Purpose.DELIVERY


class Callback(models.Model):
    """The address that a connector named for one negotiation or transfer.

    ``told`` names what it was told last, ``number`` counts the calls that it took. ``failure`` is
    the code of what went wrong last, ``dead_at`` when a call was given up.
    """

    of = models.OneToOneField(Thing, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=2000)
    told = models.CharField(max_length=64, blank=True)
    number = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=16, blank=True)
    answered_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"callback of {self.of_id}"

    @property
    def is_led(self) -> bool:
        """Whether a way out of its body leads to it today."""
        return reaches(self.address, body=self.body_id, purpose=PURPOSE, on=clock.today())

    def arrive(self, what: str) -> None:
        """Note that it was told ``what``."""
        self.told, self.number, self.answered_at = what, self.number + 1, clock.now()
        self.tries, self.failure, self.dead_at = 0, "", None
        self.save()

    def fail(self, failure: str, what: str) -> timedelta | None:
        """Note why a call was not taken; return the wait before the next try.

        None after the last: then it is given up, and ``what`` counts as told.
        """
        self.tries, self.failure, self.answered_at = self.tries + 1, failure, clock.now()
        wait = WAITS[self.tries - 1] if self.tries <= len(WAITS) else None
        if wait is None:
            self.told, self.tries, self.dead_at = what, 0, self.answered_at
        self.save()
        return wait


def is_base(address: str) -> bool:
    """Whether messages can be sent to paths below ``address``."""
    try:
        Destination.parse(address)
    except NotSent:
        return False
    return not {"?", "#"} & {*address}


def lay(of: Thing, body: Body, address: str) -> None:
    """Note the address that a connector of ``body`` named for something, if it named one.

    Raises ``Incomplete`` for what is no address.
    """
    if not address:
        return
    if not is_base(address):
        says = "Write a whole address that begins with https://, without a password."
        raise Incomplete.at("callbackAddress", says)
    Callback.objects.create(of=of, body=body, address=address)


def later(of: UUID, wait: timedelta = timedelta(0)) -> None:
    """Have a connector told how it stands with something, if it named an address for that."""
    if not Callback.objects.filter(of=of).exists():
        return
    # Whoever waits to try again holds nobody up who has something new to tell.
    key = f"{CALL}:{of}" if wait else f"{CALL}:{of}:now"
    task = app.configure_task(
        CALL,
        lock=f"{CALL}:{of}",
        queueing_lock=key,
        priority=0 if wait else 1,
        schedule_in={"seconds": wait.total_seconds()},
    )
    queued.once(task, of=str(of))
