"""How the engine veils values, so that no filter, sort or count ever meets what lies beneath.

What a number or a date keeps and a name loses follows the usual practice of masking (脱敏): first
character of a name; region and last four of an identity number; first three and last four of a
mobile number; the year of a date. A veiled column keeps its type.
"""

from yelin.gate.obligations import Mask
from yelin.warehouse.engine import ident
from yelin.warehouse.items import TEXT_TYPES

# The forms that are known by sight, each with what it keeps of its beginning and end.
_FORMS = (
    ("[0-9]{17}[0-9Xx]", 6, 4),  # identity number
    ("[0-9]{15}", 6, 3),  # identity number of the first generation
    ("1[0-9]{10}", 3, 4),  # mobile number
    ("[0-9]{16,19}", 6, 4),  # bank card
)
_MAIL = "[^@]+@[^@]+"
_SHORT = 4


def veiled(mask: Mask, name: str, type_: str) -> str:
    """Return SQL for the column called ``name`` under ``mask``."""
    column = ident(name)
    if mask is Mask.PARTIAL and type_ in TEXT_TYPES:
        return partly(column)
    if mask is Mask.PARTIAL and type_ in {"D", "T"}:
        return f"CAST(date_trunc('year', {column}) AS {'DATE' if type_ == 'D' else 'TIMESTAMP'})"
    # No part of a number or of a yes can be shown that does not give it away.
    return f"CASE WHEN false THEN {column} END"


def partly(column: str) -> str:
    """Return SQL for what a text, the column of this quoted name, keeps of its ends."""
    forms = " ".join(
        f"WHEN regexp_full_match({column}, '{form}') THEN {_kept(column, first, last)}"
        for form, first, last in _FORMS
    )
    mail = (
        f"WHEN regexp_full_match({column}, '{_MAIL}') THEN left({column}, 1) || '***'"
        f" || substr({column}, strpos({column}, '@'))"
    )
    short = f"WHEN length({column}) <= {_SHORT} THEN {_kept(column, 1, 0)}"
    return (
        f"CASE {forms} {mail} WHEN length({column}) < 2 THEN repeat('*', length({column}))"
        f" {short} ELSE {_kept(column, 1, 1)} END"
    )


def _kept(column: str, first: int, last: int) -> str:
    end = f" || right({column}, {last})" if last else ""
    return f"left({column}, {first}) || repeat('*', length({column}) - {first + last}){end}"
