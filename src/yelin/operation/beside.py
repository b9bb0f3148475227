"""What runs beside the pages: worker, streams, jobs, copies for quick answers."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from yelin.config import config
from yelin.law import clock
from yelin.operation import jobs, reads
from yelin.operation.findings import Finding, age, first_line, minutes, watch, well, wrong
from yelin.warehouse import serving

WAITS_LONG = timedelta(minutes=10)


STANDS_STILL = timedelta(hours=1)


def worker() -> Iterator[Finding]:
    """Look whether a worker lives."""
    known = jobs.workers()
    living = [each for each in known if each.lives]
    if living:
        yield well(
            "worker", _("Queues served by living workers: {number}.").format(number=len(living))
        )
        return
    says = _("No worker has ever been heard of.")
    if known:
        silent = minutes(clock.now() - known[0].heard_at)
        says = _("No worker was heard of for {minutes} minutes.").format(minutes=silent)
    yield wrong("worker", says, _("Start one: yelin worker."))


def streams() -> Iterator[Finding]:
    """Look whether the process for long streams answers where people are led to."""
    try:
        reads.require_streams()
    except (OSError, ValueError) as error:
        yield wrong(
            "streams",
            _("Nothing answers at {address}, where long files are had: {reason}").format(
                address=config.streams, reason=first_line(error)
            ),
            _("Start yelin stream, and let the proxy lead /streams/ to it (YELIN_STREAM_URL)."),
        )
    else:
        yield well("streams", _("Long files are had at {address}.").format(address=config.streams))


def queue() -> Iterator[Finding]:
    """Look whether a job waits for longer than jobs take."""
    waiting = [each for each in jobs.queues() if each.waiting_since]
    late = [each for each in waiting if age(each.waiting_since) > WAITS_LONG]
    for each in late:
        waited = age(each.waiting_since)
        says = _("Jobs of {task} that wait: {number}, the first since {minutes} min.").format(
            number=each.waiting, task=each.task, minutes=minutes(waited)
        )
        mend = _("See whether the worker lives and what it does; start another one if it is busy.")
        yield wrong("queue", says, mend) if waited > STANDS_STILL else watch("queue", says, mend)
    if not late:
        yield well("queue", _("No job waits for long."))


def failed() -> Iterator[Finding]:
    """Look for jobs that were given up."""
    found = [each for each in jobs.queues() if each.failed]
    for each in found:
        yield watch(
            "failed",
            _("Jobs of {task} that failed and were given up: {number}.").format(
                number=each.failed, task=each.task
            ),
            _("Read the worker's log for the reason, mend it, then run yelin retry."),
        )
    if not found:
        yield well("failed", _("No job was given up."))


def copies() -> Iterator[Finding]:
    """Look whether every release that is asked for much lies here so as to be answered at once."""
    slow = len(serving.refused())
    if slow:
        says = _(
            "Versions that are answered slowly, since memory is too little to sort them: {number}."
        )
        mend = _("Give YELIN_ENGINE_MEMORY_MB more: the worker sorts them when they are asked for.")
        yield watch("copies", says.format(number=slow), mend)
    else:
        yield well("copies", _("No version is too long to be sorted for quick answers."))
