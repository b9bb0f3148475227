"""Take a table from its file right into its release, where there is nothing in it to decide.

One pass of the engine reads, types, checks and writes. The first cell of which it is not sure stops
it, and the table goes the careful way from the start. So what comes out is what the careful way
would have made of it, in a third of the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from yelin.files.places import Place
from yelin.warehouse import values
from yelin.warehouse.columns import Column
from yelin.warehouse.engine import Engine, EngineError, TooMuch, ident, literal
from yelin.warehouse.items import DECIMAL_TYPES, FLOAT_TYPES
from yelin.warehouse.match import Mapped
from yelin.warehouse.staged import WRITTEN, Staged, Unstaged, turns

# Of so many rows a first look is taken: most files in which something is odd are odd at once.
SAMPLE = 2_048
DIGITS = 38


@dataclass(frozen=True, slots=True)
class _Cell:
    """A mapped column in SQL: its cell as it came, cast, and read as its item asks."""

    column: Column
    reading: values.Reading

    @property
    def came(self) -> str:
        return self.column.cell

    @property
    def cast(self) -> str:
        return f"x{self.column.place}"

    @property
    def value(self) -> str:
        return f"v{self.column.place}"

    @property
    def kind(self) -> str:
        """The type that has room for what the item allows and for no more."""
        item = self.column.item
        if item.type not in DECIMAL_TYPES:
            return self.reading.duckdb_type
        return f"DECIMAL({min(item.precision or DIGITS, DIGITS)},{self.reading.scale})"

    def casting(self) -> str:
        return f"TRY_CAST({self.came} AS {self.kind})"

    def reads(self) -> str:
        """Return the cell read; what is written as the engine would write it needs only a cast."""
        if self.column.item.is_text:
            # Where every row must hold something, there is no empty cell to tell apart.
            return self.came if self.column.required else values.kept(self.came)
        kind = self.column.item.type
        usual = f"CAST({self.cast} AS VARCHAR) = {self.came}"
        if kind in FLOAT_TYPES:
            usual = values.matches(self.came, values.PLAIN[kind])
        elif kind in "DT":
            # The engine reads infinity as a day, and writes years beyond the fourth digit.
            usual += f" AND {self.cast} BETWEEN '0001-01-01' AND '9999-12-31'"
        plain = values.matches(self.came, values.PLAIN[kind])
        if kind == "L":
            plain = f"{self.came} IN ('是', '否')"
        # What is read past in a cell is counted, and so goes the careful way.
        careful = self.reading.careful(self.came)
        return (
            f"CASE WHEN {self.came} = '' THEN NULL WHEN {usual} THEN {self.cast} "
            f"WHEN {plain} THEN TRY_CAST(({careful}) AS {self.kind}) END"
        )

    def sound(self) -> list[str]:
        """Return the conditions under which nothing about the cell is in doubt."""
        item, came = self.column.item, self.came
        empty = f"{came} = ''" if not self.column.required else "false"
        found = []
        if not item.is_text:
            found.append(f"({self.value} IS NOT NULL OR {empty})")
        elif self.column.required:
            found.append(f"NOT {values.is_blank(came)}")
        if item.is_text and item.precision is not None:
            # Counting bytes is cheap, and no text has fewer bytes than characters.
            found.append(
                f"(strlen({came}) <= {item.precision} OR length({came}) <= {item.precision})"
            )
        if item.type == "I" and item.precision is not None:
            most = 10 ** min(18, max(0, item.precision - (item.scale or 0))) - 1
            found.append(f"({empty} OR {self.value} BETWEEN -{most} AND {most})")
        if item.type in DECIMAL_TYPES and item.scale is None:
            found.append(f"{values.decimals(came)} <= {self.reading.scale}")
        if item.codes is not None:
            listed = ", ".join(map(literal, sorted(item.codes.values)))
            found.append(f"({empty} OR {came} IN ({listed}))")
        return found


def take(
    staged: Staged,
    columns: Sequence[Column],
    mapped: Sequence[Mapped],
    engine: Engine,
    target: Place,
    report: Callable[[float], None],
) -> list[values.Reading] | None:
    """Write all rows to ``target`` and return how the columns were read, None for a doubtful one.

    Wherever it stops, nothing is left at ``target``.
    """
    lies = staged.unstaged
    if lies is None or not columns:
        return None
    target.unlink(missing_ok=True)
    try:
        cells = _cells(lies, columns, engine)
        if _is_sound(staged, lies, cells, engine):
            many = _write(staged, lies, cells, mapped, engine, target, report)
            if many == staged.rows and not _twins(target, columns, staged.rows, engine):
                readings = {cell.column.item.name: cell.reading for cell in cells}
                return [readings.get(one.item.name, values.Reading(one.item)) for one in mapped]
    except (EngineError, TooMuch):
        pass
    target.unlink(missing_ok=True)
    return None


def _is_sound(staged: Staged, lies: Unstaged, cells: Sequence[_Cell], engine: Engine) -> bool:
    """Take a first look, and say whether it found no doubt."""
    first = _rows(f"(FROM {lies.table} LIMIT {SAMPLE})", cells)
    sound = _sound(staged, lies, cells)
    return bool(engine.one(f"SELECT bool_and(coalesce({sound}, false)) FROM {first}")[0])  # noqa: S608 - columns are ours


def _write(
    staged: Staged,
    lies: Unstaged,
    cells: Sequence[_Cell],
    mapped: Sequence[Mapped],
    engine: Engine,
    target: Place,
    report: Callable[[float], None],
) -> int:
    read = {cell.column.item.name: (cell.value, cell.reading) for cell in cells}
    selected = []
    for item in (one.item for one in mapped):
        value, reading = read.get(item.name, ("NULL", values.Reading(item)))
        selected.append(f"CAST({value} AS {reading.duckdb_type}) AS {ident(item.name)}")
    written = engine.run(
        f"COPY (SELECT {', '.join(selected)} FROM {_rows(lies.table, cells)} "  # noqa: S608 - every name is quoted by ident()
        f"WHERE CASE WHEN {_sound(staged, lies, cells)} THEN true ELSE error('doubtful') END) "
        f"TO {literal(str(target))} {WRITTEN}",
        report=report,
    )
    return int(written[0][0])


def _cells(lies: Unstaged, columns: Sequence[Column], engine: Engine) -> list[_Cell]:
    """Return the columns with their scales, those that no item declares as the first rows have."""
    scales = {
        column.place: column.item.scale for column in columns if column.item.type in DECIMAL_TYPES
    }
    open_ = [place for place, scale in scales.items() if scale is None]
    if open_:
        asked = ", ".join(f"max({values.decimals(f'c{place}')})" for place in open_)
        found = engine.one(f"SELECT {asked} FROM (FROM {lies.table} LIMIT {SAMPLE})")  # noqa: S608 - columns are ours
        scales |= {place: int(scale or 0) for place, scale in zip(open_, found, strict=True)}
    return [
        _Cell(column, replace(column.reading, scale=scales.get(column.place) or 0))
        for column in columns
    ]


def _rows(table: str, cells: Sequence[_Cell]) -> str:
    typed = [cell for cell in cells if not cell.column.item.is_text]
    cast = "".join(f", {cell.casting()} AS {cell.cast}" for cell in typed)
    read = "".join(f", {cell.reads()} AS {cell.value}" for cell in cells)
    return f"(SELECT *{read} FROM (SELECT *{cast} FROM {table}))"  # noqa: S608 - columns are ours


def _sound(staged: Staged, lies: Unstaged, cells: Sequence[_Cell]) -> str:
    """Return the conditions under which nothing about a row is in doubt."""
    found = [condition for cell in cells for condition in cell.sound()]
    typed = {cell.column.place for cell in cells if not cell.column.item.is_text}
    for place in range(len(staged.header)):
        if place not in typed:
            # A typed cell is none that is guarded; of the others none may look like it.
            cell = f"c{place}"
            found += [f"NOT ({values.begins(cell, sign)})" for sign in lies.guards]
    # The header again, a footnote alone in its row, a row of nothing: each shows in one cell.
    if staged.header_line:
        found.append(f"c0 <> {literal(staged.header[0])}")
    if not any(cell.column.required and cell.column.place for cell in cells):
        others = (f"c{place} <> ''" for place in range(1, len(staged.header)))
        found.append(f"({' OR '.join(others)})")
    return " AND ".join(found)


def _twins(target: Place, columns: Sequence[Column], rows: int, engine: Engine) -> bool:
    """Say whether two rows may have the same key."""
    keys = ", ".join(ident(column.item.name) for column in columns if column.item.key)
    return bool(keys) and any(
        engine.one(
            f"SELECT count(*) > count(DISTINCT hash({keys})) "  # noqa: S608 - names are quoted
            f"FROM read_parquet({literal(str(target))}) WHERE {turn}"
        )[0]
        for turn in turns(keys, rows)
    )
