"""Five million rows go in and out in every format and mode, and no part holds a GiB meanwhile.

A table whose rows are open and lie in plain, and one whose rows are not and lie sealed, are sent in
over REST in every format but XLS, or as many rows as a sheet holds; then rows follow, are changed
and deleted by key, all at once; then the release is taken in every format that goes out. ``serve``,
``stream`` and ``worker`` are watched with all their processes, readers of hostile files included.
"""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import requests
from django.apps import apps
from django.db.models import Q
from django.db.models.functions import Now

from prove import house, tables
from prove.house import House
from prove.watching import Watch, watching
from yelin.catalog.models import Entry
from yelin.warehouse.formats import XLSX_ROWS

ROWS = 5_000_000
LIMIT_MIB = 1_024
PATIENCE_SECONDS = 3_600
PIECE = 1 << 20
# What is taken of a release, by the question after the address: REST's formats, CKAN's beside them.
TAKEN = ("format=csv", "format=csv&for=excel", "format=json", "format=ndjson", "format=parquet")
DUMPED = ("format=csv&bom=true", "format=tsv", "format=json", "format=xml")
PARTS = ("serve", "stream", "worker")
Job = apps.get_model("procrastinate", "ProcrastinateJob")


def show(stood: House, scale: float) -> None:
    """Send, merge and take; at a smaller scale fewer rows."""
    rows = max(2_000, round(ROWS * scale))
    cast = house.appoint(departments=1, stewards=1, officers=1)
    token = house.token_of(cast.stewards[0][0])
    stood.start(*PARTS)
    with (
        tempfile.TemporaryDirectory(prefix="memory-") as folder,
        watching([stood.parts[name] for name in PARTS]) as watch,
    ):
        shown = [
            _Table(stood, _entry(cast, lies), lies, token, watch) for lies in ("plain", "sealed")
        ]
        _Proof(shown, Path(folder), rows).run()


def _entry(cast: house.Cast, lies: str) -> Entry:
    over = {"opening_type": "unconditional" if lies == "plain" else "none"}
    content = house.content_of(f"行政许可 {lies}", items=tables.items(), **over)
    return house.confirmed(cast, content)


@dataclass(slots=True)
class _Table:
    """A table that is sent in and taken out; ``lies`` says how its releases lie."""

    house: House
    entry: Entry
    lies: str
    token: str
    watch: Watch
    most: int = 0

    def send(self, file: Path, mode: str, rows: int) -> int:
        """Send a file and publish what comes of it, ``rows`` in all; return the file's bytes."""
        address = f"resources/{self.entry.slug}/releases?filename={file.name}&mode={mode}"
        with file.open("rb") as content:
            sent = self._ask("POST", address, data=content).json()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (told := self._ask("GET", f"uploads/{sent['id']}").json())["state"] != "ready":
            assert told["state"] in {"received", "preparing"}, told["error"]
            assert time.monotonic() < deadline, told
            time.sleep(0.5)
        assert told["rejected"] == 0, told["report"]["reasons"]
        word = {"without_rejected": False, "as_changed": True}
        release = self._ask("POST", f"uploads/{sent['id']}/publish", json=word).json()
        # What follows from a release is a worker's work, too.
        later = Q(scheduled_at__gt=Now())
        while (waiting := Job.objects.filter(status__in=["todo", "doing"]).exclude(later)).exists():
            assert time.monotonic() < deadline, list(waiting.values("task_name", "status"))
            time.sleep(0.5)
        assert release["rows"] == rows, f"{release['rows']} rows instead of {rows}"
        return file.stat().st_size

    def take(self, question: str) -> int:
        """Take the newest release as a file; return its bytes."""
        return self._take(f"/api/v1/resources/{self.entry.slug}/download?{question}")

    def dump(self, question: str) -> int:
        """Take it as clients of CKAN do."""
        shown = f"{self.house.url}/api/3/action/package_show?id={self.entry.slug}"
        found = requests.get(shown, headers=self._headers, timeout=60).json()["result"]
        resource = found["resources"][0]["id"]
        return self._take(f"/datastore/dump/{resource}?{question}")

    def _take(self, address: str) -> int:
        with requests.get(
            f"{self.house.url}{address}",
            headers=self._headers,
            stream=True,
            timeout=PATIENCE_SECONDS,
        ) as answer:
            assert answer.ok, answer.text[:400]
            return sum(len(piece) for piece in answer.iter_content(PIECE))

    def _ask(self, method: str, path: str, **more: object) -> requests.Response:
        address = f"{self.house.url}/api/v1/{path}"
        answer = requests.request(
            method, address, headers=self._headers, timeout=PATIENCE_SECONDS, **more
        )
        assert answer.ok, answer.text[:400]
        return answer

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(slots=True)
class _Proof:
    shown: list[_Table]
    folder: Path
    rows: int

    def run(self) -> None:
        """Go through all steps, and require of each that no part held too much."""
        tables.draw(self.folder, self.rows)
        steps = (self._formats(tables.FORMATS), self._modes(), self._leaving())
        above = [*chain(*steps, self._formats(tables.SHEETS))]
        assert not any(above), f"above {LIMIT_MIB} MiB: {[each for each in above if each]}"
        print(f"{len(above)} steps, each below {LIMIT_MIB} MiB in each part")

    def _formats(self, formats: Iterable[str]) -> Iterator[str]:
        for fmt in formats:
            yield from self._sent(f"{fmt} in", fmt, self.rows)

    def _modes(self) -> Iterator[str]:
        fmt, rows = tables.CSV, self.rows
        yield from self._sent("replace", fmt, rows)
        yield from self._sent("append", fmt, rows, mode="append", first=rows, becomes=2 * rows)
        yield from self._sent("delete", fmt, rows, mode="delete", first=rows)
        yield from self._sent("upsert", fmt, rows, mode="upsert", remark="变更")

    def _leaving(self) -> Iterator[str]:
        last = f"{XLSX_ROWS - 1:0{tables.KEY_DIGITS}}"
        sheet = f"format=xlsx&filter[{tables.NAMES[0]}][lte]={last}"
        for table in self.shown:
            for question in (*TAKEN, sheet):
                yield self._step(table, f"{question} out", partial(table.take, question))
            for question in DUMPED:
                yield self._step(table, f"dump {question}", partial(table.dump, question))

    def _sent(
        self,
        what: str,
        fmt: str,
        rows: int,
        *,
        mode: str = "replace",
        becomes: int = 0,
        **how: object,
    ) -> Iterator[str]:
        file, many = tables.write(self.folder, fmt, rows, **how)
        for table in self.shown:
            yield self._step(table, what, partial(table.send, file, mode, becomes or many))
        file.unlink()

    def _step(self, table: _Table, what: str, do: Callable[[], int]) -> str:
        table.watch.peaks()
        began = time.monotonic()
        size = do()
        held = table.watch.peaks()
        told = ", ".join(f"{name} {most}" for name, most in held.items())
        took = time.monotonic() - began
        print(f"{table.lies}, {what}: {size / 1e6:,.0f} MB, {took:.0f} s; MiB: {told}", flush=True)
        return told if max(held.values()) >= LIMIT_MIB else ""
