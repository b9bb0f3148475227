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
            rest = buffer[whole:]
            if len(rest) > CHUNK or not _is_regular(buffer, whole, dialect):
                return None
            lines += buffer.count(b"\n")
    if not rest:
        return lines
    last = rest + dialect.ending.encode()
    return lines + 1 if _is_regular(last, len(last), dialect) else None


def _is_regular(buffer: bytes, whole: int, dialect: Dialect) -> bool:
    """Say whether so many bytes are regular lines."""
    ending, quote = dialect.ending.encode(), dialect.quote.encode()
    if buffer.find(0, 0, whole) >= 0:
        return False
    if buffer.startswith(ending, 0, whole) or buffer.endswith(ending * 2, 0, whole):
        return False
    if ending == b"\n":
        if buffer.find(b"\r", 0, whole) >= 0:
            return False
    elif not buffer.count(b"\n") == buffer.count(ending) == buffer.count(b"\r", 0, whole):
        return False
    if buffer.find(quote, 0, whole) < 0:
        return True
    view = np.frombuffer(buffer, np.uint8, count=whole)
    quotes = np.flatnonzero(view == quote[0])
    return len(quotes) % 2 == 0 and stray(view, quotes, 10, dialect) < 0


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
