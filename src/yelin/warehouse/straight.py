"""Take a table from its file right into its release, where there is nothing in it to decide.

One pass of the engine reads, types and writes; text is looked into by the pass in which the release
is measured. The first cell of which it is not sure stops it, and the table goes the careful way
from the start. So what comes out is what the careful way would have made of it, in a third of the
time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from yelin.files.places import Place
from yelin.warehouse import values
from yelin.warehouse.columns import Column
from yelin.warehouse.engine import Engine, EngineError, TooMuch, ident, literal
from yelin.warehouse.items import DECIMAL_TYPES, FLOAT_TYPES, ItemSpec
from yelin.warehouse.match import Mapped
from yelin.warehouse.staged import Staged, Unstaged, written
from yelin.warehouse.survey import Survey

# Of so many rows a first look is taken: most files in which something is odd are odd at once.
SAMPLE = 2_048
_YES_OR_NO = (
    "WHEN '是' THEN true WHEN 'true' THEN true WHEN '否' THEN false WHEN 'false' THEN false"
)
Ends = tuple[str, str]
ANY = ("", chr(0x10FFFF))


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
    def kind(self) -> str:
        """The type that has room for what the item allows and for no more."""
        item = self.column.item
        if item.type not in DECIMAL_TYPES:
            return self.reading.duckdb_type
        return (
            f"DECIMAL({min(item.precision or values.DIGITS, values.DIGITS)},{self.reading.scale})"
        )

    def casting(self) -> str:
        if self.column.item.type == "L":
            return f"CASE {self.came} {_YES_OR_NO} END"
        return f"TRY_CAST({self.came} AS {self.kind})"

    @property
    def value(self) -> str:
        """The cell read; what is written in the plain way needs only a cast."""
        if not self.column.item.is_text:
            return self.cast
        return self.came if self.column.required else f"nullif({self.came}, '')"

    def sound(self) -> list[str]:
        """Return the conditions under which nothing about a typed cell is in doubt."""
        item, came, kind = self.column.item, self.came, self.column.item.type
        usual = f"CAST({self.cast} AS VARCHAR) = {came}"
        plain = f"{self.cast} IS NOT NULL AND {values.matches(came, values.PLAIN[kind])}"
        if kind == "L":
            usual = f"{self.cast} IS NOT NULL"
        elif kind in "DT":
            # The engine reads infinity as a day, and writes years beyond the fourth digit.
            usual += f" AND {self.cast} BETWEEN '0001-01-01' AND '9999-12-31'"
        elif kind in DECIMAL_TYPES:
            digits = values.fraction if item.scale is not None else values.decimals
            plain += f" AND {digits(came)} <= {self.reading.scale}"
        told = [] if kind in FLOAT_TYPES else [usual]
        told += [] if kind == "L" else [plain]
        told += [] if self.column.required else [f"{came} = ''"]
        found = [f"({' OR '.join(f'({one})' for one in told)})"]
        if kind == "I" and item.precision is not None:
            most = 10 ** min(18, max(0, item.precision - (item.scale or 0))) - 1
            found.append(f"({came} = '' OR {self.cast} BETWEEN -{most} AND {most})")
        if item.codes is not None:
            found.append(f"({came} = '' OR {_is_listed(item, came)})")
        return found


def _sound_text(column: Column, cell: str, guards: Sequence[str], ends: Ends = ANY) -> list[str]:
    """Return when nothing about a text cell is in doubt but its length and its code.

    What no cell between ``ends`` can be is not asked.
    """
    low, high = ends
    found = [
        f"NOT ({values.begins(cell, sign)})"
        for sign in guards
        if low < chr(ord(sign) + 1) and sign <= high
    ]
    if not values.begin_plainly(low, high):
        empty = "false" if column.required else f"{cell} = ''"
        found.append(f"({empty} OR NOT {values.is_blank(cell)})")
    return found


def _is_listed(item: ItemSpec, cell: str) -> str:
    listed = ", ".join(map(literal, sorted(item.codes.values if item.codes else ())))
    return f"{cell} IN ({listed})"


def take(
    staged: Staged,
    columns: Sequence[Column],
    mapped: Sequence[Mapped],
    engine: Engine,
    target: Place,
    report: Callable[[float], None],
) -> list[values.Reading] | None:
    """Write all rows to ``target`` and return how the columns were read, None for a doubtful one.

    Wherever it stops, nothing is left at ``target``. What text is doubtful, ``doubts`` says.
    """
    lies = staged.unstaged
    if lies is None or not columns:
        return None
    target.unlink(missing_ok=True)
    try:
        cells = _cells(lies, columns, engine)
        if _is_sound(staged, lies, cells, engine):
            many = _write(staged, lies, cells, mapped, engine, target, report)
            if many == staged.rows:
                readings = {cell.column.item.name: cell.reading for cell in cells}
                return [readings.get(one.item.name, values.Reading(one.item)) for one in mapped]
    except (EngineError, TooMuch):
        pass
    target.unlink(missing_ok=True)
    return None


def _is_sound(staged: Staged, lies: Unstaged, cells: Sequence[_Cell], engine: Engine) -> bool:
    """Take a first look, and say whether it found no doubt."""
    first = _rows(f"(FROM {lies.table} LIMIT {SAMPLE})", cells)
    text = [cell.column for cell in cells if cell.column.item.is_text]
    looked = [one for column in text for one in _sound_text(column, column.cell, lies.guards)]
    looked += [f"NOT ({long})" for column in text if (long := column.is_long())]
    looked += [
        f"({column.cell} = '' OR {_is_listed(column.item, column.cell)})"
        for column in text
        if column.item.codes
    ]
    sound = " AND ".join((_sound(staged, lies, cells), *looked))
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
    answer = engine.run(
        f"COPY (SELECT {', '.join(selected)} FROM {_rows(lies.table, cells)} "  # noqa: S608 - every name is quoted by ident()
        f"WHERE CASE WHEN {_sound(staged, lies, cells)} THEN true ELSE error('doubtful') END) "
        f"TO {literal(str(target))} {written(len(selected))}",
        report=report,
    )
    return int(answer[0][0])


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


def _typed(cells: Sequence[_Cell]) -> list[_Cell]:
    return [cell for cell in cells if not cell.column.item.is_text]


def _rows(table: str, cells: Sequence[_Cell]) -> str:
    cast = "".join(f", {cell.casting()} AS {cell.cast}" for cell in _typed(cells))
    return f"(SELECT *{cast} FROM {table})"  # noqa: S608 - columns are ours


def _sound(staged: Staged, lies: Unstaged, cells: Sequence[_Cell]) -> str:
    """Return the conditions under which nothing about a row is in doubt, but for its text."""
    found = [condition for cell in _typed(cells) for condition in cell.sound()]
    read = {cell.column.place for cell in cells}
    for place in range(len(staged.header)):
        if place not in read:
            # What is not taken may be guarded all the same; a typed cell never is.
            found += [f"NOT ({values.begins(f'c{place}', sign)})" for sign in lies.guards]
    # The header again, a footnote alone in its row, a row of nothing: each shows in one cell.
    if staged.header_line:
        found.append(f"c0 <> {literal(staged.header[0])}")
    if not any(cell.column.required and cell.column.place for cell in cells):
        others = (f"c{place} <> ''" for place in range(1, len(staged.header)))
        found.append(f"({' OR '.join(others)})")
    return " AND ".join(found) or "true"


def doubts(staged: Staged, columns: Sequence[Column], survey: Survey) -> Callable[[], bool]:
    """Ask what of a table that was taken is in doubt after all, and return how to learn it.

    Text is looked into where it lies now: there each word that comes again is looked at once.
    """
    guards = staged.unstaged.guards if staged.unstaged else ()
    text = [column for column in columns if column.item.is_text]
    asked = []
    names = [ident(column.item.name) for column in text]
    ends = iter(survey.ends([f"{end}({name})" for name in names for end in ("min", "max")]))
    for column, name, low, high in zip(text, names, ends, ends, strict=True):
        if low is not None and (sound := _sound_text(column, name, guards, (low, high))):
            asked.append(f"count_if(NOT ({' AND '.join(sound)}))")
        if column.item.codes:
            # As a column of their own they are looked up at once, not one code after the other.
            asked.append(f"count_if(NOT {survey.made(_is_listed(column.item, name))})")
    odd = survey.ask(*asked)
    sized = [column.item for column in text if column.item.precision is not None]
    lengths = survey.ask(*(f"max({survey.length(item.name)})" for item in sized))
    keys = ", ".join(ident(column.item.name) for column in columns if column.item.key)

    def found() -> bool:
        longest = zip(sized, lengths(), strict=True)
        is_long = any(length and length > (item.precision or 0) for item, length in longest)
        return is_long or any(odd()) or (bool(keys) and survey.once(keys) < survey.rows)

    return found
