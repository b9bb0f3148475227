"""Merge rows into the release before: append, upsert or delete by key, in bounded memory.

The base keeps its order; new rows follow in the order of their file; an upserted row keeps its
place. What must hold the keys of every row takes turns by their hash, for nothing may spill.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from yelin.files.places import Place
from yelin.warehouse import values
from yelin.warehouse.changed import Last
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.items import DECIMAL_TYPES, ItemSpec
from yelin.warehouse.staged import ROW_GROUP, leave_out, row_group, stays, turns, written
from yelin.warehouse.tombstones import Tombstones, comparable

# What the files of a release are called: its rows, and those that were refused.
DATA = "data.parquet"
REJECTED = "rejected.parquet"
# So many rows of the base are joined and put in order at once.
SPAN = 4 * ROW_GROUP
# No column of a release begins with a blank.
_CHANGED, _STOOD = ident(" changed"), ident(" stood")


class Mode(StrEnum):
    """What the rows of a file do to those of the release before."""

    REPLACE = "replace"
    APPEND = "append"
    UPSERT = "upsert"
    DELETE = "delete"
    RESTORE = "restore"

    @property
    def merges(self) -> bool:
        """Whether rows of the release before stay."""
        return self in {Mode.APPEND, Mode.UPSERT, Mode.DELETE}


# What a file may do; a release is restored without one.
OF_A_FILE = (Mode.REPLACE, Mode.APPEND, Mode.UPSERT, Mode.DELETE)
# Those modes that find the rows of the base by their key.
BY_KEY = frozenset({Mode.UPSERT, Mode.DELETE})


@dataclass(frozen=True, slots=True)
class Base:
    """The release into which rows are merged: its rows, and the type of each column of its file."""

    number: int
    place: Place
    rows: int
    columns: Mapping[str, str]

    @property
    def roots(self) -> list[Path]:
        """The folders that the engine must reach to read it."""
        return [self.place.parent] if isinstance(self.place, Path) else []

    @property
    def source(self) -> str:
        """The file as an SQL source with its ``file_row_number``."""
        return f"read_parquet({literal(str(self.place))}, file_row_number = true)"


@dataclass(frozen=True, slots=True)
class Onto:
    """Into what the rows of a file go, how, and which may not come back.

    ``last`` is what the file before had, whether its rows stay or not.
    """

    mode: Mode = Mode.REPLACE
    base: Base | None = None
    erased: tuple[Tombstones, ...] = ()
    last: Last | None = None

    def require_possible(self, items: Sequence[ItemSpec]) -> None:
        """Raise ``Unfit`` where a file cannot be merged in this way at all."""
        if self.mode in BY_KEY and not any(item.key for item in items):
            raise Unfit(
                "mode.key",
                "Rows are found by their key, and no item is one. Name the key items of the entry,"
                " or replace all rows",
            )
        if self.mode is Mode.DELETE and self.base is None:
            raise Unfit("mode.base", "There is no version yet from which rows could be deleted")

    @property
    def takes_all(self) -> bool:
        """Whether rows that conform are never refused for what stands already or was erased."""
        return not self.erased and self.mode in {Mode.REPLACE, Mode.UPSERT}

    def asked(self, items: Sequence[ItemSpec]) -> list[ItemSpec]:
        """Return the items that a file of this mode has to carry: to delete, the key is enough."""
        return [item for item in items if item.key or self.mode is not Mode.DELETE]

    def told(self, notices: Iterable[Notice]) -> Iterator[Notice]:
        """Yield what was noticed, as far as it says something where rows stay."""
        for notice in notices:
            if self.mode is Mode.UPSERT and notice.code == "columns.missing":
                yield Notice(
                    "columns.kept",
                    "The file has no column “{item}”: rows that stand keep what they have there,"
                    " new ones have nothing",
                    notice.params,
                    column=notice.column,
                )
            elif self.mode is not Mode.DELETE or notice.code != "columns.extra":
                yield notice

    def erases(self, values_of: Mapping[str, tuple[str, str]]) -> str:
        """Say in SQL that a row was erased: of its items the SQL of each value, and its type."""
        return " OR ".join(each.covers(values_of) for each in self.erased) or "false"

    def refuse(self, engine: Engine, rows: str, columns: Sequence["Value"], many: int) -> None:
        """Add to the engine's table ``twins`` the ``rows`` that may not be merged, with reasons.

        A key to append that stands already, one to delete that does not stand, an erased one.
        """
        rows = f"(SELECT * FROM {rows} AND ordinal NOT IN (SELECT ordinal FROM twins))"  # noqa: S608 - columns are ours
        if self.erased:
            erased = self.erases({each.item.name: (each.value, each.item.type) for each in columns})
            engine.run(
                f"INSERT INTO twins SELECT ordinal, NULL, 'erased' FROM {rows} WHERE {erased}"  # noqa: S608 - names are quoted by ident(), values by literal()
            )
        keys = [each for each in columns if each.item.key]
        if not keys or self.base is None or self.mode not in {Mode.APPEND, Mode.DELETE}:
            return
        found = " AND ".join(f"n.k{n} = b.k{n}" for n in range(len(keys)))
        for turn in turns(_numbered(len(keys)), max(many, self.base.rows)):
            new = f"(SELECT * FROM (SELECT ordinal, {_listed(keys)} FROM {rows}) WHERE {turn}) n"  # noqa: S608 - names are quoted by ident()
            old = f"{self.keyed(keys, turn)} b"
            met = (
                f"SELECT n.ordinal, b.row, 'standing' FROM {new} JOIN {old} ON {found}"  # noqa: S608 - names are quoted by ident()
                if self.mode is Mode.APPEND
                else f"SELECT n.ordinal, NULL, 'absent' FROM {new} ANTI JOIN {old} ON {found}"  # noqa: S608 - names are quoted by ident()
            )
            engine.run(f"INSERT INTO twins {met}")

    def keyed(self, keys: Sequence["Value"], turn: str) -> str:
        """Return as SQL the keys k0, k1 … of the base's rows of one turn, each with its row."""
        assert self.base is not None  # noqa: S101 - its callers ask first
        listed = _listed([Value(key.item, ident(key.item.name)) for key in keys])
        rows = f"SELECT file_row_number AS row, {listed} FROM {self.base.source}"  # noqa: S608 - names are quoted by ident()
        return f"(SELECT * FROM ({rows}) WHERE {turn})"  # noqa: S608 - ours


ALONE = Onto()
"""Into nothing: the rows of the file are all there is."""


@dataclass(frozen=True, slots=True)
class Value:
    """An item and the SQL of its value."""

    item: ItemSpec
    value: str


def _listed(keys: Sequence[Value]) -> str:
    return ", ".join(
        f"{comparable(key.value, key.item.type)} AS k{n}" for n, key in enumerate(keys)
    )


def _numbered(many: int) -> str:
    return ", ".join(f"k{n}" for n in range(many))


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of the base: how many rows were added, changed, left as they were, removed.

    ``given`` rows of the file conform; ``new`` columns are empty in the rows that stood before.
    """

    mode: str
    base: int
    given: int
    rows: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    new: tuple[str, ...] = ()


@dataclass(slots=True)
class Merging:
    """The conforming rows of one file on their way into the base; without a file, the base alone.

    ``fresh`` is the ``given`` rows' file; ``carried`` names the items that it carries: in a row
    that stands, the others keep their values.
    """

    onto: Onto
    engine: Engine
    target: Place
    readings: Sequence[values.Reading]
    fresh: Place | None = None
    given: int = 0
    carried: frozenset[str] = frozenset()
    _keys: list[Value] = field(init=False)
    _stays: str = "true"

    def __post_init__(self) -> None:
        self._keys = [
            Value(one.item, ident(one.item.name)) for one in self.readings if one.item.key
        ]
        if self.base:
            self.readings = [self._joint(one, self.base) for one in self.readings]

    @property
    def base(self) -> Base | None:
        """The release before, where there is one."""
        return self.onto.base

    def run(self) -> Merged:
        """Write all rows of the next release to ``target``."""
        if self.base is None:
            rows = self._copy(f"SELECT {self._new()} FROM {self._fresh}")  # noqa: S608 - names are quoted by ident()
            return Merged(self.onto.mode, 0, self.given, rows, added=rows)
        left = self.leave_erased(self.base)
        self._stays = stays("erased") if left else "true"
        counts = {
            Mode.APPEND: self._append,
            Mode.UPSERT: self._upsert,
            Mode.DELETE: self._delete,
            Mode.RESTORE: self._restore,
        }[self.onto.mode](self.base)
        return replace(
            counts,
            unchanged=self.base.rows - left - counts.changed - counts.removed,
            rows=self.base.rows - left + counts.added - counts.removed,
            new=tuple(
                one.item.name for one in self.readings if one.item.name not in self.base.columns
            ),
        )

    @property
    def _fresh(self) -> str:
        return f"read_parquet({literal(str(self.fresh))}, file_row_number = true)"

    def _joint(self, reading: values.Reading, base: Base) -> values.Reading:
        """Return how a column is kept that holds what stood before and what is new.

        Raises ``Unfit`` where no decimal has room for both.
        """
        name = reading.item.name
        stood = base.columns.get(name)
        if stood is None or reading.item.type not in DECIMAL_TYPES:
            return reading
        if stood == "DOUBLE":
            # Once such numbers were kept as floating point, which rounds them.
            raise self._without_room(name, base)
        before = int(stood.removesuffix(")").rpartition(",")[2])
        scale = max(before, reading.scale)
        sources = [(base.source, before)]
        if name in self.carried:
            sources.append((self._fresh, reading.scale))
        for source, places in sources:
            kept = f"TRY_CAST({ident(name)} AS DECIMAL({values.DIGITS},{scale}))"
            lost = f"count_if({ident(name)} IS NOT NULL AND {kept} IS NULL)"
            if places < scale and self.engine.one(f"SELECT {lost} FROM {source}")[0]:  # noqa: S608 - names are quoted by ident()
                raise self._without_room(name, base)
        return replace(reading, scale=scale)

    def _without_room(self, name: str, base: Base) -> Unfit:
        return Unfit(
            "values.digits",
            "The numbers of “{column}” and those of version {number} have more than {digits} "
            "digits together; send the whole table and replace it, or make the item text",
            {"column": name, "number": base.number, "digits": values.DIGITS},
            column=name,
        )

    def leave_erased(self, base: Base) -> int:
        """Note which rows of the base were erased since it was written; return how many."""
        self.engine.rows("CREATE OR REPLACE TEMP TABLE erased (ordinal BIGINT)")
        if self.onto.erased:
            types = {one.item.name: one.item.type for one in self.readings}
            held = {name: (ident(name), types[name]) for name in types if name in base.columns}
            self.engine.run(
                f"INSERT INTO erased SELECT file_row_number FROM {base.source} "  # noqa: S608 - names are quoted by ident()
                f"WHERE {self.onto.erases(held)}"
            )
        return leave_out(self.engine, "erased", base.rows)

    def _old(self, alias: str = "") -> str:
        assert self.base is not None  # noqa: S101 - only a base has old rows
        return ", ".join(
            f"CAST({f'{alias}{ident(name)}' if name in self.base.columns else 'NULL'} AS {kind}) "
            f"AS {ident(name)}"
            for name, kind in self._types()
        )

    def _new(self) -> str:
        return ", ".join(
            f"CAST({ident(name)} AS {kind}) AS {ident(name)}" for name, kind in self._types()
        )

    def _types(self) -> list[tuple[str, str]]:
        return [(one.item.name, one.duckdb_type) for one in self.readings]

    def _copy(self, select: str) -> int:
        self.target.unlink(missing_ok=True)
        as_release = written(len(self.readings))
        answer = self.engine.run(f"COPY ({select}) TO {literal(str(self.target))} {as_release}")
        return int(answer[0][0])

    def _append(self, base: Base) -> Merged:
        self._copy(
            f"SELECT {self._old()} FROM {base.source} WHERE {self._stays} "  # noqa: S608 - names are quoted by ident()
            f"UNION ALL SELECT {self._new()} FROM {self._fresh}"
        )
        return Merged(self.onto.mode, base.number, self.given, 0, added=self.given)

    def _delete(self, base: Base) -> Merged:
        self._meet(base)
        self.engine.rows("CREATE OR REPLACE TEMP TABLE gone AS SELECT stood AS ordinal FROM met")
        gone = leave_out(self.engine, "gone", base.rows)
        kept = stays("gone") if gone else "true"
        self._copy(f"SELECT {self._old()} FROM {base.source} WHERE {kept} AND {self._stays}")  # noqa: S608 - names are quoted by ident()
        return Merged(self.onto.mode, base.number, self.given, 0, removed=gone)

    def _restore(self, base: Base) -> Merged:
        self._copy(f"SELECT {self._old()} FROM {base.source} WHERE {self._stays}")  # noqa: S608 - names are quoted by ident()
        return Merged(self.onto.mode, base.number, self.given, 0)

    def _meet(self, base: Base) -> None:
        """Put into the table ``met`` which row of the file is which row of the base."""
        self.engine.rows("CREATE OR REPLACE TEMP TABLE met (ordinal BIGINT, stood BIGINT)")
        found = " AND ".join(f"n.k{n} = b.k{n}" for n in range(len(self._keys)))
        for turn in turns(_numbered(len(self._keys)), max(self.given, base.rows)):
            rows = f"SELECT file_row_number AS row, {_listed(self._keys)} FROM {self._fresh}"  # noqa: S608 - names are quoted by ident()
            self.engine.run(
                f"INSERT INTO met SELECT n.row, b.row FROM (SELECT * FROM ({rows}) WHERE {turn}) n "  # noqa: S608 - names are quoted by ident()
                f"JOIN {self.onto.keyed(self._keys, turn)} b ON {found}"
            )

    def _upsert(self, base: Base) -> Merged:
        self._meet(base)
        met = leave_out(self.engine, "met", max(1, self.given))
        changed = 0
        unmet = stays("met") if met else "true"
        parts = [
            self._span(base, first, min(first + SPAN, base.rows))
            for first in range(0, base.rows, SPAN)
        ]
        parts.append(f"SELECT false AS {_CHANGED}, {self._new()} FROM {self._fresh} WHERE {unmet}")  # noqa: S608 - names are quoted by ident()
        with self.target.open("wb") as sink:
            writer = None
            for part in parts:
                for batch in self.engine.batches(part, size=row_group(len(self.readings))):
                    changed += pc.sum(batch.column(0)).as_py() or 0
                    rows = batch.remove_column(0)
                    writer = writer or pq.ParquetWriter(sink, rows.schema, compression="zstd")
                    writer.write_batch(rows)
            if writer:
                writer.close()
        return Merged(
            self.onto.mode, base.number, self.given, 0, added=self.given - met, changed=changed
        )

    def _span(self, base: Base, first: int, end: int) -> str:
        """Return as SQL some rows of the base, each with what the file says of it."""
        within = f"BETWEEN {first} AND {end - 1}"
        shown, differs = [], []
        for name, kind in self._types():
            old = f"CAST({f'b.{ident(name)}' if name in base.columns else 'NULL'} AS {kind})"
            if name in self.carried:
                new = f"CAST(n.{ident(name)} AS {kind})"
                differs.append(f"{new} IS DISTINCT FROM {old}")
                old = f"CASE WHEN n.{_STOOD} IS NULL THEN {old} ELSE {new} END"
            shown.append(f"{old} AS {ident(name)}")
        met = (
            f"SELECT f.*, m.stood AS {_STOOD} FROM {self._fresh} f "  # noqa: S608 - ours
            f"JOIN met m ON f.file_row_number = m.ordinal WHERE m.stood {within}"
        )
        return (
            f"SELECT n.{_STOOD} IS NOT NULL AND ({' OR '.join(differs)}) AS {_CHANGED}, "  # noqa: S608 - names are quoted by ident()
            f"{', '.join(shown)} FROM (SELECT * FROM {base.source} WHERE file_row_number {within} "
            f"AND {self._stays}) b LEFT JOIN ({met}) n "
            f"ON b.file_row_number = n.{_STOOD} ORDER BY b.file_row_number"
        )
