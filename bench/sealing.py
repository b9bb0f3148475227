"""Sealed against plain: writing and reading bytes, pages of rows, downloads of a million rows.

Both lie on the same disk, hold the same bytes, and are read by an engine of their own kind; they
take turns. Then the two forms in which a table can lie encrypted: sealed as a whole, as we do, or
as Parquet that encrypts its own parts (AES-GCM), written by PyArrow and read by the engine.
"""

import base64
import os
import shutil
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.parquet import encryption

from bench.table import Figure
from prove import house  # noqa: F401 - models can be read from here on
from yelin.files.places import Place, Room
from yelin.keys.sealing import Secret
from yelin.warehouse.engine import Engine, EngineError, connect, literal
from yelin.warehouse.query import Column, Filter, Question, Table

ROWS = 1_000_000
ROUNDS = 5
MIB = 1 << 20
MOST = 1 << 30
ROW_GROUP = 61_440
_PARQUET = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
COLUMNS = (Column("id", "I"), Column("name", "C"), Column("amount", "N"), Column("day", "D"))
QUESTION = Question(filters=(Filter("name", "contains", "99991"),))


def main(scale: float = 1.0) -> list[Figure]:
    """Return throughput and the ratios of sealed to plain."""
    rows = max(10_000, round(ROWS * scale))
    work = Path(tempfile.mkdtemp(prefix="bench-sealing-"))
    room = Room(work, uuid.uuid4(), Secret.fresh())
    try:
        return _bytes(room, round(256 * scale) or 1) + _tables(room, rows) + _forms(room, rows)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _bytes(room: Room, mebibytes: int) -> list[Figure]:
    piece = os.urandom(MIB)

    def write() -> None:
        with room.at("bytes").open("wb") as file:
            for _ in range(mebibytes):
                file.write(piece)

    def read() -> None:
        with room.at("bytes").open("rb") as file:
            while file.read(MIB):
                pass

    _once(write), _once(read)
    figures = []
    for what, seconds in (("sealing", _median(write)), ("opening", _median(read))):
        speed = mebibytes * MIB / 1e6 / seconds
        figures.append(Figure(f"{what} {mebibytes} MiB", f"{speed:,.0f} MB/s", f"of {ROUNDS}"))
    return figures


def _tables(room: Room, rows: int) -> list[Figure]:
    sealed, plain = room.at("t.parquet"), room.folder / "t.parquet.plain"
    with connect(roots=[room.folder]) as engine:
        for target in (sealed, plain):
            engine.rows(f"COPY ({_rows(rows)}) TO {literal(str(target))} {_PARQUET}")
    figures = []
    with connect() as closed, connect(roots=[room.folder]) as opened:
        ways: list[tuple[Place, Engine, Place]] = [
            (sealed, closed, room.at("out")),
            (plain, opened, room.folder / "out.plain"),
        ]
        tables = [(Table([place], COLUMNS, engine), out) for place, engine, out in ways]
        asked: dict[str, Callable[[Table, Place], object]] = {
            f"a filtered page of {rows:,} rows": lambda table, _: table.page(QUESTION),
            f"{rows:,} rows as csv": partial(_anew, fmt="csv"),
            f"{rows:,} rows as parquet": partial(_anew, fmt="parquet"),
        }
        for what, ask in asked.items():
            pairs = [tuple(_once(partial(ask, *one)) for one in tables) for _ in range(ROUNDS + 1)][
                1:
            ]
            took = statistics.median(sealed for sealed, _ in pairs)
            ratio = statistics.median(sealed / plain for sealed, plain in pairs)
            figures.append(Figure(f"{what}, sealed", f"{took * 1000:.0f} ms", f"of {ROUNDS}"))
            figures.append(Figure(f"{what}, sealed ÷ plain", f"{ratio:.2f}", "median of ratios"))
    return figures


class _Forms:
    """A table in the three forms in which it can lie, and what is done with each."""

    def __init__(self, engine: Engine, room: Room, rows: int) -> None:
        self._engine, self._room, self._rows = engine, room, rows
        self._modular = room.folder / "form.modular"
        self._files: dict[str, Place] = {
            "plain": room.folder / "form.plain",
            "sealed whole": room.at("form.parquet"),
        }
        key = os.urandom(32)
        self._encrypts = encryption.create_encryption_properties(footer_key=key)
        engine.rows(f"PRAGMA add_parquet_key('bench', '{base64.b64encode(key).decode()}')")
        self.reads = {
            **{name: f"read_parquet({literal(str(at))})" for name, at in self._files.items()},
            "Parquet's own": (
                f"read_parquet({literal(str(self._modular))},"
                " encryption_config = {footer_key: 'bench'})"
            ),
        }

    def write(self, name: str) -> None:
        """Write the table."""
        if target := self._files.get(name):
            target.unlink(missing_ok=True)
            self._engine.rows(f"COPY ({_rows(self._rows)}) TO {literal(str(target))} {_PARQUET}")
            return
        with pq.ParquetWriter(
            self._modular,
            self._engine.schema(_rows(self._rows)),
            compression="zstd",
            compression_level=3,
            encryption_properties=self._encrypts,
            max_rows_per_page=ROW_GROUP,
            data_page_size=MOST,
            dictionary_pagesize_limit=MOST,
        ) as writer:
            for batch in self._engine.batches(_rows(self._rows), size=ROW_GROUP):
                writer.write_table(pa.Table.from_batches([batch]), row_group_size=ROW_GROUP)

    def point(self, name: str) -> None:
        """Look one row up."""
        self._engine.rows(f"FROM {self.reads[name]} WHERE id = {self._rows // 3}")

    def scan(self, name: str) -> None:
        """Count and sum by day."""
        self._engine.rows(
            f"SELECT day, count(*), sum(amount) FROM {self.reads[name]} GROUP BY day"  # noqa: S608 - ours
        )

    def download(self, name: str) -> None:
        """Write it as CSV, which encrypts no parts of its own: what is closed lies sealed whole."""
        out: Place = self._room.folder / "form.csv"
        out = out if name == "plain" else self._room.at("form.csv.sealed")
        out.unlink(missing_ok=True)
        self._engine.rows(f"COPY (FROM {self.reads[name]}) TO {literal(str(out))} (FORMAT csv)")


def _forms(room: Room, rows: int) -> list[Figure]:
    figures = []
    with connect(roots=[room.folder]) as engine:
        forms = _Forms(engine, room, rows)
        asked = {
            "writing": forms.write,
            "one row of": forms.point,
            "a count and a sum by day over": forms.scan,
            "as csv": forms.download,
        }
        for what, ask in asked.items():
            took: dict[str, list[float]] = {name: [] for name in forms.reads}
            for name in list(forms.reads) * (ROUNDS + 1):
                # DuckDB 2.0 opens of a column one page, and none where it may skip rows.
                with suppress(EngineError):
                    took[name].append(_once(partial(ask, name)))
            for name, seconds in took.items():
                text = "not read" if not seconds else f"{_middle(seconds) * 1000:,.1f} ms"
                figures.append(Figure(f"{what} {rows:,} rows, {name}", text, f"of {ROUNDS}"))
    return figures


def _rows(rows: int) -> str:
    return (
        "SELECT i AS id, '企业' || (i * 7919 % 1000003) AS name, "  # noqa: S608 - ours
        "(i * 1.25)::DECIMAL(38,2) AS amount, DATE '2020-01-01' + (i % 3000)::INT AS day "
        f"FROM range({rows}) r(i)"
    )


def _anew(table: Table, out: Place, fmt: str) -> None:
    out.unlink(missing_ok=True)
    table.export(Question(), fmt, out)


def _once(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _middle(seconds: list[float]) -> float:
    return statistics.median(seconds[1:])


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_once(work) for _ in range(ROUNDS))
