"""Files of made-up licences in every format that we can write and take in, as many rows as fit."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from bench import licences
from tests.warehouse import offices

from yelin.catalog.content import ItemContent
from yelin.warehouse import xlsx
from yelin.warehouse.engine import connect, ident, literal
from yelin.warehouse.formats import XLSX_ROWS
from yelin.warehouse.items import ItemSpec

# A key, codes, texts with quotes, numbers, dates and moments: what readers and writers differ in.
NAMES = (
    "许可证编号", "统一社会信用代码", "行政相对人名称", "行政区划代码", "许可类别", "许可内容",
    "许可决定日期", "有效期至", "注册资本", "从业人数", "更新时间", "备注",
)  # fmt: skip
ITEMS = [item for item in licences.ITEMS if item.name in NAMES]
KEY_DIGITS = 12
DRAWN, DRAWS = "drawn.parquet", 20_000
CSV = "csv"
FORMATS = (CSV, "tsv", "json", "ndjson", "parquet")
# The formats whose sheets end somewhere, and where, below their header.
SHEETS = {"xlsx": XLSX_ROWS, "ods": XLSX_ROWS}
_TYPES = {"D": "DATE", "T": "TIMESTAMP", "Y": "DECIMAL(14, 2)", "I": "INTEGER"}
_SHOWN = {"D": "yyyy-mm-dd", "T": "yyyy-mm-dd hh:mm:ss"}
_COPIES = {
    CSV: "FORMAT csv, HEADER",
    "tsv": "FORMAT csv, HEADER, DELIMITER '\t'",
    "json": "FORMAT json, ARRAY true",
    "ndjson": "FORMAT json",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}
Rows = Iterator[Sequence[xlsx.Value]]


def items() -> tuple[ItemContent, ...]:
    """Return what an entry says of the columns of such a table."""
    return tuple(
        ItemContent(
            name=item.name,
            type=item.type,
            length=item.length or "",
            nullable=item.nullable,
            key=item.key,
        )
        for item in ITEMS
    )


def draw(folder: Path, rows: int) -> None:
    """Draw so many rows, or more, of which ``write`` then makes files.

    They are some drawn ones again and again under other keys: to draw them all takes longer than
    to bring them in.
    """
    licences.draw(folder / DRAWN, min(rows, DRAWS))
    some = pq.read_table(folder / DRAWN)
    with pq.ParquetWriter(
        folder / DRAWN, some.schema.set(0, pa.field(NAMES[0], pa.int64()))
    ) as file:
        for first in range(0, rows, DRAWS):
            keys = pa.array(range(first, first + len(some)), pa.int64())
            file.write_table(some.set_column(0, NAMES[0], keys))


def write(
    folder: Path, fmt: str, rows: int, *, first: int = 0, remark: str = ""
) -> tuple[Path, int]:
    """Write so many rows, or as many as the format holds.

    Their keys are counted from ``first`` on; every row has the ``remark``, if one is given.
    Returns the file and the number of its rows.
    """
    target, many = folder / f"t.{fmt}", min(rows, SHEETS.get(fmt, rows))
    select = ", ".join(_typed(item, first, remark) for item in ITEMS)
    drawn = literal(str(folder / DRAWN))
    chosen = f"SELECT {select} FROM read_parquet({drawn}) LIMIT {many}"  # noqa: S608 - ours
    # Whoever writes for a proof is not what it measures.
    with connect(memory_mb=4_096, threads=2, roots=[folder]) as engine:
        if fmt in _COPIES:
            engine.rows(f"COPY ({chosen}) TO {literal(str(target))} ({_COPIES[fmt]})")
        else:
            sheets = {"xlsx": _xlsx, "ods": _ods}
            sheets[fmt](target, engine.stream(chosen))
    return target, many


def _typed(item: ItemSpec, first: int, remark: str) -> str:
    name = ident(item.name)
    if item.key:
        return (
            f"lpad(CAST(CAST({name} AS BIGINT) + {first} AS VARCHAR), {KEY_DIGITS}, '0') AS {name}"
        )
    if remark and item.name == NAMES[-1]:
        return f"{literal(remark)} AS {name}"
    return f"CAST({name} AS {_TYPES.get(item.type, 'VARCHAR')}) AS {name}"


def _xlsx(target: Path, rows: Rows) -> None:
    columns = [xlsx.Column(item.name, _SHOWN.get(item.type, "General")) for item in ITEMS]
    with target.open("wb") as file:
        xlsx.write(file, columns, rows)


def _ods(target: Path, rows: Rows) -> None:
    """Write as office programs do, but every cell as text."""
    said = ([None if cell is None else str(cell) for cell in row] for row in chain([NAMES], rows))
    with target.open("wb") as file:
        offices.write_ods(file, said)
