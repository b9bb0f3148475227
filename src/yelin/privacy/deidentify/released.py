"""The rows as they leave: made coarser by the choice, without those that nobody is like.

Rows lie in the order of their own values, since the order of the table that they come from would
tell which is which to whoever has seen it.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from yelin.files.places import Place
from yelin.keys import digests
from yelin.privacy.deidentify import becoming
from yelin.privacy.deidentify.coded import Coded
from yelin.privacy.deidentify.optimum import Found
from yelin.privacy.deidentify.roles import Average, Grouped, Plan, Role
from yelin.warehouse.engine import Engine, ident, literal


def write(engine: Engine, source: str, plan: Plan, table: Coded, found: Found, to: Place) -> int:
    """Write what ``source`` becomes by the choice ``found``; return how many rows it has.

    The key of pseudonyms is made here and forgotten here: nothing else ever holds it.
    """
    with _kept(engine, source, plan, table, found) as (kept, params):
        out = ", ".join(becoming.out(plan, table, becoming.kept_of(plan)))
        sql = f"{kept} SELECT {out} FROM kept ORDER BY ALL"  # noqa: S608 - the same
        engine.rows(
            f"COPY ({sql}) TO {literal(str(to))} (FORMAT parquet, COMPRESSION zstd)", params
        )
    return found.rows - found.left_out


@contextmanager
def _kept(
    engine: Engine, source: str, plan: Plan, table: Coded, found: Found
) -> Iterator[tuple[str, list[object]]]:
    """Yield in SQL the rows that stay, as ``kept``, with the parameters."""
    temps: list[str] = []
    try:
        becoming.lay(engine, table, found, temps)
        near = becoming.near_of(engine, source, plan, table, found, temps)
        columns = becoming.kept_of(plan)
        rows, params = becoming.rows_of(
            near, table, found, columns, secrets.token_bytes(digests.BLOCK)
        )
        marks = becoming.marks(plan, table, columns, "true")
        sql = (
            f"WITH made AS ({rows}), kept AS (SELECT {', '.join(['made.*', *marks])}"  # noqa: S608 - names are quoted, values are parameters
            f" FROM made ANTI JOIN gone ON {becoming.alike(table, 'made', 'gone')})"
        )
        yield sql, params
    finally:
        for temp in temps:
            engine.rows(f"DROP TABLE IF EXISTS {temp}")


def classed(engine: Engine, table: Coded, found: Found, name: str) -> tuple[str, str]:
    """Return by which joins each row ``s`` of the source finds its class, and the class in SQL.

    It is missing where the row is left out. The tables whose names begin with ``name`` stay for
    as long as the engine.
    """
    becoming.lay(engine, table, found, [], name)
    joins = becoming.joins(table, found, name)
    codes = [code for code, _ in becoming.cells(table, found, name)]
    like = " AND ".join(f"{name}g.c{place} = {code}" for place, code in enumerate(codes))
    joins.append(f"LEFT JOIN {name}gone AS {name}g ON {like}")
    # Two classes that are left out are one to whoever looks for their rows.
    return " ".join(joins), f"CASE WHEN {name}g.c0 IS NULL THEN [{', '.join(codes)}] END"


def labelled(engine: Engine, source: str, table: Coded, found: Found) -> str:
    """Return ``source`` as a relation in SQL whose quasi-identifiers are what they become.

    All rows are in it, those as well that are left out. Its tables stay for as long as the engine.
    """
    becoming.lay(engine, table, found, [])
    labels = [
        f"{label} AS {ident(scale.column.name)}"
        for scale, (_, label) in zip(table.scales, becoming.cells(table, found), strict=True)
    ]
    return (
        f"(SELECT s.* REPLACE ({', '.join(labels)}) FROM {source} AS s"  # noqa: S608 - names are quoted
        f" {' '.join(becoming.joins(table, found))})"
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the source, and what becomes of it: nothing where it is left out."""

    before: tuple[str | None, ...]
    after: tuple[str | None, ...] | None


def shown(
    engine: Engine, source: str, plan: Plan, table: Coded, found: Found, most: int
) -> list[Shown]:
    """Return up to ``most`` rows of ``source``, chosen by chance, and what becomes of each.

    ``before`` has all columns of ``plan``, ``after`` those that are not dropped. Pseudonyms are
    others than in what is written, whose key nobody has.
    """
    temps: list[str] = []
    try:
        becoming.lay(engine, table, found, temps)
        close = becoming.near_of(engine, source, plan, table, found, temps)
        numbered = close.source if close.join else becoming.numbered(source)
        temps.append("aims")
        engine.rows(
            f"CREATE TEMP TABLE aims AS SELECT {becoming.NUMBER} AS n FROM {numbered}"  # noqa: S608 - the same
            f" ORDER BY random() LIMIT {most}"
        )
        kept = becoming.kept_of(plan)
        was = [
            f"CAST(s.{ident(each.name)} AS VARCHAR) AS b{at}"
            for at, each in enumerate(plan.columns)
        ]
        along = [*was, f"s.{becoming.NUMBER} AS n"]
        rows, params = becoming.rows_of(
            becoming.Near(numbered, close.join),
            table, found, kept, secrets.token_bytes(digests.BLOCK), along,
        )  # fmt: skip
        near = "SELECT * FROM made WHERE n IN (FROM aims)"
        if any(isinstance(each.method, Grouped) and each.role is not Role.QUASI for each in kept):
            # Such a group is of all rows.
            near = "SELECT * FROM made"
        elif any(isinstance(each.method, Average | Grouped) for each in kept):
            # An average is of all that look alike, and of no others.
            same = becoming.alike(table, "made", "aim")
            near = f"SELECT * FROM made SEMI JOIN ({near}) AS aim ON {same}"  # noqa: S608 - our names
        marks = becoming.marks(plan, table, kept, "gone IS NULL")
        out = [each.rpartition(" AS ")[0] for each in becoming.out(plan, table, kept)]
        told = [f"CAST({each} AS VARCHAR) AS a{at}" for at, each in enumerate(out)]
        found_rows = engine.rows(
            f"WITH made AS NOT MATERIALIZED ({rows}), near AS ({near}), "  # noqa: S608 - names are quoted, values are parameters
            f"beside AS (SELECT near.*, gone.c0 AS gone"
            f" FROM near LEFT JOIN gone ON {becoming.alike(table, 'near', 'gone')}), "
            f"kept AS (SELECT {', '.join(['*', *marks])} FROM beside), "
            f"told AS (SELECT *, {', '.join(told)} FROM kept) "
            f"SELECT gone IS NULL, [{', '.join(f'b{at}' for at in range(len(was)))}],"
            f" [{', '.join(f'a{at}' for at in range(len(told)))}]"
            " FROM told WHERE n IN (FROM aims) ORDER BY n",
            params,
        )
    finally:
        for temp in temps:
            engine.rows(f"DROP TABLE IF EXISTS {temp}")
    return [
        Shown(tuple(before), tuple(after) if stays else None) for stays, before, after in found_rows
    ]


def scattered(
    engine: Engine, source: str, plan: Plan, table: Coded, found: Found
) -> dict[str, tuple[float, int, int]]:
    """Return of each column that is grouped what its groups lose, and its values before and after.

    The loss is the share of its variance that lies within groups, from 0 to 1.
    """
    columns = becoming.kept_of(plan)
    places = [at for at, each in enumerate(columns) if isinstance(each.method, Grouped)]
    if not places:
        return {}
    values = [f"o{at}, {becoming.value_of(columns[at], at, table)} AS a{at}" for at in places]
    told = [
        f"coalesce(sum(pow(o{at} - a{at}, 2)) / nullif(var_pop(o{at}) * count(o{at}), 0), 0),"
        f" approx_count_distinct(o{at}), approx_count_distinct(a{at})"
        for at in places
    ]
    with _kept(engine, source, plan, table, found) as (kept, params):
        row = engine.one(
            f"{kept} SELECT {', '.join(told)} FROM (SELECT {', '.join(values)} FROM kept)",  # noqa: S608 - the same
            params,
        )
    return {
        columns[place].name: (min(1.0, float(lost)), int(before), int(after))
        for place, (lost, before, after) in zip(
            places, zip(row[::3], row[1::3], row[2::3], strict=True), strict=True
        )
    }
