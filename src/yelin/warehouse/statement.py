"""One statement that answers a question, the keys by which rows are told apart, totals kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yelin.files.places import Place
from yelin.warehouse import exact
from yelin.warehouse.engine import Engine, ident
from yelin.warehouse.fences import Fences
from yelin.warehouse.formats import Column
from yelin.warehouse.positions import Position
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
class Laid:
    """A copy, as SQL, and what stands where in it."""

    sql: str
    fences: Fences


@dataclass(frozen=True, slots=True)
class Ground:
    """What rows are taken from, by SQL for an engine, and the columns that tell their places.

    ``at`` counts a copy's rows in the order of its ``layout``; whatever the question chooses by the
    item of that lies ``within`` these conditions.
    """

    engine: Engine
    sql: str
    params: tuple[object, ...]
    places: tuple[str, ...]
    at: str = ""
    layout: Layout = None
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A question about a table, as SQL; ``at`` counts its rows where all are wanted as they lie.

    ``sums`` are the columns of exact numbers that may grow past what all readers of JSON keep.
    """

    engine: Engine
    source: str
    where: str
    order: str
    params: tuple[object, ...]
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    sums: tuple[Column, ...] = ()
    fails: Rows | None = None
    at: str = ""

    @property
    def select(self) -> str:
        """Return the columns as a page has them."""
        return ", ".join(
            column.text if column.as_text else ident(column.name) for column in self.columns
        )

    @property
    def digits(self) -> list[str]:
        """Return how many digits each of the sums has."""
        return [
            f"length(ltrim(regexp_replace({column.text}, '[^0-9]', '', 'g'), '0'))"
            for column in self.sums
        ]

    @property
    def counting(self) -> str:
        """Return the statement that tells how many rows there are, and the most digits of sums."""
        most = "".join(f", max({digits})" for digits in self.digits)
        return f"SELECT count(*){most} FROM {self.source} {self.where}"  # noqa: S608 - values are parameters

    def page(self, question: Question, known: Position | None = None) -> tuple[str, list[object]]:
        """Return the statement that answers one page: rows, their keys, the digits of sums.

        It is looked for behind the position that is ``known``, which lies before it.
        """
        more = "".join(f", {each}" for each in (*(key.sql for key in self.keys), *self.digits))
        sql = f"SELECT {self.select}{more} FROM {self.source} {self.where}"  # noqa: S608 - names are quoted by ident(), values are parameters
        params, limit = list(self.params), max(0, int(question.limit))
        first = max(0, int(question.offset))
        if self.at:
            # With a limit, too, the engine fetches the other columns of these rows only.
            sql = f"{sql} WHERE {self.at} >= ? AND {self.at} < ? LIMIT {limit}"
            return sql, [*params, first, first + limit]
        if question.after:
            known = Position(first, question.after)
        if known:
            later, values = behind(self.keys, known.after)
            sql = f"{sql} {'AND' if self.where else 'WHERE'} ({later})"
            first -= known.rows
            params += values
        return f"{sql} {self.order} LIMIT {limit} OFFSET {first}", params


def behind(keys: Sequence[Key], last: Sequence[Operand | None]) -> tuple[str, list[object]]:
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


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows a question leaves, and which columns go as text on each of its pages."""

    total: int
    wide: frozenset[str] = frozenset()

    @classmethod
    def of(cls, total: int, sql: Statement, longest: Sequence[int | None]) -> "Counts":
        """Return the counts of a statement whose sums have at most so many digits.

        Where any has more than all readers of JSON keep, the whole column goes as text.
        """
        found = zip(sql.sums, longest, strict=True)
        return cls(total, frozenset(c.name for c, most in found if (most or 0) > exact.DIGITS))

    def widened(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """Return the columns as they go on each page."""
        return tuple(replace(c, as_text=True) if c.name in self.wide else c for c in columns)
