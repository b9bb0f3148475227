"""See whether a delimited text file is as regular as can be: a line a record, quotes in pairs.

What is regular here needs no walk: the engine reads it strictly, and where it finds as many
records as there are lines, each stands on its own line. Whatever is not goes the long way.
"""

import numpy as np
import numpy.typing as npt

from yelin.files.places import Place
from yelin.warehouse.margins import Ints
from yelin.warehouse.splitter import Dialect

CHUNK = 8 << 20


def skim(path: Place, start: int, dialect: Dialect) -> int | None:
    """Return how many lines follow byte ``start``, None where any is out of the ordinary."""
    if len(dialect.delimiter) > 1 or dialect.ending == "\r":
        return None
    lines, rest = 0, b""
    with path.open("rb") as stream:
        stream.seek(start)
        while more := stream.read(CHUNK):
            buffer = rest + more
            whole = buffer.rfind(b"\n") + 1
            found = _lines(buffer[:whole], dialect)
            if found is None:
                return None
            lines, rest = lines + found, buffer[whole:]
            if len(rest) > CHUNK:
                return None
        if not rest:
            return lines
        found = _lines(rest + dialect.ending.encode(), dialect)
        return None if found is None else lines + found


def _lines(buffer: bytes, dialect: Dialect) -> int | None:
    count = buffer.count(b"\n")
    ending = dialect.ending.encode()
    if buffer.find(0) >= 0 or buffer.startswith(ending) or buffer.endswith(ending * 2):
        return None
    if ending == b"\n":
        if buffer.find(b"\r") >= 0:
            return None
    elif not count == buffer.count(ending) == buffer.count(b"\r"):
        return None
    quote = dialect.quote.encode()
    if buffer.find(quote) >= 0:
        view = np.frombuffer(buffer, np.uint8)
        quotes = np.flatnonzero(view == quote[0])
        if len(quotes) % 2 or stray(view, quotes, 10, dialect) >= 0:
            return None
    return count


def stray(view: npt.NDArray[np.uint8], quotes: Ints, newline: int, dialect: Dialect) -> int:
    """Return the first quote that neither opens nor closes a field by RFC 4180, or -1."""
    mark, quote = dialect.delimiter.encode(), dialect.quote.encode()[0]
    opens, closes = quotes[0::2], quotes[1::2]
    before = view[np.maximum(opens - 1, 0)]
    good = (opens == 0) | np.isin(before, [newline, mark[-1], quote])
    # An opening right after a quote is the second half of a doubled one only if that closed.
    doubled = before == quote
    if doubled.any():
        good &= ~doubled | (opens == 0) | np.isin(opens - 1, closes, assume_unique=True)
    after = view[np.minimum(closes + 1, len(view) - 1)]
    fits = np.isin(after, [newline, 13, mark[0], quote])
    fits |= closes + 1 >= len(view)
    first = len(view)
    if not good.all():
        first = int(opens[np.argmin(good)])
    if not fits.all():
        first = min(first, int(closes[np.argmin(fits)]))
    return first if first < len(view) else -1
