"""Count the credit codes of a column whose check digits fit, many at a time.

It says what ``conditions.is_credit_code`` does, in a tenth of the time; a test holds the two to
each other.
"""

from collections.abc import Collection, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yelin.warehouse.measuring.conditions import CREDIT_LETTERS, CREDIT_WEIGHTS

_LONG = len(CREDIT_WEIGHTS) + 1
# What each byte is worth; a letter has one bit more, and what is no part of a code another.
_LETTER, _NOTHING = 32, 128
_WORTH = bytearray([_NOTHING] * 256)
for _worth, _sign in enumerate(CREDIT_LETTERS.encode()):
    _WORTH[_sign] = _worth if _worth < 10 else _worth | _LETTER
# The check digit makes the sum a multiple of 31; floats hold it exactly.
_WEIGHTS = np.array([*CREDIT_WEIGHTS, 1], np.float32)
_DIVISION = slice(2, 8)


def credit_codes(texts: Iterable[pa.StringArray], legacy: Collection[str]) -> tuple[int, int]:
    """Return how many texts are credit codes that fit, and of how many that can be said."""
    held = of = 0
    for each in texts:
        fits = _fit(each)
        others = each.filter(pc.invert(fits))
        veiled = pc.match_substring(others, "*")
        known = pc.is_in(others, pa.array(sorted(legacy), others.type))
        held += fits.true_count + pc.and_not(known, veiled).true_count
        of += len(each) - veiled.true_count
    return held, of


def _fit(texts: pa.StringArray) -> pa.BooleanArray:
    """Say of each text whether it has the form of a code, and the check digit that it should."""
    is_long = pc.equal(pc.binary_length(texts), pa.scalar(_LONG, pa.int32()))
    fits = np.zeros(len(texts), bool)
    if is_long.true_count:
        _, codes = texts.filter(is_long).cast(pa.binary(_LONG)).buffers()
        signs = bytes(codes or b"").translate(_WORTH)
        worth = np.ascontiguousarray(np.frombuffer(signs, np.uint8).reshape(-1, _LONG).T)
        is_code = np.bitwise_or.reduce(worth) < _NOTHING
        is_code &= np.bitwise_or.reduce(worth[_DIVISION]) < _LETTER
        total = _WEIGHTS @ (worth & (_LETTER - 1)).astype(np.float32)
        fits[is_long.to_numpy(zero_copy_only=False)] = is_code & (total.astype(np.uint16) % 31 == 0)
    return pa.array(fits)
