"""See whether a delimited text file is as regular as can be: a line a record, quotes in pairs.

What is regular here needs no walk: the engine reads it strictly, and where it finds as many
records as there are lines, each stands on its own line. Whatever is not goes the long way.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from yelin.files.places import Place
from yelin.warehouse.halves import CHUNK, by_lines
from yelin.warehouse.margins import Ints
from yelin.warehouse.splitter import Dialect

LONGEST_LINE = 8 << 20


def skim(path: Place, start: int, dialect: Dialect) -> int | None:
    """Return how many lines follow byte ``start``, None where any is out of the ordinary."""
    if len(dialect.delimiter) > 1 or dialect.ending == "\r":
        return None
    cuts = by_lines(path, start)
    with ThreadPoolExecutor(len(cuts), "skim") as pool:
        parts = pool.map(lambda first, last: _lines(path, first, last, dialect), cuts, cuts[1:])
        lines = list(parts)
    return None if None in lines else sum(each or 0 for each in lines)


def _lines(path: Place, first: int, last: int, dialect: Dialect) -> int | None:
    lines, rest = 0, b""
    with path.open("rb") as stream:
        stream.seek(first)
        while more := stream.read(min(CHUNK, last - stream.tell())):
            buffer = rest + more
            whole = buffer.rfind(b"\n") + 1
            rest = buffer[whole:]
            found = _regular(buffer, whole, dialect)
            if len(rest) > LONGEST_LINE or found is None:
                return None
            lines += found
    if not rest:
        return lines
    end = rest + dialect.ending.encode()
    return None if _regular(end, len(end), dialect) is None else lines + 1


def _regular(buffer: bytes, whole: int, dialect: Dialect) -> int | None:
    """Return how many lines so many bytes are, None where they are not regular."""
    ending, quote = dialect.ending.encode(), dialect.quote.encode()
    if buffer.find(0, 0, whole) >= 0:
        return None
    if buffer.startswith(ending, 0, whole) or buffer.endswith(ending * 2, 0, whole):
        return None
    view = np.frombuffer(buffer, np.uint8, count=whole)
    lines = int(np.count_nonzero(view == ord("\n")))
    if ending == b"\n":
        if buffer.find(b"\r", 0, whole) >= 0:
            return None
    elif not lines == buffer.count(ending, 0, whole) == buffer.count(b"\r", 0, whole):
        return None
    quotes = np.flatnonzero(view == quote[0])
    is_regular = len(quotes) % 2 == 0 and stray(view, quotes, ord("\n"), dialect) < 0
    return lines if is_regular else None


def stray(view: npt.NDArray[np.uint8], quotes: Ints, newline: int, dialect: Dialect) -> int:
    """Return the first quote that neither opens nor closes a field by RFC 4180, or -1."""
    mark, quote = dialect.delimiter.encode(), dialect.quote.encode()[0]
    opens, closes = quotes[0::2], quotes[1::2]
    before = view[np.maximum(opens - 1, 0)]
    # A quote right before an opening one closed, so that the two are a doubled one.
    good = (opens == 0) | np.isin(before, [newline, mark[-1], quote])
    after = view[np.minimum(closes + 1, len(view) - 1)]
    fits = np.isin(after, [newline, 13, mark[0], quote])
    fits |= closes + 1 >= len(view)
    first = len(view)
    if not good.all():
        first = int(opens[np.argmin(good)])
    if not fits.all():
        first = min(first, int(closes[np.argmin(fits)]))
    return first if first < len(view) else -1
