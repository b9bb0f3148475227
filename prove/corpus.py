"""Files as departments send them, and worse: each with what must become of it."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import opencc
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

HEAD = "代码,名称,金额,日期\n"
ROWS = [f"{n:03},海口市第{n}港,{n}.50,2024-01-{n % 28 + 1:02}\n" for n in range(1, 41)]
TABLE = HEAD + "".join(ROWS)
TRADITIONAL = str(opencc.OpenCC("s2t").convert(TABLE))


@dataclass(frozen=True, slots=True)
class Made:
    """A file, how many rows it gives and refuses, or the code by which it is refused."""

    name: str
    content: Callable[[], bytes]
    becomes: str
    big: bool = False


def made() -> Iterator[Made]:
    """Yield every file."""
    yield from _encodings()
    yield from _shapes()
    yield from _workbooks()
    yield from _structured()
    yield from _hostile()


def _text(name: str, text: str | bytes, becomes: str) -> Made:
    content = text.encode() if isinstance(text, str) else text
    return Made(name, lambda: content, becomes)


def _encodings() -> Iterator[Made]:
    yield _text("utf-8.csv", TABLE, "40 + 0")
    yield _text("utf-8-mark.csv", TABLE.encode("utf-8-sig"), "40 + 0")
    yield _text("gb18030.csv", TABLE.encode("gb18030"), "40 + 0")
    yield _text("big5.csv", TRADITIONAL.encode("cp950"), "40 + 0")
    yield _text("utf-16.csv", TABLE.encode("utf-16"), "40 + 0")
    yield _text("utf-16-no-mark.csv", TABLE.encode("utf-16-le"), "40 + 0")
    yield _text("utf-32.csv", TABLE.encode("utf-32"), "encoding.unknown")
    late = TABLE.encode() + "041,三亚".encode() + b"\xff,1.00,2024-01-01\n"
    yield _text("late-odd-byte.csv", late, "40 + 1")
    two = TABLE.encode() + "".join(ROWS[:3]).encode("gb18030")
    yield _text("two-encodings.csv", two, "40 + 3")
    yield _text("nul.csv", TABLE.replace("第7港", "第\x007港"), "39 + 1")


def _shapes() -> Iterator[Made]:
    yield _text("crlf.csv", TABLE.replace("\n", "\r\n"), "40 + 0")
    yield _text("cr.csv", TABLE.replace("\n", "\r"), "40 + 0")
    mixed = HEAD + "".join(
        row.replace("\n", "\r\n") if n % 3 else row for n, row in enumerate(ROWS)
    )
    yield _text("mixed-ends.csv", mixed, "40 + 0")
    yield _text("no-last-end.csv", TABLE.rstrip("\n"), "40 + 0")
    yield _text("tab.tsv", TABLE.replace(",", "\t"), "40 + 0")
    yield _text("semicolon.csv", TABLE.replace(",", ";"), "40 + 0")
    yield _text("full-width-comma.csv", TABLE.replace(",", "，"), "40 + 0")
    quoted = HEAD + "".join(
        f'"{row.strip().replace(",", chr(34) + "," + chr(34))}"\n' for row in ROWS
    )
    yield _text("quoted.csv", quoted, "40 + 0")
    inner = TABLE.replace("海口市第5港", '"海口""市""\n第5港,东"')
    yield _text("quotes-in-quotes.csv", inner, "40 + 0")
    yield _text("open-quote.csv", TABLE.replace("海口市第9港", '"海口市第9港'), "39 + 1")
    yield _text("ragged.csv", TABLE.replace("第3港,", "第3港,,,").replace(",第4港", ""), "39 + 1")
    yield _text("titles.csv", "海南省港口\n单位：万吨\n" + TABLE + "注：来源统计局\n", "40 + 1")
    yield _text("blank-lines.csv", TABLE.replace("\n", "\n\n"), "40 + 0")
    yield _text("doubled-and-blank-names.csv", "a,a,,b\n1,2,3,4\n5,6,7,8\n", "2 + 0")
    yield _text("one-column.csv", "名称\n" + "".join(f"第{n}\n" for n in range(9)), "9 + 0")
    yield _text("hundred-columns.csv", _wide(100), "1 + 0")
    yield _text("ten-thousand-columns.csv", _wide(10_000), "columns.many")
    yield _text("header-only.csv", HEAD, "0 + 0")
    yield _text("empty.csv", b"", "file.empty")
    yield _text("blank.csv", b"\n \n\n", "file.empty")


def _wide(many: int) -> str:
    names = ",".join(f"列名{n}" for n in range(many))
    return f"{names}\n{','.join(map(str, range(many)))}\n"


def _book(change: Callable[[openpyxl.Workbook], None] = lambda _book: None) -> bytes:
    book = openpyxl.Workbook()
    for line in TABLE.splitlines():
        book.active.append(line.split(","))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _workbooks() -> Iterator[Made]:
    yield _text("text.xlsx", _book(), "40 + 0")

    def titled(book: openpyxl.Workbook) -> None:
        book.active.insert_rows(1)
        book.active["A1"] = "海南省港口"
        book.active.merge_cells("A1:D1")

    yield _text("merged-title.xlsx", _book(titled), "40 + 0")

    def failed(book: openpyxl.Workbook) -> None:
        book.active["C5"] = "#DIV/0!"
        book.active["C5"].data_type = "e"
        book.active["A6"] = 460102199001011234

    yield _text("failed-and-lossy.xlsx", _book(failed), "38 + 2")
    yield _text("second-sheet.xlsx", _book(lambda book: book.create_sheet("空", 0)), "40 + 0")
    locked = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")
    )
    yield _text("password.xlsx", locked + bytes(512), "file.locked")
    yield _text("cut.xlsx", _book()[:-400], "file.broken")


def _packed(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return stream.getvalue()


def _structured() -> Iterator[Made]:
    rows = [dict(zip(HEAD.strip().split(","), row.strip().split(","), strict=True)) for row in ROWS]
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    yield _text("objects.json", text, "40 + 0")
    yield _text("objects-gb18030.json", text.encode("gb18030"), "40 + 0")
    yield _text("enveloped.json", json.dumps({"total": 40, "data": {"list": rows}}), "40 + 0")
    arrays = [HEAD.strip().split(","), *(row.strip().split(",") for row in ROWS)]
    yield _text("arrays.json", json.dumps(arrays), "40 + 0")
    yield _text("cut.json", text[:-20], "json.broken")
    doubled = text.replace('"名称": "海口市第7港"', '"代码": "007", "名称": "海口市第7港"')
    yield _text("doubled-key.json", doubled, "39 + 1")
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    yield _text("lines.ndjson", "\n".join(lines), "40 + 0")
    lines[8] = lines[8][:-5]
    yield _text("bad-line.ndjson", "\n".join(lines), "39 + 1")
    yield _text("exact.ndjson", '{"a": 9007199254740993}\n{"a": 1.10}\n', "2 + 0")
    sink = io.BytesIO()
    table = pa.table({"a": pa.array([Decimal("1.10")] * 40), "b": pa.array([[1, 2]] * 40)})
    pq.write_table(table, sink)
    yield _text("typed.parquet", sink.getvalue(), "40 + 0")
    yield _text("cut.parquet", sink.getvalue()[:-9], "file.broken")
    yield _text("one-table.zip", _packed({"表.csv": TABLE.encode("gb18030")}), "40 + 0")
    yield _text("two-tables.zip", _packed({"a.csv": TABLE.encode(), "b.csv": b"x\n1\n"}), "40 + 0")
    shape = {"type": "Point", "coordinates": [110.3, 20]}
    feature = {"type": "Feature", "properties": {"n": 1}, "geometry": shape}
    far = {**feature, "geometry": {"type": "Point", "coordinates": [250_000, 2_750_000]}}
    text = json.dumps({"type": "FeatureCollection", "features": [feature, far]})
    yield _text("map.geojson", text, "1 + 1")


def _hostile() -> Iterator[Made]:
    yield Made("bomb.xlsx", _bomb, "file.bomb", big=True)
    yield _text("path.zip", _packed({"../../a.csv": TABLE.encode()}), "zip.path")
    nested = _packed({"b.zip": _packed({"a.csv": TABLE.encode()})})
    yield _text("archive-in-archive.zip", nested, "zip.nested")
    yield _text("page.xls", "<html><table><tr><td>1</td></tr></table></html>", "file.kind")
    yield _text("program.csv", b"\x7fELF" + bytes(600), "file.kind")
    deep = "[" * 100_000 + "]" * 100_000
    yield _text("deep.json", deep, "file.broken")
    yield Made(
        "cell-of-100-mb.csv",
        lambda: b"a,b\n1," + b"x" * 100_000_000 + b"\n2,y\n",
        "structure.long_line",
        big=True,
    )


def _bomb() -> bytes:
    with zipfile.ZipFile(io.BytesIO(_book())) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    return _packed(parts | {"xl/styles.xml": b"<styleSheet>" + b" " * (200 << 20)})
