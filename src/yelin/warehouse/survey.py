"""Ask a finished table what many want to know of it, in one pass over it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, cast

import pyarrow as pa

from yelin.files.places import Place
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.engines import bulk
from yelin.warehouse.staged import turns

AT_ONCE = 20_000
# No item can be called so.
MADE = "\x1f"
_NAMED = re.compile(f'"{MADE}[0-9]+"')
# So many questions are put at once: the time that a plan takes grows faster than they do.
QUESTIONS = 2_000
Answer = Callable[[], tuple[Any, ...]]


class Survey:
    """One table, and every question about all of its rows, in SQL, asked of the ``bulk`` engine.

    What is asked is answered when somebody first wants to know: all of it at once, and once. So
    the later a question comes, the more it costs, and whoever knows them all asks them first.
    """

    def __init__(self, table: str, rows: int, engine: Engine, bulk: Engine | None = None) -> None:
        self.table = table
        self.rows = rows
        self.engine = engine
        self._bulk = bulk or engine
        self._beside: set[str] = set()
        self._made: dict[str, str] = {}
        self._told: dict[str, Any] = {}
        self._open: dict[str, None] = {}
        self._once: dict[str, int] = {}

    def source(self, *asked: str) -> str:
        """Return the table with those columns made of its own that ``asked`` names."""
        named = self._named(asked)
        named |= self._named(named.values())
        source = self.table
        for of_made in (False, True):
            made = "".join(
                f", {sql} AS {name}" for name, sql in named.items() if (MADE in sql) is of_made
            )
            source = f"(SELECT *{made} FROM {source})"  # noqa: S608 - names are quoted
        return source

    def _named(self, asked: Iterable[str]) -> dict[str, str]:
        """Return the made columns that are named in ``asked``, each with what it is made of."""
        of = {name: sql for sql, name in self._made.items()}
        return {name: of[name] for sql in asked for name in _NAMED.findall(sql)}

    def made(self, sql: str) -> str:
        """Return the name of a column made of others, which is worked out once for all.

        It may be made of one that is made of the table's own.
        """
        return self._made.setdefault(sql, ident(f"{MADE}{len(self._made)}"))

    def length(self, name: str) -> str:
        """Return the column that says how many signs each text of another has."""
        return self.made(f"length({ident(name)})")

    def ask(self, *questions: str) -> Answer:
        """Ask aggregates, and return how to learn their values."""
        self._open |= dict.fromkeys(one for one in questions if one not in self._told)
        return lambda: self._learn(questions)

    def beside(self, question: str) -> str:
        """Return a question that is asked of the embedded engine, whatever the bulk is asked of."""
        self._beside.add(question)
        return question

    def ends(self, questions: Sequence[str]) -> tuple[Any, ...]:
        """Return aggregates of nothing but ``min`` and ``max``: the file itself says them."""
        told: tuple[Any, ...] = ()
        for first in range(0, len(questions), QUESTIONS):
            some = ", ".join(questions[first : first + QUESTIONS])
            told += self.engine.one(f"SELECT {some} FROM {self.table}")  # noqa: S608 - names are quoted
        return told

    def texts(self, name: str) -> Iterator[pa.StringArray]:
        """Yield the texts of a column, many at a time."""
        column = ident(name)
        rows = f"SELECT CAST({column} AS VARCHAR) FROM {self.table} WHERE {column} IS NOT NULL"  # noqa: S608 - names are quoted
        for batch in self.engine.batches(rows, size=AT_ONCE):
            yield cast("pa.StringArray", batch.column(0))

    def once(self, listed: str) -> int:
        """Return in how many rows the columns ``listed`` differ from all before, in little room."""
        if listed not in self._once:
            counted = f"count(DISTINCT hash({listed}))"
            self._once[listed] = sum(
                int(self._bulk.one(f"SELECT {counted} FROM {self.table} WHERE {turn}")[0])  # noqa: S608 - names are quoted
                for turn in turns(listed, self.rows)
            )
        return self._once[listed]

    def run(self, report: Callable[[float], None] | None = None) -> None:
        """Have everything answered that is asked and open."""
        asked, self._open = list(self._open), {}
        told = 0
        for engine, questions in self._parted(asked):
            for first in range(0, len(questions), QUESTIONS):
                some = questions[first : first + QUESTIONS]
                rest = report and partial(
                    _within, report, told / len(asked), len(some) / len(asked)
                )
                sql = f"SELECT {', '.join(some)} FROM {self.source(*some)}"  # noqa: S608 - names are quoted
                self._told |= dict(zip(some, engine.run(sql, report=rest)[0], strict=True))
                told += len(some)

    def _parted(self, asked: Sequence[str]) -> list[tuple[Engine, list[str]]]:
        """Return which engine is asked what."""
        if self._bulk is self.engine:
            return [(self.engine, list(asked))]
        beside = [one for one in asked if one in self._beside]
        return [(self.engine, beside), (self._bulk, [one for one in asked if one not in beside])]

    def _learn(self, questions: Sequence[str]) -> tuple[Any, ...]:
        if any(one in self._open for one in questions):
            self.run()
        return tuple(self._told[one] for one in questions)


def of_file(place: Place, rows: int, engine: Engine) -> Survey:
    """Return the survey of a finished table."""
    return Survey(table(place), rows, engine, bulk(engine, place))


def _within(report: Callable[[float], None], before: float, share: float, done: float) -> None:
    report(before + share * done)


def table(place: Place) -> str:
    """Return a finished table as an SQL source."""
    return f"read_parquet({literal(str(place))})"
