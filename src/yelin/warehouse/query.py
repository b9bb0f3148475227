"""Answer questions about a release: filter, sort, choose columns, turn pages, download."""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from yelin.files.places import Place
from yelin.gate.obligations import NONE, Obligations
from yelin.warehouse import formats, masks
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.formats import Column
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


class Unfulfillable(Exception):
    """What the asker must bear cannot be carried out on this release: nothing of it is opened."""


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
    """Which rows and columns are wanted, in which order; ``sort`` pairs name and descending.

    Of each of ``either``, all filters of one group hold at least. Each of ``words`` stands
    somewhere in a row, in whatever case. ``number`` is what a first column is called that counts
    the rows as the asker has them, before any is chosen; ``distinct`` rows differ in the columns.
    ``failing`` is the rule of quality that the rows fail.
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


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, values ready for JSON, and how many rows the filters leave in all."""

    rows: list[dict[str, formats.Plain]]
    total: int
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows, by a condition in SQL, and the files that it names: held, or they are not had."""

    sql: str
    files: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sql:
    select: str
    source: str
    where: str
    order: str
    params: tuple[object, ...]
    columns: tuple[Column, ...]
    fails: Rows | None = None


# Where the veiled rows lie in the files; no column of a release begins with a blank.
_FILE, _ROW = ident(" file"), ident(" row")


class Table:
    """The files of one release as one asker may see them.

    Hidden columns do not exist for any question: to name one raises the same ``UnknownColumn`` as
    to name one that never was. Veiled columns and left out rows are so before any question is
    asked. Raises ``Unfulfillable`` where the asker must bear what these columns do not allow: a
    name that the release does not have is perhaps that of an item which was renamed since. Files
    bear ``mark`` where their format has a place for it beside the rows. ``failing`` tells which
    rows fail a rule.
    """

    def __init__(
        self,
        files: Sequence[Place],
        columns: Sequence[Column],
        engine: Engine,
        *,
        bears: Obligations = NONE,
        mark: str = "",
        number: str = "",
        failing: Callable[[str], Rows] | None = None,
    ) -> None:
        if not files:
            raise ValueError("a table needs at least one file")
        self._number = number
        self._failing = failing
        self.files = tuple(files)
        self.engine = engine
        self.mark = mark
        self._whole = {_nfc(column.name): column for column in columns}
        self._bears = _normal(bears)
        self.columns = tuple(c for name, c in self._whole.items() if self._bears.shows(name))
        named = {
            *self._bears.hidden_items,
            *self._bears.masks,
            *(each.column for each in self._bears.row_filters),
        }
        if not self.columns or named - self._whole.keys():
            raise Unfulfillable
        self._kept, self._kept_params = self._kept_rows()

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {_nfc(column.name): column for column in self._counted + self.columns}

    @property
    def _counted(self) -> tuple[Column, ...]:
        return (Column(self._number, "I"),) if self._number else ()

    def _asked(self, question: Question) -> "Table":
        """Return the table in which the rows are counted, where ``question`` wants that."""
        name = question.number
        if name == self._number or _nfc(name) in self._whole:
            return self
        whole = tuple(self._whole.values())
        return Table(
            self.files,
            whole,
            self.engine,
            bears=self._bears,
            mark=self.mark,
            number=name,
            failing=self._failing,
        )

    def page(self, question: Question) -> Page:
        """Return the page of rows that the question asks for.

        Raises ``UnknownColumn`` and ``BadOperand``.
        """
        sql = self._asked(question)._sql(question)
        total = self._count(sql)
        engine = self.engine.cursor()
        found = engine.rows(
            f"SELECT {sql.select} FROM {sql.source} {sql.where} {sql.order} "  # noqa: S608 - names are quoted by ident(), values are parameters
            f"LIMIT {max(0, int(question.limit))} OFFSET {max(0, int(question.offset))}",
            sql.params,
        )
        rows = [
            {
                column.name: formats.plain(value)
                for column, value in zip(sql.columns, row, strict=True)
            }
            for row in found
        ]
        return Page(rows, total, sql.columns)

    def count(self, question: Question) -> int:
        """Return how many rows the filters leave."""
        return self._count(self._asked(question)._sql(question))

    def require(self, question: Question) -> None:
        """Raise ``UnknownColumn`` or ``BadOperand`` for a question that has no answer here."""
        self._asked(question)._sql(question)

    def export(
        self,
        question: Question,
        fmt: str,
        target: Place,
        *,
        for_excel: bool = False,
    ) -> int:
        """Write all rows that the filters leave, in the question's order, as a file of ``fmt``.

        Its limit and offset do not count. Returns how many rows they are. Raises
        ``formats.TooLarge`` where the format cannot hold them, ``formats.UnknownFormat``, and
        ``TooMuch`` where they cannot be sorted.
        """
        sql = self._asked(question)._sql(question)
        selected = formats.Selected(
            source=f"FROM {sql.source} {sql.where} {sql.order}",
            counted=f"FROM {sql.source} {sql.where}",
            params=sql.params,
            columns=sql.columns,
            mark=self.mark,
        )
        return formats.write(self.engine.cursor(), selected, fmt, target, for_excel=for_excel)

    def numbered(self) -> tuple[str, list[object]]:
        """Return the rows as the asker has them, as SQL with its parameters, each with its place.

        That place stands in the column “ row”.
        """
        return self._wrapped, list(self._kept_params)

    def _count(self, sql: _Sql) -> int:
        row = self.engine.cursor().one(
            f"SELECT count(*) FROM {sql.source} {sql.where}",  # noqa: S608 - values are parameters
            sql.params,
        )
        return int(row[0])

    @cached_property
    def _source(self) -> str:
        return self._wrapped if self._is_wrapped else self._files

    @property
    def _files(self) -> str:
        listed = ", ".join(literal(str(file)) for file in self.files)
        return f"read_parquet([{listed}])"

    @property
    def _wrapped(self) -> str:
        veils = {self._whole[name].name: mask for name, mask in self._bears.masks.items()}
        shown = [
            f"{masks.veiled(veils[c.name], c.name, c.type)} AS {ident(c.name)}"
            if c.name in veils
            else ident(c.name)
            for c in self.columns
        ]
        if self._number:
            # Gaps would tell how many rows are left out.
            counted = f"{_ROW} + 1"
            if self._bears.row_filters:
                counted = f"row_number() OVER (ORDER BY {_FILE}, {_ROW})"
            shown.insert(0, f"{counted} AS {ident(self._number)}")
        # The rows are chosen in a query of their own, by what their values are and not by veils.
        return (
            f"(SELECT {', '.join(shown)}, {_FILE}, {_ROW} FROM (SELECT *, "  # noqa: S608 - names are quoted by ident(), values are parameters
            f"file_index AS {_FILE}, file_row_number AS {_ROW} FROM {self._files} {self._kept}))"
        )

    @property
    def _is_wrapped(self) -> bool:
        return bool(self._bears.masks or self._bears.row_filters or self._number)

    def _kept_rows(self) -> tuple[str, list[object]]:
        """Return the condition of the rows that the asker has, and its parameters."""
        conditions: list[str] = []
        params: list[object] = []
        for each in sorted(self._bears.row_filters, key=str):
            try:
                sql, values = self._condition(
                    self._whole[each.column], Filter(each.column, each.operator, each.value)
                )
            except BadOperand as fault:
                raise Unfulfillable from fault
            conditions.append(sql)
            params += values
        return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), params

    def _sql(self, question: Question) -> _Sql:
        chosen = self._counted + self.columns
        if question.columns is not None:
            wanted = dict.fromkeys(self._column(name) for name in question.columns)
            chosen = tuple(wanted) or chosen
        conditions: list[str] = []
        params = list(self._kept_params)
        for groups in ((question.filters,), *question.either):
            tests: list[str] = []
            for group in groups:
                found = [self._condition(self._column(each.column), each) for each in group]
                tests.append(" AND ".join(sql for sql, _ in found) or "true")
                params += [value for _, values in found for value in values]
            conditions.append("(" + " OR ".join(f"({test})" for test in tests) + ")")
        fails = self._fails(question.failing) if question.failing else None
        if fails:
            conditions.append(f"({fails.sql})")
        for word in question.words:
            held = (f"contains(lower({column.text}), lower(?))" for column in self.columns)
            conditions.append(f"({' OR '.join(held)})")
            params += [word] * len(self.columns)
        sorted_by = [(self._column(name), descending) for name, descending in question.sort]
        order = [
            f"{ident(column.name)} {'DESC' if descending else 'ASC'} NULLS LAST"
            for column, descending in sorted_by
        ]
        source, where = self._source, f"WHERE {' AND '.join(conditions)}" if conditions else ""
        if question.distinct:
            if strange := [column.name for column, _ in sorted_by if column not in chosen]:
                raise UnknownColumn(strange[0])
            names = [ident(column.name) for column in chosen]
            source = f"(SELECT DISTINCT {', '.join(names)} FROM {source} {where})"  # noqa: S608 - names are quoted by ident(), values are parameters
            where = ""
            order += names
        elif order or (self._number and self._bears.row_filters):
            # The row's place in the files settles every tie, so that pages neither lose nor repeat.
            order += [_FILE, _ROW] if self._is_wrapped else ["file_index", "file_row_number"]
        return _Sql(
            select=", ".join(
                column.text if column.as_text else ident(column.name) for column in chosen
            ),
            source=source,
            where=where,
            # Unsorted, rows come in the order of the files by themselves: at no cost in memory, and
            # the last page as soon as the first.
            order=f"ORDER BY {', '.join(order)}" if order else "",
            params=tuple(params),
            columns=chosen,
            fails=fails,
        )

    def _fails(self, rule: str) -> Rows:
        if self._failing is None:
            raise UnknownColumn(rule)
        return self._failing(rule)

    def _column(self, name: str) -> Column:
        column = self._by_name.get(_nfc(name))
        if column is None:
            raise UnknownColumn(name)
        return column

    @staticmethod
    def _condition(column: Column, condition: Filter) -> tuple[str, list[object]]:
        name, operator, value = ident(column.name), condition.operator, condition.value
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


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _normal(bears: Obligations) -> Obligations:
    """Return ``bears`` with every item's name in one form."""
    return replace(
        bears,
        shown_items=None if bears.shown_items is None else frozenset(map(_nfc, bears.shown_items)),
        hidden_items=frozenset(map(_nfc, bears.hidden_items)),
        masks={_nfc(name): mask for name, mask in bears.masks.items()},
        row_filters=frozenset(
            replace(each, column=_nfc(each.column)) for each in bears.row_filters
        ),
    )


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
