"""What a buyer asks where the data lies: groups, figures and conditions, and nothing else."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yelin.keys import canonical
from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.market.compute.boxes import OPERATORS, Condition, Value
from yelin.warehouse.formats import Column
from yelin.warehouse.items import NUMBER_TYPES
from yelin.warehouse.question import BadOperand, Filter, condition, grouped

_DUTY = duties.CONTRACT_WHOLE
MOST_GROUPS, MOST_FIGURES, MOST_FILTERS, MOST_VALUES = 3, 5, 6, 50
_ONE = {"eq", "in"}
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Written = Annotated[str, StringConstraints(max_length=200)]


class Function(StrEnum):
    """What is told of each group beside its rows; the least and greatest value tell of one."""

    SUM = "sum"
    AVG = "avg"


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Grouping(_Said):
    """A column by whose values rows are put together, or by spans of it.

    ``by`` is ``year``, ``quarter``, ``month`` or ``day`` for dates, and a width for numbers.
    """

    column: Name
    by: str = Field(default="", max_length=20)


class Figure(_Said):
    """The sum or mean of a column of numbers; a value that is missing counts as nothing."""

    function: Function
    column: Name


class FilterContent(_Said):
    """A condition that rows meet: ``eq``, ``in``, ``gt``, ``gte``, ``lt`` or ``lte``."""

    column: Name
    operator: str = Field(pattern="^(" + "|".join(OPERATORS) + ")$")
    values: tuple[Written, ...] = Field(min_length=1, max_length=MOST_VALUES)


class QuestionContent(_Said):
    """A question of which only the answer leaves: how many rows, and which sums, by which groups.

    Rows meet all of the filters.
    """

    groups: tuple[Grouping, ...] = Field(default=(), max_length=MOST_GROUPS)
    figures: tuple[Figure, ...] = Field(default=(), max_length=MOST_FIGURES)
    filters: tuple[FilterContent, ...] = Field(default=(), max_length=MOST_FILTERS)

    @property
    def digest(self) -> bytes:
        """What the same question is known by: SHA-256 over RFC 8785, its parts in one order."""
        said = self.model_dump(mode="json")
        said["figures"] = sorted(said["figures"], key=str)
        said["filters"] = sorted(
            (each | {"values": sorted(each["values"])} for each in said["filters"]), key=str
        )
        return canonical.digest(said)

    @property
    def summed(self) -> tuple[str, ...]:
        """The columns that are summed, each once, in order."""
        return tuple(dict.fromkeys(each.column for each in self.figures))

    @property
    def names(self) -> frozenset[str]:
        """All columns that it names."""
        return frozenset(name for _place, name in _named(self))


def conditions(question: QuestionContent, columns: Mapping[str, Column]) -> list[Condition]:
    """Return the filters with values of their columns' types. Raises ``BadOperand``."""
    return [
        (each.column, each.operator, _operands(each, columns[each.column]))
        for each in question.filters
    ]


def faults(
    question: QuestionContent, columns: Mapping[str, Column], closed: Collection[str]
) -> Iterator[Fault]:
    """Yield what is wrong with a question about a table of these columns.

    By the ``closed`` ones nobody is grouped or chosen: they tell a row from others.
    """
    for place, each in _named(question):
        of = {"name": each}
        if each not in columns:
            yield Fault(place, "There is no item called {name}.", _DUTY, of)
        elif each in closed:
            says = "{name} tells single rows apart: nothing is asked of it."
            yield Fault(place, says, _DUTY, of)
    names = [each.column for each in question.groups]
    if len({*names}) < len(names):
        yield Fault("groups", "Group by each item once.", _DUTY)
    for figure in question.figures:
        found = columns.get(figure.column)
        if found and found.type not in NUMBER_TYPES:
            says = "{name} holds no numbers that could be added."
            yield Fault("figures", says, _DUTY, {"name": figure.column})
    known = {name: found for name, found in columns.items() if name not in closed}
    yield from _unfit(question, known)


def _named(question: QuestionContent) -> Iterator[tuple[str, str]]:
    of: Sequence[tuple[str, Sequence[Grouping | Figure | FilterContent]]] = (
        ("groups", question.groups),
        ("figures", question.figures),
        ("filters", question.filters),
    )
    return ((place, each.column) for place, named in of for each in named)


def _unfit(question: QuestionContent, columns: Mapping[str, Column]) -> Iterator[Fault]:
    """Yield the spans and values that do not fit their columns."""
    for group in question.groups:
        if group.by and group.column in columns:
            try:
                grouped(columns[group.column], group.by, group.column)
            except BadOperand:
                says = "{name} cannot be grouped by such spans."
                yield Fault("groups", says, _DUTY, {"name": group.column})
    for each in question.filters:
        if (column := columns.get(each.column)) is None:
            continue
        of = {"name": each.column}
        if each.operator not in _ONE and column.type not in {*NUMBER_TYPES, "D", "T"}:
            says = "{name} has no order: choose its values one by one."
            yield Fault("filters", says, _DUTY, of)
        elif each.operator != "in" and len(each.values) > 1:
            yield Fault("filters", "Compare {name} with one value.", _DUTY, of)
        else:
            try:
                _operands(each, column)
            except BadOperand:
                yield Fault("filters", "{name} cannot have such a value.", _DUTY, of)


def _operands(said: FilterContent, column: Column) -> tuple[Value, ...]:
    _sql, operands = condition(column, Filter(column.name, "in", said.values))
    return tuple(operands)  # type: ignore[arg-type]  # what a column's values are
