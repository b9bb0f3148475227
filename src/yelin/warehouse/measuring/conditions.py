"""Every rule about rows as SQL: true where a row meets it, NULL where it asks nothing."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

from yelin.files.places import Place
from yelin.law.quality import Made
from yelin.quality.expression import Column, Does, Node, Value, read
from yelin.quality.rules import Reference, Rule, Written
from yelin.warehouse.engine import ident, literal

# GB 32100 and GB 11643: letters and weights of the check digits.
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = "[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}"
CREDIT_WEIGHTS = tuple(3**place % 31 for place in range(17))
_RESIDENT_ID = (
    "[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
)
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_EARLIEST, _LATEST = "1840-01-01", "2199-12-31"


def condition(
    rule: Rule,
    types: Mapping[str, str],
    files: Mapping[Reference, Place],
    *,
    today: date,
    legacy: Collection[str] = (),
) -> str | None:
    """Return the SQL of a rule about single rows, or nothing where it asks something else.

    ``types`` are the items' types, ``files`` what is referred to. A rule of which an item, or what
    it refers to, is no longer there asks nothing.
    """
    if any(item not in types for item in rule.items):
        return None
    if rule.kind == Written.HOLDS:
        return _sql(read(rule.expression, types), today)
    if rule.kind == Written.REFERS:
        return _refers(rule, files)
    if rule.kind not in ABOUT_A_VALUE:
        return None
    return ABOUT_A_VALUE[Made(rule.kind)](ident(rule.items[0]), legacy)


ABOUT_A_VALUE: Mapping[Made, Callable[[str, Collection[str]], str]] = {
    Made.REQUIRED: lambda column, _: f"{column} IS NOT NULL",
    Made.DATED: lambda column, _: f"{column} BETWEEN DATE '{_EARLIEST}' AND DATE '{_LATEST}'",
    Made.CREDIT_CODE: lambda column, legacy: _unveiled(column, is_credit_code(column, legacy)),
    Made.RESIDENT_ID: lambda column, _: _unveiled(column, is_resident_id(column)),
}


def _unveiled(column: str, sql: str) -> str:
    # What is veiled already cannot be checked, and is no fault.
    return f"CASE WHEN contains({column}, '*') THEN NULL ELSE {sql} END"


def is_credit_code(text: str, legacy: Collection[str] = ()) -> str:
    """Say in SQL that a text is a unified social credit code whose check digit fits."""
    digits = (
        f"{weight} * (strpos('{CREDIT_LETTERS}', substr({text}, {place}, 1)) - 1)"
        for place, weight in enumerate(CREDIT_WEIGHTS, 1)
    )
    check = f"strpos('{CREDIT_LETTERS}', substr({text}, 18, 1)) - 1"
    fits = f"{check} = (31 - ({' + '.join(digits)}) % 31) % 31"
    listed = ", ".join(map(literal, sorted(legacy)))
    known = f"WHEN {text} IN ({listed}) THEN true " if listed else ""
    form = f"regexp_full_match({text}, '{_CREDIT_CODE}')"
    return f"CASE WHEN {text} IS NULL THEN NULL {known}WHEN {form} THEN {fits} ELSE false END"


def is_resident_id(text: str) -> str:
    """Say in SQL that a text is a resident identity number whose date is one and check fits."""
    digits = (
        f"{weight} * (ascii(substr({text}, {place}, 1)) - 48)"
        for place, weight in enumerate(_RESIDENT_WEIGHTS, 1)
    )
    check = f"substr('10X98765432', ({' + '.join(digits)}) % 11 + 1, 1) = upper(right({text}, 1))"
    born = f"TRY_CAST(substr({text}, 7, 4) || '-' || substr({text}, 11, 2) || '-' || substr({text}, 13, 2) AS DATE) IS NOT NULL"  # noqa: E501 - one SQL expression
    form = f"regexp_full_match({text}, '{_RESIDENT_ID}')"
    return f"CASE WHEN {text} IS NULL THEN NULL WHEN {form} THEN {check} AND {born} ELSE false END"


def _refers(rule: Rule, files: Mapping[Reference, Place]) -> str | None:
    place = files.get(rule.refers_to) if rule.refers_to else None
    if place is None or rule.refers_to is None:
        return None
    column, other = ident(rule.items[0]), ident(rule.refers_to.item)
    values = (
        f"SELECT CAST({other} AS VARCHAR) FROM read_parquet({literal(str(place))})"  # noqa: S608 - quoted by ident() and literal()
        f" WHERE {other} IS NOT NULL"
    )
    found = f"CAST({column} AS VARCHAR) IN ({values})"
    return f"CASE WHEN {column} IS NOT NULL THEN {found} END"


def _sql(node: Node, today: date) -> str:
    match node:
        case Column(name):
            return ident(name)
        case Value(value):
            return _written(value)
        case Does(name, parts):
            return _done(name, [_sql(part, today) for part in parts], today)


def _written(value: str | Decimal | date | datetime | bool) -> str:  # noqa: FBT001 - a value
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
        case date():
            return f"DATE '{value.isoformat()}'"
        case _:
            return literal(value)


# How the engine writes it; what would be too large for a number or a day is nothing.
_FORMS = {
    "not": "(NOT {0})",
    "empty": "({0} IS NULL)",
    "between": "({0} BETWEEN {1} AND {2})",
    "like": "({0} LIKE {1})",
    "matches": "regexp_matches({0}, {1})",
    "minus": "(-{0})",
    "date": "CAST({0} AS DATE)",
    "left": "left({0}, CAST({1} AS INTEGER))",
    "right": "right({0}, CAST({1} AS INTEGER))",
    "substr": "substr({0}, CAST({1} AS INTEGER), CAST({2} AS INTEGER))",
    "days between": "date_diff('day', {1}, {0})",
    "days +": "TRY(CAST({0} + to_days(CAST({1} AS INTEGER)) AS DATE))",
    "days -": "TRY(CAST({0} - to_days(CAST({1} AS INTEGER)) AS DATE))",
    "/": "TRY({0} / nullif({1}, 0))",
    **{sign: f"TRY({{0}} {sign} {{1}})" for sign in "+-*"},
}
_SIGNS = frozenset({"and", "or", "=", "<>", "<", "<=", ">", ">="})


def _done(name: str, parts: list[str], today: date) -> str:
    if name == "today":
        return f"DATE '{today.isoformat()}'"
    if name == "in":
        return f"({parts[0]} IN ({', '.join(parts[1:])}))"
    if name in _FORMS:
        return _FORMS[name].format(*parts)
    if name in _SIGNS:
        return "(" + f" {name} ".join(parts) + ")"
    return f"{name}({', '.join(parts)})"
