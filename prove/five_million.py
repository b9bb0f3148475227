"""A sealed CSV of five million rows becomes a release below 1 GiB, whatever its bad rows.

Ten columns, codes with leading zeros, quoted commas, one row in a thousand bad in one of five ways.
Every bad row must be refused, with the line that an editor shows, and every good one kept.
"""

import io
import shutil
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from prove.peak import MIB, peak
from yelin.files.places import Room, Sealed, size_of
from yelin.keys.sealing import Secret
from yelin.warehouse.items import ItemSpec
from yelin.warehouse.pipeline import prepare

ROWS = 5_000_000
BAD_EVERY = 1_000
LIMIT_MIB = 1_024

ITEMS = (
    ItemSpec("编号", "I", key=True),
    ItemSpec("行政区划代码", "C", "6", nullable=False),
    ItemSpec("企业名称", "C", "40", nullable=False),
    ItemSpec("地址", "C", "60"),
    ItemSpec("注册资本", "Y", "14,2"),
    ItemSpec("成立日期", "D"),
    ItemSpec("更新时间", "T"),
    ItemSpec("比率", "F"),
    ItemSpec("是否存续", "L"),
    ItemSpec("备注", "C", "20"),
)
KINDS = ("type", "length", "required", "fields", "duplicate")


def main(scale: float = 1.0) -> None:
    """Write the table, prepare it, and hold the outcome against what was written."""
    rows = max(50_000, round(ROWS * scale))
    work = Path(tempfile.mkdtemp(prefix="five-million-"))
    try:
        _run(rows, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _run(rows: int, work: Path) -> None:
    # Sealed, as every file is that a department sends in, and all that is made of it on the way.
    room = Room(work, uuid.uuid4(), Secret.fresh())
    source = room.at("企业.csv")
    expected = _write(source, rows)
    before = peak() // MIB
    began = time.monotonic()
    found = prepare(source, "企业.csv", room.at("out"), ITEMS)
    took = time.monotonic() - began
    size = size_of(source) / 1e6
    print(f"{rows:,} rows, {size:,.0f} MB: {took:.1f} s, {rows / took:,.0f} rows/s")
    print(f"peak memory of the whole process: {peak() // MIB} MiB (before: {before} MiB)")
    print(f"kept {found.rows:,}, refused {found.refused:,}: {found.reasons}")
    assert found.reasons == dict(Counter(expected.values())), found.reasons
    assert found.refused == len(expected)
    assert found.rows == rows - len(expected)
    rejected = _read(room.at("out/rejected.parquet"), ["line", "reason"])
    told = dict(zip(*(column.to_pylist() for column in rejected.columns), strict=True))
    assert told == expected, "a row was refused for another reason, or at another line"
    ids = _read(room.at("out/data.parquet"), ["编号"])["编号"].to_numpy()
    assert (ids[1:] > ids[:-1]).all(), "rows left the order of the source"
    assert peak() // MIB < LIMIT_MIB, f"{peak() // MIB} MiB is not below {LIMIT_MIB} MiB"


def _read(place: Sealed, columns: list[str]) -> pa.Table:
    with place.open("rb") as file:
        return pq.read_table(file, columns=columns)


def _write(place: Sealed, rows: int) -> dict[int, str]:
    """Write the table and return the line and reason of every bad row."""
    expected = {}
    line = 2
    with io.TextIOWrapper(place.open("wb"), encoding="utf-8", newline="") as stream:
        stream.write(",".join(item.name for item in ITEMS) + "\n")
        for n in range(rows):
            code, name, amount, tail = f"46{n % 9_999:04}", f"海南企业第{n}号", f"{n % 1e7:.2f}", ""
            key = n
            if n % BAD_EVERY == BAD_EVERY - 1:
                kind = KINDS[n // BAD_EVERY % len(KINDS)]
                expected[line] = kind
                key = n - 1 if kind == "duplicate" else n
                code = "4600001" if kind == "length" else code
                name = "" if kind == "required" else name
                amount = "约一万" if kind == "type" else amount
                tail = ",多一格" if kind == "fields" else ""
            # Every tenth address stands on two lines, so that lines and rows part ways.
            address = f'"海口市, 人民大道{n % 977}号"' if n % 10 else f'"三亚市\n解放路{n % 977}号"'
            stream.write(
                f"{key},{code},{name},{address},{amount},{2000 + n % 24}-0{n % 9 + 1}-1{n % 10},"
                f"2020-01-02 03:{n % 60:02}:{n % 59:02},{n / 7:.6f},{'是' if n % 2 else '否'},"
                f"{tail}\n"
            )
            line += 1 if n % 10 else 2
    return expected
