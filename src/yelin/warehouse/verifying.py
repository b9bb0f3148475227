"""Whether values that somebody has match a record (联机验证): yes, no, or unknown, and no more."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from yelin.law.refusals import Incomplete
from yelin.warehouse import keyed
from yelin.warehouse.engine import ident
from yelin.warehouse.formats import Column
from yelin.warehouse.items import TEXT_TYPES
from yelin.warehouse.keyed import BUCKET, Key, Keyed
from yelin.warehouse.query import Table

# As many are looked for one by one; for more, all buckets are gone through.
_FEW = 16


class Verdict(StrEnum):
    """What is answered about one value."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Claim:
    """One question: by which key the record is found, and what is said to stand there."""

    key: Mapping[str, str]
    items: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is answered: of each value whether it matches, and whether there is such a record.

    ``key`` is the one that was asked for, in the form in which keys are compared.
    """

    found: bool
    items: Mapping[str, Verdict]
    key: Key = ()


def check(table: Table, keys: Sequence[str], rows: int, claims: Sequence[Claim]) -> list[Checked]:
    """Return what ``table``, of so many ``rows``, says to each of the ``claims``, in their order.

    The same is read of it for a record that is there and for one that is not. Raises ``Incomplete``
    where records have no key, the asker does not have it, or a claim names another one;
    ``UnknownColumn`` for an item that the asker does not have.
    """
    key = key_of(table, keys)
    if not claims:
        return []
    for place, claim in enumerate(claims):
        _require(claim, [column.name for column in key], place)
    named = dict.fromkeys(name for claim in claims for name in claim.items)
    compared = {name: table.column(name) for name in named}
    layout = Keyed.of(key, rows)
    cells = [[claim.key[column.name] for claim in claims] for column in key]
    cells += [[claim.items.get(name, "") for claim in claims] for name in compared]
    said = read(table, [*key, *compared.values()], cells)
    buckets = {layout.bucket_of(one[: len(key)]) for one in said}
    met = _met(table, layout, list(compared.values()), buckets)
    at = {name: len(key) + place for place, name in enumerate(compared)}
    answers = []
    for claim, one in zip(claims, said, strict=True):
        records = met.get(one[: len(key)], ())
        items = {
            name: _verdict(one[at[name]], [each[at[name]] for each in records])
            for name in claim.items
        }
        answers.append(Checked(bool(records), items, one[: len(key)]))
    return answers


def key_of(table: Table, names: Sequence[str]) -> list[Column]:
    """Return the columns of the key, which the asker has whole. Raises ``Incomplete``."""
    if not names:
        says = "Nothing tells the records of this resource apart, so none can be verified."
        raise Incomplete.at("key", says)
    if not all(map(table.shows_plainly, names)):
        says = "You were not given the items by which its records are found. Ask for them too."
        raise Incomplete.at("key", says)
    return [table.column(name) for name in names]


def _require(claim: Claim, key: Sequence[str], place: int) -> None:
    if set(claim.key) != set(key):
        says = "Name the record by these items, and no others: {names}."
        at = f"questions.{place}.key"
        raise Incomplete.at(at, says, params={"names": list(key)})
    if not claim.items:
        raise Incomplete.at(f"questions.{place}.items", "Name what is to be compared.")


def read(table: Table, columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> list[Key]:
    """Return row by row what the ``cells`` of these columns say, in the form that is compared."""
    said = [
        [keyed.folded(cell) for cell in each] if column.type in TEXT_TYPES else []
        for column, each in zip(columns, cells, strict=True)
    ]
    typed = [place for place, column in enumerate(columns) if column.type not in TEXT_TYPES]
    if typed:
        read = ", ".join(keyed.read(f"c{place}", columns[place].type) for place in typed)
        given = ", ".join(f"unnest(?::VARCHAR[]) AS c{place}" for place in typed)
        found = table.engine.mine.rows(
            f"SELECT {read} FROM (SELECT {given}, unnest(?::BIGINT[]) AS n) ORDER BY n",  # noqa: S608 - columns are ours
            [*(cells[place] for place in typed), list(range(len(cells[0])))],
        )
        for place, values in zip(typed, zip(*found, strict=True), strict=True):
            said[place] = list(values)
    return list(zip(*said, strict=True))


def _met(
    table: Table, layout: Keyed, compared: Sequence[Column], buckets: Collection[int]
) -> dict[Key, list[Key]]:
    """Return by its key every record in these buckets, as far as it is compared."""
    source, params = table.in_buckets(layout)
    columns, wanted = (*layout.keys, *compared), sorted(buckets)
    rows = (
        f"SELECT {', '.join(_stored(table, column) for column in columns)} "  # noqa: S608 - names are quoted by ident(), values are parameters
        f"FROM {source} WHERE {BUCKET}"
    )
    if len(wanted) <= _FEW:
        # One by one, since of several in a list the engine passes over no block.
        sql = " UNION ALL ".join([f"{rows} = ?"] * len(wanted))
        asked = [value for bucket in wanted for value in (*params, bucket)]
    else:
        sql, asked = f"{rows} IN (SELECT unnest(?::BIGINT[]))", [*params, wanted]
    found = table.engine.mine.rows(sql, asked)
    texts = [column.type in TEXT_TYPES for column in columns]
    records: defaultdict[Key, list[Key]] = defaultdict(list)
    for row in found:
        plain = tuple(
            keyed.folded(value) if is_text else value
            for value, is_text in zip(row, texts, strict=True)
        )
        if None not in plain[: len(layout.keys)]:
            records[plain[: len(layout.keys)]].append(plain)
    return records


def _stored(table: Table, column: Column) -> str:
    if not table.shows_plainly(column.name):
        # Veiled, an item is compared with nothing.
        return "NULL"
    return ident(column.name) if column.type in TEXT_TYPES else keyed.written(column)


def _verdict(said: str | None, stands: Sequence[str | None]) -> Verdict:
    known = [value for value in stands if value is not None]
    if not known:
        return Verdict.UNKNOWN
    return Verdict.YES if said in known else Verdict.NO
