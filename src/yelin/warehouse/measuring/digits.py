"""Count the credit codes of a column whose check digits fit, many at a time.

It says what ``conditions.is_credit_code`` does, in a tenth of the time; a test holds the two to
each other.
"""

from collections.abc import Collection, Iterable
from typing import cast

import numpy as np
import numpy.typing as npt
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
Bools = npt.NDArray[np.bool_]


def credit_codes(texts: Iterable[pa.StringArray], legacy: Collection[str]) -> tuple[int, int]:
    """Return how many texts are credit codes that fit, and of how many that can be said."""
    held = of = 0
    for each in texts:
        fits = _fit(each)
        held += int(np.count_nonzero(fits))
        of += len(each)
        if not fits.all():
            others = each.filter(_mask(~fits))
            veiled = pc.match_substring(others, "*")
            known = pc.is_in(others, pa.array(sorted(legacy), others.type))
            held += pc.and_not(known, veiled).true_count
            of -= veiled.true_count
    return held, of


def _fit(texts: pa.StringArray) -> Bools:
    """Say of each text whether it has the form of a code, and the check digit that it should."""
    lengths = pc.binary_length(texts)
    fits: Bools = np.frombuffer(bytes(lengths.buffers()[1] or b""), np.int32, len(texts)) == _LONG
    if fits.any():
        _, codes = texts.filter(_mask(fits)).cast(pa.binary(_LONG)).buffers()
        signs = bytes(codes or b"").translate(_WORTH)
        worth = np.ascontiguousarray(np.frombuffer(signs, np.uint8).reshape(-1, _LONG).T)
        is_code = np.bitwise_or.reduce(worth) < _NOTHING
        is_code &= np.bitwise_or.reduce(worth[_DIVISION]) < _LETTER
        total = _WEIGHTS @ (worth & (_LETTER - 1)).astype(np.float32)
        fits[fits] = is_code & (total.astype(np.uint16) % 31 == 0)
    return fits


def _mask(chosen: Bools) -> pa.BooleanArray:
    # As bits at once: of a list or an array of NumPy's, Arrow first loads pandas to ask it.
    bits = np.packbits(chosen, bitorder="little")
    made = pa.Array.from_buffers(pa.bool_(), len(chosen), [None, pa.py_buffer(bits.tobytes())])
    return cast("pa.BooleanArray", made)
