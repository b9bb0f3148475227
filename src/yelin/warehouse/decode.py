"""Tell what an uploaded file truly is, and bring text of any encoding to UTF-8, losing nothing."""

import codecs
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pyarrow as pa

from yelin.files.places import Place, size_of
from yelin.warehouse import gridded
from yelin.warehouse.findings import Notice, Unfit
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

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)

_MAGIC = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM\x00", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"SQLite format 3", "SQLite"),
    (b"\x7fELF", "ELF"),
)

# The characters that fill public tables in either script. A wrong guess between GB18030 and Big5
# turns them into rare ones, so their share decides.
_FAMILIAR = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说"
    "产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点"
    "从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原"
    "又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革"
    "位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强"
    "放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交"
    "受联认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离"
    "华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复"
    "容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值"
    "号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参"
    "红细引听该铁价严龙飞这個為時來們於會發動說產種後學經進著電過對國實應開還當點從業這樣與關線數問題變條"
    "無結軍總設長統將組見計別農區強戰則處隊給門熱領東導壓濟階術極聯認權證轉單風帶場車務萬達積議報類離華張"
    "馬節話況傳許廣記須際驗連斷難礦歷構稱準號維劃選標寫親廠識適屬圓滿縣參細聽該鐵價嚴龍飛"
    "姓性编码址电话邮箱联系备注序号项街道镇乡村企医疗校园税险卫环境气象许可登记册照码"
    "編碼話郵聯繫備註鎮鄉醫療園稅險衛環氣許登冊經緯號樓臺灣縣"
    "，。、；：？！（）“”‘’《》〈〉【】〔〕—…·～％℃０１２３４５６７８９　「」"
)
_PAIRED = re.compile(rb"[\x80-\xff]{2,}")
_LONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")


@dataclass(frozen=True, slots=True)
class Decoded:
    r"""A text file as UTF-8: the source itself when it is UTF-8 already, else a copy.

    ``start`` is where the text begins, after a byte-order mark; ``bad_lines`` are ranges of lines
    (first, last) that do not decode and stand in ``path`` with their bytes as ``\xNN``.
    """

    path: Place
    encoding: str
    had_bom: bool
    bytes_in: int
    start: int = 0
    bad_lines: tuple[tuple[int, int], ...] = ()
    notices: tuple[Notice, ...] = ()


def sniff(source: Place, filename: str, work: Place) -> str:
    """Return what the file is by its own bytes: text, xlsx, xls, ods, parquet or zip.

    The name's extension never overrules the bytes. What is packed is looked into by another
    process, which writes below ``work``. Raises ``Unfit`` for anything else, by name.
    """
    with source.open("rb") as stream:
        head = stream.read(8192)
    if not head:
        raise Unfit("file.empty", "The file is empty")
    if head.startswith(b"PK"):
        return _sniff_zip(source, filename, work)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _sniff_compound(source, filename)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PARE"):
        raise Unfit("file.locked", "The Parquet file is encrypted; save it without a key")
    for magic, name in _MAGIC:
        if head.startswith(magic):
            raise _unsupported(name, filename)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise _unsupported("HTML", filename)
    if text.startswith(b"<?xml"):
        raise _unsupported("XML", filename)
    return "text"


def _unsupported(kind: str, filename: str) -> Unfit:
    return Unfit(
        "file.kind",
        "“{filename}” is in truth a {kind} file; send CSV, XLSX, XLS, ODS, JSON or Parquet",
        {"filename": filename, "kind": kind},
    )


def _sniff_zip(source: Place, filename: str, work: Place) -> str:
    target = work / "sniffed"
    try:
        kind = str(gridded.ask("yelin.warehouse.zipped", source, target)["kind"])
    finally:
        target.unlink(missing_ok=True)
    if kind == "xlsb":
        raise _unsupported("XLSB", filename)
    return kind


def _sniff_compound(source: Place, filename: str) -> str:
    with source.open("rb") as stream:
        content = stream.read(32 << 20)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unfit("file.locked", "The spreadsheet is locked with a password; save it without one")
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "xls"
    raise _unsupported("Microsoft Office", filename)


def decode(
    source: Place,
    work: Place,
    *,
    encoding: str | None = None,
    report: Callable[[float], None] = lambda _done: None,
) -> Decoded:
    """Return the text of ``source`` as UTF-8, deciding on the whole file and never on a sample.

    A byte-order mark comes first, then strict UTF-8, then UTF-16, then GB18030 against Big5 by
    strictness and by how familiar the characters are. Lines in another encoding than the rest
    are named and later refused, never replaced in silence. Raises ``Unfit`` when no encoding
    reads the file.
    """
    size = size_of(source)
    with source.open("rb") as stream:
        head = stream.read(1 << 16)
    bom, marked = next(((bom, name) for bom, name in _BOMS if head.startswith(bom)), (b"", None))
    if marked == "utf-32":
        raise Unfit("encoding.unknown", "The file is in UTF-32; save it as UTF-8")
    reading = _Reading(source, work, size, len(bom), report)
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
    return reading.as_(best) if best else reading.mixed()


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
        self, source: Place, work: Place, size: int, start: int, report: Callable[[float], None]
    ) -> None:
        self.source = source
        self.work = work
        self.size = size
        self.start = start
        self.report = report

    def chunks(self, first: int | None = None, last: int | None = None) -> Iterator[bytes]:
        at, end = self.start if first is None else first, self.size if last is None else last
        with self.source.open("rb") as stream:
            stream.seek(at)
            while chunk := stream.read(min(CHUNK, end - at)):
                at += len(chunk)
                yield chunk

    @cached_property
    def is_utf8(self) -> bool:
        # A line's end is never part of a longer character.
        cuts = by_lines(self.source, self.start)
        with ThreadPoolExecutor(len(cuts), "utf-8") as pool:
            return all(pool.map(self._is_utf8, cuts, cuts[1:]))

    def _is_utf8(self, first: int, last: int) -> bool:
        rest = b""
        for chunk in self.chunks(first, last):
            block = rest + chunk
            whole = len(block) - _unfinished(block)
            if not _valid(block[:whole]):
                return False
            rest = block[whole:]
        return not rest

    def as_(self, encoding: str) -> Decoded:
        """Read strictly; where that fails, line by line, so that the faulty lines are named."""
        if encoding == "utf-8":
            if self.is_utf8:
                return self._decoded(self.source, "utf-8", start=self.start)
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
            return self._by_line(encoding)
        return self._decoded(target, encoding)

    def most_familiar(self) -> str | None:
        """Return the encoding that reads the whole file and shows the most familiar characters."""
        scores = {}
        for encoding in ("gb18030", "cp950", "big5hkscs"):
            try:
                score = _familiarity(
                    codecs.iterdecode(self.chunks(), encoding) if self.size else iter(())
                )
            except UnicodeError:
                continue
            scores[encoding] = score
        # Western text has lone accented letters between ASCII ones; Chinese bytes come in pairs.
        lone = paired = 0
        for chunk in self.chunks():
            lone += len(_LONE.findall(chunk))
            paired += len(_PAIRED.findall(chunk))
        if lone > 4 * paired and max(scores.values(), default=0) < 0.5:
            return "cp1252"
        best = max(scores, key=lambda name: scores[name], default=None)
        return best if best and scores[best] >= 0.1 else None

    def mixed(self) -> Decoded:
        """Choose the encoding of most lines that have any letter beyond ASCII."""
        reads = dict.fromkeys(("utf-8", "gb18030", "cp950"), 0)
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
        best = max(reads, key=lambda name: reads[name])
        if reads["utf-8"] * 2 >= reads[best]:
            best = "utf-8"
        if reads[best] * 2 < total:
            raise Unfit(
                "encoding.unknown",
                "The encoding of the file is not clear; choose it by hand or save as UTF-8",
            )
        return self._by_line(best)

    def _lines(self) -> Iterator[bytes]:
        rest = b""
        for chunk in self.chunks():
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            yield from (line + b"\n" for line in lines)
        if rest:
            yield rest

    def _by_line(self, encoding: str) -> Decoded:
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
                try:
                    sink.write(line.decode(encoding).encode())
                except UnicodeDecodeError as fault:
                    bad += 1
                    sink.write(line.decode(encoding, "backslashreplace").encode())
                    other = next((o for o in _OTHERS if o != encoding and _reads(line, o)), "?")
                    if ranges and ranges[-1][1] == number - 1 and guesses[-1] == other:
                        ranges[-1][1] = number
                    else:
                        ranges.append([number, number])
                        guesses.append(other)
                        offsets.append(done - len(line) + fault.start)
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
    ) -> Decoded:
        return Decoded(path, encoding, bool(self.start), self.size, start, bad_lines, notices)


_OTHERS = ("utf-8", "gb18030", "cp950", "cp1252")


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


def _valid(block: bytes) -> bool:
    if block.isascii():
        return True
    # Arrow validates UTF-8 some five times as fast as the codec does.
    offsets = pa.py_buffer(np.array([0, len(block)], np.int32).tobytes())
    text = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(block)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


@cache
def _weights() -> "np.typing.NDArray[np.float32]":
    weights = np.zeros(0x110000, np.float32)
    for lead in range(0xB0, 0xD8):
        for trail in range(0xA1, 0xFF):
            char = bytes((lead, trail)).decode("gb2312", "ignore")
            weights[[ord(one) for one in char]] = 0.3
    for lead in range(0xA4, 0xC7):
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            char = bytes((lead, trail)).decode("big5", "ignore")
            weights[[ord(one) for one in char]] = 0.3
    weights[[ord(char) for char in _FAMILIAR]] = 1
    weights[0x80:0xA0] = -1
    weights[0xE000:0xF900] = -1
    weights[0xF0000:] = -1
    return weights


def _familiarity(parts: Iterator[str]) -> float:
    """Return how familiar the characters beyond ASCII are: 1 for everyday ones, less for rare."""
    weights = _weights()
    total, count = 0.0, 0
    for part in parts:
        if part.isascii():
            continue
        points = np.frombuffer(part.encode("utf-32-le"), np.uint32)
        points = points[points >= 0x80]
        total += float(weights[points].sum())
        count += len(points)
    return total / count if count else 0.0
