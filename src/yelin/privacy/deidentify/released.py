"""The rows as they leave: made coarser by the choice, without those that nobody is like.

Rows lie in the order of their own values, since the order of the table that they come from would
tell which is which to whoever has seen it.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yelin.files.places import Place
from yelin.keys import digests
from yelin.privacy.deidentify.coded import NULL, Coded
from yelin.privacy.deidentify.optimum import Found
from yelin.privacy.deidentify.roles import Average, Bounded, Column, Plan, Pseudonym, Role
from yelin.warehouse.engine import Engine, ident, literal

_PART = 50_000
# What a row is numbered by, which no column is called.
_NUMBER = '"\x1fn"'

_AVERAGES = {
    Average.MEAN: "avg(o{n}) OVER (PARTITION BY {codes})",
    Average.MEDIAN: "quantile_disc(o{n}, 0.5) OVER (PARTITION BY {codes})",
    # Of several that are equally common the least, so that twice the same is made.
    Average.MODE: (
        "first_value(o{n}) OVER (PARTITION BY {codes} ORDER BY o{n} IS NULL, m{n} DESC, o{n})"
    ),
}


def write(engine: Engine, source: str, plan: Plan, table: Coded, found: Found, to: Place) -> int:
    """Write what ``source`` becomes by the choice ``found``; return how many rows it has.

    The key of pseudonyms is made here and forgotten here: nothing else ever holds it.
    """
    temps: list[str] = []
    try:
        _lay(engine, table, found, temps)
        key = secrets.token_bytes(digests.BLOCK)
        sql, params = _statement(source, plan, table, found, key)
        engine.rows(
            f"COPY ({sql}) TO {literal(str(to))} (FORMAT parquet, COMPRESSION zstd)", params
        )
    finally:
        for temp in temps:
            engine.rows(f"DROP TABLE IF EXISTS {temp}")
    return found.rows - found.left_out


def _lay(engine: Engine, table: Coded, found: Found, temps: list[str], name: str = "") -> None:
    """Lay the labels of each column, and the classes that are left out, into ``temps``."""
    for place, scale in enumerate(table.scales):
        level = found.levels[scale.column.name]
        codes = scale.codes[level]
        temps.append(f"{name}label{place}")
        engine.rows(f"CREATE TEMP TABLE {temps[-1]} (leaf VARCHAR, code INTEGER, label VARCHAR)")
        engine.rows(
            f"INSERT INTO {temps[-1]} SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[]),"
            " unnest(?::VARCHAR[])",
            [
                list(scale.leaves[1:]),
                codes[1:].tolist(),
                [scale.labels[level][code] for code in codes[1:].tolist()],
            ],
        )
    codes_of = ", ".join(f"c{place} INTEGER" for place in range(len(table.scales)))
    temps.append(f"{name}gone")
    engine.rows(f"CREATE TEMP TABLE {temps[-1]} ({codes_of})")
    _fill(engine, temps[-1], [column[found.gone] for column in found.classes.codes])


def classed(engine: Engine, table: Coded, found: Found, name: str) -> tuple[str, str]:
    """Return by which joins each row ``s`` of the source finds its class, and the class in SQL.

    It is missing where the row is left out. The tables whose names begin with ``name`` stay for
    as long as the engine.
    """
    _lay(engine, table, found, [], name)
    joins = _joins(table, name)
    codes = [code for code, _ in _cells(table, found, name)]
    like = " AND ".join(f"{name}g.c{place} = {code}" for place, code in enumerate(codes))
    joins.append(f"LEFT JOIN {name}gone AS {name}g ON {like}")
    # Two classes that are left out are one to whoever looks for their rows.
    return " ".join(joins), f"CASE WHEN {name}g.c0 IS NULL THEN [{', '.join(codes)}] END"


def labelled(engine: Engine, source: str, table: Coded, found: Found) -> str:
    """Return ``source`` as a relation in SQL whose quasi-identifiers are what they become.

    All rows are in it, those as well that are left out. Its tables stay for as long as the engine.
    """
    _lay(engine, table, found, [])
    labels = [
        f"{label} AS {ident(scale.column.name)}"
        for scale, (_, label) in zip(table.scales, _cells(table, found), strict=True)
    ]
    return (
        f"(SELECT s.* REPLACE ({', '.join(labels)}) FROM {source} AS s"  # noqa: S608 - names are quoted
        f" {' '.join(_joins(table))})"
    )


def _joins(table: Coded, name: str = "") -> list[str]:
    """Return by which joins each row ``s`` of the source finds its labels."""
    return [
        f"LEFT JOIN {name}label{place} AS {name}l{place}"
        f" ON CAST(s.{ident(scale.column.name)} AS VARCHAR) = {name}l{place}.leaf"
        for place, scale in enumerate(table.scales)
    ]


def _cells(table: Coded, found: Found, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield in SQL, by the joins of that ``name``, code and label of each quasi-identifier."""
    for place, scale in enumerate(table.scales):
        level = found.levels[scale.column.name]
        top = level == len(scale.codes) - 1
        # At the top a missing value is told from others no more.
        code, label = (1, literal(scale.labels[level][1] or "")) if top else (NULL, "NULL")
        at = f"{name}l{place}"
        yield f"coalesce({at}.code, {code})", f"coalesce({at}.label, {label})"


def _fill(engine: Engine, gone: str, codes: Sequence[object]) -> None:
    size = len(codes[0])  # type: ignore[arg-type]  # arrays of one length
    lists = ", ".join("unnest(?::INTEGER[])" for _ in codes)
    for begin in range(0, size, _PART):
        part = [column[begin : begin + _PART].tolist() for column in codes]  # type: ignore[index]  # arrays
        engine.rows(f"INSERT INTO {gone} SELECT {lists}", part)


def _statement(
    source: str, plan: Plan, table: Coded, found: Found, key: bytes
) -> tuple[str, list[object]]:
    kept = _kept(plan)
    rows, params = _rows(source, table, found, kept, key)
    sql = (
        f"WITH made AS ({rows}), "  # noqa: S608 - names are quoted, values are parameters
        f"kept AS (SELECT {', '.join(['made.*', *_often(table, kept)])}"
        f" FROM made ANTI JOIN gone ON {_alike(table, 'made', 'gone')}) "
        f"SELECT {', '.join(_out(plan, table, kept))} FROM kept ORDER BY ALL"
    )
    return sql, params


def _kept(plan: Plan) -> list[Column]:
    """Return the columns that stay and have no levels."""
    return [each for each in plan.columns if not each.is_coarsened and not is_dropped(each)]


def _rows(
    source: str,
    table: Coded,
    found: Found,
    kept: Sequence[Column],
    key: bytes,
    along: Sequence[str] = (),
) -> tuple[str, list[object]]:
    """Return in SQL each row ``s`` as its codes, labels and other values, and the parameters."""
    params: list[object] = []
    told = [
        f"{code} AS c{place}, {label} AS v{place}"
        for place, (code, label) in enumerate(_cells(table, found))
    ]
    for place, column in enumerate(kept):
        value, more = _made(column, key)
        params += more
        told.append(f"{value} AS o{place}")
    sql = (
        f"SELECT {', '.join([*told, *along])} FROM {source} AS s"  # noqa: S608 - the same
        f" {' '.join(_joins(table))}"
    )
    return sql, params


def _often(table: Coded, kept: Sequence[Column]) -> list[str]:
    """Return how often a value occurs in its class, where the commonest is asked for."""
    return [
        f"count(*) OVER (PARTITION BY {_codes(table)}, o{place}) AS m{place}"
        for place, column in enumerate(kept)
        if column.method is Average.MODE
    ]


def _out(plan: Plan, table: Coded, kept: Sequence[Column]) -> list[str]:
    """Return the columns as they leave."""
    places = {scale.column.name: place for place, scale in enumerate(table.scales)}
    out = []
    for column in plan.columns:
        if column.name in places:
            out.append(f"v{places[column.name]} AS {ident(column.name)}")
        elif column in kept:
            value = f"o{kept.index(column)}"
            if isinstance(column.method, Average):
                value = _AVERAGES[column.method].format(n=value[1:], codes=_codes(table))
            out.append(f"{value} AS {ident(column.name)}")
    return out


def _codes(table: Coded) -> str:
    return ", ".join(f"c{place}" for place in range(len(table.scales)))


def _alike(table: Coded, one: str, other: str) -> str:
    return " AND ".join(f"{one}.c{place} = {other}.c{place}" for place in range(len(table.scales)))


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
        _lay(engine, table, found, temps)
        temps.append("aims")
        numbered = f"(SELECT *, row_number() OVER () AS {_NUMBER} FROM {source})"  # noqa: S608 - the source is ours
        engine.rows(
            f"CREATE TEMP TABLE aims AS SELECT {_NUMBER} AS n FROM {numbered}"  # noqa: S608 - the same
            f" ORDER BY random() LIMIT {most}"
        )
        kept = _kept(plan)
        was = [
            f"CAST(s.{ident(each.name)} AS VARCHAR) AS b{at}"
            for at, each in enumerate(plan.columns)
        ]
        along = [*was, f"s.{_NUMBER} AS n"]
        rows, params = _rows(
            numbered, table, found, kept, secrets.token_bytes(digests.BLOCK), along
        )
        near = "SELECT * FROM made WHERE n IN (FROM aims)"
        if any(isinstance(each.method, Average) for each in kept):
            # An average is of all that look alike, and of no others.
            near = f"SELECT * FROM made SEMI JOIN ({near}) AS aim ON {_alike(table, 'made', 'aim')}"  # noqa: S608 - our names
        out = [each.rpartition(" AS ")[0] for each in _out(plan, table, kept)]
        told = [f"CAST({each} AS VARCHAR) AS a{at}" for at, each in enumerate(out)]
        found_rows = engine.rows(
            f"WITH made AS NOT MATERIALIZED ({rows}), near AS ({near}), "  # noqa: S608 - names are quoted, values are parameters
            f"kept AS (SELECT {', '.join(['near.*', *_often(table, kept), 'gone.c0 AS gone'])}"
            f" FROM near LEFT JOIN gone ON {_alike(table, 'near', 'gone')}), "
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


def is_dropped(column: Column) -> bool:
    """Whether nothing of a column leaves."""
    return column.role is Role.DIRECT and column.method is None


def _made(column: Column, key: bytes) -> tuple[str, list[object]]:
    """Return the value of a column that has no level, and its parameters."""
    name = f"s.{ident(column.name)}"
    if isinstance(column.method, Pseudonym):
        inner, outer = digests.padded(key)
        text = f"encode(CAST({name} AS VARCHAR))"
        sql = f"sha256(CAST(? AS BLOB) || unhex(sha256(CAST(? AS BLOB) || {text})))"
        return sql, [outer, inner]
    if isinstance(column.method, Bounded):
        value, params = name, list[object]()
        for function, bound in (("greatest", column.method.least), ("least", column.method.most)):
            if bound is not None:
                value = f"{function}({value}, ?)"
                params.append(bound)
        # A missing value stays missing: these functions pass over it.
        return f"CASE WHEN {name} IS NOT NULL THEN {value} END", params
    return name, []
