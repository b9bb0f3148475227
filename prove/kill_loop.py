"""Web and worker are killed again and again in the middle of ingests and acts; nothing is lost.

While files come in over REST and officials act in a third process, web and worker are killed (kill
-9) at random moments. After each kill, with nothing restarted yet, the ledger verifies, releases
are as published, every upload is in its old or its new state with its files, and whatever was
answered is there. In the end everything that was interrupted has been done.
"""

import json
import os
import random
import threading
import time
from collections import Counter, defaultdict
from multiprocessing.process import BaseProcess
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, OuterRef

from prove import house, part, trail
from prove.bringing import Bringer
from prove.house import NURSERY, Cast, House
from prove.trail import Done
from yelin.catalog import acts
from yelin.collecting import acts as collecting
from yelin.collecting import reads as repeats
from yelin.files.store import sha256
from yelin.ledger.models import Leaf
from yelin.warehouse.models import Copy, Release, Upload, UploadState

KILLS = 10
ROWS = 150_000
CALM_SECONDS = (0.5, 3.0)
PATIENCE_SECONDS = 240
Job = apps.get_model("procrastinate", "ProcrastinateJob")
Worker = apps.get_model("procrastinate", "ProcrastinateWorker")
VICTIMS = (("serve",), ("worker",), ("serve", "worker"))


def show(stood: House, scale: float) -> None:
    """Kill ten times, fewer at a smaller scale; ``DRAW`` repeats a run's draws."""
    seed = os.environ["DRAW"]
    _Loop(stood, seed, max(2, round(KILLS * scale)), max(5_000, round(ROWS * scale))).run()


class _Loop:
    def __init__(self, stood: House, seed: str, kills: int, rows: int) -> None:
        self._house = stood
        self._seed = seed
        self._rng = random.Random(seed)  # noqa: S311 - a proof that can be repeated
        self._kills = kills
        self._over = threading.Event()
        cast = house.appoint(departments=3, stewards=2, officers=3)
        self._bringers = [self._bringer(cast, number, rows) for number in range(2)]
        # Seats that bring files in do nothing else, so that each one's leaves are all its own.
        self._actors = [*cast.officers[1:], *(seats[1] for seats in cast.stewards)]
        self._journal = stood.home / "journal"
        self._before: list[trail.Row] = []
        self._begun = Leaf.objects.count()
        self._in_the_middle: Counter[str] = Counter()
        self._dead = 0

    def _bringer(self, cast: Cast, number: int, rows: int) -> Bringer:
        steward = cast.stewards[number][0]
        actor, officer = house.actor_of(steward), house.actor_of(cast.officers[0])
        content = house.content_of(f"港口货物吞吐量 {number}", classification="307010009")
        entry = acts.draft(actor=actor, provider=steward.body, content=content)
        entry = acts.register(actor=actor, entry=entry)
        entry = acts.submit(actor=actor, entry=entry)
        for repeat in repeats.unanswered(entry.thing):
            collecting.give_reason(actor=actor, repeat=repeat, reason="按码头分别统计")
        entry = acts.confirm(actor=officer, entry=entry)
        rng = random.Random(f"{self._seed} {number}")  # noqa: S311 - a proof that can be repeated
        token = house.token_of(steward)
        return Bringer(self._house.url, entry.slug, token, rng, rows, self._over)

    def run(self) -> None:
        """Kill and look, again and again; then let everything settle and look once more."""
        self._house.start("serve", "worker")
        threads = [threading.Thread(target=bringer.run) for bringer in self._bringers]
        for thread in threads:
            thread.start()
        acting = self._act()
        try:
            while not self._journal.stat().st_size:
                assert acting.is_alive(), "the third process ended"
                time.sleep(0.05)
            for number in range(1, self._kills + 1):
                self._kill(number)
        finally:
            acting.terminate()
            acting.join()
            self._over.set()
            for thread in threads:
                thread.join()
        self._settle()
        self._conclude()

    def _act(self) -> BaseProcess:
        self._journal.touch()
        seats = [str(seat.pk) for seat in self._actors]
        acting = NURSERY.Process(target=part.act, args=(str(self._journal), self._seed, *seats))
        acting.start()
        return acting

    def _kill(self, number: int) -> None:
        victims = self._rng.choice(VICTIMS)
        time.sleep(self._rng.uniform(*CALM_SECONDS))
        if "worker" in victims:
            self._await_work()
            time.sleep(self._rng.uniform(0, 0.5))
        for victim in victims:
            self._house.parts[victim].kill()
        if "worker" in victims:
            self._bury()
        told = [line.splitlines()[-1] for line in self._look()]
        print(f"kill {number}: {' and '.join(victims)}; {told[0]}; {told[1]}", flush=True)
        self._house.start(*victims)

    def _await_work(self) -> None:
        """Wait until a worker that was not killed yet prepares a file."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        doing = Job.objects.filter(
            status="doing", task_name="warehouse.prepare", worker_id__gt=self._dead
        )
        while not doing.exists():
            assert time.monotonic() < deadline, (
                f"no file is being prepared: {[(b.faults, len(b.taken)) for b in self._bringers]}"
                f" {list(Upload.objects.values('state', 'error'))} {list(Job.objects.values())}"
            )
            time.sleep(0.05)

    def _bury(self) -> None:
        """Note which workers are dead, and whether one died in the middle of a file."""
        dead = Worker.objects.order_by("-id").values_list("id", flat=True).first() or 0
        doing = Job.objects.filter(status="doing", task_name="warehouse.prepare")
        middle = doing.filter(worker_id__gt=self._dead, worker_id__lte=dead).exists()
        self._in_the_middle["a worker died preparing a file"] += middle
        self._dead = dead

    def _look(self) -> list[str]:
        # What was answered is noted before the rows are read, for acts go on meanwhile.
        answered = self._answered()
        taken = [(b, dict(b.taken), dict(b.published)) for b in self._bringers]
        says = self._house.require_whole()
        leaves = trail.rows()
        trail.require_dense(leaves)
        trail.require_grown(self._before, leaves)
        trail.require_ways(leaves)
        self._before = leaves
        _require_answered(leaves, answered)
        for bringer, uploads, published in taken:
            assert not bringer.faults, bringer.faults[:3]
            _require_taken(uploads, published)
        _require_one_leaf_each(leaves)
        # Whether it is released is read with its state, for publishing goes on meanwhile.
        released = Exists(Release.objects.filter(upload=OuterRef("pk")))
        for upload in Upload.objects.annotate(is_released=released):
            self._require_old_or_new(upload)
        return says

    def _answered(self) -> dict[str, list[Done]]:
        journals: defaultdict[str, list[Done]] = defaultdict(list)
        for line in self._journal.read_text().splitlines():
            told = json.loads(line)
            journals[told.pop("seat")].append(Done(**told))
        return journals

    def _require_old_or_new(self, upload: Upload) -> None:
        name = f"upload {upload.pk} ({upload.state})"
        sha256 = upload.sha256
        sent = next((b.sent[sha256] for b in self._bringers if sha256 in b.sent), None)
        assert sent is not None, f"{name} is of a file that nobody sent"
        assert upload.state != UploadState.FAILED, f"{name}: {upload.error}"
        assert _sha256(upload.original) == sha256, f"{name}: its original is another"
        if not upload.is_settled:
            return
        assert (upload.rows, upload.rejected) == (sent.rows, sent.rejected), (
            f"{name} has {upload.rows} rows and {upload.rejected} rejected,"
            f" sent were {sent.rows} and {sent.rejected}"
        )
        for file in upload.report["files"]:
            assert _sha256(upload.prepared(file["name"])) == file["sha256"], f"{name}: {file}"
        is_published = upload.state == UploadState.PUBLISHED
        assert upload.is_released == is_published, f"{name}: released?"

    def _settle(self) -> None:
        """Wait until everything that was interrupted is done, by the house's own means."""
        began = time.monotonic()
        left = {upload: b for b in self._bringers for upload in b.taken}
        unsettled = [UploadState.RECEIVED, UploadState.PREPARING]
        while left or Upload.objects.filter(state__in=unsettled).exists():
            assert time.monotonic() - began < PATIENCE_SECONDS, (
                f"{len(left)} uploads never settle: "
                f"{list(Upload.objects.filter(state__in=unsettled).values('pk', 'state'))}, jobs "
                f"{list(Job.objects.values('id', 'task_name', 'status'))}"
            )
            left = {upload: b for upload, b in left.items() if not b.finish(upload)}
            time.sleep(0.3)
        while Leaf.objects.filter(index=None).exists():
            assert time.monotonic() - began < PATIENCE_SECONDS, "leaves stay pending"
            time.sleep(0.1)
        # A round of the sequencer signs what it has numbered.
        time.sleep(1)
        print(f"everything interrupted was done {time.monotonic() - began:.0f} s after the end")

    def _conclude(self) -> None:
        says = self._look()
        answered = self._answered()
        count = trail.require_journals(_of_seats(self._before, answered), answered)
        uploads = Upload.objects.count()
        unanswered = sum(bringer.unanswered for bringer in self._bringers)
        for bringer in self._bringers:
            rows = dict(
                Release.objects.filter(entry__code=bringer.slug.replace("-", "/")).values_list(
                    "number", "rows"
                )
            )
            for release, total in bringer.read:
                assert rows.get(release) == total, f"release {release} was read with {total} rows"
        print(f"{count} acts of the third process, each with its leaf, in each seat's order;")
        print(f"{uploads} uploads, {Release.objects.count()} releases, {unanswered} calls cut off;")
        print(", ".join(f"{times} times {what}" for what, times in self._in_the_middle.items()))
        print(*says, self._house.require(*self._house.from_outside()), sep="\n")


def _of_seats(leaves: list[trail.Row], seats: dict[str, list[Done]]) -> list[trail.Row]:
    return [row for row in leaves if row.payload["actor"].get("seat") in seats]


def _require_answered(leaves: list[trail.Row], answered: dict[str, list[Done]]) -> None:
    """Require that each seat's leaves begin with what it was answered, in that order."""
    found: defaultdict[str, list[Done]] = defaultdict(list)
    for row in leaves:
        found[row.payload["actor"].get("seat", "")].append(row.done())
    for seat, told in answered.items():
        assert found[seat][: len(told)] == told, f"seat {seat} was answered what is not in the log"


def _require_taken(taken: dict[str, object], published: dict[str, dict[str, object]]) -> None:
    known = {str(pk) for pk in Upload.objects.filter(pk__in=taken).values_list("pk", flat=True)}
    assert known == set(taken), f"uploads were answered and are gone: {set(taken) - known}"
    for upload, answer in published.items():
        release = Release.objects.filter(upload_id=UUID(upload)).first()
        assert release is not None, f"the release of upload {upload} was answered and is gone"
        found = (release.number, release.rows, bytes(release.digest).hex())
        assert found == (answer["number"], answer["rows"], answer["digest"]), f"{upload}: {answer}"


def _require_one_leaf_each(leaves: list[trail.Row]) -> None:
    """Require exactly one leaf for every upload and release, and no leaf without its row."""
    for act, kind, model in (
        ("warehouse.receive", "upload", Upload),
        ("warehouse.publish", "release", Release),
    ):
        told = Counter(row.payload["facts"][kind]["id"] for row in leaves if row.act == act)
        kept = {str(pk) for pk in model.objects.values_list("pk", flat=True)}
        doubled = [id_ for id_, times in told.items() if times > 1]
        assert not doubled, f"{act} stands twice for {doubled}"
        # Rows are read after the leaves, so a row may be newer than they are.
        assert set(told) <= kept, f"{act} has leaves without a row: {set(told) - kept}"
        later = {row.payload["facts"][kind]["id"] for row in trail.rows() if row.act == act}
        assert kept <= later, f"{kind}s without a leaf: {kept - later}"


def _sha256(copy: Copy) -> str:
    assert copy.place.exists(), f"{copy.key} is missing"
    return sha256(copy.place)
