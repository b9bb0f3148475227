"""Read one record of a delimited text at a time: slow, and right about quotes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file separates fields, quotes them and ends its lines."""

    delimiter: str = ","
    quote: str = '"'
    ending: str = "\n"

    @property
    def newline(self) -> int:
        """The byte with which every line ends."""
        return ord(self.ending[-1])

    @property
    def beside_quotes(self) -> tuple[frozenset[int], frozenset[int]]:
        """Which bytes stand before a quote that opens, and after one that closes (RFC 4180)."""
        mark = self.delimiter.encode()
        return frozenset((self.newline, mark[-1])), frozenset((self.newline, *b"\r", mark[0]))


class Splitter:
    """Read one record at a time: slow, and right about quotes."""

    def __init__(self, dialect: Dialect) -> None:
        self.delimiter = dialect.delimiter.encode()
        quote = re.escape(dialect.quote.encode())
        mark = re.escape(self.delimiter)
        blank = b"" if dialect.delimiter.isspace() else b"[ ]*"
        end = b"(?:(" + mark + rb")|\r?\n|\r(?!\n)|\Z)"
        if dialect.ending != "\r":
            end = b"(?:(" + mark + rb")|\r?\n|\Z)"
        quoted = quote + b"([^" + quote + b"]*(?:" + quote * 2 + b"[^" + quote + b"]*)*)" + quote
        stop = rb"\n\r" if dialect.ending == "\r" else rb"\n"
        if len(self.delimiter) == 1:
            # A carriage return before the line feed belongs to the line end, not to the field.
            plain = b"([^" + mark + stop + b"]*?)"
        else:
            plain = b"((?:(?!" + mark + b")[^" + stop + b"])*?)"
        self._quoted = re.compile(blank + quoted + blank + end)
        self._plain = re.compile(plain + end)
        self._opens = re.compile(blank + quote)
        self._line = re.compile(rb"[^" + stop + rb"]*(?:\n|\r|\Z)")
        self._quote = dialect.quote.encode()

    def record(self, buffer: bytes, at: int) -> tuple[list[bytes] | None, int]:
        """Return the fields of the record that begins at ``at``, and where the next one begins.

        The fields are None when the quotes do not pair up.
        """
        fields: list[bytes] = []
        start, stray = at, 0
        while True:
            if self._opens.match(buffer, at):
                found = self._quoted.match(buffer, at)
                if not found:
                    return None, start
                value = found[1].replace(self._quote * 2, self._quote)
            else:
                found = self._plain.match(buffer, at)
                if not found:
                    return None, start
                value = found[1]
                stray += value.count(self._quote) & 1
            fields.append(value)
            at = found.end()
            if found[2] is None:
                # One stray quote is an inch mark; two are a pair torn apart by a delimiter.
                return (fields, at) if stray < 2 else (None, start)

    def line(self, buffer: bytes, at: int) -> int:
        """Return where the physical line that holds ``at`` ends, its line end included."""
        found = self._line.match(buffer, at)
        return found.end() if found else len(buffer)

    def records(self, sample: bytes) -> Iterator[tuple[int, int, list[bytes]]]:
        """Yield start, end and fields of each record; a line with bad quotes is one field."""
        at = 0
        while at < len(sample):
            fields, end = self.record(sample, at)
            if fields is None:
                end = self.line(sample, at)
                fields = [sample[at:end].rstrip(b"\r\n")]
            yield at, end, fields
            at = end
