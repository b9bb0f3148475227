"""Files as public reports tell of them, brought in by page, REST and command, and had again."""

import io
import zipfile
from dataclasses import dataclass, field

import openpyxl
import pytest
from tests.reports.ways import WAYS, desk, rows_out

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "海南省自由贸易港重点园区企业登记信息统计表中的第一个非常非常长的列名"


def workbook(*rows: tuple) -> bytes:
    """Return a workbook of these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    """Return a ZIP of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    return stream.getvalue()


@dataclass(frozen=True)
class Report:
    """What was sent elsewhere, and what comes of it here."""

    items: tuple[str, ...]
    content: bytes
    rows: list[list]
    refused: list[tuple] = field(default_factory=list)
    name: str = "table.csv"
    options: dict = field(default_factory=dict)
    encoding: str = "utf-8"
    # What the page says in Chinese and the command in English.
    page: str = ""
    command: str = ""
    header: tuple[str, ...] = ()


REPORTS = {
    "B-01": Report(
        ("姓名:C", "身份证号:C"),
        "姓名,身份证号\r\n张三,110101199003070011\r\n".encode("gbk"),
        [["张三", "110101199003070011"]],
        encoding="gb18030",
        page="编码 GB18030",
        command="Read as GB18030, CSV, delimiter ,, header in line 1.",
    ),
    "B-02": Report(
        ("name:C", "code:C"),
        b"name,code\n" + b"abc,001\n" * 990 + "张三,002\n".encode("gbk"),
        [["abc", "001"]] * 990 + [["张三", "002"]],
        encoding="gb18030",
    ),
    "B-04": Report(
        ("name:C", "code:C"),
        b"\xef\xbb\xbfname,code\n" + b"abc,001\n" * 900 + b"a\xa0b,002\n",
        [["abc", "001"]] * 900 + [["a\u00a0b", "002"]],
        options={"encoding": "cp1252"},
        encoding="cp1252",
        page="编码 CP1252",
        command="Read as CP1252",
    ),
    "B-05": Report(
        ("名称:C", "值:I"),
        "名称,值\n海口,1\n三亚,2\n".encode() + b"caf\xe9,3\n",
        [["海口", 1], ["三亚", 2]],
        [(4, None, "encoding")],
        page="第 4 至 4 行不是 utf-8 编码",
        command="Lines 4 to 4 are not utf-8 (they read as cp1252)",
    ),
    "B-05, the other half": Report(
        ("名称:C", "值:I"),
        # Each of the words in UTF-8 is read by GBK as well: as three others.
        "名称,值\n三亚,1\n儋州,2\n".encode("gbk") + "海口,3\n".encode(),
        [["三亚", 1], ["儋州", 2]],
        [(4, None, "encoding")],
        encoding="gb18030",
        page="第 4 至 4 行不是 gb18030 编码",
        command="Lines 4 to 4 are not gb18030 (they read as utf-8)",
    ),
    "B-07, B-08": Report(
        ("姓名:C", "性命:C", f"{LONG}甲:C", f"{LONG}乙:C", "值(万元)*:N"),
        f"姓名,性命,{LONG}甲,{LONG}乙,值(万元)*,姓名\n一,二,三,四,5.5,六\n".encode(),
        [["一", "二", "三", "四", 5.5]],
        page="姓名_2",
        command="姓名_2",
    ),
    "B-10": Report(
        ("name:C", "text:C"),
        'name;text\r\nM\xfcller;"zwei\nZeilen"\r\nGen\xe8ve;eins\r\n'.encode("latin-1"),
        [["Müller", "zwei\nZeilen"], ["Genève", "eins"]],
        encoding="cp1252",
        page="分隔符 分号",
        command="delimiter ;",
    ),
    "B-10, the other half": Report(
        # What might divide stands in values alone.
        ("备注:C",),
        "备注\n一;二\n三;四;五\n".encode(),
        [["一;二"], ["三;四;五"]],
    ),
    "B-11": Report(
        ("姓名:C", "数:I"),
        workbook(("姓名", "数"), ("张三", 5)),
        [["张三", 5]],
        encoding="",
        page="文件类型 Excel",
        command="XLSX",
    ),
    "B-13, B-14": Report(
        ("zip:C", "电话:C", "区划:C", "身份证:C", "大:I"),
        "zip,电话,区划,身份证,大\n00501,0898,046010,110101199003070011,9007199254740993\n"
        "02139,0899,460100,,5\n".encode(),
        [
            ["00501", "0898", "046010", "110101199003070011", "9007199254740993"],
            ["02139", "0899", "460100", None, "5"],
        ],
    ),
    "B-16": Report(
        ("值:I",),
        ("值\n" + "".join(f"{n}\n" for n in range(850)) + "0164A\n0165A\n0166A\n").encode(),
        [[n] for n in range(850)],
        [(852, "值", "type"), (853, "值", "type"), (854, "值", "type")],
        page="0164A",
        command="值: 3 × ",
    ),
    "B-17": Report(
        ("时:T", "数:N", "文:C"),
        "时,数,文\n2020-01-02 03:04:05,-1.5,1\n,-2,x\n2020-01-03,,\n".encode(),
        [
            ["2020-01-02T03:04:05", -1.5, "1"],
            [None, -2, "x"],
            ["2020-01-03T00:00:00", None, None],
        ],
    ),
    "B-19": Report(
        ("n:I", "日:D"),
        "n,日\n1,01/02/2020\n2,13/02/2020\n3,5.3.2020\n4,2020年1月2日\n5,民国109年1月2日\n6,0000-01-01\n".encode(),
        [
            [1, "2020-02-01"],
            [2, "2020-02-13"],
            [3, "2020-03-05"],
            [4, "2020-01-02"],
            [5, "2020-01-02"],
        ],
        # No calendar has a year 0, and no door could tell it.
        [(7, "日", "type")],
        page="dmy",
        command="The dates of “日” are read as dmy",
    ),
    "B-20": Report(
        ("n:I", "值:N"),
        "n,值\n1,1_000\n2,NaN\n3,Infinity\n4,１２３\n5,1e5\n6,\"12,345\"\n7,٣\n".encode(),
        [[4, 123], [6, 12345]],
        [(line, "值", "type") for line in (2, 3, 4, 6, 8)],
        page="Infinity",
        command="值: 5 × ",
    ),
}  # fmt: skip


@pytest.mark.drawn(1)
@pytest.mark.duty("quality.keep")
@pytest.mark.parametrize("row", REPORTS)
def test_a_file_comes_in_alike_by_every_way_and_leaves_whole_by_every_door(
    worker, monkeypatch, row
):
    """Page, REST and command read it alike, say so alike, and no door changes a value."""
    report = REPORTS[row]
    with desk(monkeypatch, *report.items) as at:
        for way in WAYS:
            upload = at.bring(way, report.content, report.name, **report.options)
            assert upload.error == {}, way
            told = at.told(upload)["report"]
            assert told["source"]["encoding"] == report.encoding, way
            assert (upload.rows, upload.rejected) == (len(report.rows), len(report.refused)), way
            assert report.page in at.page(upload), way
            if report.refused:
                path = f"/api/v1/uploads/{upload.pk}/rejected?format=json"
                rows = at.client.get(path, headers={"Authorization": at.token}).json()
                found = [(each["line"], each["column"], each["reason"]) for each in rows]
                assert found == report.refused, way
        assert report.command in at.said[-1]
        counts = f"Rows that conform: {len(report.rows):,}; rejected: {len(report.refused)}."
        assert counts in at.said[-1]
        at.publish(upload)
        page = at.client.get(f"/resources/{at.entry.slug}/").content.decode()
        assert str(report.rows[0][0]) in page
        names = [item.partition(":")[0] for item in report.items]
        for door, (header, *rows) in rows_out(at.entry.slug).items():
            assert header == names, door
            if door in {"rows", "json"}:
                assert rows == report.rows, door
            else:
                assert [list(map(plainly, each)) for each in rows] == [
                    list(map(plainly, each)) for each in report.rows
                ], door


def plainly(value) -> str:
    """Return a cell as text: as a sheet shows it, without the guard of a code for spreadsheets."""
    text = "" if value is None else str(value)
    text = text.removeprefix('="').removesuffix('"') if text.startswith('="') else text
    # A moment of midnight is a day to a sheet.
    return text.replace("T", " ").removesuffix(" 00:00:00").removesuffix(".0")


@pytest.mark.drawn(1)
@pytest.mark.parametrize("way", WAYS)
def test_what_is_no_table_is_named_by_what_it_is(worker, monkeypatch, way):
    """B-11: by its own bytes, whatever its name says; and a codec nobody knows is no crash."""
    with desk(monkeypatch, "姓名:C") as at:
        upload = at.bring(way, b"%PDF-1.7\n" + bytes(200), "名单.csv")
        assert upload.state == "failed"
        assert "PDF" in at.page(upload)
        assert at.told(upload)["error"]["params"]["kind"] == "PDF"
        if way == "command":
            assert "in truth a PDF file" in at.said[-1]
        if way != "page":
            # The page offers a list.
            upload = at.bring(way, "姓名\n张三\n".encode(), encoding="klingon")
            assert (upload.state, upload.error["params"]["encoding"]) == ("failed", "klingon")
        # What failed is kept nowhere: the next file is read by what it is alone.
        assert at.bring(way, "姓名\n张三\n".encode("gbk")).rows == 1


@pytest.mark.drawn(2)
@pytest.mark.parametrize("way", WAYS)
def test_a_bomb_is_told_as_such_and_leaves_nothing(worker, monkeypatch, way):
    """B-35: a sheet that swells without end, and archives within archives; each in plain words."""
    nested = bytes(1 << 20)
    for depth in range(3):
        nested = packed({f"{depth}-{n}.zip": nested for n in range(16)})
    blown = packed({
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": b'<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets>'
        b"</workbook>",
        "xl/_rels/workbook.xml.rels": b'<Relationships><Relationship Id="r1" Type="x/worksheet"'
        b' Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>" + b" " * (64 << 20) + b"</row>",
    })  # fmt: skip
    with desk(monkeypatch, "姓名:C") as at:
        for content, code in ((nested, "zip.tables"), (blown, "file.bomb")):
            upload = at.bring(way, content, "名单.xlsx")
            assert (upload.state, upload.error["code"]) == ("failed", code)
            assert "Traceback" not in at.page(upload)
            if way == "command":
                assert "The file cannot be used" in at.said[-1]
        assert at.bring(way, "姓名\n张三\n".encode()).rows == 1


def test_what_a_program_said_of_a_file_stays_said_when_a_page_reads_it_again(worker, monkeypatch):
    """B-04: an override is obeyed by every door that reads the file after."""
    with desk(monkeypatch, "姓名:C", "数:I") as at:
        content = "姓名^数\n张三^1\n".encode("gbk")
        upload = at.bring("rest", content, encoding="gbk", delimiter="^")
        form = at.client.get(f"/desk/uploads/{upload.pk}/").context["again"]
        said = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}
        assert (said["encoding"], said["delimiter"]) == ("gbk", "^")
        for name in ("encoding", "delimiter"):
            assert said[name] in dict(form.fields[name].choices)
        sent = {name: value for name, value in said.items() if value} | {"do": "prepare"}
        again = at.client.post(f"/desk/uploads/{upload.pk}/", sent | {"header_line": 1})
        assert again.status_code == 302
        upload.refresh_from_db()
        assert (upload.options["encoding"], upload.options["delimiter"]) == ("gbk", "^")


@pytest.mark.drawn(1)
@pytest.mark.parametrize("name", ["年份", "Année (été)", "a\"b'c`", "<b>列", "_id", "select", "*"])
def test_any_name_of_a_column_is_asked_sorted_and_filtered_by(worker, monkeypatch, name):
    """B-08: what breaks an identifier elsewhere is a name like any other here."""
    with desk(monkeypatch, f"{name}:C", "n:I") as at:
        quoted = name.replace('"', '""')
        at.publish(at.bring("rest", f'"{quoted}",n\n甲,2\n乙,1\n'.encode()))
        path = f"/api/v1/resources/{at.entry.slug}/rows"
        sorted_ = at.client.get(path, {"sort": "n", "columns": "n"}).json()["items"]
        assert [row["n"] for row in sorted_] == [1, 2]
        found = at.client.get("/api/3/action/datastore_search", {
            "resource_id": at.entry.slug, "filters": '{"n": 1}',
        }).json()["result"]["records"]  # fmt: skip
        assert [row["n"] for row in found] == [1]
        # CKAN numbers rows by a name that is taken here.
        if name != "_id":
            assert found[0][name] == "乙"
