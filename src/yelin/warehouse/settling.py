"""Choose how the columns of a table are read, from what the whole of each shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from yelin.warehouse import asked, values
from yelin.warehouse.answers import Answers
from yelin.warehouse.columns import Column
from yelin.warehouse.engine import Engine
from yelin.warehouse.findings import Notice, Param
from yelin.warehouse.items import DECIMAL_TYPES

Facts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Settling:
    """What is learnt of the columns of a table: notices, and what only a steward can tell.

    ``rows`` returns the staged rows with what is known of some columns. What is asked of all of
    them is asked of ``bulk``, and examples of ``engine``.
    """

    rows: Callable[[Sequence[Column]], str]
    engine: Engine
    bulk: Engine
    answers: Answers
    notices: list[Notice] = field(default_factory=list)
    orders_asked: list[asked.OrderAsked] = field(default_factory=list)

    def settle(self, columns: Sequence[Column]) -> None:
        """Ask once about these columns what is wrong, too long and empty; note it in them."""
        questions = [(one, *question) for one in columns for question in one.questions().items()]
        listed = ", ".join(sql for *_, sql in questions)
        row = self.bulk.run(f"SELECT {listed} FROM {self.rows(columns)}")[0]  # noqa: S608 - columns are ours
        facts: dict[int, dict[str, int]] = {}
        for (column, name, _), value in zip(questions, row, strict=True):
            facts.setdefault(column.place, {})[name] = int(value or 0)
        for column in columns:
            self._settle(column, facts[column.place])

    def _settle(self, column: Column, facts: Facts) -> None:
        item = column.item
        column.empty, column.long = facts["empty"], facts.get("long", 0)
        column.unlisted = facts.get("unlisted", 0)
        if marks := facts.get("marks"):
            self._notice(
                column,
                "values.marks",
                "Cells of “{column}” with a mark such as “…”, “—” or “N/A”, which count as "
                "empty: {count}",
                count=marks,
            )
        if zeros := facts.get("zeros"):
            self._notice(
                column,
                "values.zeros",
                "Cells of “{column}” that begin with zeros, which a number does not keep "
                "(if they are codes, make the item text): {count}",
                count=zeros,
            )
        if item.is_text:
            return
        column.wrong = facts["present"] - facts["right"]
        column.reading = replace(column.reading, all_plain=not facts["odd"])
        if item.type in DECIMAL_TYPES:
            self._settle_decimal(column, facts)
        elif item.type in "DT" and (
            facts["last"] > facts["right"] or (facts["last"] and self.answers.order_of(item.name))
        ):
            column.reading = replace(column.reading, order=self._order_of(column, facts))
            column.wrong = self._count(column, column.is_wrong())

    def _notice(self, column: Column, code: str, says: str, **params: Param) -> None:
        name = column.item.name
        self.notices.append(Notice(code, says, {"column": name, **params}, column=name))

    def _count(self, column: Column, condition: str) -> int:
        """Return how many cells of a column are so."""
        (count,) = self.bulk.one(f"SELECT count_if({condition}) FROM {self.rows([column])}")  # noqa: S608 - columns are ours
        return int(count)

    def _settle_decimal(self, column: Column, facts: Facts) -> None:
        declared = column.item.scale
        scale = facts["scale"] if declared is None else declared
        # A number of so few letters fits whatever they are; only longer ones are looked into.
        is_close = facts["letters"] + scale > values.DIGITS
        if is_close:
            scale = values.roomiest(self._widths(column), declared)
        column.reading = replace(column.reading, scale=scale, fits=facts["scale"] <= scale)
        if is_close:
            column.huge = self._count(column, column.is_huge())

    def _widths(self, column: Column) -> list[tuple[int, int, int]]:
        """Return how many numbers have how many digits before and behind the point."""
        return self.bulk.run(
            f"SELECT {column.widths()}, count(*) FROM {self.rows([column])} "  # noqa: S608 - columns are ours
            f"WHERE {column.is_number()} GROUP BY ALL"
        )

    def _order_of(self, column: Column, facts: Facts) -> str:
        """Return the order of day and month of a column whose years stand last.

        Where the file leaves it open it is asked, and read by one order for the time being.
        """
        said = self.answers.order_of(column.item.name)
        if said in ("dmy", "mdy"):
            return said
        first_high, second_high = facts["first_high"], facts["second_high"]
        if bool(first_high) == bool(second_high):
            self.orders_asked.append(
                asked.which_order(
                    column.item,
                    column.tidy,
                    self.rows([column]),
                    self.engine,
                    last=facts["last"],
                    first_high=first_high,
                    second=second_high,
                )
            )
            return "dmy" if first_high >= second_high else "mdy"
        order = "dmy" if first_high else "mdy"
        self._notice(
            column,
            "dates.order",
            "The dates of “{column}” are read as {order}: some can be read in no other way",
            order=order,
        )
        return order
