"""The sweeps: each new release is looked at once, each term that passed is told once."""

import contextlib

from procrastinate.contrib.django import app

from yelin.keys.models import Destroyed
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.oversight import acts, reads
from yelin.oversight.models import Finding, Looked
from yelin.parties.actor import Actor
from yelin.warehouse.models import Release

QUALITY = Actor.system("quality")
AT_ONCE = 500


@app.periodic(cron="* * * * *")
@app.task(name="oversight.look", queueing_lock="oversight.look", pass_context=False)
def look(timestamp: int = 0) -> None:
    """Close what new releases mend, and find what they fail; killed, it is simply run again."""
    del timestamp
    for release in reads.unlooked()[:AT_ONCE]:
        with contextlib.suppress(Destroyed):
            _look(release)
        Looked.objects.get_or_create(release=release)


def _look(release: Release) -> None:
    newest = Release.objects.latest_of(release.entry)
    if newest is None or newest.number > release.number:
        # What a later release says counts, and that is looked at in its turn.
        return
    for finding in Finding.objects.open().filter(entry=release.entry):
        with contextlib.suppress(OutOfTurn):
            acts.close(actor=QUALITY, finding=finding, release=release)
    if failing := reads.failing(release):
        with contextlib.suppress(OutOfTurn):
            acts.find(actor=QUALITY, entry=release.entry, release=release, rules=list(failing))


@app.periodic(cron="*/10 * * * *")
@app.task(name="oversight.sweep", queueing_lock="oversight.sweep", pass_context=False)
def sweep(timestamp: int = 0) -> None:
    """Hold what older findings stand on; let every overdue term to mend a release lapse, once."""
    del timestamp
    for finding in reads.never_held():
        with contextlib.suppress(OutOfTurn):
            acts.hold(actor=QUALITY, finding=finding)
    for running in clock.overdue(duties.QUALITY_MEND):
        with contextlib.suppress(OutOfTurn):
            finding = Finding.objects.get(pk=running.thing_id)
            acts.lapse(actor=Actor.system("clock"), finding=finding)
