"""What it takes to choose levels and to write the rows: Adult beside anjana, and many rows."""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from prove.peak import MIB, peak

from bench.table import Figure
from yelin.privacy.deidentify import released
from yelin.privacy.deidentify.coded import Coded, coded
from yelin.privacy.deidentify.costs import Measure
from yelin.privacy.deidentify.guards import Anonymity
from yelin.privacy.deidentify.hierarchy import Hierarchy
from yelin.privacy.deidentify.measured import measured
from yelin.privacy.deidentify.optimum import Budget, Found, optimum
from yelin.privacy.deidentify.roles import Column, Plan, Role
from yelin.warehouse import engine

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("YELIN_SHARED", ROOT.parent / "shared" / "data")) / "deid-arx"
CASES = ROOT / "tests" / "privacy" / "cases" / "adult"
QUASI = (
    "sex", "age", "race", "marital-status", "education", "native-country", "workclass",
    "occupation",
)  # fmt: skip
# It pins older libraries than ours, so it runs in an environment of its own.
PEER = "anjana==1.2.3"
ROUNDS = 3


def main(scale: float = 1.0) -> list[Figure]:
    """Choose levels for Adult by both, and for rows that are made up, in processes of their own."""
    figures = _adult()
    for rows, quasi in ((1_000_000, 8), (10_000_000, 8), (1_000_000, 12)):
        figures.append(_apart(max(1_000, round(rows * scale)), quasi))
    return figures


def _adult() -> list[Figure]:
    home = SHARED if (SHARED / "adult.csv").exists() else CASES
    plan = Plan(
        (
            *(
                Column(
                    name,
                    Role.QUASI,
                    Hierarchy.read((home / f"adult_hierarchy_{name}.csv").read_text("utf-8")),
                )
                for name in QUASI
            ),
            Column("salary-class", Role.OTHER),
        )
    )
    took, busy = [], []
    with engine.connect(roots=[home], memory_mb=512) as here:
        # The peer begins with rows in memory, too.
        here.rows(
            f"CREATE TEMP TABLE adult AS FROM read_csv('{home / 'adult.csv'}', delim=';',"
            " all_varchar=true)"
        )
        for _ in range(ROUNDS):
            began, before = time.perf_counter(), time.process_time()
            table = coded(here, "adult", plan)
            found = optimum(table, plan, [Anonymity(5)], measure=Measure.ENTROPY)
            took.append(time.perf_counter() - began)
            busy.append(time.process_time() - before)
    ours = statistics.median(took)
    what = f"Adult, {table.total:,} rows, 8 quasi-identifiers, k=5, nothing left out"
    how = f"{found.looked_at} of {found.choices:,} choices looked at; loss {found.loss:.4f}"
    peer = _peer(home)
    figures = [Figure(f"{what}: optimum", f"{ours:.2f} s", how)]
    if peer is None:
        return [*figures, Figure(f"{what}: {PEER}", "–", "not to be had here")]
    levels = {name: level for name, level in peer["levels"].items() if level is not None}
    loss = _loss(table, levels)
    figures.append(
        Figure(
            f"{what}: {PEER} ÷ ours, time",
            f"{peer['seconds'] / ours:.0f}",
            f"{peer['seconds']:.1f} s; by processor time"
            f" {peer['busy'] / statistics.median(busy):.0f};"
            f" its loss by our measure {loss:.4f}, its k {peer['k']}",
        )
    )
    return figures


def _loss(table: Coded, levels: dict[str, int]) -> float:
    from yelin.privacy.deidentify.costs import costs  # noqa: PLC0415 - for the peer alone

    return costs(table.scales, Measure.ENTROPY).of([levels[name] for name in QUASI])


def _peer(home: Path) -> dict[str, Any] | None:
    """Let the peer choose, in an environment of its own; None where that cannot be had."""
    uv = Path(sys.executable).parent / "uv"
    done = subprocess.run(
        [uv, "run", "--isolated", "--no-project", "--with", PEER, "python",
         Path(__file__).parent / "deident_peer.py", home, *QUASI],
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None


def _apart(rows: int, quasi: int) -> Figure:
    done = subprocess.run(
        [sys.executable, "-c", f"from bench.deident import many; many({rows}, {quasi})"],
        stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return Figure(**json.loads(done.stdout.splitlines()[-1]))


def many(rows: int, quasi: int) -> None:
    """Choose and write for rows that are made up, and print the figure."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        plan = _plan(quasi)
        with engine.connect(roots=[home], temp=home, memory_mb=800) as here:
            _lay(here, home / "rows.parquet", rows, quasi)
            source = f"read_parquet('{home / 'rows.parquet'}')"
            marks = [time.perf_counter()]
            table = coded(here, source, plan)
            marks.append(time.perf_counter())
            found: Found = optimum(
                table, plan, [Anonymity(5)], budget=Budget(choices=2_000, seconds=300)
            )
            marks.append(time.perf_counter())
            to = home / "out.parquet"
            released.write(here, source, plan, table, found, to)
            marks.append(time.perf_counter())
            names = [column.name for column in plan.columns]
            k = measured(here, f"read_parquet('{to}')", names).k
        parts = [after - before for before, after in itertools.pairwise(marks)]
        print(json.dumps({
            "what": f"{rows:,} rows, {quasi} quasi-identifiers, k=5, 5 % may be left out",
            "figure": f"{sum(parts):.1f} s, {peak() // MIB:,} MiB",
            "how": (
                f"read {parts[0]:.1f} s ({len(table.rows):,} apart), choose {parts[1]:.1f} s"
                f" ({found.looked_at} of {found.choices:,}"
                f"{'' if found.is_proven else ', not proven'}), write {parts[2]:.1f} s; k {k},"
                f" loss {found.loss:.3f}, least possible {found.least:.3f}"
            ),
        }))  # fmt: skip


def _plan(quasi: int) -> Plan:
    numbers = [f"{n:02}" for n in range(64)]
    tree = Hierarchy.made(
        numbers, [f"{int(n) // 8}x" for n in numbers], [f"{int(n) // 32}y" for n in numbers]
    )
    few = Hierarchy.made(numbers[:6], [f"{int(n) // 3}x" for n in numbers[:6]])
    return Plan(
        tuple(Column(f"q{n}", Role.QUASI, tree if n % 2 == 0 else few) for n in range(quasi)),
        cap=0.05,
    )


def _lay(here: engine.Engine, to: Path, rows: int, quasi: int) -> None:
    """Lay rows whose values are commoner the smaller they are, drawn by a hash of their number."""
    values = [
        f"format('{{:02d}}', CAST({64 if n % 2 == 0 else 6} *"
        f" pow(hash(i, {n}) % 1000003 / 1000003, 4) AS INTEGER)"
        f" % {64 if n % 2 == 0 else 6}) AS q{n}"
        for n in range(quasi)
    ]
    here.rows(f"COPY (SELECT {', '.join(values)} FROM range({rows}) r(i)) TO '{to}'")  # noqa: S608 - made here
