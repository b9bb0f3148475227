"""Bringing licences in, a million or more, against DuckDB's bare CSV→Parquet in the same run.

Both read the same file and write zstd Parquet, each in a process of its own, by turns. The bare
way guesses the types and proves nothing. Ours is the worker's: the bytes get both their digests as
they come, the whole file is decoded and its records found, every cell gets the type of its item or
is refused, every column and the rules that follow from the items are measured, the release's
files get their digests and lie where they stay: in plain, or sealed from the first byte on.
"""

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from prove.peak import MIB, peak

from bench import licences
from bench.table import Figure
from yelin.files.places import Place, Room, pieces
from yelin.keys.sealing import Secret
from yelin.warehouse.engine import connect, literal
from yelin.warehouse.glance import Passing
from yelin.warehouse.pipeline import prepare

ROWS = 1_000_000
ROUNDS = 3
WAYS = ("bare", "plain", "sealed")


@dataclass(frozen=True, slots=True)
class Run:
    """What one turn of one way took, and how much the largest process beside it held."""

    seconds: float
    computing: float
    peak_mib: int
    beside_mib: int


def main(scale: float = 1.0) -> list[Figure]:
    """Return what each way took, and the medians of ours ÷ bare; they take turns."""
    rows = max(10_000, round(ROWS * scale))
    work = Path(tempfile.mkdtemp(prefix="bench-ingest-"))
    try:
        licences.write(work / "in.csv", rows)
        for way in WAYS:  # the first turn warms caches and counts for none
            turn(way, work)
        turns = [{way: turn(way, work) for way in WAYS} for _ in range(ROUNDS)]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    what = f"{rows:,} rows × {len(licences.ITEMS)} columns"
    figures = [_took(f"bare DuckDB CSV to Parquet, {what}", [turn["bare"] for turn in turns])]
    for way in WAYS[1:]:
        figures.append(_took(f"from file to release, {way}, {what}", [turn[way] for turn in turns]))
        ratios = {
            name: statistics.median(
                getattr(turn[way], name) / getattr(turn["bare"], name) for turn in turns
            )
            for name in ("seconds", "computing", "peak_mib")
        }
        figures.append(
            Figure(
                f"from file to release ÷ bare, {way}",
                " ".join(f"{ratio:.2f} ×" for ratio in ratios.values()),
                "time, computing time and peak memory; medians of the turns' ratios",
            )
        )
    return figures


def _took(what: str, runs: list[Run]) -> Figure:
    seconds, computing, peak = (
        statistics.median(getattr(run, name) for run in runs)
        for name in ("seconds", "computing", "peak_mib")
    )
    figure = f"{seconds:.2f} s, {computing:.2f} s of computing, {peak:.0f} MiB"
    return Figure(what, figure, f"median of {ROUNDS}; peak memory of the whole process")


def turn(way: str, work: Path) -> Run:
    """Go one way once over what lies in ``work``, in a process of its own."""
    call = f"from bench.ingest import run; run({way!r}, {str(work)!r})"
    done = subprocess.run([sys.executable, "-c", call], stdout=subprocess.PIPE, check=True)
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def run(way: str, work: str) -> None:
    """Go one way once in this process, and print what it took."""
    folder = Path(work)
    out = folder / "out"
    ways: dict[str, Callable[[], None]] = {
        "bare": lambda: _bare(folder / "in.csv", out),
        "plain": lambda: _ours(folder / "in.csv", folder / "in.csv", out),
        "sealed": lambda: _sealed(folder / "in.csv", out),
        "workbook": lambda: _ours(folder / "in.xlsx", folder / "in.xlsx", out),
    }
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    if way != "bare":
        licences.standards()  # a worker has read the law before its first file
    before, began = _computing(), time.monotonic()
    ways[way]()
    took, computing = time.monotonic() - began, _computing() - before
    beside = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    found = Run(took, computing, peak() // MIB, beside)
    print(json.dumps(asdict(found)))


def _bare(source: Path, out: Path) -> None:
    with connect(roots=[source.parent]) as engine:
        engine.rows(
            f"COPY (FROM read_csv({literal(str(source))})) "
            f"TO {literal(str(out / 'bare.parquet'))} (FORMAT parquet, COMPRESSION zstd)"
        )


def _sealed(source: Path, out: Path) -> None:
    room = Room(out, uuid.uuid4(), Secret.fresh())
    _ours(source, room.at("in.csv"), room.at("work"))


def _ours(comes: Path, source: Place, out: Place) -> None:
    """Take the file in as it comes, unless it lies there already, and make its release's files."""
    with ExitStack() as stack:
        passing = stack.enter_context(Passing())
        kept = stack.enter_context(source.open("wb")) if source != comes else None
        for piece in pieces(comes.open("rb")):
            passing.update(piece)
            if kept:
                kept.write(piece)
        _, seen = passing.done()
    law = licences.standards()
    made = prepare(source, comes.name, out, licences.ITEMS, standards=law, seen=seen)
    for name in (file["name"] for file in made.files):
        with (out / f"{name}.kept").open("wb") as kept:
            for piece in pieces((out / name).open("rb")):
                kept.write(piece)


def _computing() -> float:
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)
