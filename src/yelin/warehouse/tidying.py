"""Count what is read though it is not written the plain way, so that nothing is tidied in silence.

Each of these changes how a value is written and never which value it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yelin.warehouse import values
from yelin.warehouse.columns import Column
from yelin.warehouse.engine import Engine
from yelin.warehouse.items import NUMBER_TYPES
from yelin.warehouse.staged import some_at_once

Rows = Callable[[Sequence[Column]], str]


@dataclass(frozen=True, slots=True)
class Tidied:
    """In how many cells of an item something was read past.

    ``what`` is blanks (or full-width signs), thousands, number (another way to write one) or word.
    """

    item: str
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class DateForm:
    """How many dates of an item are written in one form."""

    item: str
    form: str
    count: int


PLAIN = "YYYY-MM-DD"
_FORMS = {
    PLAIN: r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "YYYY-M-D": r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}",
    "YYYY/M/D": r"[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}",
    "YYYY.M.D": r"[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2}",
    "YYYY年M月D日": r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日?",
    "YYYYMMDD": r"[0-9]{8}",
    "民国YYY年M月D日": r"民[国國][0-9]{1,3}年[0-9]{1,2}月[0-9]{1,2}日?",
}
_LAST = {"dmy": "D/M/YYYY", "mdy": "M/D/YYYY"}
_OTHER = "YYYY M D"


def date_forms(columns: Sequence[Column], rows: Rows, engine: Engine) -> list[DateForm]:
    """Return the forms of the dates of each column that has several, the commonest first.

    ``rows`` returns the rows with what is known of some columns.
    """
    found: list[DateForm] = []
    for column in columns:
        if column.item.type not in {"D", "T"} or column.reading.all_plain:
            continue
        cases = " ".join(
            f"WHEN regexp_matches({column.tidy}, '^(?:{pattern})(?:$|[ T])') THEN '{form}'"
            for form, pattern in _FORMS.items()
        )
        other = _LAST.get(column.reading.order, _OTHER)
        counts = engine.rows(
            f"SELECT CASE {cases} ELSE '{other}' END AS form, count(*) FROM {rows([column])} "  # noqa: S608 - ours
            f"WHERE ({column.value}) IS NOT NULL GROUP BY form ORDER BY count(*) DESC, form"
        )
        found += [DateForm(column.item.name, str(form), int(count)) for form, count in counts]
    return found


def tidied(columns: Sequence[Column], rows: Rows, engine: Engine) -> list[Tidied]:
    """Return what was read past, of each column in which not every cell is written plainly."""
    odd = [one for one in columns if not (one.item.is_text or one.reading.all_plain)]
    return [one for some in some_at_once(odd) for one in _tidied(some, rows(some), engine)]


def _tidied(columns: Sequence[Column], rows: str, engine: Engine) -> list[Tidied]:
    asked: list[tuple[str, str, str]] = []
    for column in columns:
        read = f"NOT {column.plain} AND ({column.value}) IS NOT NULL"
        name, kind = column.item.name, column.item.type
        asked.append((name, "blanks", f"{read} AND {column.tidy} <> {column.cell}"))
        if kind in NUMBER_TYPES:
            separated = f"contains({column.tidy}, ',')"
            bare = values.matches(column.tidy, values.PLAIN[kind])
            asked.append((name, "thousands", f"{read} AND {separated}"))
            asked.append((name, "number", f"{read} AND NOT {separated} AND NOT {bare}"))
        if kind == "L":
            asked.append(
                (
                    name,
                    "word",
                    f"{read} AND lower({column.tidy}) NOT IN ('true', 'false', '是', '否')",
                )
            )
    counts = engine.one(
        f"SELECT {', '.join(f'count_if({sql})' for *_, sql in asked)} FROM {rows}"  # noqa: S608 - ours
    )
    return [
        Tidied(name, what, int(count))
        for (name, what, _), count in zip(asked, counts, strict=True)
        if count
    ]
