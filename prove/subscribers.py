"""A hundred subscribers, half pushed to, half pulling, have each release once, whoever is killed.

While releases that replace, append, upsert and delete are published, worker and pages are killed
(kill -9) at random moments, and so are the subscribers' own programs; some of these stay away for
half of the time. In the end every subscriber's file tells of every release in its order, with no
gap and none twice, and what it holds after each is what a dictionary holds that was told the same.
"""

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from prove import house
from prove.house import Cast, House
from prove.receiving import Journal
from yelin import gate
from yelin.catalog import acts as catalog
from yelin.catalog.models import Entry
from yelin.collecting import acts as collecting
from yelin.collecting import reads as repeats
from yelin.delivery import acts
from yelin.delivery.models import DeadLetter, Delivery, Subscription
from yelin.law import duties
from yelin.notices.webhooks import public_key
from yelin.parties.models import Seat
from yelin.warehouse import acts as warehouse
from yelin.warehouse import tasks as preparing
from yelin.warehouse.merged import OF_A_FILE, Mode
from yelin.warehouse.models import UploadState
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

SUBSCRIBERS, RELEASES = 100, 200
# As many programs hear, and as many ask.
PROGRAMS = 5
ROWS = 40
HEADER = "序号,吞吐量,代码\n"
# In which nobody has taken anything.
PATIENCE_SECONDS = 300
ROOT = Path(__file__).parents[1]
Rows = dict[int, Decimal]


def show(stood: House, scale: float) -> None:
    """Publish two hundred releases, fewer at a smaller scale, which has fewer subscribers, too."""
    seed = os.environ["DRAW"]
    # A small one has one program of each kind.
    programs = PROGRAMS if scale >= 0.2 else 1
    each = max(1, round(SUBSCRIBERS * scale / programs / 2))
    releases = max(4, round(RELEASES * scale))
    _Proof(stood, random.Random(seed), programs, each, releases).run()  # noqa: S311 - a proof that can be repeated


@dataclass(slots=True)
class _Program:
    """A subscribers' program, which is killed and started again; ``away`` it is not started."""

    words: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    away: bool = False

    def start(self) -> None:
        """Start it where it does not run and is not away."""
        if self.process is None and not self.away:
            call = [sys.executable, "-m", "prove.receiving", *self.words]
            self.process = subprocess.Popen(call, cwd=ROOT, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """End it without a word."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


@dataclass(slots=True)
class _Proof:
    house: House
    rng: random.Random
    programs: int
    each: int
    releases: int
    said: list[Rows] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Publish and kill; let everything settle; look at what every subscriber has."""
        folder = self.house.home / "subscribers"
        folder.mkdir()
        cast = house.appoint(departments=1 + self.programs, stewards=1, officers=1)
        provider, *takers = (seats[0] for seats in cast.stewards)
        entry = _shared(cast, provider)
        self.house.start("serve", "worker")
        hearing, asking = self._programs(cast, entry, takers, folder)
        began = time.monotonic()
        try:
            self._publish(entry, provider, hearing, asking)
            print(f"{self.releases} releases in {time.monotonic() - began:.0f} s", flush=True)
            for each in (*hearing, *asking):
                each.away = False
                each.start()
            self._settle(folder)
        finally:
            for each in (*hearing, *asking):
                each.kill()
        print(f"all was taken {time.monotonic() - began:.0f} s after the beginning", flush=True)
        self._require(folder)

    def _programs(
        self, cast: Cast, entry: Entry, takers: list[Seat], folder: Path
    ) -> tuple[list[_Program], list[_Program]]:
        """Let each department subscribe as often as its program hears, and begin to ask."""
        hearing, asking, many = [], [], self.each
        for number, seat in enumerate(takers):
            port, first = house.free_port(), number * many
            house.let_out(cast, seat.body, port, "delivery")
            with transaction.atomic():
                gate.grant(seat.body, entry, "resource.read", duty=duties.OPENING_APPLY)
            for place in range(first, first + many):
                acts.subscribe(
                    actor=house.actor_of(seat),
                    entry=entry,
                    address=f"http://127.0.0.1:{port}/{place}",
                    wants="changes",
                    since=0,
                )
            words = ["push", str(port), str(folder), public_key(), str(first), str(many)]
            hearing.append(_Program(words))
            url = f"{self.house.url}/api/v1/resources/{entry.slug}/changes"
            tokens = ",".join(house.token_of(seat) for _ in range(many))
            first = (self.programs + number) * many
            asking.append(_Program(["pull", url, tokens, str(folder), str(first), str(number)]))
        for each in (*hearing, *asking):
            each.start()
        return hearing, asking

    def _publish(
        self, entry: Entry, steward: Seat, hearing: list[_Program], asking: list[_Program]
    ) -> None:
        """Publish release after release, and kill now this and now that."""
        for number in range(1, self.releases + 1):
            self._release(entry, steward, number)
            share = number / self.releases
            # Two are away for half of the time, as over a week.
            for each in (hearing[-1], asking[-1]):
                each.away = self.programs > 1 and 0.3 < share < 0.8
                if each.away:
                    each.kill()
            if self.rng.random() < 0.5 or number == self.releases // 2:
                self._kill(hearing, asking)

    def _kill(self, hearing: list[_Program], asking: list[_Program]) -> None:
        # What ran before the kill is started again; what was killed lay down for a moment.
        victim = self.rng.choice(("worker", "serve", "hearing", "asking", "hearing", "asking"))
        self.killed[victim] += 1
        if victim in self.house.parts:
            self.house.parts[victim].kill()
            self.house.start(victim)
            return
        one = self.rng.choice(hearing if victim == "hearing" else asking)
        one.kill()
        for each in (*hearing, *asking):
            if each is not one or self.rng.random() < 0.5:
                each.start()

    def _release(self, entry: Entry, steward: Seat, number: int) -> None:
        """Publish one more release, and note what a dictionary holds that was told the same."""
        before = self.said[-1] if self.said else {}
        mode = Mode(self.rng.choice(OF_A_FILE)) if len(before) > 1 else Mode.REPLACE
        keys = self.rng.sample(range(2 * ROWS), self.rng.randint(1, ROWS))
        file = {key: Decimal(self.rng.randint(1, 9999)) / 4 for key in keys}
        if mode is Mode.DELETE:
            file = {key: file[key] for key in file if key in before} or {min(before): Decimal(1)}
            if len(file) == len(before):
                file.popitem()
        if mode is Mode.APPEND:
            file = {key: file[key] for key in file if key not in before} or {
                9_000 + number: Decimal(1)
            }
        lines = "".join(f"{key},{tons},{key % 7:03d}\n" for key, tons in file.items())
        actor = house.actor_of(steward)
        upload = warehouse.receive(
            actor=actor,
            entry=entry,
            received=receive([(HEADER + lines).encode()], "t.csv"),
            options=Options(mode=mode),
        )
        began = time.monotonic()
        while upload.state != UploadState.READY:
            # The worker prepares it; where that was killed, it is done here.
            if time.monotonic() - began > 3:
                preparing.prepare(str(upload.pk))
            time.sleep(0.1)
            upload.refresh_from_db()
            assert upload.state != UploadState.FAILED, upload.error
        warehouse.publish(
            actor=actor, entry=entry, upload=upload, without_rejected=False, as_changed=True
        )
        self.said.append(
            {
                Mode.REPLACE: lambda: file,
                Mode.APPEND: lambda: before | file,
                Mode.UPSERT: lambda: before | file,
                Mode.DELETE: lambda: {key: before[key] for key in before if key not in file},
            }[mode]()
        )

    def _settle(self, folder: Path) -> None:
        """Wait until all have everything; whoever waits to be tried again says that it is there."""
        moved, asked, had = time.monotonic(), 0.0, 0
        pulled = range(self.programs * self.each, 2 * self.programs * self.each)
        while True:
            behind = list(Subscription.objects.live().exclude(told=self.releases))
            asking = [n for n in pulled if not self._has_pulled(folder / str(n))]
            if not behind and not asking:
                return
            has = sum(path.stat().st_size for path in folder.iterdir())
            if has != had:
                moved, had = time.monotonic(), has
            assert time.monotonic() < moved + PATIENCE_SECONDS, (
                f"{[(each.told, each.tries, each.failure) for each in behind]} {asking}"
            )
            if time.monotonic() - asked > 10:
                asked = time.monotonic()
                for each in behind:
                    acts.replay(actor=house.actor_of(each.seat), subscription=each)
            time.sleep(0.5)

    def _has_pulled(self, path: Path) -> bool:
        lines = path.read_bytes().splitlines() if path.exists() else []
        try:
            page = json.loads(lines[-1])["page"] if lines else {}
        except ValueError:
            # It is being written.
            return False
        return page.get("release") == self.releases and page["complete"]

    def _require(self, folder: Path) -> None:
        """Require of each subscriber every release once, in order, and as it was said to be."""
        every = list(range(1, self.releases + 1))
        pushed, pulled = self.programs * self.each, 2 * self.programs * self.each
        lines = 0
        for place in range(pulled):
            journal = Journal(folder / str(place)).lines
            lines += len(journal)
            steps = _pushed(journal) if place < pushed else _pulled(journal)
            held: Counter[tuple[int, Decimal]] = Counter()
            log = []
            for release, is_whole, rows in steps:
                held = _applied(Counter() if is_whole else held, rows)
                assert held == Counter(self.said[release - 1].items()), f"{place}: {release}"
                log.append(release)
            assert log == every, f"subscriber {place} has {log}"
        twice = folder / "twice"
        doubled = len(twice.read_text().splitlines()) if twice.exists() else 0
        outcomes = Counter(Delivery.objects.values_list("channel", "outcome"))
        print(*self.house.require_whole(), sep="\n")
        print(", ".join(f"{times} × {victim} killed" for victim, times in self.killed.items()))
        print(
            f"{lines} messages and pages; {doubled} came twice and were dropped;"
            f" {DeadLetter.objects.count()} dead letters; {outcomes}"
        )
        print(f"{pulled} subscribers have {self.releases} releases each, each once and in order")


def _applied(
    held: Counter[tuple[int, Decimal]], rows: list[dict[str, Any]]
) -> Counter[tuple[int, Decimal]]:
    held = Counter(held)
    for row in rows:
        held[row["序号"], Decimal(row["吞吐量"])] += (
            1 if row.get("change", "added") in {"added", "after"} else -1
        )
    assert all(times >= 0 for times in held.values()), "a row was taken away that was not there"
    return +held


def _pushed(journal: list[dict[str, Any]]) -> Iterator[tuple[int, bool, list[dict[str, Any]]]]:
    """Yield each release that came whole: its number, whether it stands alone, and its rows."""
    step, parts = "", {}
    assert len({line["number"] for line in journal}) == len(journal), "a message was taken twice"
    for line in journal:
        head, _, rows = line["content"].partition("\n")
        said = json.loads(head)
        if said["step"] != step:
            step, parts = said["step"], {}
        parts[said["part"]] = rows
        if said["complete"]:
            assert sorted(parts) == list(range(1, said["of"] + 1))
            told = "".join(parts[part] for part in sorted(parts))
            yield said["release"], said["since"] is None, _read(told)


def _pulled(journal: list[dict[str, Any]]) -> Iterator[tuple[int, bool, list[dict[str, Any]]]]:
    rows: list[dict[str, Any]] = []
    for line in journal:
        page = line["page"]
        rows = [*(rows if page["first"] else []), *page["items"]]
        if page["complete"]:
            assert len(rows) == page["total"]
            yield page["release"], page["restart"], _read("\n".join(map(json.dumps, rows)))


def _read(lines: str) -> list[dict[str, Any]]:
    return [json.loads(line, parse_float=Decimal) for line in lines.splitlines()]


def _shared(cast: Cast, seat: Seat) -> Entry:
    """Return a confirmed resource that is had by a grant only."""
    actor, officer = house.actor_of(seat), house.actor_of(cast.officers[0])
    content = house.content_of(
        f"港口货物吞吐量 {secrets.token_hex(4)}",
        opening_type="conditional",
        opening_condition="说明用途",
        classification="307010009",
    )
    entry: Entry = catalog.draft(actor=actor, provider=seat.body, content=content)
    entry = catalog.register(actor=actor, entry=entry)
    entry = catalog.submit(actor=actor, entry=entry)
    for repeat in repeats.unanswered(entry.thing):
        collecting.give_reason(actor=actor, repeat=repeat, reason="按码头分别统计")
    return catalog.confirm(actor=officer, entry=entry)
