"""Read Parquet as columns of text, in a process of its own.

``columnar`` has it started (``files/confined.py``). Each value becomes the words that say all of
it: numbers digit by digit, moments of a zone as the clocks of UTC+8 show them.
"""

import datetime as dt
import json
import os
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, BinaryIO, TypeAlias

# The default allocator maps far more than it uses.
os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yelin.files import confined
from yelin.files.confined import Refused, Said
from yelin.warehouse.grid import TELL_EVERY, WIDEST, holdable

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 900
ROWS_AT_ONCE = 8_192
ROW_GROUP = 61_440
_BEIJING = dt.timedelta(hours=8)
_A_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
Texts: TypeAlias = "pa.Array[Any]"
pa.set_cpu_count(1)


def work(_order: Said, source: BinaryIO, target: BinaryIO) -> Said:
    """Write all rows as text, with what is at fault in each, and say what is to be known."""
    file = pq.ParquetFile(source, pre_buffer=False, buffer_size=1 << 20)
    schema = file.schema_arrow
    if len(schema) > WIDEST:
        raise Refused("json.columns", "The rows have more than {limit} columns", limit=WIDEST)
    columns = [Column(each.type) for each in schema]
    names = [f"c{place}" for place in range(len(columns))]
    written = pa.schema([*((name, pa.string()) for name in names), ("f", pa.list_(pa.string()))])
    rows = faults = 0
    with pq.ParquetWriter(target, written, compression="zstd") as writer:
        held: list[pa.RecordBatch] = []
        for batch in file.iter_batches(ROWS_AT_ONCE, use_threads=False):
            made, blamed = _made(columns, batch, written)
            held.append(made)
            rows += len(made)
            faults += blamed
            if sum(map(len, held)) >= ROW_GROUP:
                writer.write_table(pa.Table.from_batches(held))
                held.clear()
            if rows % (TELL_EVERY * 10) < ROWS_AT_ONCE:
                confined.tell({"rows": rows})
        writer.write_table(pa.Table.from_batches(held, written))
    if rows != file.metadata.num_rows:
        raise Refused("file.broken", "The file is damaged and cannot be read ({kind})", kind="rows")
    return {
        "header": schema.names,
        "rows": rows,
        "faults": faults,
        "nested": [column.nested for column in columns],
        "zones": [getattr(each.type, "tz", None) or "" for each in schema],
    }


def _made(
    columns: Sequence["Column"], batch: pa.RecordBatch, written: pa.Schema
) -> tuple[pa.RecordBatch, int]:
    faults: dict[int, list[str]] = {}
    texts = [
        column.text(array, place, faults)
        for place, (column, array) in enumerate(zip(columns, batch.columns, strict=True))
    ]
    said = pa.array([faults.get(row) for row in range(len(batch))], written.field("f").type)
    return pa.RecordBatch.from_arrays([*texts, said], schema=written), len(faults)


class Column:
    """How the values of one column become text."""

    def __init__(self, kind: pa.DataType) -> None:
        self.kind = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
        self.nested = 0

    def text(self, array: Texts, place: int, faults: dict[int, list[str]]) -> Texts:
        """Return the values as text; ``faults`` gets what cannot be said, by row."""
        if isinstance(array, pa.ExtensionArray):
            array = array.storage
        kind = self.kind
        if pa.types.is_dictionary(kind):
            array, kind = array.cast(kind.value_type), kind.value_type
        if _is_letters(kind):
            return _letters(array.cast(pa.large_binary()), place, faults)
        if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return _without_exponents(array.cast(pa.string()))
        if pa.types.is_timestamp(kind):
            return _moments(array, kind)
        if pa.types.is_time(kind):
            return _trimmed(array.cast(pa.string()), getattr(kind, "unit", "s"))
        if pa.types.is_primitive(kind) or pa.types.is_null(kind):
            return array.cast(pa.string())
        self.nested += len(array) - array.null_count
        values = (None if each is None else _json(each) for each in array.to_pylist())
        return _letters(pa.array(values, pa.large_string()).cast(pa.large_binary()), place, faults)


def _is_letters(kind: pa.DataType) -> bool:
    return any(
        is_kind(kind)
        for is_kind in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_string_view,
            pa.types.is_binary,
            pa.types.is_large_binary,
            pa.types.is_binary_view,
            pa.types.is_fixed_size_binary,
        )
    )


def _letters(array: Texts, place: int, faults: dict[int, list[str]]) -> Texts:
    """Return bytes as the letters that they are in UTF-8; empty text is no value."""
    try:
        text = array.cast(pa.string())
        is_odd = pc.any(pc.match_substring(text, "\x00")).as_py()
    except pa.ArrowInvalid:
        is_odd = True
    if not is_odd:
        return text
    values: list[str | None] = []
    for row, value in enumerate(array.to_pylist()):
        plain = None if value is None else value.decode("utf-8", "backslashreplace")
        if plain is not None and plain.encode() != value:
            faults.setdefault(row, [str(place), "encoding", plain])
        if plain is not None and "\x00" in plain:
            plain = holdable(plain)
            faults.setdefault(row, [str(place), "control", plain])
        values.append(plain)
    return pa.array(values, pa.string())


def _without_exponents(text: Texts) -> Texts:
    if not pc.any(pc.match_substring(text, "e", ignore_case=True)).as_py():
        return text
    values = [
        each if each is None or "e" not in each.lower() else format(Decimal(each), "f")
        for each in text.to_pylist()
    ]
    return pa.array(values, pa.string())


def _moments(array: Texts, kind: pa.TimestampType) -> Texts:
    if kind.tz:
        shift = int(_BEIJING.total_seconds()) * _A_SECOND[kind.unit]
        array = pc.add_checked(array.cast(pa.int64()), shift)
    return _trimmed(array.cast(pa.timestamp(kind.unit)).cast(pa.string()), kind.unit)


def _trimmed(text: Texts, unit: str) -> Texts:
    return text if unit == "s" else pc.replace_substring_regex(text, r"\.?0+$", "")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    # With its first list pyarrow looks whether there is pandas: later nothing can be opened.
    pa.array([None])
    sys.exit(confined.answer(work, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS))
