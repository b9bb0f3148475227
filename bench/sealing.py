"""Sealed against plain: writing and reading bytes, pages of rows, downloads of a million rows.

Both lie on the same disk, hold the same bytes, and are read by an engine of their own kind; they
take turns.
"""

import os
import shutil
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.table import Figure
from prove import house  # noqa: F401 - models can be read from here on
from yelin.files.places import Place, Room
from yelin.keys.sealing import Secret
from yelin.warehouse.engine import Engine, connect, literal
from yelin.warehouse.query import Column, Filter, Question, Table

ROWS = 1_000_000
ROUNDS = 5
MIB = 1 << 20
COLUMNS = (Column("id", "I"), Column("name", "C"), Column("amount", "N"), Column("day", "D"))
QUESTION = Question(filters=(Filter("name", "contains", "99991"),))


def main(scale: float = 1.0) -> list[Figure]:
    """Return throughput and the ratios of sealed to plain."""
    rows = max(10_000, round(ROWS * scale))
    work = Path(tempfile.mkdtemp(prefix="bench-sealing-"))
    room = Room(work, uuid.uuid4(), Secret.fresh())
    try:
        return _bytes(room, round(256 * scale) or 1) + _tables(room, rows)
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
            engine.rows(
                f"COPY (SELECT i AS id, '企业' || (i * 7919 % 1000003) AS name, "  # noqa: S608 - ours
                f"(i * 1.25)::DECIMAL(38,2) AS amount, DATE '2020-01-01' + (i % 3000)::INT AS day "
                f"FROM range({rows}) r(i)) TO {literal(str(target))} "
                "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 61440)"
            )
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


def _anew(table: Table, out: Place, fmt: str) -> None:
    out.unlink(missing_ok=True)
    table.export(Question(), fmt, out)


def _once(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_once(work) for _ in range(ROUNDS))
