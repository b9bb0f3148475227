"""Grants and calls for tests, by the same ways as any caller's."""

from datetime import timedelta

from tests.catalog.makers import make_entry
from tests.exchange.makers import CONDITIONS
from tests.gate.makers import make_grant
from tests.parties.makers import make_citizen
from tests.warehouse.makers import make_release

from yelin.delivery import handing, tasks
from yelin.delivery.models import Delivery
from yelin.law import clock
from yelin.parties.models import Person
from yelin.warehouse.query import Question

ON_CONDITIONS = CONDITIONS | {"opening_type": "conditional", "opening_condition": "说明用途"}


def make_closed():
    """A resource that is not open to all, with its first release."""
    return make_release(make_entry(**ON_CONDITIONS)).entry


def make_taker(entry, **over):
    """Somebody who was granted the rows of ``entry``, and the grant."""
    citizen = make_citizen()
    return citizen, make_grant(Person.objects.get(pk=citizen.person_id), entry, **over)


ALL = Question()


def make_call(actor, entry, question=ALL, **over) -> Delivery:
    """Take a page of rows."""
    return Delivery.objects.get(pk=handing.rows(actor, entry, question, **over).notes.receipt)


def close(after=timedelta(minutes=1)) -> None:
    """Let the minute pass and close it."""
    with clock.standing_at(clock.now() + after):
        tasks.close_minutes.func(timestamp=0)
