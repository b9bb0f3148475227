"""Answer questions about a release: filter, sort, choose columns, turn pages, download."""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from yelin.files.places import Place
from yelin.warehouse import formats
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.items import FLOAT_TYPES, NUMBER_TYPES, TEXT_TYPES

OPERATORS = (
    "eq",
    "ne",
    "lt",
    "lte",
    "gt",
    "gte",
    "in",
    "contains",
    "startswith",
    "isnull",
)
_COMPARES = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_WORDS = {
    "true": True,
    "1": True,
    "yes": True,
    "是": True,
    "false": False,
    "0": False,
    "no": False,
    "否": False,
}
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_FLOAT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_MOST_VALUES = 1_000

Operand = str | int | float | Decimal | bool | dt.date | dt.datetime
Json = str | int | float | bool | None


class UnknownColumn(Exception):
    """A question names a column that there is not, or that the asker may not see: both alike."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is no column “{name}”")


class BadOperand(Exception):
    """A filter compares a column with something that its type cannot be compared with."""

    def __init__(self, column: str, operator: str, value: object, expects: str) -> None:
        self.column = column
        self.operator = operator
        self.value = value
        self.expects = expects
        super().__init__(f"“{column}” {operator} needs {expects}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a release: its name, its type letter, and whether its numbers go as text."""

    name: str
    type: str
    as_text: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; conditions stand together by AND.

    ``in`` takes a tuple, or text divided by commas; ``isnull`` takes true or false.
    """

    column: str
    operator: str
    value: str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows and columns are wanted, in which order; ``sort`` pairs name and descending."""

    filters: tuple[Filter, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    columns: tuple[str, ...] | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, values ready for JSON, and how many rows the filters leave in all."""

    rows: list[dict[str, Json]]
    total: int
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class _Sql:
    select: str
    where: str
    order: str
    params: tuple[object, ...]
    columns: tuple[Column, ...]


class Table:
    """The files of one release as one asker may see them.

    Hidden columns do not exist for any question: to name one raises the same ``UnknownColumn`` as
    to name one that never was.
    """

    def __init__(
        self,
        files: Sequence[Place],
        columns: Sequence[Column],
        engine: Engine,
        *,
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        if not files:
            raise ValueError("a table needs at least one file")
        self.files = tuple(files)
        self.columns = tuple(column for column in columns if column.name not in hidden)
        self.engine = engine

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def page(self, question: Question) -> Page:
        """Return the page of rows that the question asks for.

        Raises ``UnknownColumn`` and ``BadOperand``.
        """
        sql = self._sql(question)
        total = self._count(sql)
        engine = self.engine.cursor()
        found = engine.rows(
            f"SELECT {sql.select} FROM {self._source} {sql.where} {sql.order} "  # noqa: S608 - names are quoted by ident(), values are parameters
            f"LIMIT {max(0, int(question.limit))} OFFSET {max(0, int(question.offset))}",
            sql.params,
        )
        rows = [
            {
                column.name: _json(value, column)
                for column, value in zip(sql.columns, row, strict=True)
            }
            for row in found
        ]
        return Page(rows, total, sql.columns)

    def count(self, question: Question) -> int:
        """Return how many rows the filters leave."""
        return self._count(self._sql(question))

    def export(
        self,
        question: Question,
        fmt: str,
        target: Place,
        *,
        for_excel: bool = False,
    ) -> None:
        """Write all rows that the filters leave, in the question's order, as a file of ``fmt``.

        Its limit and offset do not count. Raises ``formats.TooLarge`` where the format cannot
        hold them, ``formats.UnknownFormat``, and ``TooMuch`` where they cannot be sorted.
        """
        sql = self._sql(question)
        # Unsorted, rows come in the order of the file by themselves, at no cost in memory.
        order = sql.order if question.sort else ""
        selected = formats.Selected(
            source=f"FROM {self._source} {sql.where} {order}",
            counted=f"FROM {self._source} {sql.where}",
            params=sql.params,
            columns=tuple(
                formats.Shown(column.name, column.type, column.as_text) for column in sql.columns
            ),
        )
        formats.write(self.engine.cursor(), selected, fmt, target, for_excel=for_excel)

    def _count(self, sql: _Sql) -> int:
        row = self.engine.cursor().one(
            f"SELECT count(*) FROM {self._source} {sql.where}",  # noqa: S608 - values are parameters
            sql.params,
        )
        return int(row[0])

    @property
    def _source(self) -> str:
        listed = ", ".join(literal(str(file)) for file in self.files)
        return f"read_parquet([{listed}])"

    def _sql(self, question: Question) -> _Sql:
        chosen = self.columns
        if question.columns is not None:
            wanted = dict.fromkeys(self._column(name) for name in question.columns)
            chosen = tuple(wanted) or self.columns
        conditions: list[str] = []
        params: list[object] = []
        for condition in question.filters:
            sql, values = self._condition(condition)
            conditions.append(sql)
            params += values
        order = [
            f"{ident(self._column(name).name)} {'DESC' if descending else 'ASC'} NULLS LAST"
            for name, descending in question.sort
        ]
        # The row's place in the files settles every tie, so that pages neither lose nor repeat.
        order += ["file_index", "file_row_number"]
        return _Sql(
            select=", ".join(ident(column.name) for column in chosen),
            where=f"WHERE {' AND '.join(conditions)}" if conditions else "",
            order=f"ORDER BY {', '.join(order)}",
            params=tuple(params),
            columns=chosen,
        )

    def _column(self, name: str) -> Column:
        column = self._by_name.get(name) or self._by_name.get(unicodedata.normalize("NFC", name))
        if column is None:
            raise UnknownColumn(name)
        return column

    def _condition(self, condition: Filter) -> tuple[str, list[object]]:
        column = self._column(condition.column)
        name, operator, value = ident(column.name), condition.operator, condition.value
        if operator not in OPERATORS:
            raise BadOperand(column.name, operator, value, f"one of {', '.join(OPERATORS)}")
        if operator == "in":
            operands = _operands(column, value)
            return f"{name} IN ({', '.join('?' * len(operands))})", operands
        if not isinstance(value, str):
            raise BadOperand(column.name, operator, value, "one value")
        if operator == "isnull":
            return f"{name} IS {'' if _wanted(column, value) else 'NOT '}NULL", []
        if operator in ("contains", "startswith"):
            test = "contains" if operator == "contains" else "starts_with"
            text = name if column.type in TEXT_TYPES else f"CAST({name} AS VARCHAR)"
            return f"{test}({text}, ?)", [value]
        operand = _operand(column, operator, value)
        if operator == "eq":
            return f"{name} = ?", [operand]
        if operator == "ne":
            # A row without a value is not equal to any: eq and ne together leave out no row.
            return f"{name} IS DISTINCT FROM ?", [operand]
        if column.type == "L":
            raise BadOperand(column.name, operator, value, "eq, ne or isnull")
        return f"{name} {_COMPARES[operator]} ?", [operand]


def _operands(column: Column, value: str | Sequence[str]) -> list[object]:
    many = value.split(",") if isinstance(value, str) else list(value)
    if not many or len(many) > _MOST_VALUES:
        raise BadOperand(column.name, "in", value, f"1 to {_MOST_VALUES} values")
    return [_operand(column, "in", str(one)) for one in many]


def _wanted(column: Column, value: str) -> bool:
    wanted = _WORDS.get(value.lower())
    if wanted is None:
        raise BadOperand(column.name, "isnull", value, "true or false")
    return wanted


def _operand(column: Column, operator: str, value: str) -> Operand:
    """Return the operand as the column's own type; ``BadOperand`` says what is needed."""
    kind = column.type
    text = value.strip()
    try:
        if kind in TEXT_TYPES:
            return value
        if kind in NUMBER_TYPES:
            return _number(kind, text)
        if kind == "L":
            return _WORDS[text.lower()]
        moment = dt.datetime.fromisoformat(text)
        if kind == "T":
            if moment.tzinfo is not None:
                raise ValueError("times of a release carry no zone")
            return moment
        if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
            return moment.date()
        raise ValueError("a date has no time of day")
    except (ValueError, KeyError, ArithmeticError) as fault:
        raise BadOperand(column.name, operator, value, _EXPECTS[kind]) from fault


_EXPECTS = {
    **dict.fromkeys(NUMBER_TYPES, "a number such as 12.5"),
    "D": "a date such as 2020-01-31",
    "T": "a time such as 2020-01-31T08:30:00",
    "L": "true or false",
}


def _number(kind: str, text: str) -> Operand:
    if kind in FLOAT_TYPES:
        if not _FLOAT.fullmatch(text) or not math.isfinite(float(text)):
            raise ValueError(text)
        return float(text)
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    number = Decimal(text)
    if kind == "I" and number == number.to_integral_value() and abs(number) < 2**63:
        return int(number)
    return number


def _json(value: object, column: Column) -> Json:
    """Return a value as JSON has it; a column has one JSON type throughout."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="microseconds" if value.microsecond else "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int | Decimal) and column.as_text:
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int | float):
        return value
    raise TypeError(f"a column of type {column.type} cannot hold {type(value).__name__}")
