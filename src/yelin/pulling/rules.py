"""What a place to fetch from must say, and when it is asked next."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from hashlib import sha256

from yelin.catalog.content import UpdateCycle
from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.outbound.rules import NotSent
from yelin.pulling.content import DATABASES, PullContent, PullKind, Rhythm

_DAYS = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7, UpdateCycle.REALTIME: 1, UpdateCycle.DAILY: 1,
         UpdateCycle.WEEKLY: 7}  # fmt: skip
_MONTHS = {Rhythm.MONTHLY: 1, UpdateCycle.MONTHLY: 1, UpdateCycle.QUARTERLY: 3,
           UpdateCycle.HALF_YEARLY: 6, UpdateCycle.YEARLY: 12}  # fmt: skip


def faults(content: PullContent, cycle: UpdateCycle) -> Iterator[Fault]:
    """Yield what is missing or cannot be, place by place."""
    wanted = {
        PullKind.HTTPS: ("address",),
        PullKind.SFTP: ("host", "path", "user"),
        PullKind.POSTGRESQL: ("host", "database", "relation", "user"),
        PullKind.MYSQL: ("host", "database", "relation", "user"),
    }[content.kind]
    missing = [place for place in wanted if not getattr(content, place)]
    for place in missing:
        yield Fault(place, "Fill this in, so that the data is found.", duties.BRING_IN)
    if not {"address", "host"} & set(missing):
        yield from _astray(content)
    yield from _untrusted(content)
    if content.kind in DATABASES and content.relation.count(".") > 1:
        yield Fault("relation", "Name one table or view, with its schema before a dot if need be.")
    if content.rhythm is Rhythm.CYCLE and cycle not in {*_DAYS, *_MONTHS}:
        yield Fault("rhythm", "The entry is updated at no fixed time. Choose how often to fetch.")
    if _weekly(content, cycle) and content.day > 7:
        yield Fault("day", "A week has days from 1 (Monday) to 7.")


def _astray(content: PullContent) -> Iterator[Fault]:
    is_web = content.kind is PullKind.HTTPS
    try:
        there = content.there
    except NotSent:
        says = "This is no address. Write it as its operator told you."
        yield Fault("address" if is_web else "host", says)
    else:
        if is_web and there.scheme != "https":
            yield Fault("address", "Write the whole address, from https:// on.")


def _untrusted(content: PullContent) -> Iterator[Fault]:
    if content.kind is PullKind.POSTGRESQL and content.encrypted and not content.authority:
        says = "Paste the certificate by which the server's own is checked: it is not a public one."
        yield Fault("authority", says)
    if content.authority and "-----BEGIN CERTIFICATE-----" not in content.authority:
        yield Fault("authority", "This is no certificate. It begins with BEGIN CERTIFICATE.")


def _weekly(content: PullContent, cycle: UpdateCycle) -> bool:
    return _DAYS.get(_beat(content, cycle)) == 7


def _beat(content: PullContent, cycle: UpdateCycle) -> Rhythm | UpdateCycle:
    return cycle if content.rhythm is Rhythm.CYCLE else content.rhythm


def next_time(content: PullContent, cycle: UpdateCycle, after: datetime) -> datetime:
    """Return the first moment past ``after``, in whose zone the hours are, that is a time to ask.

    An entry that came to be updated at no fixed time is asked for monthly.
    """
    beat = _beat(content, cycle)
    months = 1 if beat in _DAYS else _MONTHS.get(beat, 1)
    day = after.date()
    while True:
        if beat in _DAYS:
            is_time = _DAYS[beat] == 1 or day.isoweekday() == min(content.day, 7)
        else:
            is_time = day.day == content.day and (day.month - 1) % months == 0
        moment = datetime.combine(day, time(content.hour), after.tzinfo)
        if is_time and moment > after:
            return moment
        day += timedelta(days=1)


def fingerprint_of(host_key: str) -> str:
    """Return the fingerprint of a public key by which people compare it, as OpenSSH tells it."""
    _kind, blob, *_comment = host_key.split()
    return f"SHA256:{b64encode(sha256(b64decode(blob)).digest()).decode().rstrip('=')}"
