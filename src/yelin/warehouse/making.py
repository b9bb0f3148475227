"""Which columns an asker has, and what answers are made of: groups, and values of many rows."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from yelin.warehouse.engine import ident
from yelin.warehouse.formats import Column
from yelin.warehouse.items import FLOAT_TYPES, NUMBER_TYPES
from yelin.warehouse.question import (
    AGGREGATES,
    Aggregate,
    BadOperand,
    Question,
    UnknownColumn,
    grouped,
)


class Columns:
    """The columns that an asker has, by their names in one form."""

    def __init__(self, every: Sequence[Column]) -> None:
        self.all = tuple(every)
        self._by_name = {nfc(column.name): column for column in self.all}

    def __contains__(self, name: str) -> bool:
        """Whether a column is called so."""
        return nfc(name) in self._by_name

    def of(self, question: Question) -> tuple[Column, ...]:
        """Return the columns of the answer."""
        if question.groups or question.aggregates:
            groups = dict.fromkeys(self._grouped(name)[0] for name in question.groups)
            values = [self._aggregated(each) for each in question.aggregates]
            for each, value in zip(question.aggregates, values, strict=True):
                if any(value.name == group.name for group in groups):
                    says = "no group that is called the same"
                    raise BadOperand(value.name, each.function, value.name, says)
            return (*groups, *values)
        chosen = self.all
        if question.columns is None:
            return chosen
        return tuple(dict.fromkeys(self.column(name) for name in question.columns)) or chosen

    def made(
        self, question: Question, chosen: tuple[Column, ...], rows: str
    ) -> tuple[str, list[str]]:
        """Return the rows that are made of ``rows``, and what tells them apart; or nothing."""
        names = [ident(column.name) for column in chosen]
        if question.groups or question.aggregates:
            groups = dict(self._grouped(name) for name in question.groups)
            values = [f"{sql} AS {ident(group.name)}" for group, sql in groups.items()]
            values += [
                f"{self._value(each)} AS {ident(each.name)}"
                for each in dict.fromkeys(question.aggregates)
            ]
            by = f"GROUP BY {', '.join(groups.values())}" if groups else ""
            return f"(SELECT {', '.join(values)} FROM {rows} {by})", names[: len(groups)]  # noqa: S608 - names are quoted by ident(), values are parameters
        if question.distinct:
            return f"(SELECT DISTINCT {', '.join(names)} FROM {rows})", names  # noqa: S608 - names are quoted by ident(), values are parameters
        return "", []

    def _grouped(self, name: str) -> tuple[Column, str]:
        """Return the column that a group of this name has, and its SQL."""
        by, colon, of = name.partition(":")
        if colon and nfc(name) not in self._by_name and nfc(of) in self._by_name:
            return grouped(self.column(of), by, name)
        column = self.column(name)
        return column, ident(column.name)

    def _aggregated(self, asked: Aggregate) -> Column:
        if asked.function not in AGGREGATES or not (asked.column or asked.function == "count"):
            raise BadOperand(
                asked.column, asked.function, asked.name, "one of {operators}",
                operators=" ".join(AGGREGATES),
            )  # fmt: skip
        if asked.function in {"count", "distinct"}:
            if asked.column:
                self.column(asked.column)
            return Column(asked.name, "I")
        column = self.column(asked.column)
        if asked.function in {"sum", "avg"} and column.type not in NUMBER_TYPES:
            raise BadOperand(column.name, asked.function, asked.name, "a column of numbers")
        return (
            Column(asked.name, "F") if asked.function == "avg" else replace(column, name=asked.name)
        )

    def _value(self, asked: Aggregate) -> str:
        name = ident(self.column(asked.column).name) if asked.column else "*"
        value = AGGREGATES[asked.function].format(name)
        if asked.function == "avg":
            total = f"sum({name})"
            if self.column(asked.column).type not in FLOAT_TYPES:
                # Every engine reads a number alike, and makes a double of a decimal in its own way.
                total = f"CAST(CAST({total} AS VARCHAR) AS DOUBLE)"
            value = f"{total} / count({name})"
        if asked.function in {"sum", "avg"}:
            # JSON has no infinity.
            return f"CASE WHEN isfinite(CAST({value} AS DOUBLE)) THEN {value} END"
        return value

    def column(self, name: str) -> Column:
        """Return the column of this name that the asker has. Raises ``UnknownColumn``."""
        column = self._by_name.get(nfc(name))
        if column is None:
            raise UnknownColumn(name)
        return column


def nfc(name: str) -> str:
    """Return the name of a column in the one form in which names are compared."""
    return unicodedata.normalize("NFC", name)
