"""One statement that answers a question, the keys by which rows are told apart, totals kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yelin.files.places import Place
from yelin.warehouse.engine import ident
from yelin.warehouse.formats import Column
from yelin.warehouse.question import Layout, Operand, Question


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows, by a condition in SQL, and the files that it names: held, or they are not had."""

    sql: str
    files: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """One of the columns that rows are put in order by; the last of them settle every tie.

    A row's ``is_place`` is never missing.
    """

    sql: str
    descending: bool = False
    is_place: bool = False

    @property
    def order(self) -> str:
        """Return how rows are put in order by it."""
        return f"{self.sql} {'DESC' if self.descending else 'ASC'} NULLS LAST"

    def same(self, value: Operand | None) -> tuple[str, list[object]]:
        """Return the condition that a row has this value."""
        return (f"{self.sql} = ?", [value]) if value is not None else (f"{self.sql} IS NULL", [])

    def later(self, value: Operand | None) -> tuple[str, list[object]]:
        """Return the condition that a row's value stands behind this one."""
        if value is None:
            return "false", []
        missing = "" if self.is_place else f" OR {self.sql} IS NULL"
        return f"({self.sql} {'<' if self.descending else '>'} ?{missing})", [value]


@dataclass(frozen=True, slots=True)
class Ground:
    """What rows are taken from: SQL with its parameters, and the columns that tell their places.

    ``at`` counts a copy's rows in the order of its ``layout``.
    """

    sql: str
    params: tuple[object, ...]
    places: tuple[str, ...]
    at: str = ""
    layout: Layout = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A question about a table, as SQL; ``at`` counts its rows where all are wanted as they lie."""

    source: str
    where: str
    order: str
    params: tuple[object, ...]
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    fails: Rows | None = None
    at: str = ""

    @property
    def select(self) -> str:
        """Return the columns as a page has them."""
        return ", ".join(
            column.text if column.as_text else ident(column.name) for column in self.columns
        )

    def page(self, question: Question) -> tuple[str, list[object]]:
        """Return the statement that answers one page, each row followed by its keys."""
        keys = "".join(f", {key.sql}" for key in self.keys)
        sql = f"SELECT {self.select}{keys} FROM {self.source} {self.where}"  # noqa: S608 - names are quoted by ident(), values are parameters
        params, limit = list(self.params), max(0, int(question.limit))
        first = max(0, int(question.offset))
        if self.at:
            # With a limit, too, the engine fetches the other columns of these rows only.
            sql = f"{sql} WHERE {self.at} >= ? AND {self.at} < ? LIMIT {limit}"
            return sql, [*params, first, first + limit]
        if question.after:
            later, values = _behind(self.keys, question.after)
            sql, first = f"{sql} {'AND' if self.where else 'WHERE'} ({later})", 0
            params += values
        return f"{sql} {self.order} LIMIT {limit} OFFSET {first}", params


def _behind(keys: Sequence[Key], last: Sequence[Operand | None]) -> tuple[str, list[object]]:
    """Return the condition of the rows behind that which has these values."""
    same: list[tuple[str, list[object]]] = []
    ways, params = [], []
    for key, value in zip(keys, last, strict=True):
        alike, (later, values) = list(same), key.later(value)
        ways.append(" AND ".join([*(sql for sql, _ in alike), later]))
        params += [each for _, before in alike for each in before] + values
        same.append(key.same(value))
    # Bare where it can be, for the engine then leaves out whole blocks of rows.
    return " OR ".join(ways), params


class Totals:
    """How many rows were counted before: releases never change, and counting takes the longest."""

    MOST = 4_096

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[object, tuple[int, frozenset[str]]] = OrderedDict()

    def of(
        self, key: object, count: Callable[[], tuple[int, frozenset[str]]]
    ) -> tuple[int, frozenset[str]]:
        """Return what was counted under ``key``, by ``count`` where it was not yet."""
        with self._lock:
            if found := self._found.get(key):
                self._found.move_to_end(key)
                return found
        found = count()
        with self._lock:
            self._found[key] = found
            if len(self._found) > self.MOST:
                self._found.popitem(last=False)
        return found
