"""Sixteen programs act and download while web, worker and streams are killed thirty times.

Each program acts in a seat of its own over REST, one act after the other, and says an act again
under the same key until it is answered; the sequencer dies with its worker. Between acts it takes
long files: whole, or it leaves in the middle, or goes on where it stopped. In the end each seat's
leaves are exactly what it was answered, in that order, and no file counts as delivered that nobody
has whole.
"""

import hashlib
import math
import os
import random
import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import requests
from django.db.models import Sum

from prove import house, trail
from prove.house import House
from yelin.catalog import acts as catalog
from yelin.catalog.models import Entry
from yelin.delivery import tasks as delivering
from yelin.delivery import tickets
from yelin.delivery.models import SILENCE, Delivery, Docket, Outcome, Ticket
from yelin.law import clock
from yelin.ledger.entry import short
from yelin.ledger.models import Leaf
from yelin.parties.models import Seat
from yelin.warehouse import acts as warehouse
from yelin.warehouse import tasks as preparing
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

BODIES, STEWARDS = 4, 4
ACTS = 2_000
KILLS = 30
CALM_SECONDS = (1.0, 6.0)
DOWNLOAD_EVERY = 25
ROWS = 20_000
PIECE = 64 << 10
PATIENCE_SECONDS = 120
# So near a kill of the streams a file may be whole with its reader and yet not be counted.
NEAR_SECONDS = 3.0
VICTIMS = (("serve",), ("stream",), ("worker",), ("serve", "stream"), ("serve", "stream", "worker"))


def show(stood: House, scale: float) -> None:
    """Kill thirty times, fewer at a smaller scale; ``DRAW`` repeats a run's draws."""
    seed = os.environ["DRAW"]
    bodies = max(2, round(BODIES * scale))
    _Storm(stood, seed, bodies, max(8, round(ACTS * scale)), max(2, round(KILLS * scale))).run()


@dataclass(slots=True)
class _Program:
    """Acts in one seat and takes the files of its body, whatever happens to the house."""

    url: str
    seat: Seat
    token: str
    slug: str
    rng: random.Random
    over: threading.Event
    digest: str = ""
    receipts: list[str] = field(default_factory=list)
    whole: dict[UUID, float] = field(default_factory=dict)
    left: set[UUID] = field(default_factory=set)
    interrupted: int = 0
    fault: BaseException | None = None

    def run(self, acts: int) -> None:
        """Act until so many acts are answered, and until the storm is over."""
        try:
            while not self.over.is_set() or len(self.receipts) < acts:
                self._life_of_an_entry()
        except BaseException as fault:  # noqa: BLE001 - told by the thread that waits
            self.fault = fault

    def _life_of_an_entry(self) -> None:
        content = house.content_of(f"港口货物吞吐量 {uuid4()}").model_dump(mode="json")
        body = self.seat.body.credit_code
        entry = self._act("catalog.draft", provider=body, content=content)
        for _ in range(self.rng.randrange(3)):
            summary = f"{content['summary']} {self.rng.random()}"
            self._act("catalog.amend", entry=entry, content=content | {"summary": summary})
        self._act("catalog.register", entry=entry)
        self._act("catalog.submit", entry=entry)

    def _act(self, name: str, **arguments: Any) -> str:
        if self.rng.randrange(DOWNLOAD_EVERY) == 0:
            self._download()
        answer = self._ask("POST", f"acts/{name}", arguments, {"Idempotency-Key": str(uuid4())})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        self.receipts.append(told["receipt"])
        return str(told["subject"]["id"])

    def _ask(
        self, method: str, path: str, sent: Any = None, more: dict[str, str] | None = None
    ) -> requests.Response:
        """Ask until there is an answer: whoever was cut off in the middle asks again."""
        headers = {"Authorization": f"Bearer {self.token}"} | (more or {})
        while True:
            try:
                return requests.request(
                    method,
                    f"{self.url}/api/v1/{path}",
                    json=sent,
                    headers=headers,
                    allow_redirects=False,
                    timeout=60,
                )
            except requests.RequestException:
                self.interrupted += 1
                time.sleep(0.2)

    def _download(self) -> None:
        led = self._ask("GET", f"resources/{self.slug}/download?format=csv")
        assert led.status_code == 307, led.text
        delivery = UUID(led.headers["X-Yelin-Receipt"].split("/")[-2])
        mood = self.rng.choice(("whole", "whole", "resumed", "left"))
        digest, at, stop = hashlib.sha256(), 0, self.rng.uniform(0.1, 0.9)
        self.left.add(delivery)
        while True:
            size, at = self._take(
                led.headers["Location"], digest, at, stop if mood != "whole" else 1
            )
            if size is None or (mood == "left" and at < size):
                # Left, or its time has passed while nothing answered.
                return
            if at == size:
                break
            mood = "whole"
        assert self.digest in {"", digest.hexdigest()}, "a file is not what it was"
        self.digest = digest.hexdigest()
        self.left.discard(delivery)
        self.whole[delivery] = time.monotonic()

    def _take(self, url: str, digest: Any, at: int, part: float) -> tuple[int | None, int]:
        """Take a file from ``at`` on, to that ``part`` of it or as far as it goes."""
        try:
            with requests.get(
                url, headers={"Range": f"bytes={at}-"}, stream=True, timeout=60
            ) as answer:
                if answer.status_code == 410:
                    return None, at
                assert answer.status_code == 206, answer.text
                size = int(answer.headers["Content-Range"].rpartition("/")[2])
                for piece in answer.iter_content(PIECE):
                    digest.update(piece)
                    at += len(piece)
                    if at >= size * part:
                        break
                return size, at
        except requests.RequestException:
            self.interrupted += 1
            time.sleep(0.2)
            return at + 1, at


class _Storm:
    def __init__(self, stood: House, seed: str, bodies: int, acts: int, kills: int) -> None:
        self._house = stood
        self._rng = random.Random(seed)  # noqa: S311 - a proof that can be repeated
        self._acts, self._kills = acts, kills
        self._over = threading.Event()
        self._killed: list[float] = []
        # What is brought in is prepared here, and by no worker of before.
        stood.stop("worker")
        cast = house.appoint(departments=bodies, stewards=STEWARDS, officers=1)
        self._programs = [
            _Program(
                stood.url,
                seat,
                house.token_of(seat),
                slug,
                random.Random(f"{seed} {number} {other}"),  # noqa: S311 - the same
                self._over,
            )
            for number, (seats, slug) in enumerate(
                (seats, _closed(seats[0], number)) for number, seats in enumerate(cast.stewards)
            )
            for other, seat in enumerate(seats)
        ]
        self._begun = set(Leaf.objects.values_list("pk", flat=True))

    def run(self) -> None:
        """Let the programs act, kill and start again; then hold all against the rows."""
        self._house.start("serve", "worker", "stream")
        threads = [
            threading.Thread(target=program.run, args=(self._acts,)) for program in self._programs
        ]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        try:
            for number in range(1, self._kills + 1):
                time.sleep(self._rng.uniform(*CALM_SECONDS))
                self._kill(number)
        finally:
            self._over.set()
            for thread in threads:
                thread.join()
        faults = [program.fault for program in self._programs if program.fault]
        if faults:
            raise AssertionError(f"a program ended: {faults[0]!r}") from faults[0]
        took = time.monotonic() - began
        self._settle()
        count = self._require_answered()
        told = self._require_delivered()
        print(
            f"{count} acts of {len(threads)} programs in {took:.0f} s, each once and in its order;"
        )
        print(f"{sum(p.interrupted for p in self._programs)} calls cut off; {told}")
        print(*self._house.require_whole(), sep="\n")

    def _kill(self, number: int) -> None:
        victims = self._rng.choice(VICTIMS)
        for victim in victims:
            self._house.parts[victim].kill()
        if "stream" in victims:
            self._killed.append(time.monotonic())
        self._house.start(*victims)
        acts = sum(len(program.receipts) for program in self._programs)
        print(f"kill {number}: {', '.join(victims)}; {acts} acts answered", flush=True)

    def _settle(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while Leaf.objects.filter(index=None).exists():
            assert time.monotonic() < deadline, "leaves stay pending"
            time.sleep(0.2)
        self._house.parts["worker"].kill()
        # What was on its way to somebody who left, or in a process that died, has its end by then.
        later = clock.now() + 2 * SILENCE
        for moment in (later, later + SILENCE):
            with clock.standing_at(moment):
                tickets.forget()
                delivering.close_minutes.func(timestamp=0)
        self._house.start("worker")
        while Leaf.objects.filter(index=None).exists():
            assert time.monotonic() < deadline, "leaves stay pending"
            time.sleep(0.2)

    def _require_answered(self) -> int:
        """Require that each seat's leaves are what it was answered, each once, in that order."""
        leaves = trail.rows()
        trail.require_dense(leaves)
        new = [leaf for leaf in leaves if leaf.id not in self._begun]
        # Of what was begun earlier an hour's deliveries are told, should one end meanwhile.
        earlier = {leaf.subject for leaf in leaves if leaf.id in self._begun}
        trail.require_ways([leaf for leaf in new if leaf.subject not in earlier])
        for program in self._programs:
            seat = str(program.seat.pk)
            found = [short(leaf.h) for leaf in new if leaf.payload["actor"].get("seat") == seat]
            assert found == program.receipts, (
                f"seat {seat} was answered {len(program.receipts)} acts, the log has {len(found)}"
            )
        return sum(len(program.receipts) for program in self._programs)

    def _require_delivered(self) -> str:
        """Require that what counts as delivered is what somebody has whole."""
        outcomes = dict(Delivery.objects.values_list("pk", "outcome"))
        assert set(outcomes.values()) <= {Outcome.FINISHED, Outcome.CUT}
        assert not Ticket.objects.exists()
        whole = {pk: at for program in self._programs for pk, at in program.whole.items()}
        finished = {pk for pk, outcome in outcomes.items() if outcome == Outcome.FINISHED}
        assert finished <= set(whole), f"counted, but nobody has it: {finished - set(whole)}"
        uncounted = set(whole) - finished
        for pk in uncounted:
            near = min((abs(whole[pk] - killed) for killed in self._killed), default=math.inf)
            assert near < NEAR_SECONDS, f"delivery {pk} arrived and is not counted"
        listed = Docket.objects.aggregate(finished=Sum("finished"), cut=Sum("cut"))
        counted = Counter(outcomes.values())
        assert listed == {"finished": counted[Outcome.FINISHED], "cut": counted[Outcome.CUT]}
        assert not Delivery.objects.filter(docket=None).exists()
        return (
            f"{len(finished)} files delivered, {counted[Outcome.CUT]} cut off, {len(uncounted)} of"
            " these in the moment after their last byte"
        )


def _closed(seat: Seat, number: int) -> str:
    """Publish a long table that is not open, and return by which name it is asked for."""
    actor = house.actor_of(seat)
    content = house.content_of(
        f"港口货物吞吐量 {number}", opening_type="none", classification="307010009"
    )
    entry: Entry = catalog.draft(actor=actor, provider=seat.body, content=content)
    entry = catalog.register(actor=actor, entry=entry)
    lines = "".join(f"{n},{n}.25,{secrets.token_hex(32)}\n" for n in range(ROWS))
    received = receive([f"序号,吞吐量,代码\n{lines}".encode()], "long.csv")
    upload = warehouse.receive(actor=actor, entry=entry, received=received, options=Options())
    preparing.prepare(str(upload.pk))
    upload.refresh_from_db()
    warehouse.publish(actor=actor, entry=entry, upload=upload, without_rejected=False)
    return entry.slug
