"""Where the record that somebody names lies in a release, and what stands there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yelin.warehouse import keyed
from yelin.warehouse.borne import ROW
from yelin.warehouse.engine import ident
from yelin.warehouse.formats import Column
from yelin.warehouse.items import TEXT_TYPES
from yelin.warehouse.keyed import Key
from yelin.warehouse.query import Table
from yelin.warehouse.verifying import key_of, read


@dataclass(frozen=True, slots=True)
class Located:
    """The rows of a record, counted from nought, and the values of each item that was asked for."""

    rows: tuple[int, ...] = ()
    says: Mapping[str, Sequence[str]] = field(default_factory=dict)


def canonical(table: Table, keys: Sequence[str], record: Mapping[str, str]) -> Key | None:
    """Return the key of ``record`` in the form in which keys are compared.

    ``None`` where it names other items than the ``keys``, or a part of it is none. Raises
    ``Incomplete`` where there is no key, or the asker does not have it.
    """
    columns = key_of(table, keys)
    if set(record) != {column.name for column in columns}:
        return None
    (found,) = read(table, columns, [[record[column.name]] for column in columns])
    return None if None in found else found


def locate(
    table: Table, keys: Sequence[str], record: Mapping[str, str], items: Sequence[str] = ()
) -> Located:
    """Return where the record lies in ``table``, and what its ``items`` say, as far as they are.

    Raises what ``canonical`` does.
    """
    key = canonical(table, keys, record)
    if key is None:
        return Located()
    columns = key_of(table, keys)
    shown = [column for column in table.columns if column.name in set(items)]
    source, params = table.numbered()
    met = " AND ".join(f"{_compared(column)} = ?" for column in columns)
    chosen = ", ".join([ROW, *(_text(column) for column in shown)])
    found = table.engine.mine.rows(
        f"SELECT {chosen} FROM {source} WHERE {met} ORDER BY {ROW}",  # noqa: S608 - names are quoted by ident(), values are parameters
        [*params, *key],
    )
    says = {
        column.name: sorted(str(row[place]) for row in found)
        for place, column in enumerate(shown, 1)
    }
    return Located(tuple(int(row[0]) for row in found), says)


def _compared(column: Column) -> str:
    return keyed.folded_sql(column) if column.type in TEXT_TYPES else keyed.written(column)


def _text(column: Column) -> str:
    return ident(column.name) if column.type in TEXT_TYPES else keyed.written(column)
