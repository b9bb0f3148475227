"""Answer a statement from the files that were lent for it, in a process of its own.

``answers`` has it started (``files/confined.py``). What it is sent was written from a tree of what
is listed as harmless; were it not, it could reach these files still and nothing else.
"""

import datetime as dt
import json
import math
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, count
from threading import Event, Thread
from typing import Any

from yelin.files import confined
from yelin.files.confined import Refused, Said
from yelin.warehouse import exact
from yelin.warehouse.engine import Engine, EngineError, TooMuch, connect, ident, lent, literal

MEMORY_BYTES = 2 << 30
ENGINE_MB = 256
CPU_SECONDS = 20
SIGN_SECONDS = 0.25
_AT_ONCE = 1_000
_MOST_WORDS = 300
_KINDS = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT"), "int"),
    **dict.fromkeys(("DECIMAL", "DOUBLE", "FLOAT"), "numeric"),
    **dict.fromkeys(("VARCHAR", "TIME", '"NULL"'), "text"),
    "BOOLEAN": "bool",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
# What the engine says where it plans, with the name that it is about.
_FAULTS = {
    "unknown": r'(?:Referenced column|does not have a column named) "(.+?)"',
    "table": r'Referenced table "(.+?)" not found',
    "ambiguous": r'Ambiguous reference to column name "(.+?)"',
    "group": r'column "(.+?)" must appear in the GROUP BY',
    "argument": r"No function matches the given name and argument types '(.+?)\(",
}
_SAYS = {
    "unknown": "There is no column called {name}.",
    "table": "Nothing in this FROM is called {name}.",
    "ambiguous": "{name} is a column of several tables. Say of which: table.column.",
    "group": "{name} must stand in GROUP BY, or in a total such as max(…).",
    "argument": "{name} does not take such values. Turn them into others by CAST.",
}


def work(order: Said) -> Said:
    """Return the columns and rows of the statement, as many as may be told, and if these are all.

    The rows are told apart, a part at a time.
    """
    tables: list[Said] = order["tables"]
    files = [confined.borrowed(table["file"]) for table in tables]
    with connect(memory_mb=ENGINE_MB, threads=1, borrowed=files) as engine:
        engine.rows(f"CREATE SCHEMA {ident(order['schema'])}")
        for place, table in enumerate(tables):
            engine.rows(_view(order["schema"], place, table["columns"]))
        # What Arrow needs is loaded by its first use.
        list(engine.stream("SELECT 1"))
        confined.shut()
        with _giving_signs():
            try:
                answered = _answered(engine, order)
            except TooMuch:
                raise MemoryError from None
            except (EngineError, ValueError, ArithmeticError):
                # The engine's own words may hold values, which nobody has counted.
                says = (
                    "A value does not fit what is done with it: it cannot become that type, or is"
                    " too large. With TRY_CAST it is left empty instead."
                )
                raise Refused("sql", says) from None
    for start in range(0, len(answered.rows), _AT_ONCE):
        confined.tell({"rows": answered.rows[start : start + _AT_ONCE]})
    return {"columns": answered.columns, "is_all": answered.is_all}


def _view(schema: str, place: int, columns: Sequence[str]) -> str:
    names = ", ".join(map(ident, columns))
    return (
        f"CREATE VIEW {ident(schema)}.{ident(str(place))} AS "  # noqa: S608 - names are quoted by ident()
        f"SELECT {names} FROM read_parquet({literal(lent(place))})"
    )


@contextmanager
def _giving_signs() -> Iterator[None]:
    """Say again and again that this process is at work, so that whoever asked can call it off."""
    over = Event()

    def sign() -> None:
        while not over.wait(SIGN_SECONDS):
            confined.tell({"at work": True})

    signing = Thread(target=sign)
    signing.start()
    try:
        yield
    finally:
        over.set()
        signing.join()


@dataclass(frozen=True, slots=True)
class _Answered:
    columns: list[tuple[str, str]]
    rows: list[list[Any]]
    is_all: bool


def _answered(engine: Engine, order: Said) -> _Answered:
    sql = order["sql"]
    try:
        described = engine.rows(f"DESCRIBE {sql}")
    except EngineError as error:
        raise _told(error) from None
    names = _distinct([str(name) for name, *_ in described])
    columns = [(name, _kind(name, each[1])) for name, each in zip(names, described, strict=True)]
    rows: list[list[Any]] = []
    size, is_all = 0, True
    for found in engine.stream(sql, size=_AT_ONCE):
        told = [_plain(value) for value in found]
        size += len(json.dumps(told, ensure_ascii=False, default=str).encode())
        if len(rows) == order["most_rows"] or size > order["most_bytes"]:
            is_all = False
            break
        rows.append(told)
    for place, (name, _) in enumerate(columns):
        if is_text := not all(_arrives(row[place]) for row in rows):
            columns[place] = (name, "text")
        for row in rows:
            row[place] = _told_as(row[place], as_text=is_text)
    return _Answered(columns, rows, is_all)


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the names of columns, each told from all the others."""
    told: dict[str, None] = {}
    for name in names:
        others = (f"{name}_{number}" for number in count(2))
        free = next(each for each in chain([name], others) if each not in told)
        told[free] = None
    return list(told)


def _kind(name: str, type_: str) -> str:
    """Return what a type of the engine is called at the other doors. Raises ``Refused``."""
    kind = _KINDS.get(type_.partition("(")[0])
    if kind is None or type_.endswith("]"):
        says = "A value of {name} is several at once, or none that is shown: CAST it to VARCHAR."
        raise Refused("sql", says, name=name)
    return kind


def _plain(value: Any) -> Any:
    """Return a value as JSON can have it, numbers still as they are."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str | Decimal):
        return value
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="microseconds" if value.microsecond else "seconds")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _arrives(value: Any) -> bool:
    return not isinstance(value, int | Decimal) or exact.is_exact(value)


def _told_as(value: Any, *, as_text: bool) -> Any:
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return value
    if as_text:
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    return exact.plain(value)


def _told(error: EngineError) -> Refused:
    _, _, rest = str(error).partition(": ")
    try:
        words = str(json.loads(rest)["exception_message"])
    except ValueError:
        words = rest
    for fault, pattern in _FAULTS.items():
        if found := re.search(pattern, words):
            return Refused("sql", _SAYS[fault], name=found[1])
    words = words.partition("\n")[0][:_MOST_WORDS]
    return Refused("sql", "The engine does not answer this: {words}", words=words)


if __name__ == "__main__":
    sys.exit(confined.limited(work, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS))
