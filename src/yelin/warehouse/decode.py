"""Bring text of any encoding to UTF-8, losing nothing."""

import codecs
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from yelin.files.places import Place, size_of
from yelin.warehouse.familiar import familiarity, is_rather_utf8, is_western, may_hold_utf8
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.glance import Seen, valid
from yelin.warehouse.halves import CHUNK, by_lines

# What a steward may choose by hand, and the codec that reads it. GB18030 holds GBK and GB 2312;
# cp950 is Big5 as Windows and Taiwan's portals write it.
ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "big5": "cp950",
    "cp950": "cp950",
    "big5-hkscs": "big5hkscs",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "cp1252": "cp1252",
    "iso-8859-1": "latin-1",
    "latin-1": "latin-1",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}

# Which encodings are told by how familiar a text is in them. Others than Chinese ones are thought
# of where no Chinese one shows a text that is clear, and must show a clearer one by far.
_CHINESE, _OTHER = ("gb18030", "cp950", "big5hkscs"), ("cp932", "cp949")
_CLEAR, _BY_FAR = 0.6, 0.25

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    r"""A text file as UTF-8: the source itself when it is UTF-8 already, else a copy.

    ``start`` is where the text begins, after a byte-order mark; ``bad_lines`` are ranges of lines
    (first, last) that do not decode and stand in ``path`` with their bytes as ``\xNN``. ``seen``
    is what was seen of the source as it came.
    """

    path: Place
    encoding: str
    had_bom: bool
    bytes_in: int
    start: int = 0
    bad_lines: tuple[tuple[int, int], ...] = ()
    notices: tuple[Notice, ...] = ()
    seen: Seen | None = None


def decode(
    source: Place,
    work: Place,
    *,
    encoding: str | None = None,
    seen: Seen | None = None,
    report: Callable[[float], None] = lambda _done: None,
) -> Decoded:
    """Return the text of ``source`` as UTF-8, deciding on the whole file and never on a sample.

    A byte-order mark comes first, then strict UTF-8, then UTF-16, then GB18030 against Big5, and
    these against Shift JIS and EUC-KR, by strictness and by how familiar the characters are; what
    is not clear is told. Lines in another encoding than the rest are named and later refused, never
    replaced in silence. What was ``seen`` of the source as it
    came is not looked for again. Raises ``Unfit`` when no encoding reads the file.
    """
    size = size_of(source)
    with source.open("rb") as stream:
        head = stream.read(1 << 16)
    bom, marked = next(((bom, name) for bom, name in _BOMS if head.startswith(bom)), (b"", None))
    if marked == "utf-32":
        raise Unfit("encoding.unknown", "The file is in UTF-32; save it as UTF-8")
    reading = _Reading(source, work, size, len(bom), seen, report)
    if encoding:
        chosen = ENCODINGS.get(encoding.lower().replace("_", "-").replace("shift-jis", "shift_jis"))
        if chosen is None:
            raise Unfit(
                "encoding.unknown",
                "The encoding {encoding} is not known; choose one of {known}",
                {"encoding": encoding, "known": list(ENCODINGS)},
            )
        if chosen == "utf-16":
            chosen = marked if marked in ("utf-16-le", "utf-16-be") else "utf-16-le"
        return reading.as_(chosen)
    wide = marked if marked in ("utf-16-le", "utf-16-be") else _sniff_wide(head)
    if wide:
        return reading.as_(wide)
    if marked == "utf-8" or reading.is_utf8:
        return reading.as_("utf-8")
    best = reading.most_familiar()
    if best and not reading.hides_utf8(best):
        return reading.as_(best)
    return reading.mixed(*((best,) if best else ("gb18030", "cp950", *_OTHER)))


def _sniff_wide(head: bytes) -> str | None:
    # Commas, digits and line ends of UTF-16 leave NUL bytes on one side only; text has none.
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < max(2, len(head) // 100) or min(even, odd) * 20 > max(even, odd):
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    line_end = "\n".encode(name)
    looks_right = any(head[at : at + 2] == line_end for at in range(0, len(head) - 1, 2))
    return name if looks_right or len(head) < 200 else None


class _Reading:
    """One file on its way to UTF-8."""

    def __init__(
        self,
        source: Place,
        work: Place,
        size: int,
        start: int,
        seen: Seen | None,
        report: Callable[[float], None],
    ) -> None:
        self.source = source
        self.work = work
        self.size = size
        self.start = start
        self.seen = seen
        self.report = report
        self.notices: list[Notice] = []

    def chunks(self, first: int | None = None, last: int | None = None) -> Iterator[bytes]:
        at, end = self.start if first is None else first, self.size if last is None else last
        with self.source.open("rb") as stream:
            stream.seek(at)
            while chunk := stream.read(min(CHUNK, end - at)):
                at += len(chunk)
                yield chunk

    @cached_property
    def is_utf8(self) -> bool:
        if self.seen:
            return True
        # A line's end is never part of a longer character.
        cuts = by_lines(self.source, self.start)
        with ThreadPoolExecutor(len(cuts), "utf-8") as pool:
            return all(pool.map(self._is_utf8, cuts, cuts[1:]))

    def _is_utf8(self, first: int, last: int) -> bool:
        rest = b""
        for chunk in self.chunks(first, last):
            block = rest + chunk
            whole = len(block) - _unfinished(block)
            if not valid(block, whole):
                return False
            rest = block[whole:]
        return not rest

    def as_(self, encoding: str) -> Decoded:
        """Read strictly; where that fails, line by line, so that the faulty lines are named."""
        if encoding == "utf-8":
            if self.is_utf8:
                return self._decoded(self.source, "utf-8", start=self.start, seen=self.seen)
            return self._by_line("utf-8")
        target = self.work / "decoded.txt"
        decoder = codecs.getincrementaldecoder(encoding)()
        done = 0
        try:
            with target.open("wb") as sink:
                for chunk in self.chunks():
                    sink.write(decoder.decode(chunk).encode())
                    done += len(chunk)
                    self.report(done / self.size)
                sink.write(decoder.decode(b"", final=True).encode())
        except UnicodeError as fault:
            if encoding.startswith("utf-16"):
                raise Unfit(
                    "encoding.broken",
                    "The file looks like {encoding} but breaks off or is damaged near byte {at}",
                    {"encoding": encoding, "at": self.start + done},
                ) from fault
            return self._by_line(encoding, chosen=True)
        return self._decoded(target, encoding)

    def most_familiar(self) -> str | None:
        """Return the encoding that reads the whole file and shows the most familiar characters.

        Where another shows about as familiar ones, that is told.
        """
        scores = self._scores(_CHINESE)
        best = max(scores, key=lambda name: scores[name], default=None)
        score = scores[best] if best else 0.0
        others = self._scores(_OTHER) if score < _CLEAR else {}
        other = max(others, key=lambda name: others[name], default=None)
        if other and others[other] >= max(0.5, score + _BY_FAR):
            return other
        if score < 0.5 and is_western(self.chunks()):
            return "cp1252"
        if best is None or score < 0.1:
            return None
        if other and others[other] > score - _BY_FAR:
            self.notices.append(
                Notice(
                    "encoding.unsure",
                    "The file was read as {encoding} and might be {other}; if its text is wrong, "
                    "choose the encoding by hand",
                    {"encoding": best, "other": other},
                )
            )
        return best

    def _scores(self, encodings: Sequence[str]) -> dict[str, float]:
        """Return how familiar the text is in those of the encodings that read the whole file."""
        scores = {}
        for encoding in encodings:
            try:
                scores[encoding] = familiarity(codecs.iterdecode(self.chunks(), encoding))
            except UnicodeError:
                continue
        return scores

    def hides_utf8(self, encoding: str) -> bool:
        """Whether lines that ``encoding`` reads are UTF-8 all the same, as of another export."""
        blocks = (block for block in self._blocks() if may_hold_utf8(block, encoding))
        return any(
            is_rather_utf8(line, encoding) for block in blocks for line in block.split(b"\n")
        )

    def mixed(self, *encodings: str) -> Decoded:
        """Choose UTF-8 or one of ``encodings``, as most lines with a letter beyond ASCII are."""
        reads = dict.fromkeys(("utf-8", *encodings), 0)
        total = 0
        for line in self._lines():
            if line.isascii():
                continue
            total += 1
            for encoding in reads:
                if _reads(line, encoding):
                    reads[encoding] += 1
                    if encoding == "utf-8":
                        break
        best = max(encodings, key=lambda name: reads[name] * familiarity(self._texts(name)))
        if reads["utf-8"] * 2 >= reads[best]:
            best = "utf-8"
        if reads[best] * 2 < total:
            raise Unfit(
                "encoding.unknown",
                "The encoding of the file is not clear; choose it by hand or save as UTF-8",
            )
        return self._by_line(best)

    def _blocks(self) -> Iterator[bytes]:
        """Yield whole lines, some thousand at once."""
        rest = b""
        for chunk in self.chunks():
            whole, mark, rest = (rest + chunk).rpartition(b"\n")
            if mark:
                yield whole + mark
        if rest:
            yield rest

    def _lines(self) -> Iterator[bytes]:
        for block in self._blocks():
            *lines, last = block.split(b"\n")
            yield from (line + b"\n" for line in lines)
            if last:
                yield last

    def _texts(self, encoding: str) -> Iterator[str]:
        """Yield the text of those lines that ``encoding`` reads, some thousand at once."""
        for block in self._blocks():
            lines = (line for line in block.split(b"\n") if not line.isascii())
            yield "".join(line.decode(encoding) for line in lines if _reads(line, encoding))

    def _by_line(self, encoding: str, *, chosen: bool = False) -> Decoded:
        target = self.work / "decoded.txt"
        ranges: list[list[int]] = []
        guesses: list[str] = []
        offsets: list[int] = []
        bad, done = 0, self.start
        with target.open("wb") as sink:
            for number, line in enumerate(self._lines(), 1):
                done += len(line)
                if line.isascii():
                    sink.write(line)
                    continue
                text, at = _read(line, encoding, chosen=chosen)
                sink.write(text)
                if at is not None:
                    bad += 1
                    other = next((o for o in _OTHERS if o != encoding and _reads(line, o)), "?")
                    if ranges and ranges[-1][1] == number - 1 and guesses[-1] == other:
                        ranges[-1][1] = number
                    else:
                        ranges.append([number, number])
                        guesses.append(other)
                        offsets.append(done - len(line) + at)
                if number % 10_000 == 0:
                    self.report(done / self.size)
        notices = [
            Notice(
                "encoding.mixed",
                "Lines {first} to {last} are not {encoding} (they read as {other}), from byte {at} "
                "on; their rows are refused",
                {"first": first, "last": last, "encoding": encoding, "other": other, "at": at},
                line=first,
            )
            for (first, last), other, at in zip(ranges[:20], guesses, offsets, strict=False)
        ]
        if len(ranges) > 20:
            notices.append(
                Notice(
                    "encoding.mixed_more",
                    "Lines in all that are not {encoding}: {lines}",
                    {"lines": bad, "encoding": encoding},
                )
            )
        return self._decoded(
            target,
            encoding,
            bad_lines=tuple((first, last) for first, last in ranges),
            notices=tuple(notices),
        )

    def _decoded(
        self,
        path: Place,
        encoding: str,
        *,
        start: int = 0,
        bad_lines: tuple[tuple[int, int], ...] = (),
        notices: tuple[Notice, ...] = (),
        seen: Seen | None = None,
    ) -> Decoded:
        return Decoded(
            path=path,
            encoding=encoding,
            had_bom=bool(self.start),
            bytes_in=self.size,
            start=start,
            bad_lines=bad_lines,
            notices=(*self.notices, *notices),
            seen=seen,
        )


_OTHERS = ("utf-8", "gb18030", "cp950", "cp1252")


def _read(line: bytes, encoding: str, *, chosen: bool) -> tuple[bytes, int | None]:
    """Return a line as UTF-8, and at which byte it leaves the encoding, if it does.

    Where the encoding was not ``chosen`` by hand, a line that is rather UTF-8 leaves it, too.
    """
    if not chosen and encoding != "utf-8" and is_rather_utf8(line, encoding):
        return line, next(at for at, byte in enumerate(line) if byte >= 0x80)
    try:
        return line.decode(encoding).encode(), None
    except UnicodeDecodeError as fault:
        return line.decode(encoding, "backslashreplace").encode(), fault.start


def _reads(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeError:
        return False
    return True


def _unfinished(block: bytes) -> int:
    """Return how many bytes at the end begin a character that the next block finishes."""
    for back in range(1, min(4, len(block)) + 1):
        byte = block[-back]
        if byte < 0x80:
            return 0
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if back < length else 0
    return 0
