"""Web and worker are killed while releases build on releases: each is the old one or the new.

Files that replace, append, upsert and delete come in over REST, older releases are gone back to,
rows are erased; at random moments web, worker or both are killed (kill -9). After each kill, with
nothing restarted yet, the log verifies, and every release holds what a dictionary holds that was
told the same. In the end all is done, and after the sweep the store has no file that no row names.
"""

import os
import random
import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import pyarrow.parquet as pq
import requests
from django.apps import apps

from prove import house
from prove.house import House
from yelin.catalog import acts
from yelin.catalog.models import Entry
from yelin.files.store import store
from yelin.warehouse import tasks
from yelin.warehouse.merged import OF_A_FILE, Mode
from yelin.warehouse.models import DATA, Leaving, Release, Upload, UploadState

KILLS = 30
ROWS = 20_000
PATIENCE_SECONDS = 240
HEADER = "序号,吞吐量,代码\n"
VICTIMS = (("serve",), ("worker",), ("serve", "worker"))
Job = apps.get_model("procrastinate", "ProcrastinateJob")
Rows = dict[int, str]


def show(stood: House, scale: float) -> None:
    """Kill thirty times, fewer at a smaller scale; ``DRAW`` repeats a run's draws."""
    seed = os.environ["DRAW"]
    kills, rows = max(2, round(KILLS * scale)), max(500, round(ROWS * scale))
    _Proof(stood, random.Random(seed), kills, rows).run()  # noqa: S311 - a proof that can be repeated


@dataclass(slots=True)
class _Steward:
    """Somebody who does one thing after the other over REST, again and again until it is done.

    ``sent`` has the rows of every file by its digest, ``erased`` the keys that were to be erased.
    """

    house: House
    entry: Entry
    token: str
    rng: random.Random
    rows: int
    over: threading.Event
    sent: dict[str, Rows] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)
    doing: str = ""
    faults: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Do things until it is over; what was begun is done to its end."""
        while not self.over.is_set():
            self.doing = self.rng.choice([*OF_A_FILE, Mode.APPEND, Mode.UPSERT, "restore", "erase"])
            try:
                self._do(self.doing)
            except Exception as error:  # noqa: BLE001 - told at the end, by who looks
                self.faults.append(f"{self.doing}: {error!r}")
                return
            self.done[self.doing] += 1
        self.doing = ""

    def _do(self, what: str) -> None:
        newest = Release.objects.latest_of(self.entry)
        if what == "erase" and newest:
            # Noted before it is asked: whoever is killed in between may have done it.
            key = self.rng.randrange(2 * self.rows)
            self.erased.add(key)
            self._act("erase", keys=[[str(key)]], reason="依申请删除")
        elif what == "restore" and newest and newest.number > 1:
            made = self._act("roll_back", number=self.rng.randrange(1, newest.number))
            self._publish(made["facts"]["upload"]["id"])
        elif what in set(OF_A_FILE):
            self._publish(self._send(what if newest else Mode.REPLACE))

    def _send(self, mode: str) -> str:
        many = self.rows if mode in {Mode.REPLACE, Mode.UPSERT} else self.rows // 10
        keys = self.rng.sample(range(2 * self.rows), many)
        file = {key: f"{self.rng.randrange(10_000)}" for key in keys}
        blob = (HEADER + "".join(f"{key},{tons},甲\n" for key, tons in file.items())).encode()
        path = f"resources/{self.entry.slug}/releases?filename=t.csv&mode={mode}"
        key = secrets.token_hex(8)
        answer = self._ask("POST", path, data=blob, headers={"Idempotency-Key": key})
        self.sent[answer["id"]] = file
        return str(answer["id"])

    def _publish(self, upload: str) -> None:
        while not self.over.is_set():
            answer = self._ask("GET", f"uploads/{upload}")
            if answer["state"] in {"published", "failed"}:
                assert answer["state"] == "published", answer["error"]
                return
            if answer["state"] == "ready":
                self._ask("POST", f"uploads/{upload}/publish", 409, json={"without_rejected": True})
                word = {"upload": upload, "options": {"mode": answer["mode"]}}
                if self._ask("GET", f"uploads/{upload}")["state"] == "ready":
                    self._ask("POST", "acts/warehouse.prepare", 409, json=word)
            time.sleep(0.05)

    def _act(self, name: str, **said: object) -> dict[str, object]:
        said |= {"entry": self.entry.code}
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        return self._ask("POST", f"acts/warehouse.{name}", json=said, headers=headers)

    def _ask(self, method: str, path: str, *bearable: int, **more: object) -> dict[str, object]:
        """Ask until an answer comes; the same key again does nothing twice."""
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        while True:
            try:
                answer = requests.request(
                    method, f"{self.house.url}/api/v1/{path}", headers=headers, timeout=60, **more
                )
            except requests.RequestException:
                time.sleep(0.2)
                continue
            assert answer.ok or answer.status_code in bearable, f"{path}: {answer.text[:400]}"
            return answer.json()


class _Proof:
    def __init__(self, stood: House, rng: random.Random, kills: int, rows: int) -> None:
        self._house, self._rng, self._kills = stood, rng, kills
        self._over = threading.Event()
        self._middle: Counter[str] = Counter()
        self._proved: dict[tuple[int, int], Rows] = {}
        cast = house.appoint(departments=1, stewards=1, officers=1)
        steward, actor = cast.stewards[0][0], house.actor_of(cast.stewards[0][0])
        entry = acts.draft(
            actor=actor, provider=steward.body, content=house.content_of("港口货物吞吐量")
        )
        self._entry = acts.register(actor=actor, entry=entry)
        token = house.token_of(steward)
        own = random.Random(rng.random())  # noqa: S311 - a proof that can be repeated
        self._steward = _Steward(stood, self._entry, token, own, rows, self._over)

    def run(self) -> None:
        """Kill and look, again and again; then let everything settle, sweep, and look once more."""
        self._house.start("serve", "worker")
        thread = threading.Thread(target=self._steward.run)
        thread.start()
        try:
            for number in range(1, self._kills + 1):
                self._kill(number)
        finally:
            self._over.set()
            thread.join(PATIENCE_SECONDS)
        assert not self._steward.faults, self._steward.faults
        self._settle()
        self._look()
        erased = {str(key) for key in self._steward.erased}
        for release in self._releases():
            assert not {str(key) for key in _held(release)} & erased, f"{release} has erased rows"
        self._require_no_orphan()
        done = ", ".join(f"{times} × {what}" for what, times in self._steward.done.items())
        killed = ", ".join(f"{times} × {what}" for what, times in self._middle.items())
        print(f"{done}; killed amid {killed}", flush=True)
        print(f"{len(self._releases())} releases, each the old one or the new; no orphans")

    def _kill(self, number: int) -> None:
        victims = self._rng.choice(VICTIMS)
        time.sleep(self._rng.uniform(0.3, 2.0))
        doing = self._steward.doing
        for victim in victims:
            self._house.parts[victim].kill()
        self._middle[doing or "nothing"] += 1
        says = self._look()
        print(f"kill {number}: {' and '.join(victims)} amid {doing}; {says}", flush=True)
        self._house.start(*victims)

    def _look(self) -> str:
        assert not self._steward.faults, self._steward.faults
        says = self._house.require_whole()
        for release in self._releases():
            self._require_old_or_new(release)
        return says[1].splitlines()[-1]

    def _releases(self) -> list[Release]:
        rows = Release.objects.filter(entry=self._entry).order_by("number")
        return list(rows.select_related("sealed_by", "upload", "base", "restored"))

    def _require_old_or_new(self, release: Release) -> None:
        """Require what a dictionary holds that was told the same, but for rows that were erased."""
        if self._proved.get((release.number, release.redactions)) is not None:
            return
        held, meant = _held(release), self._meant(release)
        own = self._steward.erased
        assert len(held) == release.rows, f"{release}: {len(held)} rows instead of {release.rows}"
        assert held.items() <= meant.items(), f"{release}: rows that nobody sent"
        assert meant.keys() - held.keys() <= own, f"{release}: {len(meant)} rows became {len(held)}"
        self._proved[release.number, release.redactions] = held

    def _meant(self, release: Release) -> Rows:
        """Return what a release would hold had nothing ever been erased of it."""
        if release.restored:
            return self._meant(release.restored)
        file = self._steward.sent.get(str(release.upload_id), {})
        before = self._meant(release.base) if release.base else {}
        return {
            Mode.REPLACE: lambda: dict(file),
            Mode.APPEND: lambda: file | before,
            Mode.UPSERT: lambda: before | file,
            Mode.DELETE: lambda: {key: before[key] for key in before if key not in file},
        }[Mode(release.mode)]()

    def _settle(self) -> None:
        """Wait until what was interrupted is done, by the house's own means."""
        unsettled = [UploadState.RECEIVED, UploadState.PREPARING]
        deadline = time.monotonic() + PATIENCE_SECONDS
        waiting = Job.objects.filter(task_name__in=["warehouse.prepare", "warehouse.redact"])
        while (
            Upload.objects.filter(state__in=unsettled).exists()
            or waiting.filter(status__in=["todo", "doing"]).exists()
        ):
            assert time.monotonic() < deadline, list(waiting.values("task_name", "status"))
            time.sleep(0.3)

    def _require_no_orphan(self) -> None:
        """Require after the sweep that each file has its row, and each row its files."""
        for part in self._house.parts.values():
            part.kill()
        Leaving.clear(Leaving.objects.all())
        for folder in ("uploads", "releases"):
            for key in store().keys(folder):
                os.utime(store().local(key), (0, 0))
        tasks.clear_leavings.func(timestamp=0)
        uploads = Upload.objects.select_related("sealed_by")
        releases = Release.objects.select_related("sealed_by", "upload", "base", "restored")
        named = {copy.key for row in [*releases, *uploads] for copy in row.copies.values()}
        found = {key for folder in ("uploads", "releases") for key in store().keys(folder)}
        assert found == named, f"orphans {found - named}, missing {named - found}"


def _held(release: Release) -> Rows:
    with release.copy(DATA).place.open("rb") as file:
        table = pq.read_table(file)
    tons = (format(value, "f") for value in table.column("吞吐量").to_pylist())
    return dict(zip(table.column("序号").to_pylist(), tons, strict=True))
