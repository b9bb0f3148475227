"""What a text shows of itself as its bytes pass: whether it is UTF-8, and how regular its lines.

Whoever receives a file has its bytes in hand once already, and a processor that waits for its
digests. What was seen then needs not be looked for again where the file is decoded and parsed.
"""

import codecs
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yelin.files.digests import Digesting, Digests
from yelin.warehouse.margins import Ints
from yelin.warehouse.splitter import Dialect

# What was made of more would come from the system anew each time, and go back to it.
AT_ONCE = 64 << 10
# Longer lines go the long way, in which they are held.
LONGEST = 1 << 20
_QUOTE = b'"'
_FEED = ord("\n")
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Glance:
    r"""What whole lines show, whatever divides them: how they end, and what stands at quotes.

    ``feeds``, ``returns`` and ``pairs`` count \n, \r and \r\n. ``before`` and ``after`` are the
    bytes that stand before a quote that opens and after one that closes, but for quotes.
    """

    feeds: int = 0
    returns: int = 0
    pairs: int = 0
    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()

    def __add__(self, other: "Glance") -> "Glance":
        """Return what these lines and then those show."""
        return Glance(
            self.feeds + other.feeds,
            self.returns + other.returns,
            self.pairs + other.pairs,
            _all(self.before, other.before),
            _all(self.after, other.after),
        )

    def lines(self, dialect: Dialect) -> int | None:
        """Return how many lines end here, None where any is out of the ordinary."""
        before, after = dialect.beside_quotes
        if not before.issuperset(self.before) or not after.issuperset(self.after):
            return None
        if dialect.ending == "\n":
            return None if self.returns else self.feeds
        return self.feeds if self.feeds == self.returns == self.pairs else None


def divides(dialect: Dialect) -> bool:
    """Say whether lines of this dialect can be told without reading their cells."""
    return len(dialect.delimiter) == 1 and dialect.ending != "\r"


def glance(buffer: bytes, whole: int, quote: bytes = _QUOTE) -> Glance | None:
    """Return what the lines show that so many bytes are.

    None for what no regular table has: NUL, a blank line at either end, quotes that do not pair.
    """
    if buffer.find(0, 0, whole) >= 0:
        return None
    if buffer.startswith((b"\n", b"\r\n"), 0, whole):
        return None
    if buffer.endswith((b"\n\n", b"\r\n\r\n"), 0, whole):
        return None
    view = np.frombuffer(buffer, np.uint8, count=whole)
    quotes = np.flatnonzero(view == quote[0])
    if len(quotes) % 2:
        return None
    returns = buffer.count(b"\r", 0, whole)
    return Glance(
        feeds=int(np.count_nonzero(view == _FEED)),
        returns=returns,
        pairs=buffer.count(b"\r\n", 0, whole) if returns else 0,
        # A quote right before an opening one closed, so that the two are a doubled one.
        before=_signs(view[np.maximum(quotes[0::2] - 1, 0)], quote),
        after=_signs(view[np.minimum(quotes[1::2] + 1, whole - 1)], quote),
    )


def stray(view: Bytes, quotes: Ints, dialect: Dialect) -> int:
    """Return the first quote that neither opens nor closes a field by RFC 4180, or -1."""
    quote = dialect.quote.encode()[0]
    opens, closes = quotes[0::2], quotes[1::2]
    # A quote right before an opening one closed, so that the two are a doubled one.
    before, after = ([*signs, quote] for signs in dialect.beside_quotes)
    good = (opens == 0) | np.isin(view[np.maximum(opens - 1, 0)], before)
    fits = np.isin(view[np.minimum(closes + 1, len(view) - 1)], after)
    fits |= closes + 1 >= len(view)
    first = len(view)
    if not good.all():
        first = int(opens[np.argmin(good)])
    if not fits.all():
        first = min(first, int(closes[np.argmin(fits)]))
    return first if first < len(view) else -1


def _signs(found: Bytes, quote: bytes) -> tuple[int, ...]:
    stands = np.zeros(256, bool)
    stands[found] = True
    stands[quote[0]] = False
    return tuple(np.flatnonzero(stands).tolist())


def _all(some: tuple[int, ...], more: tuple[int, ...]) -> tuple[int, ...]:
    return some if some == more else tuple(sorted({*some, *more}))


def valid(block: bytes, whole: int) -> bool:
    """Say whether so many bytes are UTF-8."""
    if block.isascii():
        return True
    # Arrow validates UTF-8 some five times as fast as the codec does.
    offsets = pa.py_buffer(np.array([0, whole], np.int32).tobytes())
    text = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(block)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a whole file that is UTF-8; ``lines`` are none where they are irregular.

    A byte-order mark is no part of them. ``unended`` says that the last line has no line end.
    """

    lines: Glance | None
    unended: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """Return what ``as_dict`` said."""
        lines = said["lines"]
        if lines is not None:
            ends = {name: tuple(lines[name]) for name in ("before", "after")}
            lines = Glance(**{**lines, **ends})
        return cls(lines, said["unended"])

    def below(self, head: bytes, at: int, dialect: Dialect) -> int | None:
        """Return how many lines follow byte ``at``, None where any may be out of the ordinary.

        ``head`` is how the text begins. What is regular as a whole, and down to the end of a line,
        is regular from there on.
        """
        if self.lines is None or dialect.quote.encode() != _QUOTE or not divides(dialect):
            return None
        if (at and head[at - 1] != _FEED) or head.startswith((b"\n", b"\r\n"), at):
            return None
        above = glance(head, at)
        first, whole = above.lines(dialect) if above else None, self.lines.lines(dialect)
        return None if first is None or whole is None else whole - first + self.unended


class Glancing:
    """Looks at a file while its pieces pass, and at none of them any more once it is no text."""

    def __init__(self, at_once: int = AT_ONCE, longest: int = LONGEST) -> None:
        self._at_once = max(at_once, len(codecs.BOM_UTF8))
        self._longest = longest
        self._held: list[bytes] = []
        self._size = 0
        self._begun = False
        self._is_text = True
        self._lines: Glance | None = Glance()

    def update(self, piece: bytes) -> None:
        """Take the next piece; no more of it is held than a line that is not whole yet."""
        for at in range(0, len(piece), AT_ONCE):
            if self._is_text:
                part = piece[at : at + AT_ONCE]
                self._held.append(part)
                self._size += len(part)
                if self._size >= self._at_once:
                    self._look(b"".join(self._held))

    def done(self) -> Seen | None:
        """Return what was seen of all that came, none where that is not UTF-8."""
        if self._is_text:
            self._look(b"".join(self._held), last=True)
        return Seen(self._lines, bool(self._size)) if self._is_text else None

    def _look(self, buffer: bytes, *, last: bool = False) -> None:
        if not self._begun:
            self._begun = True
            buffer = buffer.removeprefix(codecs.BOM_UTF8)
        # A line's end is never part of a longer character.
        whole = buffer.rfind(b"\n") + 1
        self._is_text = valid(buffer, whole)
        if whole and self._lines is not None:
            found = glance(buffer, whole)
            self._lines = found and self._lines + found
        rest = buffer[whole:]
        if last:
            self._is_text = self._is_text and valid(rest, len(rest))
            found = glance(rest, len(rest)) if rest else Glance()
            self._lines = self._lines and found and self._lines + found
        self._is_text = self._is_text and len(rest) <= self._longest
        self._held, self._size = [rest] if rest else [], len(rest)


class Passing:
    """Makes both digests of pieces as they come, and looks at them while the slower one is made."""

    def __init__(self) -> None:
        self._digesting = Digesting()
        self._glancing = Glancing()

    def update(self, piece: bytes) -> None:
        """Take the next piece."""
        self._digesting.update(piece)
        self._glancing.update(piece)

    def done(self) -> tuple[Digests, Seen | None]:
        """Return the digests of all that came, and what was seen of it."""
        return self._digesting.done(), self._glancing.done()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._digesting.close()
