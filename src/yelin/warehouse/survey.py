"""Ask a finished table what many want to know of it, in one pass over it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import pyarrow as pa

from yelin.files.places import Place
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.engines import bulk
from yelin.warehouse.staged import turns

AT_ONCE = 20_000
# No item can be called so.
MADE = "\x1f"
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

    @property
    def source(self) -> str:
        """The table with the columns that were made of its own."""
        source = self.table
        for of_made in (False, True):
            made = "".join(
                f", {sql} AS {name}" for sql, name in self._made.items() if (MADE in sql) is of_made
            )
            source = f"(SELECT *{made} FROM {source})"  # noqa: S608 - names are quoted
        return source

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
        if not questions:
            return ()
        return self.engine.one(f"SELECT {', '.join(questions)} FROM {self.table}")  # noqa: S608 - names are quoted

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
        beside = self._beside if self._bulk is not self.engine else set()
        here = [one for one in self._open if one in beside]
        bulk = [one for one in self._open if one not in beside]
        for engine, questions in ((self.engine, here), (self._bulk, bulk)):
            if questions:
                row = engine.run(
                    f"SELECT {', '.join(questions)} FROM {self.source}",  # noqa: S608 - names are quoted
                    report=report,
                )[0]
                self._told |= dict(zip(questions, row, strict=True))
        self._open = {}

    def _learn(self, questions: Sequence[str]) -> tuple[Any, ...]:
        if any(one in self._open for one in questions):
            self.run()
        return tuple(self._told[one] for one in questions)


def of_file(place: Place, rows: int, engine: Engine) -> Survey:
    """Return the survey of a finished table."""
    return Survey(table(place), rows, engine, bulk(engine, place))


def table(place: Place) -> str:
    """Return a finished table as an SQL source."""
    return f"read_parquet({literal(str(place))})"
