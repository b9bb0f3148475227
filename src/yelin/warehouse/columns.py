"""One mapped column in SQL: its cells, what is asked about them, and when one is at fault."""

from dataclasses import dataclass

from yelin.warehouse import values
from yelin.warehouse.engine import literal
from yelin.warehouse.items import DECIMAL_TYPES, FLOAT_TYPES, NUMBER_TYPES, ItemSpec


@dataclass(slots=True)
class Column:
    """One mapped column and what the whole of it showed."""

    item: ItemSpec
    place: int
    reading: values.Reading
    mends: tuple[str, ...] = ()
    wrong: int = 0
    long: int = 0
    empty: int = 0
    unlisted: int = 0
    huge: int = 0

    @property
    def plain(self) -> str:
        """Where the row says that the cell is written in the plain way."""
        return f"p{self.place}"

    @property
    def state(self) -> str:
        """Where the row says whether the cell is empty (0), holds something (1) or a mark (2)."""
        return f"s{self.place}"

    @property
    def value(self) -> str:
        """The cell read as its item asks."""
        if self.item.is_text:
            return values.kept(self.cell)
        return self.reading.value(self.cell, self.plain, self.tidy)

    @property
    def cell(self) -> str:
        """The cell, mended where somebody chose so."""
        return f"c{self.place}"

    @property
    def came(self) -> str:
        """The cell as it came."""
        return f"o{self.place}" if self.mends else self.cell

    @property
    def tidy(self) -> str:
        """The cell without what only adorns it."""
        return f"t{self.place}"

    @property
    def required(self) -> bool:
        """Whether every row must hold something here."""
        return self.item.key or not self.item.nullable

    @property
    def rejects(self) -> int:
        """How many cells are refused; an empty one only where the item asks for a value."""
        empty = self.empty if self.required else 0
        return self.wrong + self.long + self.unlisted + self.huge + empty

    def questions(self) -> dict[str, str]:
        """Return what is asked about a column, as SQL aggregates by name."""
        item, tidy = self.item, self.tidy
        asked = {"empty": f"count_if({self.is_empty()})"}
        long = self.is_long()
        if long:
            asked["long"] = f"count_if({long})"
        if unlisted := self.is_unlisted():
            asked["unlisted"] = f"count_if({unlisted})"
        if item.is_text:
            return asked
        asked["odd"] = f"count_if(NOT {self.plain})"
        asked["present"] = f"count_if({self.state} = 1)"
        asked["marks"] = f"count_if({self.state} = 2)"
        if item.type in NUMBER_TYPES:
            zeros = values.matches(tidy, values.LEADING_ZERO)
            asked["zeros"] = f"count_if(CASE WHEN {self.plain} THEN false ELSE {zeros} END)"
        if item.type in DECIMAL_TYPES:
            number = self.is_number()
            asked["right"] = f"count_if({number})"
            asked["scale"] = f"max({values.decimals(tidy)}) FILTER ({number})"
            asked["letters"] = f"max(length({tidy})) FILTER ({number})"
            return asked
        asked["right"] = f"count({self.value})"
        if item.type in "DT":
            last = values.year_last(tidy, timed=item.type == "T")
            last = f"CASE WHEN {self.plain} THEN false ELSE {last} END"
            asked["last"] = f"count_if({last})"
            asked["first_high"] = (
                f"count_if(CASE WHEN {last} THEN {values.leading_part(tidy)} > 12 END)"
            )
            asked["second_high"] = (
                f"count_if(CASE WHEN {last} THEN {values.second_part(tidy)} > 12 END)"
            )
        return asked

    def is_number(self) -> str:
        """Return when a cell is written as a number."""
        return (
            f"CASE WHEN {self.plain} THEN true ELSE {values.matches(self.tidy, values.DECIMAL)} END"
        )

    def is_empty(self) -> str:
        """Return when a cell holds nothing."""
        if self.item.is_text:
            return f"({values.kept(self.cell)}) IS NULL"
        return f"{self.state} <> 1"

    def is_wrong(self) -> str:
        """Return when a cell holds what its item's type does not read."""
        if self.item.type in DECIMAL_TYPES:
            return f"{self.state} = 1 AND NOT {self.is_number()}"
        return f"{self.state} = 1 AND ({self.value}) IS NULL"

    def is_unlisted(self) -> str:
        """Return when a value is none of the item's code list; empty where it follows none."""
        if self.item.codes is None:
            return ""
        listed = ", ".join(map(literal, sorted(self.item.codes.values)))
        if self.item.is_text:
            return f"NOT ({self.is_empty()}) AND ({values.kept(self.cell)}) NOT IN ({listed})"
        # What is no value of the type at all is refused for that alone.
        return f"({self.value}) IS NOT NULL AND {self.tidy} NOT IN ({listed})"

    def widths(self) -> str:
        """Return SQL for the digits before the point of a cell, and those behind it that count.

        More than a decimal holds are told as one more.
        """
        digits = (values.whole_digits(self.tidy), values.fraction(self.tidy))
        return ", ".join(f"least({each}, {values.DIGITS + 1})" for each in digits)

    def is_huge(self) -> str:
        """Return when a number that is not too long for its item has no room in its column."""
        scale = self.reading.scale
        whole, exact = values.whole_digits(self.tidy), values.fraction(self.tidy)
        huge = f"({whole} > {values.DIGITS - scale} OR {exact} > {scale})"
        return f"{self.is_number()} AND {huge} AND NOT ({self.is_long() or 'false'})"

    def is_long(self) -> str:
        """Return when a value is longer than its item allows; empty where that sets no length."""
        item, tidy = self.item, self.tidy
        if item.precision is None or item.type in FLOAT_TYPES:
            return ""
        if item.is_text:
            return f"length({self.cell}) > {item.precision}"
        if item.type not in NUMBER_TYPES:
            return ""
        whole, exact = values.whole_digits(tidy), values.fraction(tidy)
        if item.scale is None:
            room = item.precision
            long = f"{whole} + {exact} > {room}"
            short = f"length({tidy}) <= {room}"
        else:
            room = max(0, item.precision - item.scale)
            long = f"({whole} > {room} OR {exact} > {item.scale})"
            decimals = values.decimals(tidy)
            short = f"{decimals} <= {item.scale} AND length({tidy}) - {decimals} <= {room}"
        # Counting letters is cheap and clears most cells; only the others are taken apart.
        return f"CASE WHEN {short} THEN false WHEN {self.is_number()} THEN {long} ELSE false END"
