"""Catalogs of others are read fifty times while the worker is killed; each thing stands here once.

A CKAN catalog, a DCAT catalog and a spreadsheet change between readings; a steward enters what the
spreadsheet brought. In the middle of each reading, at a random moment, the worker is killed
(kill -9), and every fifth time the catalogs change while it lies dead. Each reading tells what
became of every resource, each act is done once, and what stands here is what stands there. A last
reading, of what did not change, changes nothing.
"""

import csv
import io
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from django.apps import apps
from procrastinate.exceptions import AlreadyEnqueued

# A killed worker is missed after three seconds, so that the proof need not wait as a province may.
os.environ["YELIN_HEARTBEAT_SECONDS"] = "1"

from prove import house, portals
from prove.house import House
from prove.portals import Portal
from yelin.catalog import acts as catalog
from yelin.catalog.models import Entry
from yelin.compiling import acts as compiling
from yelin.compiling.models import Import, ImportState, Planned
from yelin.compiling.models import Outcome as Becomes
from yelin.config import config
from yelin.harvesting import acts
from yelin.harvesting.content import SourceContent
from yelin.harvesting.models import Origin, Outcome, Run, RunState, Source
from yelin.ledger.models import Leaf
from yelin.operation.tasks import retry_stalled

READINGS = 50
LISTED = {"ckan": 130, "dcat": 60, "sheet": 40}
MEANWHILE = 5
PATIENCE_SECONDS = 120
# A title that the body has already, and the summary of what cannot be taken.
TAKEN, BAD = "已有的目录", "不能收"
SHEET_AS = {
    Becomes.MAKE: Outcome.MADE,
    Becomes.CHANGE: Outcome.CHANGED,
    Becomes.KEEP: Outcome.KEPT,
    Becomes.REFUSE: Outcome.REFUSED,
}
Said = dict[str, tuple[str, str]]
Job = apps.get_model("procrastinate", "ProcrastinateJob")


def show(stood: House, scale: float) -> None:
    """Read fifty times, fewer at a smaller scale; ``DRAW`` repeats a run's draws."""
    seed = os.environ["DRAW"]
    with portals.portal() as portal:
        sizes = {kind: max(8, round(many * min(1, 4 * scale))) for kind, many in LISTED.items()}
        _Harvest(stood, portal, random.Random(seed), sizes).run(  # noqa: S311 - it can be repeated
            max(1, round(READINGS * scale))
        )


@dataclass(slots=True)
class _Elsewhere:
    """What a source lists, title and summary by id; ``told`` is what of it stands here."""

    kind: str
    prefix: str
    rng: random.Random
    listed: Said = field(default_factory=dict)
    told: Said = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)
    made: int = 0

    def grow(self, many: int) -> None:
        """List so many more."""
        for _ in range(many):
            self.made += 1
            self.listed[f"{self.prefix}{self.kind}-{self.made:04}"] = self._words(self.made)

    def change(self) -> None:
        """Let some come, change, leave, return, turn back, or become such as cannot be taken."""
        left = sorted(set(self.told) - set(self.listed))
        for id_ in self.rng.sample(sorted(self.listed), len(self.listed) // 4):
            number = int(id_.rpartition("-")[2])
            match self.rng.randrange(6):
                case 0:
                    del self.listed[id_]
                case 1:
                    bad = {"ckan": TAKEN, "dcat": "", "sheet": self._title(number)}
                    self.listed[id_] = (bad[self.kind], BAD)
                case 2 if id_ in self.told:
                    self.listed[id_] = self.told[id_]
                case _:
                    self.listed[id_] = self._words(number)
        for id_ in self.rng.sample(left, len(left) // 3):
            self.listed[id_] = self.told[id_]
        self.grow(self.rng.randint(1, 4))

    def _title(self, number: int) -> str:
        return f"{self.kind} 港口货物吞吐量 {number:04}"

    def _words(self, number: int) -> tuple[str, str]:
        title = self._title(number)
        if self.kind != "sheet" and self.rng.random() < 0.5:
            # A spreadsheet knows a resource by nothing but its title.
            title = f"{title}（{self.rng.randrange(1000)}）"
        return title, f"第{self.rng.randrange(10**6)}次写成的摘要。"

    def expected(self) -> dict[str, str]:
        """Return what becomes of each that is listed."""
        return {id_: self._expected(id_, said) for id_, said in self.listed.items()}

    def _expected(self, id_: str, said: tuple[str, str]) -> str:
        if said[1] == BAD:
            return Outcome.REFUSED
        if id_ not in self.told:
            return Outcome.MADE
        return Outcome.KEPT if self.told[id_] == said else Outcome.CHANGED

    def gone(self) -> int:
        """Return how many of those that were known are not listed for the second time."""
        return sum(times >= 1 for id_, times in self.missed.items() if id_ not in self.listed)

    def takeable(self) -> Said:
        """Return what is listed without what cannot be taken."""
        return {id_: said for id_, said in self.listed.items() if said[1] != BAD}


class _Harvest:
    def __init__(
        self, stood: House, portal: Portal, rng: random.Random, sizes: dict[str, int]
    ) -> None:
        self._house, self._portal, self._rng = stood, portal, rng
        self._begun = _acted()
        cast = house.appoint(departments=1, stewards=1, officers=1)
        self._body = cast.departments[0]
        self._steward = house.actor_of(cast.stewards[0][0])
        prefixes = {"ckan": "", "dcat": f"{portal.address}/", "sheet": ""}
        self._elsewhere = {kind: _Elsewhere(kind, prefixes[kind], rng) for kind in sizes}
        for kind, many in sizes.items():
            self._elsewhere[kind].grow(many)
        house.let_out(cast, self._body, portal.port)
        paths = {"ckan": "", "dcat": "/catalog", "sheet": "/catalog.csv"}
        self._sources = {kind: self._source(kind, path) for kind, path in paths.items()}
        taken = house.content_of(TAKEN, items=())
        catalog.draft(actor=self._steward, provider=self._body, content=taken)
        self._totals: Counter[str] = Counter()
        self._in_the_middle = 0

    def _source(self, kind: str, path: str) -> Source:
        address = f"{self._portal.address}{path}"
        content = SourceContent.model_validate({"title": kind, "kind": kind, "address": address})
        return acts.add(actor=self._steward, body=self._body, content=content)

    def _serve(self) -> None:
        """Let the portal list what there is by now."""
        ckan, dcat, sheet = (sorted(each.listed.items()) for each in self._elsewhere.values())
        self._portal.packages = [
            portals.package(0, id=id_, name=id_, title=title, notes=notes)
            for id_, (title, notes) in ckan
        ]
        datasets = [portals.dataset(id_, *said) for id_, said in dcat]
        rows = max(3, len(datasets) // 4)
        out = io.StringIO()
        csv.writer(out).writerows(
            [
                ("信息资源名称", "信息资源摘要", "更新周期"),
                *((*said, "说不准" if said[1] == BAD else "每月") for _id, said in sheet),
            ]
        )
        self._portal.files = {
            **portals.feed(datasets, "/catalog", self._portal.address, rows),
            "/catalog.csv": ("text/csv", out.getvalue().encode()),
        }

    def run(self, readings: int) -> None:
        """Read, kill and look, again and again; then read twice what stays as it is."""
        self._house.start("worker")
        for number in range(1, readings + 1):
            self._serve()
            self._read(kill=True, meanwhile=number % MEANWHILE == 0)
            print(f"reading {number}: {self._told()}", flush=True)
            for each in self._elsewhere.values():
                each.change()
        self._serve()
        self._read(kill=False)
        before = Leaf.objects.count()
        runs = self._read(kill=False)
        asked = Leaf.objects.filter(act="harvesting.read").count()
        assert Leaf.objects.count() == before + len(runs), "what did not change was acted upon"
        failed = Job.objects.filter(status="failed")
        assert not failed.exists(), list(failed.values("task_name", "args", "attempts"))
        print(f"{self._in_the_middle} of {readings} kills came in the middle of a reading;")
        print(f"{asked} catalogs read: {self._told()}")
        print("a last reading changed nothing; nothing stands here twice")
        print(*self._house.require_whole(), sep="\n")

    def _told(self) -> str:
        return ", ".join(f"{self._totals[each]} {each.label.lower()}" for each in Outcome)

    def _read(self, *, kill: bool, meanwhile: bool = False) -> list[Run]:
        """Have all sources read to their end and what they brought entered; then look."""
        expected = {kind: each.expected() for kind, each in self._elsewhere.items()}
        gone = {kind: each.gone() for kind, each in self._elsewhere.items()}
        before = {kind: dict(each.listed) for kind, each in self._elsewhere.items()}
        acted, told = _acted(), self._totals.copy()
        for source in self._sources.values():
            acts.read(actor=self._steward, source=source)
        runs = {kind: source.runs.latest("pk") for kind, source in self._sources.items()}
        if kill:
            work = sum(len(each) for each in expected.values())
            point = self._rng.randrange(work)
            self._until(lambda: self._progress(runs) >= point or self._is_settled(runs))
            time.sleep(self._rng.uniform(0, 0.3))
            self._house.parts["worker"].kill()
            self._in_the_middle += not self._is_settled(runs)
            if meanwhile:
                for kind in ("ckan", "dcat"):
                    self._elsewhere[kind].change()
                self._serve()
            self._house.start("worker")
            time.sleep(config.stalled_seconds)
            with suppress(AlreadyEnqueued):
                retry_stalled.defer(timestamp=0)
        self._until(lambda: self._is_settled(runs))
        for kind in ("ckan", "dcat"):
            if meanwhile:
                self._require_between(kind, runs[kind], before[kind])
            else:
                self._require_read(kind, runs[kind], expected[kind], gone[kind])
        self._require_imported(runs["sheet"], expected["sheet"])
        self._require_acted(acted, told, exactly=not meanwhile)
        return list(runs.values())

    def _progress(self, runs: dict[str, Run]) -> int:
        self._enter_imports()
        entered = Planned.objects.filter(batch__state=ImportState.RUNNING, done_at__isnull=False)
        return Origin.objects.filter(run__in=runs.values()).count() + entered.count()

    def _is_settled(self, runs: dict[str, Run]) -> bool:
        self._enter_imports()
        reading = Run.objects.filter(pk__in=[run.pk for run in runs.values()])
        under_way = reading.filter(state=RunState.RUNNING).exists()
        return not under_way and not Import.objects.exclude(state=ImportState.DONE).exists()

    def _enter_imports(self) -> None:
        """Do what a steward does: have entered what the spreadsheet brought."""
        for batch in Import.objects.filter(state=ImportState.READY):
            compiling.run(actor=self._steward, batch=batch)

    def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, (
                f"nothing moves: {list(Run.objects.filter(state=RunState.RUNNING).values())},"
                f" {list(Import.objects.values('state', 'error'))}, {list(Job.objects.values())}"
            )
            time.sleep(0.02)

    def _require_read(self, kind: str, run: Run, expected: dict[str, str], gone: int) -> None:
        """Require that the report tells what happened, and that this stands here."""
        there = self._elsewhere[kind]
        became = self._reported(run)
        assert became == expected, _differing(became, expected)
        assert (run.counts["gone"], run.counts["repeated"]) == (gone, 0), (kind, run.counts)
        there.told |= there.takeable()
        stands = _stands(run.source)
        assert stands == there.told, _differing(stands, there.told)
        there.missed = dict(run.source.origins.values_list("remote_id", "missed"))

    def _require_between(self, kind: str, run: Run, before: Said) -> None:
        """Require that what stands here was told before or after the change in the middle."""
        there = self._elsewhere[kind]
        became, stands = self._reported(run), _stands(run.source)
        assert set(became) <= set(before) | set(there.listed)
        for id_, said in stands.items():
            known = (there.told.get(id_), before.get(id_), there.listed.get(id_))
            assert said in known, f"{id_} says {said}, told was {known}"
        there.told = stands
        there.missed = dict(run.source.origins.values_list("remote_id", "missed"))

    def _reported(self, run: Run) -> dict[str, str]:
        """Return what became of each resource; the counts must tell the same."""
        run.refresh_from_db()
        assert run.state == RunState.DONE, run.failure
        became = dict(run.origins.values_list("remote_id", "outcome"))
        counts = {each: n for each, n in run.counts.items() if each not in {"gone", "repeated"}}
        assert Counter(became.values()) == counts, (counts, became)
        self._totals.update(became.values())
        return became

    def _require_imported(self, run: Run, expected: dict[str, str]) -> None:
        run.refresh_from_db()
        assert run.state == RunState.DONE, run.failure
        there = self._elsewhere["sheet"]
        if set(expected.values()) <= {Outcome.KEPT, Outcome.REFUSED}:
            assert run.batch is None, "what did not change was taken in once more"
            return
        assert run.batch is not None, "the spreadsheet changed and was not taken in"
        planned = run.batch.planned.values_list("title", "outcome")
        became = {title: SHEET_AS[Becomes(outcome)] for title, outcome in planned}
        by_title = {there.listed[id_][0]: of for id_, of in expected.items()}
        assert became == by_title, _differing(became, by_title)
        there.told |= there.takeable()
        self._totals.update(became.values())

    def _require_acted(self, acted: Counter[str], told: Counter[str], *, exactly: bool) -> None:
        """Require as many acts as the reports tell, and no entry beside what was listed."""
        acts_done, reported = _acted() - acted, self._totals - told
        done = [acts_done[name] for name in ("catalog.draft", "catalog.amend")]
        said = [reported[each] for each in (Outcome.MADE, Outcome.CHANGED)]
        assert done == said if exactly else done >= said, (acts_done, reported)
        entries = Entry.objects.filter(provider=self._body)
        since = _acted() - self._begun
        assert entries.count() == since["catalog.draft"]
        of_none = entries.filter(origin=None).exclude(title=TAKEN)
        assert set(of_none.values_list("title", flat=True)) == {
            title for title, _summary in self._elsewhere["sheet"].told.values()
        }
        brought = Run.objects.filter(batch__isnull=False).count()
        assert Import.objects.count() == brought == since["compiling.receive"]
        assert not Planned.objects.filter(
            outcome__in=[Becomes.MAKE, Becomes.CHANGE], done_at=None
        ).exists()


def _acted() -> Counter[str]:
    """Return how often each act was done."""
    return Counter(Leaf.objects.filter(refused=False).values_list("act", flat=True))


def _stands(source: Source) -> Said:
    """Return what the entries from a source say, by their ids there."""
    rows = source.origins.filter(entry__isnull=False)
    return {
        id_: (title, summary)
        for id_, title, summary in rows.values_list("remote_id", "entry__title", "entry__summary")
    }


def _differing(found: Mapping[str, object], expected: Mapping[str, object]) -> str:
    return "; ".join(
        f"{id_}: {found.get(id_)} instead of {expected.get(id_)}"
        for id_ in sorted(set(found) | set(expected))
        if found.get(id_) != expected.get(id_)
    )
