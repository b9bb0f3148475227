"""Bringing a CSV of a million rows in, against DuckDB's bare CSV→Parquet in the same run.

Both read the same file and write zstd Parquet. The bare way casts nothing and proves nothing: its
reader guesses the types. Ours decodes and checks the whole file, finds its records, gives every
cell the type of its item, keeps what does not fit, and measures every column.
"""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from bench.table import Figure
from yelin.warehouse.engine import connect, literal
from yelin.warehouse.items import ItemSpec
from yelin.warehouse.pipeline import prepare

ROWS = 1_000_000
ROUNDS = 3
TYPES = "ICCDYCLFFCCCIITCCC"


def main(scale: float = 1.0) -> list[Figure]:
    """Return the seconds of both ways and the median of their ratios; they take turns."""
    rows = max(10_000, round(ROWS * scale))
    work = Path(tempfile.mkdtemp(prefix="bench-ingest-"))
    try:
        source = work / "in.csv"
        _write(source, rows)
        _bare(source, work), _ours(source, work)  # the first turn warms caches and counts for none
        pairs = [(_bare(source, work), _ours(source, work)) for _ in range(ROUNDS)]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    what = f"{rows:,} rows × {len(TYPES)} columns"
    bare = statistics.median(bare for bare, _ in pairs)
    ours = statistics.median(ours for _, ours in pairs)
    ratio = statistics.median(ours / bare for bare, ours in pairs)
    return [
        Figure(f"bare DuckDB CSV to Parquet, {what}", f"{bare:.2f} s", f"median of {ROUNDS}"),
        Figure(f"bringing the same file in, {what}", f"{ours:.2f} s", f"median of {ROUNDS}"),
        Figure("bringing in against bare DuckDB", f"{ratio:.2f} ×", "median of the turns' ratios"),
    ]


def _bare(source: Path, work: Path) -> float:
    began = time.monotonic()
    with connect(roots=[work]) as engine:
        engine.rows(
            f"COPY (FROM read_csv({literal(str(source))})) "
            f"TO {literal(str(work / 'bare.parquet'))} (FORMAT parquet, COMPRESSION zstd)"
        )
    return time.monotonic() - began


def _ours(source: Path, work: Path) -> float:
    items = [ItemSpec(f"c{n}", kind) for n, kind in enumerate(TYPES)]
    began = time.monotonic()
    prepare(source, source.name, work / "out", items)
    return time.monotonic() - began


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write(",".join(f"c{n}" for n in range(len(TYPES))) + "\n")
        for n in range(rows):
            stream.write(
                f"{n},46{n % 9_999:04},企业名称{n},{2020 + n % 5}-0{n % 9 + 1}-1{n % 10},"
                f"{n * 137 % 10**9 / 100:.2f},海南省海口市美兰区人民大道{n % 1000}号,"
                f'{"true" if n % 2 else "false"},{n / 7:.9f},{n / 11:.9f},abc{n},"abc, {n}",'
                f"电话 0898{n},{n * 7},{n * 13},2020-01-02 03:{n % 60:02}:{n % 59:02},"
                "备注：无，（一）,张三,110101199003070011\n"
            )
