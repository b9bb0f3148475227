"""Grants, calls and doubts for tests, by the same ways as any caller's."""

from datetime import timedelta

from procrastinate.contrib.django.models import ProcrastinateJob
from tests.catalog.makers import agency, make_entry
from tests.exchange.makers import CONDITIONS
from tests.gate.makers import make_grant
from tests.market.makers import make_draft
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor, make_body, make_citizen
from tests.warehouse.makers import make_release

from yelin.cases.models import Case
from yelin.delivery import acts, handing, tasks
from yelin.delivery.doubt import Doubt
from yelin.delivery.models import Delivery, Subscription
from yelin.gate import Obligations
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


def make_buyer(party, entry, share):
    """Grant the rows of ``entry`` as agreed in an arrangement: each copy lacks a ``share``."""
    bears = Obligations(thinned=share)
    return make_grant(party, entry, bears=bears, given_in=make_draft(entry.provider, party))


ALL = Question()


def make_call(actor, entry, question=ALL, **over) -> Delivery:
    """Take a page of rows."""
    return Delivery.objects.get(pk=handing.rows(actor, entry, question, **over).notes.receipt)


def make_subscription(entry, **over) -> Subscription:
    """A body that was granted the rows of ``entry`` and is told of new releases."""
    body = make_body()
    make_grant(body, entry)
    rule = make_rule(body, purpose="delivery")
    address = f"https://{rule.host}/told"
    return acts.subscribe(actor=make_actor(body), entry=entry, address=address, **over)


def look() -> list[str]:
    """Look for news and return to which subscriptions something is to be sent."""
    tasks.look_for_news.func(timestamp=0)
    jobs = ProcrastinateJob.objects.filter(task_name="delivery.tell", status="todo")
    return [job.args["subscription"] for job in jobs.order_by("id")]


def tell(subscription) -> Subscription:
    """Send what is new, as the worker would."""
    tasks.tell.func(subscription=str(subscription.pk))
    subscription.refresh_from_db()
    return subscription


def close(after=timedelta(minutes=1)) -> None:
    """Let the minute pass and close it."""
    with clock.standing_at(clock.now() + after):
        tasks.close_minutes.func(timestamp=0)


def make_doubted(provider=None, **over):
    """An opened entry, on a platform that somebody operates."""
    agency()
    return make_entry(provider, **{"opening_type": "unconditional"} | over)


def make_doubt(entry=None, actor=None, record=None, **over) -> Case:
    said = {
        "fails": "accurate",
        "items": ["年份", "海口港"],
        "says": "2014 年的数与统计年鉴不同",
    } | over
    return acts.doubt(
        actor=actor or make_citizen(),
        entry=entry or make_doubted(),
        asked=Doubt(**said),
        record=record,
    )
