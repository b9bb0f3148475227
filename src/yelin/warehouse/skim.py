"""See whether a delimited text file is as regular as can be: a line a record, quotes in pairs.

What is regular here needs no walk: the engine reads it strictly, and where it finds as many
records as there are lines, each stands on its own line. Whatever is not goes the long way.
"""

from concurrent.futures import ThreadPoolExecutor

from yelin.files.places import Place
from yelin.warehouse.glance import divides, glance
from yelin.warehouse.halves import CHUNK, by_lines
from yelin.warehouse.splitter import Dialect

LONGEST_LINE = 8 << 20


def skim(path: Place, start: int, dialect: Dialect) -> int | None:
    """Return how many lines follow byte ``start``, None where any is out of the ordinary."""
    if not divides(dialect):
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
    found = _regular(rest, len(rest), dialect) if rest else 0
    return None if found is None else lines + bool(rest)


def _regular(buffer: bytes, whole: int, dialect: Dialect) -> int | None:
    """Return how many lines so many bytes are, None where they are not regular."""
    found = glance(buffer, whole, dialect.quote.encode())
    return found.lines(dialect) if found else None
