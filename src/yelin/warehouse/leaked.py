"""A file that leaked, and which rows of a release it holds, however it was cut and written anew.

It is read as any file that is brought in, with the items of the release: so tables in whatever
format, encoding and order, numbers and dates as spreadsheets write them, come to the same values.
Rows are then met by the items that remain. A row that could be several of the release counts for
none of them; one that stands there twice counts once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

import numpy as np
from scipy import sparse

from yelin.files.places import Place
from yelin.warehouse import pipeline
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.formats import Column
from yelin.warehouse.items import FLOAT_TYPES, TEXT_TYPES, ItemSpec
from yelin.warehouse.pipeline import Options
from yelin.warehouse.thinned import Thinning, identity
from yelin.warehouse.tombstones import comparable

# Evidence from so many rows is beyond any doubt, and digests of all would only take time.
MOST_ROWS = 200_000
MOST_DIGESTS = 20_000_000
# An item of which fewer values are found in the release was altered, and meets no row.
_FOUND = 0.5
# As many digits as every program keeps of a number that is not exact.
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Leaked:
    """A leaked table: where its ``rows`` lie, and which columns of the release it still has."""

    place: Place
    rows: int
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """Of ``rows`` that a file shares with a release, how many the copies of each recipient lack.

    ``pairs`` tells the same of two, where there are any; ``by`` are the items that they met by.
    """

    rows: int
    lacked: Mapping[UUID, int]
    pairs: Mapping[frozenset[UUID], int]
    by: tuple[str, ...]


def read(
    source: Place,
    filename: str,
    work: Place,
    columns: Sequence[Column],
    options: Options,
    *,
    memory_mb: int,
    threads: int,
) -> Leaked:
    """Read a file as the items of a release, below ``work``. Raises ``Unfit`` where it has none."""
    items = [ItemSpec(each.name, each.type) for each in columns]
    made = pipeline.prepare(
        source, filename, work, items, options, memory_mb=memory_mb, threads=threads
    )
    assert made.data is not None  # noqa: S101 - no item is required
    there = {each.item for each in made.mapping if each.header is not None}
    kept = tuple(each for each in columns if each.name in there)
    return Leaked(work / made.data, made.rows, kept)


@dataclass(slots=True)
class Meeting:
    """A leaked file beside a release, whose ``keys`` tell its rows apart."""

    leaked: Leaked
    release: Place
    columns: Sequence[Column]
    keys: Sequence[str]
    engine: Engine
    by: tuple[Column, ...] = field(init=False)

    def __post_init__(self) -> None:
        names = {each.name for each in self.columns}
        shared = [each for each in self.leaked.columns if each.name in names]
        self.by = tuple(each for each in shared if self._is_found(each))

    def lacking(self, copies: Mapping[UUID, tuple[Thinning, Decimal]]) -> Lacking:
        """Return how many of the rows that both have the copies of each recipient lack."""
        rows = self._meet(len(copies)) if self.by else 0
        whose, places, which = list(copies), [], []
        for number, (thinning, share) in enumerate(copies.values() if rows else ()):
            sql, params = thinning.lacks("id", share)
            found = self.engine.rows(f"SELECT rowid FROM met WHERE {sql}", params)  # noqa: S608 - ours
            places += [place for (place,) in found]
            which += [number] * len(found)
        shape = (max(rows, 1), max(len(whose), 1))
        ones = np.ones(len(places), np.int64)
        lacks = sparse.csr_array((ones, (places, which)), shape=shape)
        both = sparse.coo_array(sparse.triu(lacks.T @ lacks))
        counts = {
            (one, other): int(many)
            for one, other, many in zip(
                both.row.tolist(), both.col.tolist(), both.data.tolist(), strict=True
            )
        }
        return Lacking(
            rows,
            {each: counts.get((n, n), 0) for n, each in enumerate(whose)},
            {
                frozenset({whose[one], whose[other]}): many
                for (one, other), many in counts.items()
                if one != other
            },
            tuple(each.name for each in self.by),
        )

    def _meet(self, copies: int) -> int:
        """Put into the table ``met`` by what the rows that both have are told apart, each once."""
        seen = _digest(self.by)
        self.engine.rows(
            f"CREATE OR REPLACE TEMP TABLE leaked AS SELECT DISTINCT {seen} AS seen "  # noqa: S608 - names are quoted by ident()
            f"FROM {_table(self.leaked.place)}"
        )
        most = min(MOST_ROWS, MOST_DIGESTS // max(1, copies))
        self.engine.rows(
            "CREATE OR REPLACE TEMP TABLE met AS SELECT DISTINCT id FROM ("  # noqa: S608 - as above
            f"SELECT seen, min(id) AS id FROM (SELECT {seen} AS seen, "
            f"{identity(self.columns, self.keys)} AS id FROM {_table(self.release)}) "
            "SEMI JOIN leaked USING (seen) GROUP BY seen HAVING count(DISTINCT id) = 1 "
            f"ORDER BY seen LIMIT {most})"
        )
        return int(self.engine.one("SELECT count(*) FROM met")[0])

    def _is_found(self, column: Column) -> bool:
        """Say whether the values of an item are still those of the release."""
        value = _plain(column)
        there, of = self.engine.one(
            f"SELECT count_if({value} IN (SELECT {value} FROM {_table(self.release)})), count(*) "  # noqa: S608 - names are quoted by ident()
            f"FROM (SELECT DISTINCT {ident(column.name)} FROM {_table(self.leaked.place)})"
        )
        return bool(of and int(there) >= _FOUND * int(of))


def _table(place: Place) -> str:
    return f"read_parquet({literal(str(place))})"


def _digest(columns: Sequence[Column]) -> str:
    """Return as SQL what rows are met by: the same of two that say the same in these items."""
    return f"md5_number(concat_ws(chr(31), {', '.join(map(_plain, columns))}))"


def _plain(column: Column) -> str:
    """Return a value as it is after other programs wrote it: without what they may have changed.

    Text loses blanks, cases, and zeros before a number; of inexact numbers the first digits count.
    """
    name = ident(column.name)
    if column.type in FLOAT_TYPES:
        said = f"format('{{:.{_DIGITS}g}}', CAST({name} AS DOUBLE))"
    elif column.type in TEXT_TYPES:
        bare = f"lower(regexp_replace(nfc_normalize({name}), '\\s', '', 'g'))"
        said = (
            f"CASE WHEN regexp_full_match({bare}, '[0-9]+') THEN ltrim({bare}, '0') ELSE {bare} END"
        )
    else:
        said = f"CAST({comparable(name, column.type)} AS VARCHAR)"
    return f"coalesce({said}, '')"
