"""What differs between two releases, as one asker has them: by key, or by whole rows.

Only what their tables show is compared: a hidden item, a row left out or a value beneath a veil
changes nothing. Rows are told apart by two digests of them, so that no more than those and the keys
are in memory at once; by whole rows, equal ones are counted against each other.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow.parquet as pq

from yelin.files.places import Place
from yelin.gate.obligations import Obligations
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.formats import MARK, Column
from yelin.warehouse.query import Table
from yelin.warehouse.staged import ROW_GROUP, leave_out, row_group, turns
from yelin.warehouse.tombstones import comparable

ADDED, REMOVED, BEFORE, AFTER = "added", "removed", "before", "after"
# By which name the file's own metadata says by which key rows were told apart.
_KEYS = "yelin.keys"
# So many changed rows are put in order at once.
_PAIRS = 2 * ROW_GROUP
_ROW, _PLACE, _HALF = ident(" row"), ident(" place"), ident(" half")


def _free(name: str, taken: Sequence[Column]) -> str:
    names = {column.name for column in taken}
    while name in names:
        name += "_"
    return name


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns a difference has: what became of a row, in which cells, and the row itself."""

    change: Column
    cells: Column
    both: tuple[Column, ...]
    only_before: tuple[Column, ...]
    only_after: tuple[Column, ...]

    @classmethod
    def of(cls, before: Table, after: Table) -> "Shape":
        """Return the shape of the difference between two tables of one resource."""
        old = {column.name: column for column in before.columns}
        new = {column.name for column in after.columns}
        taken = (*before.columns, *after.columns)
        return cls(
            change=Column(_free("change", taken), "C"),
            cells=Column(_free("cells", taken), "C"),
            both=tuple(_joint(old[each.name], each) for each in after.columns if each.name in old),
            only_before=tuple(each for each in before.columns if each.name not in new),
            only_after=tuple(each for each in after.columns if each.name not in old),
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """All of them, in their order."""
        return (self.change, self.cells, *self.both, *self.only_after, *self.only_before)


def _joint(old: Column, new: Column) -> Column:
    """Return the column that holds the values of both; of two types, as text."""
    return Column(
        new.name,
        new.type if new.type == old.type else "C",
        old.as_text or new.as_text,
        new.scale if new.scale == old.scale else None,
    )


def keys_shown(keys: Sequence[str], bears: Obligations, before: Table, after: Table) -> list[str]:
    """Return the names of the ``keys`` where the asker has every one of them whole, else none."""
    known = {column.name for column in before.columns} & {column.name for column in after.columns}
    told = [
        name for name in keys if name in known and bears.shows(name) and name not in bears.masks
    ]
    return told if len(told) == len(keys) else []


def keys_of(place: Place) -> list[str]:
    """Return by which key the rows of a written difference were told apart; by none, as a whole."""
    with place.open("rb") as file:
        told = pq.read_metadata(file).metadata or {}
    names: list[str] = json.loads(told[_KEYS.encode()])
    return names


@dataclass(slots=True)
class _Side:
    """One of two releases, as SQL: its rows with their places, and the type of each column."""

    table: Table
    rows: str
    params: list[object]
    kinds: dict[str, str]
    count: int

    @classmethod
    def of(cls, table: Table, engine: Engine) -> "_Side":
        rows, params = table.numbered()
        described = engine.rows(f"DESCRIBE SELECT * FROM {rows}", params)  # noqa: S608 - names are quoted by ident()
        files = ", ".join(literal(str(file)) for file in table.files)
        (count,) = engine.one(f"SELECT count(*) FROM read_parquet([{files}])")  # noqa: S608 - names are quoted by literal()
        kinds = {str(name): str(kind) for name, kind, *_ in described}
        return cls(table, rows, params, kinds, int(count))

    def told_apart(self, keys: Sequence[str], shape: Shape) -> str:
        """Return as SQL the place of each row, its key k0 …, and two digests of its values."""
        own = {column.name: column for column in self.table.columns}
        shown = []
        for joint in shape.both:
            column = own[joint.name]
            same = joint.type == column.type
            shown.append(comparable(ident(column.name), column.type) if same else column.text)
        named = [ident(name) for name in keys]
        listed = "".join(
            f", {comparable(value, own[name].type)} AS k{n}"
            for n, (name, value) in enumerate(zip(keys, named, strict=True))
        )
        one, other = ", ".join(shown) or "NULL", ", ".join(reversed(shown)) or "NULL"
        return (
            f"SELECT {_ROW} AS r{listed}, hash({one}) AS g, hash({other}, 1) AS h FROM {self.rows}"  # noqa: S608 - names are quoted by ident()
        )


@dataclass(slots=True)
class Comparing:
    """Two releases on their way to their difference; without ``keys``, by whole rows."""

    before: Table
    after: Table
    keys: Sequence[str]
    shape: Shape = field(init=False)
    _engine: Engine = field(init=False)
    _old: _Side = field(init=False)
    _new: _Side = field(init=False)
    _kinds: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.shape = Shape.of(self.before, self.after)
        # A connection of its own has tables of its own.
        self._engine = self.after.engine.cursor()
        self._old = _Side.of(self.before, self._engine)
        self._new = _Side.of(self.after, self._engine)
        self._kinds = {column.name: self._kind(column.name) for column in self.shape.columns[2:]}

    def write(self, target: Place) -> int:
        """Write the difference as Parquet: what was removed, changed, added; return its rows.

        A changed row stands there twice, as it was and as it is. Raises ``TooMuch``.
        """
        self._pair()
        rows = 0
        parts = list(self._parts())
        schema = self._engine.schema(*parts[0])
        with target.open("wb") as sink, pq.ParquetWriter(sink, schema, compression="zstd") as file:
            for sql, params in parts:
                for batch in self._engine.batches(sql, params, size=row_group(len(schema))):
                    rows += batch.num_rows
                    file.write_batch(batch)
            told = {_KEYS: json.dumps(list(self.keys), ensure_ascii=False)}
            file.add_key_value_metadata(told | ({MARK: self.after.mark} if self.after.mark else {}))
        return rows

    def _kind(self, name: str) -> str:
        """Return the type in which the values of both sides are kept, losing nothing of either."""
        found = {side.kinds[name] for side in (self._old, self._new) if name in side.kinds}
        if len(found) == 1:
            return found.pop()
        if not all(kind.startswith("DECIMAL") for kind in found):
            return "VARCHAR"
        places = max(int(kind.removesuffix(")").rpartition(",")[2]) for kind in found)
        return f"DECIMAL(38,{places})" if self._fits(name, places) else "VARCHAR"

    def _fits(self, name: str, places: int) -> bool:
        return not any(
            self._engine.one(
                f"SELECT count_if({ident(name)} IS NOT NULL "  # noqa: S608 - names are quoted by ident(), values are parameters
                f"AND TRY_CAST({ident(name)} AS DECIMAL(38,{places})) IS NULL) FROM {side.rows}",
                side.params,
            )[0]
            for side in (self._old, self._new)
        )

    def _pair(self) -> None:
        """Put into the table ``pairs`` the places of rows that differ; one side may have none."""
        self._engine.rows("CREATE OR REPLACE TEMP TABLE pairs (a BIGINT, b BIGINT)")
        params = [*self._old.params, *self._new.params]
        if self._has_twins():
            self.keys = ()
        old, new = (side.told_apart(self.keys, self.shape) for side in (self._old, self._new))
        if self.keys:
            same = [f"k{n}" for n in range(len(self.keys))]
            differs = "OR a.g <> b.g OR a.h <> b.h"
        else:
            counted = "SELECT *, row_number() OVER (PARTITION BY g, h ORDER BY r) AS n FROM"
            old, new = (f"{counted} ({each})" for each in (old, new))
            same, differs = ["g", "h", "n"], ""
        met = " AND ".join(f"a.{each} = b.{each}" for each in same)
        for turn in turns(", ".join(same[:2]), max(self._old.count, self._new.count)):
            self._engine.run(
                f"INSERT INTO pairs SELECT a.r, b.r FROM (SELECT * FROM ({old}) WHERE {turn}) a "  # noqa: S608 - names are quoted by ident(), values are parameters
                f"FULL JOIN (SELECT * FROM ({new}) WHERE {turn}) b ON {met} "
                f"WHERE a.r IS NULL OR b.r IS NULL {differs}",
                params,
            )

    def _has_twins(self) -> bool:
        """Say whether a key stands twice in a release, as where it was none yet."""
        if not self.keys:
            return False
        listed = ", ".join(f"k{n}" for n in range(len(self.keys)))
        return any(
            self._engine.rows(
                f"SELECT 1 FROM ({side.told_apart(self.keys, self.shape)}) WHERE {turn} "  # noqa: S608 - names are quoted by ident(), values are parameters
                f"GROUP BY {listed} HAVING count(*) > 1 LIMIT 1",
                side.params,
            )
            for side in (self._old, self._new)
            for turn in turns(listed, side.count)
        )

    def _parts(self) -> Iterator[tuple[str, list[object]]]:
        yield self._one_sided(
            self._old, REMOVED, "gone", "SELECT a AS ordinal FROM pairs WHERE b IS NULL"
        )
        self._engine.rows(
            "CREATE OR REPLACE TEMP TABLE changed AS "
            "SELECT a, b, row_number() OVER (ORDER BY b) AS n FROM pairs "
            "WHERE a IS NOT NULL AND b IS NOT NULL"
        )
        (many,) = self._engine.one("SELECT count(*) FROM changed")
        for first in range(1, many + 1, _PAIRS):
            yield self._changed(first, first + _PAIRS - 1)
        yield self._one_sided(
            self._new, ADDED, "come", "SELECT b AS ordinal FROM pairs WHERE a IS NULL"
        )

    def _one_sided(
        self, side: _Side, change: str, name: str, places: str
    ) -> tuple[str, list[object]]:
        self._engine.rows(f"CREATE OR REPLACE TEMP TABLE {name} AS {places}")
        chosen = "false"
        if leave_out(self._engine, name, side.count):
            chosen = f"get_bit(getvariable('{name}'), {_ROW}::INTEGER) = 1"
        values = self._values(side, "")
        sql = (
            f"SELECT '{change}' AS {ident(self.shape.change.name)}, "  # noqa: S608 - names are quoted by ident(), values are parameters
            f"CAST(NULL AS VARCHAR) AS {ident(self.shape.cells.name)}, {values} "
            f"FROM {side.rows} WHERE {chosen}"
        )
        return sql, side.params

    def _changed(self, first: int, last: int) -> tuple[str, list[object]]:
        """Return some of the changed rows, each as it was and as it is, in the order that is."""
        cells = ", ".join(
            f"CASE WHEN {self._value(self._old, 'a.', one)} IS DISTINCT FROM "
            f"{self._value(self._new, 'b.', one)} THEN {literal(one.name)} END"
            for one in self.shape.both
        )
        change, named = ident(self.shape.change.name), ident(self.shape.cells.name)
        source = (
            f"FROM changed c JOIN {self._old.rows} a ON a.{_ROW} = c.a "
            f"JOIN {self._new.rows} b ON b.{_ROW} = c.b WHERE c.n BETWEEN {first} AND {last}"
        )
        halves = [
            f"SELECT c.n AS {_PLACE}, {half} AS {_HALF}, '{word}' AS {change}, "
            f"concat_ws('、', {cells}) AS {named}, {self._values(side, alias)} {source}"
            for half, word, side, alias in (
                (0, BEFORE, self._old, "a."),
                (1, AFTER, self._new, "b."),
            )
        ]
        listed = ", ".join(ident(column.name) for column in self.shape.columns)
        return (
            f"SELECT {listed} FROM ({' UNION ALL '.join(halves)}) ORDER BY {_PLACE}, {_HALF}",  # noqa: S608 - names are quoted by ident(), values are parameters
            2 * [*self._old.params, *self._new.params],
        )

    def _values(self, side: _Side, alias: str) -> str:
        return ", ".join(
            f"{self._value(side, alias, column)} AS {ident(column.name)}"
            for column in self.shape.columns[2:]
        )

    def _value(self, side: _Side, alias: str, column: Column) -> str:
        """Return a value of one side as both sides' values are kept."""
        kind = self._kinds[column.name]
        if column.name not in side.kinds:
            return f"CAST(NULL AS {kind})"
        return f"CAST({alias}{ident(column.name)} AS {kind})"
