"""The sweep by which no case sticks: whatever term has passed, its act is done."""

from collections.abc import Callable

from procrastinate.contrib.django import app

from yelin.cases import acts, procedure
from yelin.cases.models import Case, CaseStep
from yelin.cases.rules import LAPSES
from yelin.law import clock
from yelin.law.models import Clock
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor

CLOCK = Actor.system("clock")
_DOES: dict[str, Callable[..., Case]] = {
    "deem_accepted": acts.deem_accepted,
    "abandon": acts.abandon,
    "go_on": acts.go_on,
    "lapse": acts.lapse,
    "close": acts.close,
}


@app.periodic(cron="*/10 * * * *")
@app.task(name="cases.sweep", queueing_lock="cases.sweep", pass_context=False)
def sweep(timestamp: int = 0) -> None:
    """Do for every term of a case that has passed what the law says of that, once."""
    del timestamp
    kinds = procedure.kinds().values()
    for runs, act in LAPSES.items():
        for duty in {kind.terms[runs] for kind in kinds}:
            for running in clock.overdue(duty).filter(thing__kind=Case.KIND):
                _try(_DOES[act], case=Case.objects.get(pk=running.thing_id))
    for duty in {step.duty for kind in kinds for step in kind.steps}:
        for running in clock.overdue(duty).filter(thing__kind=CaseStep.KIND):
            _lapse_step(running)


def _lapse_step(running: Clock) -> None:
    step = CaseStep.objects.get(pk=running.thing_id)
    _try(acts.lapse_step, step=step, running=running)


def _try(act: Callable[..., object], **about: object) -> None:
    try:
        act(actor=CLOCK, **about)
    except OutOfTurn:
        # Done by somebody, or swept by another, in this very moment.
        return
