"""Which numbers arrive as they are where every number is a double, as in JSON and spreadsheets."""

from decimal import Decimal

# From here on two whole numbers may be read as one (RFC 8259, section 6).
INTEGER = 2**53
# A spreadsheet shows so many, and whoever reads it back could not tell the others.
DIGITS = 15


def is_exact(number: int | Decimal) -> bool:
    """Whether it is read as this very number, and no other is."""
    if isinstance(number, int):
        return abs(number) < INTEGER
    return Decimal(repr(float(number))) == number


def is_shown(number: Decimal | float) -> bool:
    """Whether the digits that a spreadsheet shows tell this very number."""
    shown = float(number)
    return abs(shown) < 10**DIGITS and float(f"{shown:.{DIGITS}g}") == shown


def plain(number: Decimal | float) -> int | float:
    """Return a number as JSON has it: a whole one without a point."""
    number = float(number)
    return int(number) if number.is_integer() and is_exact(int(number)) else number
