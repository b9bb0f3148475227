"""What each row becomes, in SQL: its labels, its group, and the values that have no level.

Statements name a row of the source ``s``, and number the columns that stay by their places.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yelin.keys import digests
from yelin.privacy.deidentify import grouped
from yelin.privacy.deidentify.coded import NULL, Coded
from yelin.privacy.deidentify.optimum import Found
from yelin.privacy.deidentify.roles import (
    Average,
    Bounded,
    Column,
    Grouped,
    Plan,
    Pseudonym,
    Role,
)
from yelin.warehouse.engine import Engine, ident, literal

_PART = 50_000
# What a row is numbered by, which no column is called.
NUMBER = '"\x1fn"'
_NEARS = "nears"
# The code of a cell that is starred, which no label has.
_STAR = -1

_AVERAGES = {
    Average.MEAN: "avg(o{n}) OVER (PARTITION BY {codes})",
    Average.MEDIAN: "quantile_disc(o{n}, 0.5) OVER (PARTITION BY {codes})",
    # Of several that are equally common the least, so that twice the same is made.
    Average.MODE: (
        "first_value(o{n}) OVER (PARTITION BY {codes} ORDER BY o{n} IS NULL, m{n} DESC, o{n})"
    ),
}


def lay(engine: Engine, table: Coded, found: Found, temps: list[str], name: str = "") -> None:
    """Lay the labels of each column, the classes left out, and those starred, into ``temps``."""
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
    many = range(len(table.scales))
    typed = [f"c{place} INTEGER" for place in many]
    temps.append(f"{name}gone")
    engine.rows(f"CREATE TEMP TABLE {temps[-1]} ({', '.join(typed)})")
    _fill(engine, temps[-1], [column[found.gone] for column in found.classes.codes])
    if found.starred is None:
        return
    temps.append(f"{name}stars")
    typed += [f"h{place} INTEGER" for place in many]
    engine.rows(f"CREATE TEMP TABLE {temps[-1]} ({', '.join(typed)})")
    stars = [*(column[found.starred.classes] for column in found.classes.codes),
             *found.starred.cells.T.astype("int64")]  # fmt: skip
    _fill(engine, temps[-1], stars)


def _fill(engine: Engine, gone: str, codes: Sequence[object]) -> None:
    size = len(codes[0])  # type: ignore[arg-type]  # arrays of one length
    lists = ", ".join("unnest(?::INTEGER[])" for _ in codes)
    for begin in range(0, size, _PART):
        part = [column[begin : begin + _PART].tolist() for column in codes]  # type: ignore[index]  # arrays
        engine.rows(f"INSERT INTO {gone} SELECT {lists}", part)


def joins(table: Coded, found: Found, name: str = "") -> list[str]:
    """Return by which joins each row ``s`` of the source finds its labels."""
    told = [
        f"LEFT JOIN {name}label{place} AS {name}l{place}"
        f" ON CAST(s.{ident(scale.column.name)} AS VARCHAR) = {name}l{place}.leaf"
        for place, scale in enumerate(table.scales)
    ]
    if found.starred is not None:
        same = [
            f"{name}t.c{place} = {code}"
            for place, (code, _) in enumerate(_plain(table, found, name))
        ]
        told.append(f"LEFT JOIN {name}stars AS {name}t ON {' AND '.join(same)}")
    return told


def cells(table: Coded, found: Found, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield in SQL, by the joins of that ``name``, code and label of each quasi-identifier."""
    for place, (code, label) in enumerate(_plain(table, found, name)):
        if found.starred is None:
            yield code, label
            continue
        is_starred = f"coalesce({name}t.h{place}, 0) = 1"
        top = literal(table.scales[place].labels[-1][1] or "")
        yield (
            f"CASE WHEN {is_starred} THEN {_STAR} ELSE {code} END",
            f"CASE WHEN {is_starred} THEN {top} ELSE {label} END",
        )


def _plain(table: Coded, found: Found, name: str) -> Iterator[tuple[str, str]]:
    """Yield code and label of each quasi-identifier on its level."""
    for place, scale in enumerate(table.scales):
        level = found.levels[scale.column.name]
        top = level == len(scale.codes) - 1
        # At the top a missing value is told from others no more.
        code, label = (1, literal(scale.labels[level][1] or "")) if top else (NULL, "NULL")
        at = f"{name}l{place}"
        yield f"coalesce({at}.code, {code})", f"coalesce({at}.label, {label})"


def numbered(source: str) -> str:
    """Return ``source`` with the number of each row, the same each time it is read."""
    return f"(SELECT *, row_number() OVER () AS {NUMBER} FROM {source})"  # noqa: S608 - the source is ours


@dataclass(frozen=True, slots=True)
class Near:
    """The source, and the join by which a row ``s`` of it finds its group ``g``, if it has one."""

    source: str
    join: str = ""

    @property
    def along(self) -> list[str]:
        """The group as a column."""
        return [f"{_NEARS}.g AS g"] if self.join else []


def near_of(
    engine: Engine, source: str, plan: Plan, table: Coded, found: Found, temps: list[str]
) -> Near:
    """Lay the groups of quasi-identifiers that are grouped together, where they are several."""
    if len(plan.grouped) < 2:
        return Near(source)
    rows_numbered = numbered(source)
    told = [f"{code} AS c{place}" for place, (code, _) in enumerate(cells(table, found))]
    names = [f"o{place}" for place in range(len(plan.grouped))]
    told += [
        f"CAST(s.{ident(each.name)} AS DOUBLE) AS {name}"
        for each, name in zip(plan.grouped, names, strict=True)
    ]
    rows = (
        f"WITH made AS (SELECT s.{NUMBER} AS n, {', '.join(told)} FROM {rows_numbered} AS s"  # noqa: S608 - names are quoted
        f" {' '.join(joins(table, found))})"
        f" SELECT n, dense_rank() OVER (ORDER BY {codes_of(table)}) AS e, {', '.join(names)}"
        f" FROM made ANTI JOIN gone ON {alike(table, 'made', 'gone')}"
        " ORDER BY e"
    )
    temps.append(_NEARS)
    grouped.lay(engine, rows, [each.name for each in plan.grouped], _size(plan), _NEARS)
    return Near(rows_numbered, f"LEFT JOIN {_NEARS} ON {_NEARS}.n = s.{NUMBER}")


def _size(plan: Plan) -> int:
    """Return how many rows a group of quasi-identifiers has at least: as any of them asks."""
    return max(each.method.size for each in plan.grouped if isinstance(each.method, Grouped))


def kept_of(plan: Plan) -> list[Column]:
    """Return the columns that stay and have no levels."""
    return [each for each in plan.columns if not each.is_coarsened and not is_dropped(each)]


def is_dropped(column: Column) -> bool:
    """Whether nothing of a column leaves."""
    return column.role is Role.DIRECT and column.method is None


def rows_of(
    near: Near,
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
        for place, (code, label) in enumerate(cells(table, found))
    ]
    for place, column in enumerate(kept):
        value, more = _made(column, key)
        params += more
        told.append(f"{value} AS o{place}")
    sql = (
        f"SELECT {', '.join([*told, *near.along, *along])} FROM {near.source} AS s"  # noqa: S608 - the same
        f" {' '.join(joins(table, found))} {near.join}"
    )
    return sql, params


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


def marks(plan: Plan, table: Coded, kept: Sequence[Column], stays: str) -> list[str]:
    """Return what averages are made by: how often a value is in its class, or its group.

    ``stays`` says in SQL which rows leave: the others are in no group.
    """
    found = []
    for place, column in enumerate(kept):
        value, method = f"o{place}", column.method
        if method is Average.MODE:
            found.append(f"count(*) OVER (PARTITION BY {codes_of(table)}, {value}) AS m{place}")
        elif isinstance(method, Grouped) and column.role is not Role.QUASI:
            among = f"{stays}, {value} IS NULL"
            rank = grouped.rank(value, method.size, among)
            found.append(f"CASE WHEN {stays} THEN {rank} END AS g{place}")
        elif isinstance(method, Grouped) and len(plan.grouped) == 1:
            found.append(f"{grouped.rank(value, method.size, codes_of(table))} AS g")
    return found


def out(plan: Plan, table: Coded, kept: Sequence[Column]) -> list[str]:
    """Return the columns as they leave."""
    places = {scale.column.name: place for place, scale in enumerate(table.scales)}
    out = []
    for column in plan.columns:
        if column.name in places:
            out.append(f"v{places[column.name]} AS {ident(column.name)}")
        elif column in kept:
            out.append(f"{value_of(column, kept.index(column), table)} AS {ident(column.name)}")
    return out


def value_of(column: Column, place: int, table: Coded) -> str:
    """Return a value that has no level as it leaves."""
    match column.method:
        case Average() as average:
            return _AVERAGES[average].format(n=place, codes=codes_of(table))
        case Grouped() if column.role is Role.QUASI:
            return f"avg(o{place}) OVER (PARTITION BY {codes_of(table)}, g)"
        case Grouped():
            # What is missing stays so: nothing is made up.
            mean = f"avg(o{place}) OVER (PARTITION BY o{place} IS NULL, g{place})"
            return f"CASE WHEN o{place} IS NOT NULL THEN {mean} END"
        case _:
            return f"o{place}"


def codes_of(table: Coded) -> str:
    """Return the codes that make a class, as ``rows_of`` calls them."""
    return ", ".join(f"c{place}" for place in range(len(table.scales)))


def alike(table: Coded, one: str, other: str) -> str:
    """Return that two relations have the same codes."""
    return " AND ".join(f"{one}.c{place} = {other}.c{place}" for place in range(len(table.scales)))
