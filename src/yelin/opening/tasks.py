"""The sweeps: what was planned and is open, passed terms, old drafts; openness is measured."""

import contextlib
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from procrastinate.contrib.django import app

from yelin.config import config
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.opening import counting, drafts, figures, measuring, telling
from yelin.opening.acts import demands
from yelin.opening.models import Demand, Draft, Voice
from yelin.opening.rules import TOLD
from yelin.parties.actor import Actor

CLOCK = Actor.system("clock")
AT_ONCE = 500


@app.periodic(cron="* * * * *")
@app.task(name="opening.fulfil", queueing_lock="opening.fulfil", pass_context=False)
def fulfil(timestamp: int = 0) -> None:
    """Say of each demand whose planned entry is open that it is met, then tell its voices."""
    del timestamp
    for demand in Demand.objects.come_true():
        with contextlib.suppress(OutOfTurn):
            demands.fulfil_demand(actor=CLOCK, demand=demand)
    while _tell_some():
        pass


def _tell_some() -> bool:
    """Tell so many who do not know yet what became of a demand; killed, nobody is told twice."""
    with transaction.atomic():
        untold = Voice.objects.filter(demand__state__in=TOLD).exclude(told=F("demand__state"))
        first = untold.order_by("demand", "pk").first()
        if first is None:
            return False
        # A demand that is answered anew meanwhile waits, and is told of in its turn.
        demand = Demand.objects.select_for_update(no_key=True).get(pk=first.demand_id)
        if demand.state not in TOLD:
            return True
        rows = demand.supporters.exclude(told=demand.state).order_by("pk")
        lot = list(rows.select_for_update(of=("self",))[:AT_ONCE])
        telling.tell_voices(lot, demand)
        Voice.objects.filter(pk__in=[each.pk for each in lot]).update(told=demand.state)
    return True


@app.periodic(cron="*/10 * * * *")
@app.task(name="opening.sweep", queueing_lock="opening.sweep", pass_context=False)
def sweep(timestamp: int = 0) -> None:
    """Let every term of a demand that has passed lapse, once."""
    del timestamp
    for duty in (duties.OPENING_MODERATE, duties.OPENING_RESPOND):
        for running in clock.overdue(duty).filter(thing__kind=Demand.KIND):
            with contextlib.suppress(OutOfTurn):
                demand = Demand.objects.get(pk=running.thing_id)
                demands.lapse_demand(actor=CLOCK, demand=demand)


@app.periodic(cron="23 * * * *")
@app.task(name="opening.forget", queueing_lock="opening.forget", pass_context=False)
def forget(timestamp: int = 0) -> None:
    """Delete drafts that lay untouched past their term."""
    del timestamp
    before = clock.now() - timedelta(days=config.drafts_kept_days)
    drafts.erase(Draft.objects.filter(changed_at__lt=before))


@app.periodic(cron="40 4 * * *")
@app.task(name="opening.measure", queueing_lock="opening.measure", pass_context=False)
def measure(timestamp: int = 0) -> None:
    """Measure anew what the figures of the platform and the index of openness go by."""
    del timestamp
    measuring.measure()
    figures.ask_for_all()


@app.periodic(cron="*/10 * * * *")
@app.task(name=figures.COUNT, lock=figures.COUNT, queueing_lock=figures.COUNT, pass_context=False)
def count(timestamp: int = 0) -> None:
    """Count anew the figures that everyone is shown, as far as somebody looked or they are old."""
    del timestamp
    figures.renew(counting.EVERY)
