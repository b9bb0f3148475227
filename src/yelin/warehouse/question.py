"""What is asked of a release, and what a filter asks of a column: as SQL, with typed operands."""

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from yelin.warehouse.engine import ident
from yelin.warehouse.formats import Column
from yelin.warehouse.items import FLOAT_TYPES, NUMBER_TYPES, TEXT_TYPES

# What may be asked of a group, each as SQL of its column.
AGGREGATES = {
    "count": "count({})",
    "distinct": "count(DISTINCT {})",
    "sum": "sum({})",
    "avg": "avg({})",
    "min": "min({})",
    "max": "max({})",
}
# By what dates and times may be put together; numbers are by a width.
SPANS = ("year", "quarter", "month", "day")
# One item and whether it is sorted downwards; without one, the release's own order.
Layout = tuple[str, bool] | None
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
_WIDTH = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")
_MOST_VALUES = 1_000

Operand = str | int | float | Decimal | bool | dt.date | dt.datetime


class UnknownColumn(Exception):
    """A question names a column that there is not, or that the asker may not see: both alike."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is no column “{name}”")


class BadOperand(Exception):
    """A filter compares a column with something that its type cannot be compared with.

    ``expects`` is a message id, filled from ``params``.
    """

    def __init__(
        self, column: str, operator: str, value: object, expects: str, **params: object
    ) -> None:
        self.column = column
        self.operator = operator
        self.value = value
        self.expects = expects
        self.params = params
        super().__init__(f"“{column}” {operator} needs {expects.format(**params)}")


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; conditions stand together by AND.

    ``in`` takes a tuple, or text divided by commas; ``isnull`` takes true or false.
    """

    column: str
    operator: str
    value: str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What is asked of each group of rows: ``count``, or a function of one column's values."""

    function: str
    column: str = ""

    @property
    def name(self) -> str:
        """What its column is called: as it was asked."""
        return f"{self.function}:{self.column}" if self.column else self.function


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows and columns are wanted, in which order; ``sort`` pairs name and descending.

    Of each of ``either``, all filters of one group hold at least. Each of ``words`` stands
    somewhere in a row, in whatever case. ``number`` is what a first column is called that counts
    the rows as the asker has them, before any is chosen; ``distinct`` rows differ in the columns.
    ``failing`` is the rule of quality that the rows fail. Rows alike in their ``groups``, each a
    column or a span of one (``grouped``), become one row, with the ``aggregates`` of them.
    ``after`` is what a page said of its last row: the answer goes on behind that, and ``offset``
    says how many rows lie before.
    """

    filters: tuple[Filter, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    columns: tuple[str, ...] | None = None
    limit: int = 50
    offset: int = 0
    either: tuple[tuple[tuple[Filter, ...], ...], ...] = ()
    words: tuple[str, ...] = ()
    number: str = ""
    distinct: bool = False
    failing: str = ""
    groups: tuple[str, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    after: tuple[Operand | None, ...] = ()

    @property
    def whole(self) -> "Question":
        """The same question, of all pages."""
        return replace(self, limit=0, offset=0, after=())

    @property
    def page(self) -> tuple[object, ...]:
        """Which page it is of ``whole``, that is all that this leaves out."""
        return self.limit, self.offset, self.after

    @property
    def chooses(self) -> bool:
        """Whether it leaves out rows, or makes others of them."""
        more = (self.either, self.words, self.failing, self.distinct, self.groups, self.aggregates)
        return bool(self.filters or any(more))


def is_span(by: str) -> bool:
    """Say whether columns may be put together by this: a span of time, or a width of numbers."""
    return by in SPANS or _WIDTH.fullmatch(by) is not None


def grouped(column: Column, by: str, name: str) -> tuple[Column, str]:
    """Return the column ``name`` that holds where each span of ``column`` begins, and its SQL.

    ``by`` is one of ``SPANS`` for dates and times, and for numbers the width of a span, which
    begins at a multiple of it. Raises ``BadOperand``.
    """
    of = ident(column.name)
    if column.type in {"D", "T"}:
        if by not in SPANS:
            raise BadOperand(column.name, by, name, "one of {operators}", operators=" ".join(SPANS))
        return Column(name, "D"), f"CAST(date_trunc('{by}', {of}) AS DATE)"
    if column.type not in NUMBER_TYPES:
        raise BadOperand(column.name, by, name, "a column of dates, times or numbers")
    if not _WIDTH.fullmatch(by) or not Decimal(by):
        raise BadOperand(column.name, by, name, "a width above zero such as 1000 or 0.5")
    if column.type in FLOAT_TYPES:
        return Column(name, column.type), f"floor({of} / {by}) * {by}"
    # Beneath zero the rest of a division is so too. Divided once, it takes a quarter of the time.
    sql = f"{of} - {of} % {by} - CASE WHEN {of} % {by} < 0 THEN {by} ELSE 0 END"
    places = -int(Decimal(by).as_tuple().exponent)
    if column.type == "I" and not places:
        return Column(name, "I"), f"CAST({sql} AS BIGINT)"
    return Column(name, "N", scale=max(places, column.scale or 0) or None), sql


def condition(column: Column, asked: Filter) -> tuple[str, list[object]]:
    """Return as SQL, with its parameters, what ``asked`` wants of ``column``.

    Raises ``BadOperand``.
    """
    name, operator, value = ident(column.name), asked.operator, asked.value
    if operator not in OPERATORS:
        raise BadOperand(
            column.name, operator, value, "one of {operators}", operators=" ".join(OPERATORS)
        )
    if operator == "in":
        operands = _operands(column, value)
        return f"{name} IN ({', '.join('?' * len(operands))})", operands
    if not isinstance(value, str):
        raise BadOperand(column.name, operator, value, "one value")
    if operator == "isnull":
        return f"{name} IS {'' if _wanted(column, value) else 'NOT '}NULL", []
    if operator in ("contains", "startswith"):
        test = "contains" if operator == "contains" else "starts_with"
        return f"{test}({column.text}, ?)", [value]
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
        raise BadOperand(column.name, "in", value, "1 to {most} values", most=_MOST_VALUES)
    return [_operand(column, "in", str(one)) for one in many]


def _wanted(column: Column, value: str) -> bool:
    wanted = _WORDS.get(value.lower())
    if wanted is None:
        raise BadOperand(column.name, "isnull", value, "true or false")
    return wanted


def _operand(column: Column, operator: str, value: str) -> Operand:
    """Return ``value`` as the column's own type; ``BadOperand`` says what is needed."""
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
