"""Money as exact amounts: a currency, and no more digits than it has (ISO 4217)."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

# By how many digits each currency that is contracted in is divided.
MINOR_DIGITS: Mapping[str, int] = {
    "CNY": 2,
    "EUR": 2,
    "GBP": 2,
    "HKD": 2,
    "JPY": 0,
    "KRW": 0,
    "MOP": 2,
    "SGD": 2,
    "TWD": 2,
    "USD": 2,
}
LARGEST = Decimal(999999999999)


def unit_of(currency: str) -> Decimal:
    """Return the smallest amount of a currency. Raises ``KeyError`` for one not contracted in."""
    return Decimal(1).scaleb(-MINOR_DIGITS[currency])


def is_exact(amount: Decimal, currency: str) -> bool:
    """Whether an amount is one that can be paid: finite, not beneath zero, in whole units."""
    if currency not in MINOR_DIGITS or not amount.is_finite() or not 0 <= amount <= LARGEST:
        return False
    return amount == amount.quantize(unit_of(currency))


def written(amount: Decimal, currency: str) -> str:
    """Write an exact amount in its one form, which is what is hashed and signed."""
    return format(amount.quantize(unit_of(currency)), "f")


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return a computed amount, halves up, in whole units of its currency."""
    return amount.quantize(unit_of(currency), ROUND_HALF_UP)
