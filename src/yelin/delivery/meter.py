"""Counting what is handed out: by name where somebody has more than all have, else by the hour.

Nothing half-delivered counts as delivered: a page counts when its answer is made, a file when its
last byte has left.
"""

from dataclasses import dataclass

from prometheus_client import Counter

from yelin.catalog.models import Entry
from yelin.delivery import together
from yelin.delivery.models import Channel, Delivery, Outcome, Tally, fresh_salt
from yelin.gate import Decision
from yelin.law import clock
from yelin.things.models import Evidence
from yelin.warehouse.models import Release, is_open

HANDED_OUT = Counter("yelin_deliveries", "Answers and files of data handed out", ["kind"])
QUERIES = HANDED_OUT.labels("query")


def named(
    decision: Decision,
    of: Release | Entry,
    channel: Channel,
    asked: Evidence,
    *,
    purpose: str,
) -> Delivery | None:
    """Return the delivery that ``decision`` allows, begun now and not saved yet.

    It is ``of`` a release, or of a resource that is a service. None where the resource is open to
    all: who takes that is nobody's business.
    """
    release, entry = (of, of.entry) if isinstance(of, Release) else (None, of)
    if is_open(entry):
        return None
    actor, now = decision.actor, clock.now()
    assert actor.party_id is not None  # noqa: S101 - a stranger has what is open to all, no more
    assert actor.person_id is not None  # noqa: S101 - the same
    delivery = Delivery(
        entry=entry,
        release=release,
        grant_id=decision.grant_id,
        party_id=actor.party_id,
        seat_id=actor.seat_id,
        person_id=actor.person_id,
        purpose=purpose,
        channel=channel,
        begun_at=now,
        seen_at=now,
        actor=actor.evidence(),
        asked_salt=fresh_salt(),
        salt=fresh_salt(),
    )
    delivery.asked = delivery.asks(asked)
    return delivery


def count_page(entry: Entry, delivery: Delivery | None, rows: int) -> None:
    """Count a page of rows whose answer is made."""
    if delivery is None:
        QUERIES.inc()
        Tally.count(of={"entry": entry}, queries=1)
        return
    count_answers(delivery, rows)


def count_answers(delivery: Delivery, rows: int) -> None:
    """Count so many rows, or answers about rows, that were made for somebody by name."""
    HANDED_OUT.labels(delivery.channel).inc()
    delivery.rows = rows
    delivery.conclude(Outcome.FINISHED)
    together.write([delivery])


def begin(entry: Entry, delivery: Delivery | None, rows: int) -> "Going":
    """Note that a file of so many rows begins to leave."""
    if delivery is not None:
        delivery.rows, delivery.seen_at = rows, clock.now()
        together.write([delivery])
    return Going(entry, delivery)


@dataclass(frozen=True, slots=True)
class Going:
    """A file on its way, until it is finished or cut off."""

    entry: Entry
    delivery: Delivery | None

    def finish(self, size: int, file: bytes | None = None) -> None:
        """Count the file as delivered: its last byte, of ``size``, has left.

        ``file`` is its fingerprint, by which whoever had it is found.
        """
        if self.delivery is None:
            Tally.count(of={"entry": self.entry}, downloads=1)
        elif not self.delivery.end(Outcome.FINISHED, size=size, file=file):
            return
        HANDED_OUT.labels("download").inc()

    def cut(self, size: int | None = None) -> None:
        """Note that it was cut off after ``size`` bytes, where that is known."""
        if self.delivery is not None and self.delivery.end(Outcome.CUT, size=size):
            HANDED_OUT.labels("cut").inc()


def cut_silent() -> None:
    """Note as cut off what was on its way in processes that have died since."""
    for delivery in Delivery.objects.silent().select_related("entry", "release"):
        Going(delivery.entry, delivery).cut()
