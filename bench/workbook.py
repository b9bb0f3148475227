"""Bringing a large workbook in: its cells come as a stream, from a process that has little room."""

import csv
import shutil
import tempfile
from pathlib import Path

from bench import licences
from bench.ingest import turn
from bench.table import Figure
from yelin.warehouse import xlsx

ROWS = 400_000


def main(scale: float = 1.0) -> list[Figure]:
    """Return what a workbook of licences took from file to release."""
    rows = max(10_000, round(ROWS * scale))
    work = Path(tempfile.mkdtemp(prefix="bench-workbook-"))
    try:
        licences.write(work / "in.csv", rows)
        with (work / "in.csv").open(encoding="utf-8", newline="") as source:
            lines = csv.reader(source)
            columns = [xlsx.Column(name) for name in next(lines)]
            with (work / "in.xlsx").open("wb") as target:
                xlsx.write(target, columns, lines)
        size = (work / "in.xlsx").stat().st_size / 1e6
        took = turn("workbook", work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return [
        Figure(
            f"from workbook to release, {rows:,} rows × {len(columns)} columns, {size:.0f} MB",
            f"{took.seconds:.0f} s, {took.computing:.0f} s of computing, {took.peak_mib} MiB",
            f"once; the process that reads the workbook held {took.beside_mib} MiB more at most",
        )
    ]
