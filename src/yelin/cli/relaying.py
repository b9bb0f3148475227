"""Calls of services, relayed as they come: no body is ever held as a whole, but for small ones.

The gate, the pace and the ledger are asked in threads by the very code of all doors; here the two
lines are held, and broken off where one side has gone, falls silent, or has lost its right.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import web

from yelin.catalog.models import code_of
from yelin.cli.grouping import Grouped
from yelin.cli.passing import Passing, Running
from yelin.cli.sources import Threads
from yelin.config import config
from yelin.delivery.opening import Call
from yelin.exchange import calling, together
from yelin.exchange.calling import Admitted, Asked, Begin, Resting, Right
from yelin.exchange.operations import NotOffered
from yelin.exchange.resting import Way
from yelin.exchange.together import Changed, Done, End, Step
from yelin.keys import messages
from yelin.keys.messages import Fields, NotSigned, Wish
from yelin.law.refusals import Unlawful
from yelin.outbound.calling import Calls, Incoming, Outgoing
from yelin.parties.actor import Actor
from yelin.surface import actor as asking
from yelin.surface import calls

MOST_AT_ONCE = 200
THREADS = 4
GONE_SECONDS = 0.1
PATH = "/api/v1/services/{slug}{path:(/.*)?}"
_PREFIX = "/api/v1/services/"
# So often a right is decided anew that changes while it is decided.
_DECIDED_AT_MOST = 3


class Relay:
    """The calls that are under way in this process, and the way out that they take."""

    def __init__(self, rows: Threads, problem: Callable[[web.Request, Exception], web.Response]):
        self._rows = rows
        self.problem = problem
        self._calls = Calls(config.outbound_networks)
        self._steps: Grouped[Step, Done] = Grouped("steps", together.settle)
        self._running: set[Running] = set()
        self._at_once: Counter[UUID] = Counter()
        self._reached: set[UUID] = set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Relay a call to the service that its address names."""
        try:
            wish = _wish_of(request)
            asked = _asked_of(request)
            purpose = calls.purpose_in(request.headers.get("X-Yelin-Purpose", ""))
            admitted = await self._admitted(asked, _Asker.of(request), purpose)
        except Exception as error:  # noqa: BLE001 - what nobody foresaw is told as such
            return await self._rows(self.problem, request, error)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a handler is run by one
        running = Running(request, admitted, task)
        self._running.add(running)
        try:
            return await Passing(self, running, asked, wish).go()
        finally:
            self._running.discard(running)
            self._at_once[admitted.right.service] -= 1

    async def _admitted(self, asked: Asked, asker: "_Asker", purpose: str) -> Admitted:
        """Return the call, begun by a right that stands; its place at the service is taken.

        What does not fit a right that was decided before is asked from the beginning.
        """
        call = Call(purpose, asker.address)
        if right := calling.known(asker.way, purpose):
            # What is wrong with the call is told by whoever asks the gate first.
            with contextlib.suppress(Changed, NotOffered, NotSigned, Unlawful):
                return await self._begun(right.call(asked, call))
            calling.forget(right)
        for _ in range(_DECIDED_AT_MOST):
            right = await self._rows(_decided, asker, purpose)
            begin = right.call(asked, call)
            with contextlib.suppress(Changed):
                return await self._begun(begin)
        raise Resting(1)

    async def _begun(self, begin: Begin) -> Admitted:
        with self._place(begin.right.service):
            admitted = await self._steps(begin)
            assert isinstance(admitted, Admitted)  # noqa: S101 - else it is raised
            return admitted

    @contextlib.contextmanager
    def _place(self, service: UUID) -> Iterator[None]:
        """Take a place at a service, and keep it only where nothing is raised."""
        if self._at_once[service] >= MOST_AT_ONCE:
            # A slow one takes not all there is.
            raise Resting(1)
        self._at_once[service] += 1
        try:
            yield
        except BaseException:
            self._at_once[service] -= 1
            raise

    # What a call asks of the process.

    def open(self, asked: Outgoing) -> contextlib.AbstractAsyncContextManager[Incoming]:
        """Send a call on."""
        return self._calls.open(asked)

    async def settle(self, end: End) -> None:
        """Write how a call ended, whoever has gone meanwhile."""
        await asyncio.shield(asyncio.ensure_future(self._steps(end)))

    async def note(self, work: Callable[..., Any], *given: object) -> Any:
        """Do in a thread what has to do with rows, to its end, whoever has gone meanwhile."""
        return await asyncio.shield(asyncio.ensure_future(self._rows(work, *given)))

    def reached(self, service: UUID) -> None:
        """Note that a service has answered."""
        self._reached.add(service)

    # What is looked at while they are under way.

    async def watch_callers(self) -> None:
        """End the calls whose callers have gone: a service works for nobody in vain."""
        while True:
            await asyncio.sleep(GONE_SECONDS)
            for each in list(self._running):
                if not each.has_ended and each.fault is None:
                    each.look()

    async def look(self, *, with_sign: bool) -> None:
        """End the calls of those whose right has ended; one look for all of one program."""
        now = time.monotonic()
        long = [each for each in self._running if now - each.began > 1]
        groups: dict[tuple[object, ...], list[Running]] = {}
        for each in long:
            decision = each.admitted.right.decision
            groups.setdefault((decision.thing_id, decision.actor, decision.purpose), []).append(
                each
            )
        for group in groups.values():
            if not await self._rows(calling.stands, group[0].admitted.right):
                for each in group:
                    each.end()
        if with_sign:
            deliveries = [e.admitted.delivery.pk for e in long if e.admitted.delivery]
            await self._rows(calling.give_sign, deliveries)
            reached, self._reached = list(self._reached), set()
            await self._rows(calling.note_reached, reached)

    def leave(self) -> None:
        """Break every call off."""
        for each in list(self._running):
            each.end()

    async def close(self) -> None:
        """Let go of the way out, and let the threads end."""
        await self._calls.close()
        await self._steps.close()
        self._rows.close()


def _wish_of(request: web.Request) -> Wish | None:
    said = request.headers.getall("Accept-Signature", [])
    return Wish.read(", ".join(said)) if said else None


def _asked_of(request: web.Request) -> Asked:
    raw, _, query = request.raw_path.partition("?")
    # Not what the router made of it: what is hidden in it must be seen.
    path = "/" + raw.removeprefix(_PREFIX).partition("/")[2]
    fields = Fields((name, value) for name, value in request.headers.items())
    url = f"{config.streams}{request.raw_path}"
    return Asked(
        path=path,
        query=query,
        request=messages.Request(request.method, url, fields),
        has_content=request.body_exists,
    )


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who calls which resource, by which secret, and from where."""

    secret: str | None
    way: Way
    address: str

    @classmethod
    def of(cls, request: web.Request) -> "_Asker":
        secret = asking.token_in(request.headers)
        way = Way.by(secret, code_of(request.match_info["slug"]))
        return cls(secret, way, request.remote or "")


def _decided(asker: _Asker, purpose: str) -> Right:
    actor = Actor.anyone() if asker.secret is None else asking.of_token(asker.secret).actor
    return calling.decide(actor, asker.way, purpose)
