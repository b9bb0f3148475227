"""The rows of a release as an asker may have them, with all that must be borne in them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from yelin.files.places import Place
from yelin.gate.obligations import AGREED, Obligations, RowFilter
from yelin.warehouse import masks
from yelin.warehouse.engine import ident, literal
from yelin.warehouse.formats import Column
from yelin.warehouse.making import nfc
from yelin.warehouse.question import BadOperand, Filter, condition
from yelin.warehouse.thinned import Thinning

# Where the rows lie in the files; no column of a release begins with a blank.
FILE, ROW, AT = ident(" file"), ident(" row"), ident(" at")

# The condition, as SQL with its parameters, that the subjects in a column agreed.
Agreed = Callable[[Column, Sequence[str]], tuple[str, list[object]]]


class Unfulfillable(Exception):
    """What the asker must bear cannot be carried out on this release: nothing of it is opened."""


class Borne:
    """The files of a release with what its asker must bear; ``number`` names their count, if any.

    ``kept`` is the condition of the rows that the asker has, as SQL with its ``params``;
    ``agreed`` says of which rows the subjects agreed, and ``thinning`` which ones the asker's
    copies lack, where that is borne. Raises ``Unfulfillable``.
    """

    def __init__(
        self,
        files: Sequence[Place],
        columns: Sequence[Column],
        bears: Obligations,
        number: str,
        agreed: Agreed | None = None,
        thinning: Thinning | None = None,
    ) -> None:
        self.files = tuple(files)
        self._agreed = agreed
        self._thinning = thinning
        self.number = number
        self.whole = {nfc(column.name): column for column in columns}
        self.bears = _normal(bears)
        self.columns = tuple(c for name, c in self.whole.items() if self.bears.shows(name))
        named = {
            *self.bears.hidden_items,
            *self.bears.masks,
            *(each.column for each in self.bears.row_filters),
        }
        if not self.columns or named - self.whole.keys():
            raise Unfulfillable
        self.kept, self.params = self._kept_rows()

    @property
    def plain(self) -> str:
        """The files as they lie, as SQL."""
        listed = ", ".join(literal(str(file)) for file in self.files)
        return f"read_parquet([{listed}])"

    @property
    def rows(self) -> str:
        """The rows as the asker has them, as SQL, each with its place."""
        every = f"*, file_index AS {FILE}, file_row_number AS {ROW}"
        return self.wrapped(self.plain, every, (FILE, ROW))

    def wrapped(self, source: str, every: str, places: Sequence[str]) -> str:
        """Return the rows of a ``source`` as the asker has them, as SQL, each with ``places``."""
        veils = {self.whole[name].name: mask for name, mask in self.bears.masks.items()}
        shown = [
            f"{masks.veiled(veils[c.name], c.name, c.type)} AS {ident(c.name)}"
            if c.name in veils
            else ident(c.name)
            for c in self.columns
        ]
        if self.number:
            # Gaps would tell how many rows are left out.
            counted = f"{ROW} + 1"
            if self.bears.leaves_out:
                counted = f"row_number() OVER (ORDER BY {FILE}, {ROW})"
            shown.insert(0, f"{counted} AS {ident(self.number)}")
        # The rows are chosen in a query of their own, by what their values are and not by veils.
        return (
            f"(SELECT {', '.join([*shown, *places])} "  # noqa: S608 - names are quoted by ident(), values are parameters
            f"FROM (SELECT {every} FROM {source} {self.kept}))"
        )

    @property
    def veils(self) -> bool:
        """Whether values are veiled or rows left out."""
        return bool(self.bears.masks or self.bears.leaves_out)

    @property
    def is_wrapped(self) -> bool:
        """Whether the asker has the rows in any way otherwise than they lie."""
        return self.veils or bool(self.number)

    def _kept_rows(self) -> tuple[str, list[object]]:
        conditions: list[str] = []
        params: list[object] = []
        for each in sorted(self.bears.row_filters, key=str):
            try:
                sql, values = self._condition(each)
            except BadOperand as fault:
                raise Unfulfillable from fault
            conditions.append(sql)
            params += values
        if self.bears.thinned:
            if self._thinning is None:
                raise Unfulfillable
            sql, values = self._thinning.keeps(tuple(self.whole.values()), self.bears.thinned)
            conditions.append(sql)
            params += values
        return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), params

    def _condition(self, each: RowFilter) -> tuple[str, list[object]]:
        column = self.whole[each.column]
        if each.operator != AGREED:
            return condition(column, Filter(each.column, each.operator, each.value))
        if self._agreed is None:
            raise Unfulfillable
        return self._agreed(column, each.value)


def _normal(bears: Obligations) -> Obligations:
    """Return ``bears`` with every item's name in one form."""
    return replace(
        bears,
        shown_items=None if bears.shown_items is None else frozenset(map(nfc, bears.shown_items)),
        hidden_items=frozenset(map(nfc, bears.hidden_items)),
        masks={nfc(name): mask for name, mask in bears.masks.items()},
        row_filters=frozenset(replace(each, column=nfc(each.column)) for each in bears.row_filters),
    )
