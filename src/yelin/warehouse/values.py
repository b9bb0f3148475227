"""How a cell of each item type is read, as SQL: the strict grammars that decide what is a value.

Every function takes and returns SQL text over columns that the pipeline named itself (c0, c1 …).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yelin.warehouse.engine import literal
from yelin.warehouse.items import DECIMAL_TYPES, FLOAT_TYPES, NUMBER_TYPES, ItemSpec

# So many digits a decimal has, before and behind its point.
DIGITS = 38
BLANKS = " \t\r\n\u3000\u00a0"
# What stands for "no value" in a cell that should hold a number, a date or yes and no.
MARKS = ("…", "……", "—", "——", "-", "--", "n/a", "null")

_WIDE = "０１２３４５６７８９．，－＋／：％　−"
_NARROW = "0123456789.,-+/:% -"

_DIGITS = r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)"
INTEGER = rf"[+-]?{_DIGITS}(?:\.0+)?"
DECIMAL = rf"[+-]?(?:{_DIGITS}(?:\.[0-9]+)?|\.[0-9]+)"
FLOAT = rf"{DECIMAL}(?:[eE][+-]?[0-9]{{1,3}})?"
LEADING_ZERO = r"[+-]?0[0-9].*"
# There was no year 0, and no program that is to have it could tell it.
_YEAR = "(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
# The plain way to write a value, which most cells of a column follow: read by a bare cast.
PLAIN = {
    "I": "[+-]?(?:0|[1-9][0-9]{0,17})",
    "N": r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?",
    "Y": r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?",
    "B": r"[+-]?(?:0|[1-9][0-9]{0,39})(?:\.[0-9]+)?",
    "F": r"[+-]?(?:0|[1-9][0-9]{0,39})(?:\.[0-9]+)?",
    "D": _YEAR + "-[0-9]{2}-[0-9]{2}",
    "T": (
        _YEAR + r"-[0-9]{2}-[0-9]{2}[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    ),
    "L": "true|false",
}
YES = ("是", "true", "yes", "y", "t", "1")
NO = ("否", "false", "no", "n", "f", "0")

_CLOCK = (
    r"(?:[ T]*([01]?[0-9]|2[0-3])[:时時点點]([0-5]?[0-9])"
    r"(?:[:分]([0-5]?[0-9](?:\.[0-9]{1,6})?)?秒?)?)?"
)
_MIDNIGHT = r"(?:[ T]+0?0:00(?::00(?:\.0+)?)?)?"
_YEAR_FIRST = (
    rf"(?:({_YEAR})"
    rf"[-/.年]([0-9]{{1,2}})[-/.月]([0-9]{{1,2}})日?|({_YEAR})([0-9]{{2}})([0-9]{{2}}))"
)
_YEAR_LAST = rf"([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]({_YEAR})"
_REPUBLIC = r"民[国國]([0-9]{1,3})年([0-9]{1,2})月([0-9]{1,2})日?"


def matches(text: str, pattern: str) -> str:
    """Say in SQL that the whole of ``text`` is of the pattern."""
    return f"regexp_full_match({text}, {literal(pattern)})"


def tidied(cell: str) -> str:
    """Return a cell without the blanks around it, full-width digits and signs made narrow."""
    # Most cells are plain ASCII without blanks: those are handed on untouched, which is fast.
    wide = f"translate({cell}, {literal(_WIDE)}, {literal(_NARROW)})"
    return (
        f"CASE WHEN {matches(cell, '[!-~]*')} THEN {cell} ELSE trim({wide}, {literal(BLANKS)}) END"
    )


def kept(cell: str) -> str:
    """Return a text cell letter by letter, or NULL where nothing but blanks stands in it."""
    return (
        f"CASE WHEN {_begins_plainly(cell)} THEN {cell} "
        f"WHEN {cell} = '' OR trim({cell}, {literal(BLANKS)}) = '' THEN NULL ELSE {cell} END"
    )


def is_blank(cell: str) -> str:
    """Say in SQL that nothing but blanks stands in a text cell."""
    return f"(NOT ({_begins_plainly(cell)}) AND trim({cell}, {literal(BLANKS)}) = '')"


def begin_plainly(low: str, high: str) -> bool:
    """Say whether every text from ``low`` to ``high`` begins so that it cannot be all blanks."""
    return low >= "\u3001" or (low >= "!" and high < "\x7f")


def _begins_plainly(cell: str) -> str:
    # Chinese or ASCII, as almost every cell does; only what begins with a blank can be all blanks.
    return f"{cell} >= '\u3001' OR ({cell} >= '!' AND {cell} < '\x7f')"


def begins(cell: str, sign: str) -> str:
    """Say in SQL that a cell begins with a sign; comparing is faster than ``starts_with``."""
    return f"{cell} >= {literal(sign)} AND {cell} < {literal(chr(ord(sign) + 1))}"


def written(value: str, type_: str, scale: int | None) -> str:
    """Return a value of a release as text: a number as its source wrote it, up to idle zeros.

    ``scale`` is the number of decimal places that every value has, None where none is declared.
    """
    text = f"CAST({value} AS VARCHAR)"
    if type_ not in NUMBER_TYPES or scale is not None:
        return text
    # Zeros at the end say nothing behind a point; in 100 and in 1e+20 they do.
    idle = f"contains({text}, '.') AND NOT contains({text}, 'e')"
    return f"CASE WHEN {idle} THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"


def is_mark(tidy: str) -> str:
    """Say in SQL that a tidied cell is a mark for a missing value."""
    return f"lower({tidy}) IN ({', '.join(literal(mark) for mark in MARKS)})"


def present(tidy: str) -> str:
    """Say in SQL that a tidied cell holds something, right or wrong."""
    return f"({tidy} <> '' AND NOT {is_mark(tidy)})"


def roomiest(widths: Sequence[tuple[int, int, int]], scale: int | None) -> int:
    """Return the decimal places, ``scale`` if it is given, by which the most numbers find room.

    ``widths`` are digits before and behind the point, and how many numbers have so many.
    """
    if scale is not None:
        return min(scale, DIGITS)

    def without_room(places: int) -> int:
        return sum(n for whole, exact, n in widths if whole > DIGITS - places or exact > places)

    return min(range(DIGITS + 1), key=without_room)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one item are read, once the facts of the whole column are known.

    ``all_plain`` says that every cell follows the plain way; ``fits`` that no number has more
    decimal places than ``scale``.
    """

    item: ItemSpec
    scale: int = 0
    order: str = "ymd"
    all_plain: bool = False
    fits: bool = False

    @property
    def duckdb_type(self) -> str:
        """Return the column's type in the release."""
        kind = self.item.type
        if kind in DECIMAL_TYPES:
            return f"DECIMAL({DIGITS},{self.scale})"
        return {
            "I": "BIGINT",
            "B": "DOUBLE",
            "F": "DOUBLE",
            "D": "DATE",
            "T": "TIMESTAMP",
            "L": "BOOLEAN",
        }.get(kind, "VARCHAR")

    @property
    def places(self) -> int | None:
        """Return the decimal places that every value is written with, where the item says so."""
        return self.item.scale if self.item.type in DECIMAL_TYPES else None

    def value(self, cell: str, plain: str, tidy: str) -> str:
        """Return the typed value: of ``cell`` where ``plain`` holds, else of ``tidy``, or NULL."""
        bare = f"TRY_CAST({cell} AS {self.duckdb_type})"
        if self.item.type in DECIMAL_TYPES and not self.fits:
            # Nothing is rounded: a cell with more decimal places than the column is refused.
            bare = f"CASE WHEN {fraction(cell)} <= {self.scale} THEN {bare} END"
        if self.all_plain:
            return bare
        return f"CASE WHEN {plain} THEN {bare} ELSE {self.careful(tidy)} END"

    def careful(self, tidy: str) -> str:
        """Return the typed value of ``tidy``, in whatever way it is written, or NULL."""
        kind = self.item.type
        number = f"replace({tidy}, ',', '')"
        if kind == "I":
            whole = f"regexp_replace({number}, '\\.0+$', '')"
            return f"CASE WHEN {matches(tidy, INTEGER)} THEN TRY_CAST({whole} AS BIGINT) END"
        if kind in DECIMAL_TYPES:
            fits = "" if self.fits else f"AND {fraction(tidy)} <= {self.scale} "
            return (
                f"CASE WHEN {matches(tidy, DECIMAL)} {fits}"
                f"THEN TRY_CAST({number} AS {self.duckdb_type}) END"
            )
        if kind in FLOAT_TYPES:
            double = f"TRY_CAST({number} AS DOUBLE)"
            return f"CASE WHEN {matches(tidy, FLOAT)} AND isfinite({double}) THEN {double} END"
        if kind == "L":
            yes = ", ".join(literal(word) for word in YES)
            no = ", ".join(literal(word) for word in NO)
            return (
                f"CASE WHEN lower({tidy}) IN ({yes}) THEN true "
                f"WHEN lower({tidy}) IN ({no}) THEN false END"
            )
        return moment(tidy, self.order, timed=kind == "T")


def fraction(tidy: str) -> str:
    """Return the number of digits after the decimal point that are not trailing zeros."""
    return (
        f"CASE WHEN contains({tidy}, '.') "
        f"THEN length(rtrim({tidy}, '0')) - strpos({tidy}, '.') ELSE 0 END"
    )


def decimals(tidy: str) -> str:
    """Return the number of digits written after the decimal point."""
    return f"CASE WHEN contains({tidy}, '.') THEN length({tidy}) - strpos({tidy}, '.') ELSE 0 END"


def whole_digits(tidy: str) -> str:
    """Return the number of digits before the decimal point."""
    return f"length(ltrim(replace(split_part({tidy}, '.', 1), ',', ''), '+-0'))"


def moment(tidy: str, order: str, *, timed: bool) -> str:
    """Return a date, or a date and time, whose day and month stand in ``order``.

    Year-first dates, 20200102 and 民国109年1月2日 leave no doubt and are read in every order.
    """
    clock = _CLOCK if timed else _MIDNIGHT
    target = "TIMESTAMP" if timed else "DATE"
    if order == "ymd":
        rest = r" \7:\8:\9" if timed else ""
        later = r" \4:\5:\6" if timed else ""
        first = _cast(tidy, _YEAR_FIRST + clock, r"\1\4-\2\5-\3\6" + rest, target)
        republic = _cast(tidy, _REPUBLIC + clock, r"\1-\2-\3" + later, target, years=1911)
        plain = PLAIN["T" if timed else "D"]
        return (
            f"CASE WHEN {matches(tidy, plain)} THEN TRY_CAST({tidy} AS {target}) "
            f"WHEN starts_with({tidy}, '民') THEN {republic} ELSE {first} END"
        )
    parts = (r"\3-\2-\1" if order == "dmy" else r"\3-\1-\2") + (r" \4:\5:\6" if timed else "")
    last = _cast(tidy, _YEAR_LAST + clock, parts, target)
    return f"coalesce({last}, {moment(tidy, 'ymd', timed=timed)})"


def _cast(tidy: str, pattern: str, into: str, target: str, *, years: int = 0) -> str:
    text = f"regexp_replace({tidy}, {literal(f'^{pattern}$')}, {literal(into)})"
    if target == "TIMESTAMP":
        # A date alone is midnight; a time without seconds is on the minute.
        text = f"regexp_replace(replace({text}, ' ::', ' 0:0:0'), ':$', ':0')"
    if years:
        # The Republic's year 1 is 1912; short years are padded so that they read as years.
        text = f"regexp_replace({text}, '^([0-9]+)', lpad(CAST(CAST(regexp_extract({text}, '^[0-9]+') AS INTEGER) + {years} AS VARCHAR), 4, '0'))"  # noqa: E501 - one SQL expression
    return f"CASE WHEN {matches(tidy, pattern)} THEN TRY_CAST({text} AS {target}) END"


def year_last(tidy: str, *, timed: bool) -> str:
    """Say in SQL that a cell is a date with its year last, day and month in some order."""
    return matches(tidy, _YEAR_LAST + (_CLOCK if timed else _MIDNIGHT))


def leading_part(tidy: str) -> str:
    """Return the first number of a year-last date."""
    return f"TRY_CAST(regexp_extract({tidy}, '^([0-9]{{1,2}})', 1) AS INTEGER)"


def second_part(tidy: str) -> str:
    """Return the second number of a year-last date."""
    return f"TRY_CAST(regexp_extract({tidy}, '^[0-9]{{1,2}}[-/.]([0-9]{{1,2}})', 1) AS INTEGER)"
