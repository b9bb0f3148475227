"""How long it takes from an act to a proof that anyone can verify, at 200 acts a second."""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from bench.table import Figure
from prove import house
from yelin.acts import accounts
from yelin.ledger.models import Checkpoint, Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Person, User

RATE = 200
SECONDS = 30.0
THREADS = 8
LOOK_SECONDS = 0.002
PATIENCE_SECONDS = 30.0


class _Watcher:
    """Sees each checkpoint at the moment in which a stranger could."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, int]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        size = 0
        while not self._over.is_set():
            newest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
            if newest is not None and newest > size:
                size = newest
                self.seen.append((time.perf_counter(), size))
            time.sleep(LOOK_SECONDS)
        connections.close_all()

    def end(self) -> None:
        """Stop watching."""
        self._over.set()
        self._thread.join()


def main(scale: float = 1.0) -> list[Figure]:
    """Let people correct their names at the rate, beside a worker, and look for the proofs."""
    with house.standing() as here:
        people = [_person(number) for number in range(THREADS * 4)]
        here.start("worker")
        _await_proof(_amend(people[0], 0)[1])
        idle = [_idle(people[0], number) for number in range(20)]
        watcher = _Watcher()
        before = len(_sizes())
        acts = max(200, round(RATE * SECONDS * scale))
        began = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as threads:
            done = list(threads.map(lambda n: _on_time(people, n, began), range(acts)))
            took = time.perf_counter() - began
            list(threads.map(lambda _: connections.close_all(), range(THREADS)))
        _await_proof(max(pk for _, pk in done))
        time.sleep(10 * LOOK_SECONDS)
        watcher.end()
        signed = len(_sizes()) - before
        index = dict(Leaf.objects.values_list("pk", "index"))
    taken = [_seen(watcher.seen, index[pk]) - moment for moment, pk in done]
    what = f"{acts:,} acts, {acts / took:.0f}/s came about; {signed} checkpoints"
    return [
        _spread("act committed → proof, one act alone", idle, "20 acts, half a second apart"),
        _spread(f"act committed → proof, at {RATE} acts/s", taken, what),
    ]


def _person(number: int) -> Person:
    person = Person(name=f"王演示{number}", user=User.objects.create(username=f"bench{number}"))
    person.save()
    return person


def _amend(person: Person, number: int) -> tuple[float, int]:
    accounts.amend(actor=Actor.citizen(person), person=person, name=f"王演示{number}")
    moment = time.perf_counter()
    leaf = Leaf.objects.filter(subject=person.pk).latest("id")
    return moment, leaf.pk


def _on_time(people: list[Person], number: int, began: float) -> tuple[float, int]:
    time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
    # Two threads never hold the same person: their turns lie too far apart.
    return _amend(people[number % len(people)], number)


def _idle(person: Person, number: int) -> float:
    time.sleep(0.5)
    moment, pk = _amend(person, number)
    _await_proof(pk)
    return time.perf_counter() - moment


def _sizes() -> list[int]:
    return list(Checkpoint.objects.values_list("size", flat=True))


def _await_proof(pk: int) -> None:
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while True:
        index = Leaf.objects.values_list("index", flat=True).get(pk=pk)
        if index is not None and Checkpoint.objects.filter(size__gt=index).exists():
            return
        if time.perf_counter() > deadline:
            raise RuntimeError("the worker signs nothing")
        time.sleep(LOOK_SECONDS)


def _seen(seen: list[tuple[float, int]], index: int | None) -> float:
    return next(moment for moment, size in seen if index is not None and size > index)


def _spread(what: str, taken: list[float], how: str) -> Figure:
    cuts = statistics.quantiles(taken, n=100)
    return Figure(what, f"p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms", how)
