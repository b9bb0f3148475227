import datetime as dt
import io
import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from tests.files.makers import metafile
from tests.warehouse.tables import at, bring

from yelin.files.bundle import MOST_ENTRIES
from yelin.warehouse import gridded, workbook
from yelin.warehouse.engine import connect
from yelin.warehouse.findings import Unfit
from yelin.warehouse.gridded import Gridded

XML = "http://schemas.openxmlformats.org"


def sheet(*rows, merge=(), formats=None, title="表1", more=None) -> bytes:
    """Write rows with openpyxl; ``formats`` gives number formats by cell name."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = title
    for row in rows:
        page.append(list(row))
    for area in merge:
        page.merge_cells(area)
    for cell, code in (formats or {}).items():
        page[cell].number_format = code
    for name, state in (more or {}).items():
        extra = book.create_sheet(name)
        extra.append(["x"])
        extra.sheet_state = state
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def raw_book(body: str, *, workbook_more: str = "", **parts: str) -> bytes:
    """Write a workbook of one sheet by hand, so that its bytes are what the test says."""
    files = {
        "[Content_Types].xml": f'<Types xmlns="{XML}/package/2006/content-types"/>',
        "_rels/.rels": (
            f'<Relationships xmlns="{XML}/package/2006/relationships"><Relationship Id="r1" '
            f'Type="{XML}/officeDocument/2006/relationships/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<x:workbook xmlns:x="{XML}/spreadsheetml/2006/main" '
            f'xmlns:r="{XML}/officeDocument/2006/relationships">{workbook_more}<x:sheets>'
            '<x:sheet name="表" sheetId="1" r:id="r1"/></x:sheets></x:workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{XML}/package/2006/relationships"><Relationship Id="r1" '
            f'Type="{XML}/officeDocument/2006/relationships/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{XML}/spreadsheetml/2006/main"><sheetData>{body}</sheetData>'
            "</worksheet>"
        ),
        **parts,
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return stream.getvalue()


def test_a_title_row_and_a_two_level_merged_header_become_names(tmp_path):
    content = sheet(
        ["海南省人口", None, None, None],
        ["年份", "人口", None, "备注"],
        [None, "男", "女", None],
        ["2020年", 5, 6.5, "x"],
        ["注：数据来源", None, None, None],
        merge=["A1:D1", "A2:A3", "B2:C2", "D2:D3", "A5:D5"],
    )
    found = bring(tmp_path, content, name="人口.xlsx")
    assert found.prepared.header == ("年份", "人口/男", "人口/女", "备注")
    assert found.types == {"年份": "C", "人口/男": "I", "人口/女": "N", "备注": "C"}
    assert found.prepared.source.header_line == 2
    assert "Line 1 above the header was skipped: 海南省人口" in map(str, found.prepared.notices)
    found = bring(tmp_path, content, "年份:C", "女:N", "人口/男:I", name="人口.xlsx")
    assert found.rows == [("2020年", 6.5, 5)]
    assert found.faults == [(5, None, None, "note")]


def test_a_header_goes_as_deep_as_its_lowest_cell_that_is_parted(tmp_path):
    content = sheet(
        ["年份", "人口", None, None],
        [None, "城镇", None, "乡村"],
        [None, "男", "女", "合计"],
        ["2020年", 5, 6, 7],
        merge=["A1:A2", "B1:D1", "B2:C2"],
    )
    found = bring(tmp_path, content, name="人口.xlsx")
    assert found.prepared.header == ("年份", "人口/城镇/男", "人口/城镇/女", "人口/乡村/合计")
    assert (found.prepared.rows, found.prepared.refused) == (1, 0)
    # What stands below is a row of data once there is a number in it.
    content = sheet(
        ["年份", "人口", None, None],
        [None, "城镇", None, "乡村"],
        ["2020年", 5, 6, 7],
        merge=["A1:A2", "B1:D1", "B2:C2"],
    )
    assert bring(tmp_path, content, name="人口.xlsx").prepared.rows == 1


HEADS = {
    "title, source and note over the whole width": (
        [["表2 企业"], ["来源：统计局"], ["注：含个体"], ["名称", "数量", "年份"]],
        ["A1:C1", "A2:C2", "A3:C3"],
    ),
    "a note at each side": (
        [["表2 企业"], ["制表：统计局", None, "单位：万元"], ["名称", "数量", "年份"]],
        ["A1:C1", "A2:B2"],
    ),
    "a title over two lines": ([["表2 企业"], [], ["名称", "数量", "年份"]], ["A1:C2"]),
    "a title over some columns": ([["表2 企业"], ["名称", "数量", "年份"]], ["A1:B1"]),
    "a title in the first cell": ([["表2 企业"], [], ["名称", "数量"]], []),
    "notes in the first cells": ([["企业表"], ["单位：万元"], ["名称", "数量"]], []),
}


@pytest.mark.drawn(5)
@pytest.mark.parametrize("wanted", [(), ("名称:C",), ("数量:N", "名称:C")], ids=len)
@pytest.mark.parametrize(("rows", "merge"), HEADS.values(), ids=HEADS)
def test_what_is_said_of_the_whole_table_is_no_head(tmp_path, rows, merge, wanted):
    *said, head = rows
    row = ["椰林公司", 12, "2020年"][: len(head)]
    found = bring(tmp_path, sheet(*rows, row, merge=merge), *wanted, name="企业.xlsx")
    assert found.prepared.header == tuple(head)
    assert found.prepared.source.header_line == len(rows)
    titles = [str(notice) for notice in found.prepared.notices if notice.code == "title"]
    assert [one.rpartition("skipped: ")[2] for one in titles] == [
        " ".join(filter(None, one)) for one in said if any(one)
    ]
    assert (found.prepared.rows, found.prepared.refused) == (1, 0)


def test_numbers_come_as_they_are_shown(tmp_path):
    content = sheet(
        ["码", "整", "噪", "大数", "小", "百"],
        [46010, 3.0, 0.1 + 0.2, 123456789012345, 1e-7, 0.5],
        formats={"A2": "000000", "F2": "0%"},
    )
    found = bring(tmp_path, content, *(f"{c}:C" for c in "码整噪大小百"[:3]), name="t.xlsx")
    assert found.rows == [("046010", "3", "0.3")]
    found = bring(tmp_path, content, "大数:C", "小:C", "百:C", name="t.xlsx")
    assert found.rows == [("123456789012345", "0.0000001", "0.5")]


def test_an_id_kept_as_text_is_whole_and_one_kept_as_a_number_is_refused(tmp_path):
    """B-14: a spreadsheet has forgotten the last digits of a long number."""
    content = sheet(["身份证", "n"], ["110101199003070011", 1], [110101199003070011, 2])
    found = bring(tmp_path, content, "身份证:C", "n:I", name="t.xlsx")
    assert found.rows == [("110101199003070011", 1)]
    assert [(line, column, reason) for line, column, _, reason in found.faults] == [
        (3, "身份证", "lossy")
    ]
    # A column that is no item does no harm.
    assert bring(tmp_path, content, "n:I", name="t.xlsx").rows == [(1,), (2,)]


def test_dates_come_as_dates_whatever_the_calendar(tmp_path):
    content = sheet(
        ["日", "时", "钟"],
        [dt.date(2020, 1, 2), at("2020-01-02 03:04:05"), dt.time(8, 30)],
        [43832, 43832.5, 0.25],
        formats={"A3": 'yyyy"年"m"月"d"日"', "B3": "yyyy/m/d h:mm", "C3": "h:mm:ss"},
    )
    found = bring(tmp_path, content, "日:D", "时:T", "钟:C", name="t.xlsx")
    assert found.rows == [
        (dt.date(2020, 1, 2), at("2020-01-02 03:04:05"), "08:30:00"),
        (dt.date(2020, 1, 2), at("2020-01-02 12:00:00"), "06:00:00"),
    ]


@pytest.mark.parametrize(
    ("serial", "shows", "mac", "expected"),
    [
        (1, "date", False, "1900-01-01"),
        (59, "date", False, "1900-02-28"),
        (61, "date", False, "1900-03-01"),
        (43832, "date", False, "2020-01-02"),
        (43832.999999, "moment", False, "2020-01-03 00:00:00"),
        (0, "date", True, "1904-01-01"),
        (42370, "date", True, "2020-01-02"),
        (0.75, "time", False, "18:00:00"),
        # As many digits of a second as the sheet shows; the calendar ends with the year 9999.
        (43832.1278356713, "moment.000", False, "2020-01-02 03:04:05.002"),
        (0.7500000231, "time.0", False, "18:00:00.000"),
        (2958465.999999, "moment", False, None),
        (2958465.75, "moment", False, "9999-12-31 18:00:00"),
        (-1, "date", False, None),
        (3e6, "date", False, None),
    ],
)
def test_day_numbers_are_days(serial, shows, mac, expected):
    assert workbook.from_serial(serial, shows, epoch_1904=mac) == expected


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        (0, None, ""), (14, None, "date"), (22, None, "moment"), (20, None, "time"),
        (31, None, "date"), (164, "yyyy-mm-dd", "date"), (164, 'yyyy"年"m"月"d"日";@', "date"),
        (164, "[$-804]aaaa", ""), (164, "yyyy/m/d h:mm", "moment"), (164, "h:mm AM/PM", "time"),
        (164, "[h]:mm:ss", "time"), (164, "000000", "digits:6"), (164, "0.00", ""),
        (164, '#,##0"元"', ""), (164, "General", ""),
        (164, "mm:ss.0", "time.0"), (164, "yyyy-mm-dd hh:mm:ss.000", "moment.000"),
        (164, "0.00E+00", ""), (164, "0%", ""), (164, '0.0"日"', ""),
    ],
)  # fmt: skip
def test_number_formats_tell_dates_from_numbers(number, code, expected):
    assert workbook.shown_as(number, code) == expected


def test_failed_formulas_refuse_their_row_and_formulas_show_their_value(tmp_path):
    body = (
        '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>x</f><v>甲</v></c></row>'
        '<row r="4"><c r="A4" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B4" t="b"><v>1</v></c></row>'
        '<row r="7"><c r="A7"><v>7</v></c><c r="B7" t="inlineStr"><is><r><t>乙</t></r>'
        "<rPh><t>yi</t></rPh><r><t>_x0041_ </t></r></is></c></row>"
    )
    found = bring(tmp_path, raw_book(body), "a:I", "b:C", name="t.xlsx")
    assert found.rows == [(2, "甲"), (7, "乙A ")]
    assert found.faults == [(4, "a", "#DIV/0!", "formula")]
    assert found.raw == ["#DIV/0!\ttrue"]


def test_cells_without_references_stand_in_order(tmp_path):
    body = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    found = bring(tmp_path, raw_book(body), "x:I", "y:I", name="t.xlsx", header_line=0)
    assert found.rows == [(1, 2), (3, None)]


def test_the_1904_calendar_is_obeyed(tmp_path):
    styles = (
        f'<styleSheet xmlns="{XML}/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    relations = (
        f'<Relationships xmlns="{XML}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{XML}/officeDocument/2006/relationships/worksheet" '
        'Target="/xl/worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{XML}/officeDocument/2006/relationships/styles" '
        'Target="styles.xml"/></Relationships>'
    )
    body = '<row r="1"><c t="str"><v>日</v></c></row><row r="2"><c s="1"><v>42370</v></c></row>'
    content = raw_book(
        body,
        workbook_more='<x:workbookPr date1904="1"/>',
        **{"xl/styles.xml": styles, "xl/_rels/workbook.xml.rels": relations},
    )
    assert bring(tmp_path, content, "日:D", name="t.xlsx").rows == [(dt.date(2020, 1, 2),)]


def test_hidden_sheets_are_never_chosen_by_themselves(tmp_path):
    book = openpyxl.Workbook()
    for name, state in (("藏", "hidden"), ("空", "visible"), ("表", "visible"), ("末", "visible")):
        page = book.create_sheet(name)
        page.sheet_state = state
        if name != "空":
            page.append(["a"])
            page.append([name])
    book.remove(book["Sheet"])
    stream = io.BytesIO()
    book.save(stream)
    found = bring(tmp_path, stream.getvalue(), "a:C", name="t.xlsx")
    assert found.rows == [("表",)]
    assert found.prepared.source.sheet == "表"
    assert {"sheet.hidden", "sheet.others"} <= set(found.codes)
    found = bring(tmp_path, stream.getvalue(), "a:C", name="t.xlsx", sheet="藏")
    assert found.rows == [("藏",)]
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, stream.getvalue(), "a:C", name="t.xlsx", sheet="无")
    assert unfit.value.code == "sheet.missing"


def test_a_workbook_under_another_name_is_read_by_what_it_is(tmp_path):
    """B-11."""
    found = bring(tmp_path, sheet(["a"], [1]), "a:I", name="table.csv")
    assert found.rows == [(1,)]
    assert found.prepared.source.kind == "xlsx"


def test_an_opendocument_table_is_read(tmp_path):
    office = "urn:oasis:names:tc:opendocument:xmlns"
    cell = '<table:table-cell office:value-type="{}" {}><text:p>{}</text:p></table:table-cell>'
    rows = [
        [("string", "", "名"), ("string", "", "数")],
        [("string", "", "海口"), ("float", 'office:value="1.5"', "1.5")],
    ]
    body = "".join(
        f"<table:table-row>{''.join(cell.format(*one) for one in row)}</table:table-row>"
        for row in rows
    )
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="表">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        bundle.writestr("META-INF/manifest.xml", "<manifest/>")
        bundle.writestr("content.xml", content)
    found = bring(tmp_path, stream.getvalue(), "名:C", "数:N", name="t.ods")
    assert found.rows == [("海口", 1.5)]


def test_a_bomb_is_refused_while_it_unpacks(tmp_path):
    """B-35: by the bytes that come, whatever the directory says of them."""
    zeros = "<row>" + " " * (64 << 20) + "</row>"
    content = raw_book(zeros)
    assert len(content) < 1 << 20
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, content, "a:C", name="bomb.xlsx")
    assert unfit.value.code == "file.bomb"
    told = zipfile.ZipFile(io.BytesIO(content)).getinfo("xl/worksheets/sheet1.xml").file_size
    size = struct.pack("<I", told)
    assert content.count(size) == 2
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, content.replace(size, struct.pack("<I", 100)), "a:C", name="liar.xlsx")
    assert unfit.value.code == "file.broken"


def test_archives_within_archives_are_no_table_and_stay_packed(tmp_path):
    """B-35: 42.zip and its kind are told by what they are."""
    packed = bytes(1 << 20)
    for depth in range(5):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
            for n in range(16):
                bundle.writestr(f"{depth}-{n}.zip", packed)
        packed = stream.getvalue()
    for name in ("42.zip", "42.xlsx", "42.csv"):
        with pytest.raises(Unfit) as unfit:
            bring(tmp_path, packed, "a:C", name=name)
        assert unfit.value.code == "zip.tables", name


@pytest.mark.long
def test_a_well_packed_honest_workbook_is_accepted(tmp_path):
    """B-35, the other half: a metafile that packs to seven thousandths makes no bomb."""
    rows = "".join(f'<row r="{n}"><c t="str"><v>海口市</v></c></row>' for n in range(1, 60_000))
    content = raw_book(rows, **{"xl/media/image1.emf": metafile()})
    assert len(rows) > 15 * len(raw_book(rows))
    assert bring(tmp_path, content, "海口市:C", name="t.xlsx").prepared.rows == 0
    assert bring(tmp_path, content, "x:C", name="t.xlsx", header_line=0).prepared.rows == 59_999


def test_entities_are_refused(tmp_path):
    evil = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
    content = raw_book("", **{"xl/worksheets/sheet1.xml": evil})
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, content, "a:C", name="t.xlsx")
    assert unfit.value.code == "file.doctype"


def test_a_workbook_with_too_many_parts_is_refused(tmp_path):
    parts = {f"xl/media/{n}.png": "" for n in range(MOST_ENTRIES)}
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, raw_book("", **parts), "a:C", name="t.xlsx")
    assert unfit.value.code == "file.bomb"


def test_a_damaged_workbook_is_refused_in_plain_words(tmp_path):
    content = raw_book("<row><c><v>1</v></oops></row>")
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, content, "a:C", name="t.xlsx")
    assert unfit.value.code == "file.broken"
    assert "Traceback" not in str(unfit.value)


def test_a_workbook_that_eats_memory_is_stopped_in_its_own_process(tmp_path):
    # Three thousand different letters a text: it packs well, but every text must be held.
    text = "".join(chr(0x4E00 + n) for n in range(3_000))
    items = "".join(f"<si><t>{text}{n}</t></si>" for n in range(40_000))
    relations = (
        f'<Relationships xmlns="{XML}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{XML}/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{XML}/officeDocument/2006/relationships/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>'
    )
    content = raw_book(
        '<row><c t="s"><v>0</v></c></row>',
        **{
            "xl/sharedStrings.xml": f'<sst xmlns="{XML}/spreadsheetml/2006/main">{items}</sst>',
            "xl/_rels/workbook.xml.rels": relations,
        },
    )
    (tmp_path / "t.xlsx").write_bytes(content)
    program = (
        "from yelin.files import bundle, confined; from yelin.warehouse import workbook; "
        "bundle.RATIO_FROM = 1 << 40; "
        "confined.answer(workbook.work, memory_bytes=160 << 20, cpu_seconds=60)"
    )
    order = {
        "source": {"path": str(tmp_path / "t.xlsx")},
        "kind": "xlsx",
        "target": {"path": str(tmp_path / "grid")},
        "sheet": None,
    }
    run = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == {"exhausted": True}


def test_an_empty_workbook_is_refused(tmp_path):
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, raw_book(""), "a:C", name="t.xlsx")
    assert unfit.value.code == "sheet.empty"


def test_the_demos_own_workbook_is_read(tmp_path):
    source = Path(__file__).parents[2] / "src/yelin/demo/data/medical-institutions.xlsx"
    found = bring(tmp_path, source)
    assert found.prepared.rows > 0
    assert found.prepared.refused == 0


def test_rows_are_staged_in_no_more_room_than_the_longest_of_them_asks_for(tmp_path):
    grid = tmp_path / "grid.ndjson"
    texts = ["海口" * 50_000, *map(str, range(2_000))]
    lines = ({"r": number, "c": [text], "f": None} for number, text in enumerate(texts, 2))
    grid.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with connect(memory_mb=48, roots=[tmp_path]) as engine:
        table = Gridded(grid, ["名"], 1, last=1)
        staged = gridded.stage(table, tmp_path, engine, (), lambda _done: None)
    assert staged.rows == len(texts)
