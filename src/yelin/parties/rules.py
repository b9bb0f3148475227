"""Unified social credit codes (GB 32100-2015): what a code proves by itself."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from stdnum.cn import uscc

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Sole traders' (个体工商户) own part was often given without its check (GB 32100, 5.4).
_SOLE_TRADER = "92"


class Standing(StrEnum):
    """Whether a code may be used."""

    VALID = "valid"
    LEGACY_EXCEPTION = "legacy_exception"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A code as it was read; ``inner_fits`` says whether the part of GB 11714 in it checks."""

    number: str
    standing: Standing
    inner_fits: bool

    @property
    def may_be_used(self) -> bool:
        """Whether a body can be known by this code."""
        return self.standing is not Standing.INVALID


def read_credit_code(text: str, legacy: Collection[str]) -> CreditCode:
    """Read a code; ``legacy`` names those of the pilot years that are lawful and fail the check."""
    number = "".join(text.split()).upper()
    fits = _inner_fits(number)
    if number in legacy:
        standing = Standing.LEGACY_EXCEPTION
    elif uscc.is_valid(number) and (fits or number.startswith(_SOLE_TRADER)):
        standing = Standing.VALID
    else:
        standing = Standing.INVALID
    return CreditCode(number, standing, fits)


def _inner_fits(number: str) -> bool:
    """Whether characters 9 to 17 are an organization code whose check fits (GB 11714)."""
    inner = number[8:17]
    if len(inner) != 9 or not set(inner) <= set(_LETTERS):
        return False
    total = sum(
        weight * _LETTERS.index(letter)
        for weight, letter in zip(_INNER_WEIGHTS, inner, strict=False)
    )
    return inner[8] == "0123456789X0"[11 - total % 11]
