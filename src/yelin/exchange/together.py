"""Calls that begin and calls that end, of many callers, written in one transaction.

What each call is asked and what becomes of it must stand in the database before it goes on: before
the service is asked, and before the answer has left. All who wait for that wait for one commit.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from django.db import transaction

from yelin.delivery import meter, pace, together
from yelin.delivery.models import Channel, Outcome, Tally
from yelin.delivery.opening import Notes
from yelin.delivery.pace import Left, TooOften
from yelin.exchange import resting
from yelin.exchange.calling import Admitted, Begin, Resting
from yelin.exchange.services import Seen
from yelin.keys.messages import AHEAD, WINDOW, NotSigned
from yelin.law import clock
from yelin.things import prepared


class Changed(Exception):
    """What a right rests on is no more as it was when it was decided."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """Both messages by their digests: what the ledger commits to, under the salt of the call."""

    request: Mapping[str, str]
    answer: Mapping[str, str | int] | None
    size: int


@dataclass(frozen=True, slots=True)
class End:
    """A call that is over: what passed, and whether the service failed, by which failure."""

    admitted: Admitted
    made: Exchanged
    outcome: Outcome
    failure: str = ""

    def conclude(self) -> None:
        """Commit to both messages; nothing is written yet."""
        if (delivery := self.admitted.delivery) is not None:
            answer = self.made.answer
            delivery.asked = delivery.asks(dict(self.made.request))
            delivery.answer = delivery.asks(dict(answer)) if answer else None
            delivery.conclude(self.outcome, size=self.made.size)


Step: TypeAlias = Begin | End
Done: TypeAlias = Admitted | Exception | None


def settle(steps: Sequence[Step]) -> list[Done]:
    """Write all these steps, and return what became of each: of a beginning, the call or why not.

    That is ``Changed`` where the right has to be decided anew, ``Resting``, ``NotSigned`` or
    ``TooOften``. Once it returns, all of it is on the disk.
    """
    begins = [each for each in steps if isinstance(each, Begin)]
    ends = [each for each in steps if isinstance(each, End)]
    for each in ends:
        each.conclude()
    ways = list(dict.fromkeys(each.right.way for each in begins))
    # A thread that waits for the database is woken by it: three times, however many wait.
    prepared.be_there()
    with transaction.atomic():
        with prepared.at_once() as ask:
            # Planned anew for each number of calls, it takes longer to be planned than answered.
            ask("SET LOCAL plan_cache_mode = force_generic_plan", None)
            named = [each.admitted.delivery for each in ends if each.admitted.delivery]
            ended, states = together.end(named, ask), resting.states(ways, ask)
        over = ended()
        beginning = _Beginning(begins, dict(zip(ways, states(), strict=True)))
        told = iter(beginning.told())
        _note_how_services_stand(ends)
        _count_unnamed(ends)
    for each in ends:
        delivery = each.admitted.delivery
        if delivery is None or delivery.pk in over:
            kind = Channel.CALL if each.outcome is Outcome.FINISHED else "cut"
            meter.HANDED_OUT.labels(kind).inc()
    return [next(told) if isinstance(each, Begin) else None for each in steps]


class _Beginning:
    """Calls that begin together: each is asked after in turn, and falls out where it may not.

    What several wait for is taken in the order of its name, so that two processes that take the
    same do not wait for each other.
    """

    def __init__(
        self, begins: Sequence[Begin], states: Mapping[resting.Way, resting.State]
    ) -> None:
        self._begins = begins
        self._states = states
        self._fault: dict[int, Exception] = {}
        self._left: dict[int, Left] = {}

    def told(self) -> list[Done]:
        """Begin them, and return the call or why not for each."""
        for at, each in self._waiting():
            if self._state(each).rests_on != each.right.rests_on:
                self._fault[at] = Changed()
            elif self._state(each).circuit.rests:
                self._fault[at] = Resting(self._state(each).circuit.wait)
        self._require_first()
        self._keep_pace()
        self._take_slots()
        together.write([each.delivery for _, each in self._waiting() if each.delivery])
        return [self._done(at, each) for at, each in enumerate(self._begins)]

    def _waiting(self) -> list[tuple[int, Begin]]:
        found = enumerate(self._begins)
        return [(at, each) for at, each in found if at not in self._fault]

    def _state(self, each: Begin) -> resting.State:
        return self._states[each.right.way]

    def _require_first(self) -> None:
        """Let no signature count twice."""
        until = clock.now() + WINDOW + AHEAD
        signed = [(e.signed.signature, at) for at, e in self._waiting() if e.signed]
        for signature, at in sorted(signed):
            if not Seen.first(signature, until):
                self._fault[at] = NotSigned(
                    "This very signature has come before. Sign each message anew."
                )

    def _keep_pace(self) -> None:
        limits = [(each.limit, at) for at, each in self._waiting() if each.limit]
        by_limit: dict[bytes, list[int]] = {}
        for limit, at in limits:
            by_limit.setdefault(limit.of, []).append(at)
        for _, places in sorted(by_limit.items()):
            self._take(places)

    def _take(self, places: Sequence[int]) -> None:
        """Take from one limit for all these, or for as many as there is left for."""
        limit = self._begins[places[0]].limit
        assert limit is not None  # noqa: S101 - they stand under it
        with suppress(TooOften):
            self._left |= dict.fromkeys(places, pace.take(limit, len(places)))
            return
        for at in places:
            try:
                self._left[at] = pace.take(limit)
            except TooOften as error:
                self._fault[at] = error

    def _take_slots(self) -> None:
        """Where a service is tried again, let one call through; it has its pace by now."""
        opened = [(e.right.service, at) for at, e in self._waiting() if self._is_open(e)]
        for _, at in sorted(opened):
            each = self._begins[at]
            circuit = self._state(each).circuit
            if not circuit.lets_through(2 * each.right.content.seconds):
                self._fault[at] = Resting(circuit.wait)

    def _is_open(self, each: Begin) -> bool:
        return self._state(each).circuit.opened_at is not None

    def _done(self, at: int, each: Begin) -> Done:
        if fault := self._fault.get(at):
            return fault
        return Admitted(
            right=each.right,
            circuit=self._state(each).circuit,
            delivery=each.delivery,
            notes=Notes(each.delivery.pk if each.delivery else None, left=self._left.get(at)),
            signed_by=each.signed.key_id if each.signed else "",
        )


def _note_how_services_stand(ends: Sequence[End]) -> None:
    for each in sorted(ends, key=lambda end: end.admitted.right.service):
        if each.failure:
            each.admitted.circuit.fail(each.failure)
        elif each.outcome is Outcome.FINISHED:
            each.admitted.circuit.succeed()


def _count_unnamed(ends: Sequence[End]) -> None:
    """Count by resource and hour what is nobody's business."""
    of: Counter[UUID] = Counter(
        each.admitted.right.entry.pk
        for each in ends
        if each.admitted.delivery is None and each.outcome is Outcome.FINISHED
    )
    for entry, many in sorted(of.items()):
        Tally.count(of={"entry_id": entry}, queries=many)
