import csv
import io
import json
import re
import time
from datetime import date
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.thorough import many
from tests.warehouse.tables import at, bring

from yelin.gate import Mask, Obligations, RowFilter
from yelin.warehouse import exact, formats
from yelin.warehouse.engine import connect
from yelin.warehouse.formats import Column, TooLarge, UnknownFormat
from yelin.warehouse.query import BadOperand, Filter, Question, Table, UnknownColumn
from yelin.warehouse.staged import ROW_GROUP

TEXT = (
    "代码,名称,值,大,日,时,是,密\n"
    "046010,海口,1.5,9007199254740993,2020-01-02,2020-01-02 03:04:05,是,s\n"
    '110101199003070011,"三亚,市",,5,,,,t\n'
    'x%_1,"=1+1",-2,6,2021-01-01,2021-01-01,否,u\n'
    "-5,儋州,10,7,2020-06-01,2020-06-01 12:00,否,v\n"
)
SPECS = ("代码:C", "名称:C", "值:N", "大:I", "日:D", "时:T", "是:L", "密:C")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return bring(tmp_path_factory.mktemp("found"), TEXT, *SPECS)


@pytest.fixture
def table(found):
    return found.table(bears=Obligations(hidden_items=frozenset({"密"})))


def hits(table, *filters: tuple) -> list[int]:
    page = table.page(Question(filters=tuple(Filter(*one) for one in filters)))
    rows = ["046010", "110101199003070011", "x%_1", "-5"]
    assert (
        page.total
        == len(page.rows)
        == table.count(Question(filters=tuple(Filter(*one) for one in filters)))
    )
    return [rows.index(row["代码"]) for row in page.rows]


@pytest.mark.drawn(10)
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([], [0, 1, 2, 3]),
        ([("代码", "eq", "046010")], [0]),
        ([("代码", "ne", "046010")], [1, 2, 3]),
        ([("值", "ne", "10")], [0, 1, 2]),
        ([("值", "eq", "1.5")], [0]),
        ([("值", "gte", "1.5")], [0, 3]),
        ([("值", "lt", "2")], [0, 2]),
        ([("值", "lt", "2"), ("是", "eq", "true")], [0]),
        ([("大", "eq", "9007199254740993")], [0]),
        ([("大", "eq", "9007199254740992")], []),
        ([("大", "gt", "5.5")], [0, 2, 3]),
        ([("大", "in", "5,7")], [1, 3]),
        ([("名称", "in", ("三亚,市", "海口"))], [0, 1]),
        ([("日", "lte", "2020-06-01")], [0, 3]),
        ([("日", "startswith", "2020-")], [0, 3]),
        ([("时", "gt", "2020-01-02T03:04:05")], [2, 3]),
        ([("时", "eq", "2021-01-01")], [2]),
        ([("名称", "contains", "州")], [3]),
        ([("代码", "contains", "%_")], [2]),
        ([("代码", "contains", "%")], [2]),
        ([("代码", "startswith", "0")], [0]),
        ([("值", "isnull", "true")], [1]),
        ([("值", "isnull", "false")], [0, 2, 3]),
        ([("是", "ne", "是")], [1, 2, 3]),
        ([("名称", "eq", "' OR 1=1 --")], []),
    ],
)
def test_filters_find_what_they_say(table, filters, expected):
    assert hits(table, *filters) == expected


def test_a_hidden_column_is_as_unknown_as_one_that_never_was(table, found):
    messages = set()
    for name in ("密", "无"):
        for question in (
            Question(filters=(Filter(name, "eq", "s"),)),
            Question(filters=(Filter(name, "gibberish", "s"),)),
            Question(sort=((name, False),)),
            Question(columns=(name,)),
        ):
            for ask in (
                table.page,
                table.count,
                lambda q: table.export(q, "csv", found.work / "x"),
            ):
                with pytest.raises(UnknownColumn) as unknown:
                    ask(question)
                messages.add(str(unknown.value).replace(name, ""))
    assert len(messages) == 1
    assert all("密" not in row for row in table.page(Question()).rows)


@pytest.mark.parametrize(
    ("column", "operator", "value"),
    [
        ("值", "eq", "1e5"), ("值", "eq", "NaN"), ("值", "lt", ""), ("值", "in", "1,x"),
        ("值", "in", ()), ("大", "eq", "٣"), ("大", "eq", "1_000"), ("日", "eq", "2020"),
        ("日", "eq", "2020-01-01T10:00"), ("日", "eq", "01/02/2020"), ("是", "eq", "maybe"),
        ("时", "eq", "2020-01-01T00:00:00Z"), ("是", "gt", "true"), ("值", "isnull", "perhaps"),
        ("值", "like", "1"), ("值", "eq", ("1", "2")), ("值", "in", tuple("1" * 1_001)),
    ],
)  # fmt: skip
def test_an_operand_that_does_not_fit_says_what_would(table, column, operator, value):
    with pytest.raises(BadOperand) as bad:
        table.count(Question(filters=(Filter(column, operator, value),)))
    assert (bad.value.column, bad.value.operator) == (column, operator)
    assert bad.value.expects


def test_a_column_has_one_json_type(table):
    """B-14: numbers that a double cannot hold go as text, for the whole column."""
    page = table.page(Question())
    assert [row["大"] for row in page.rows] == ["9007199254740993", "5", "6", "7"]
    assert page.rows[0] == {
        "代码": "046010", "名称": "海口", "值": 1.5, "大": "9007199254740993", "日": "2020-01-02",
        "时": "2020-01-02T03:04:05", "是": True,
    }  # fmt: skip
    json.dumps(page.rows)


def test_pages_neither_lose_nor_repeat_rows_that_sort_alike(tmp_path):
    text = "k,n\n" + "".join(f"{n % 3 or ''},{n}\n" for n in range(1_000))
    table = bring(tmp_path, text, "k:I", "n:I").table()
    for descending in (False, True):
        seen = []
        for offset in range(0, 1_000, 70):
            page = table.page(Question(sort=(("k", descending),), limit=70, offset=offset))
            seen += page.rows
        assert sorted(row["n"] for row in seen) == list(range(1_000))
        # Rows without a value come last, whichever way; ties stand as in the file.
        assert [row["k"] for row in seen[-334:]] == [None] * 334
        first = [row["n"] for row in seen[:333]]
        assert first == sorted(first)


@pytest.mark.long
def test_the_last_page_of_many_rows_comes_as_soon_as_the_first(tmp_path):
    """B-61, B-62: nothing is counted or sorted for a page in the order of the file."""
    many = 400_000
    rows = pa.table({"n": pa.array(range(many)), "k": pa.array(n % 10 for n in range(many))})
    pq.write_table(rows, tmp_path / "data.parquet", row_group_size=ROW_GROUP)
    engine = connect(memory_mb=128, roots=[tmp_path])
    columns = [Column("n", "I"), Column("k", "I")]

    def opened(**over) -> Table:
        return Table([tmp_path / "data.parquet"], columns, engine, **over)

    def seconds(question, **over) -> float:
        taken = []
        for _ in range(3):
            # Computing time, for others may be at work beside.
            begun = time.process_time()
            page = opened(**over).page(question)
            taken.append(time.process_time() - begun)
            assert page.rows[0]["n"] == question.offset
            assert page.rows[-1]["n"] == question.offset + 49
        return min(taken)

    for over in ({}, {"number": "_id"}, {"bears": Obligations(masks={"k": Mask.NULL})}):
        first, last = seconds(Question(), **over), seconds(Question(offset=many - 50), **over)
        sorted_ = seconds(Question(offset=many - 50, sort=(("n", False),)), **over)
        assert last < 3 * first + sorted_ / 3, over
        assert last < sorted_ / 2, over
    filtered = Question(filters=(Filter("k", "eq", "7"),), offset=many // 10 - 50)
    assert [row["n"] for row in opened().page(filtered).rows] == list(range(many - 493, many, 10))
    few = opened(bears=Obligations(row_filters=frozenset({RowFilter("k", "eq", "7")})))
    assert few.page(Question(number="_id", offset=many // 10 - 2)).rows == [
        {"_id": many // 10 - 1, "n": many - 13, "k": 7},
        {"_id": many // 10, "n": many - 3, "k": 7},
    ]


def test_columns_come_in_the_order_asked_and_once(table):
    page = table.page(Question(columns=("大", "代码", "大"), limit=1))
    assert list(page.rows[0]) == ["大", "代码"]
    assert [column.name for column in page.columns] == ["大", "代码"]


def exported(table, found, fmt, question=Question(), **options) -> bytes:  # noqa: B008 - frozen
    target = found.work / f"out.{fmt}"
    table.export(question, fmt, target, **options)
    return target.read_bytes()


def test_csv_is_exact(table, found):
    """B-74: UTF-8, no byte-order mark, every value as it is."""
    content = exported(table, found, "csv")
    assert content.decode() == (
        "代码,名称,值,大,日,时,是\n"
        "046010,海口,1.5,9007199254740993,2020-01-02,2020-01-02 03:04:05,true\n"
        '110101199003070011,"三亚,市",,5,,,\n'
        "x%_1,=1+1,-2,6,2021-01-01,2021-01-01 00:00:00,false\n"
        "-5,儋州,10,7,2020-06-01,2020-06-01 12:00:00,false\n"
    )


def test_csv_for_excel_runs_nothing_and_cuts_no_code(table, found):
    """B-74: a mark so that Chinese shows, formulas that stay text, codes that keep their zeros."""
    content = exported(table, found, "csv", for_excel=True)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ['="046010"', '="110101199003070011"', "x%_1", "'-5"]
    assert rows[3][1:3] == ["'=1+1", "-2"]
    # A spreadsheet holds fifteen digits of a number, and this one has sixteen.
    assert [row[3] for row in rows[1:]] == ['="9007199254740993"', "5", "6", "7"]


def test_the_name_of_a_column_runs_in_no_spreadsheet_and_comes_back(tmp_path):
    names = ["=cmd|' /C calc'!A0", "'=a", "@b", "-c", "'d"]
    stream = io.StringIO()
    csv.writer(stream).writerows([["序号", *names], ["1", *"vwxyz"], ["2", *"vwxyz"]])
    specs = ("序号:I", *(f"{name}:C" for name in names))
    table = bring(tmp_path, stream.getvalue(), *specs).table()
    target = tmp_path / "for-excel.csv"
    table.export(Question(), "csv", target, for_excel=True)
    header = next(csv.reader(io.StringIO(target.read_text("utf-8-sig"))))
    assert header[1:] == ["'=cmd|' /C calc'!A0", "''=a", "'@b", "'-c", "'d"]
    again = bring(tmp_path, target, *specs)
    assert again.prepared.header[1:] == tuple(names)
    assert again.rows == [(1, *"vwxyz"), (2, *"vwxyz")]
    table.export(Question(), "gb18030.csv", target, for_excel=True)
    header = next(csv.reader(io.StringIO(target.read_text("gb18030"))))
    assert header[1:] == ["=\"=cmd|' /C calc'!A0\"", '="\'=a"', '="@b"', '="-c"', "'d"]
    again = bring(tmp_path, target, *specs)
    assert again.prepared.header[1:] == tuple(names)
    assert again.rows == [(1, *"vwxyz"), (2, *"vwxyz")]


def test_json_and_ndjson_hold_the_same_rows_as_a_page(table, found):
    page = table.page(Question()).rows
    assert json.loads(exported(table, found, "json")) == page
    lines = exported(table, found, "ndjson").decode().splitlines()
    assert [json.loads(line) for line in lines] == page


def test_an_empty_answer_is_valid_in_every_format(table, found):
    nothing = Question(filters=(Filter("代码", "eq", "none"),))
    assert json.loads(exported(table, found, "json", nothing)) == []
    assert exported(table, found, "ndjson", nothing) == b""
    assert exported(table, found, "csv", nothing).decode() == "代码,名称,值,大,日,时,是\n"
    exported(table, found, "xlsx", nothing)
    exported(table, found, "parquet", nothing)
    assert pq.read_table(found.work / "out.parquet").num_rows == 0


def test_parquet_keeps_types(table, found):
    exported(table, found, "parquet", Question(columns=("值", "日", "时", "是"), limit=1))
    rows = pq.read_table(found.work / "out.parquet").to_pylist()
    assert rows[0] == {
        "值": Decimal("1.50"), "日": date(2020, 1, 2), "时": at("2020-01-02 03:04:05"), "是": True,
    }  # fmt: skip
    assert len(rows) == 4


def test_xlsx_keeps_text_as_text_and_numbers_as_numbers(table, found):
    exported(table, found, "xlsx")
    sheet = openpyxl.load_workbook(found.work / "out.xlsx").active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["代码", "名称", "值", "大", "日", "时", "是"]
    assert rows[1] == [
        "046010", "海口", 1.5, "9007199254740993", at("2020-01-02"), at("2020-01-02 03:04:05"),
        True,
    ]  # fmt: skip
    assert rows[3][1] == "=1+1"
    assert sheet["B4"].data_type == "s"


@pytest.mark.long
def test_what_a_sheet_cannot_show_of_a_moment_is_text_there_and_comes_back_whole(tmp_path):
    """B-74: fractions of seconds, days before the sheet's calendar and its very last one."""
    moments = ("2020-01-02 03:04:05.123456", "2020-01-02 23:59:59.9", "1899-12-31 23:59:59",
               "0001-01-01 00:00:00", "9999-12-31 23:59:59.999", "9999-12-31 23:59:59")  # fmt: skip
    text = "n,t\n" + "".join(f"{n},{moment}\n" for n, moment in enumerate(moments))
    first = bring(tmp_path, text, "n:I", "t:T")
    assert first.rows == [(n, at(moment)) for n, moment in enumerate(moments)]
    for fmt in ("xlsx", "csv", "json", "ndjson", "parquet"):
        target = first.work / f"out.{fmt}"
        first.table().export(Question(), fmt, target)
        assert bring(tmp_path, target, "n:I", "t:T").rows == first.rows, fmt


def test_more_rows_than_xlsx_holds_are_refused_by_name(table, found, monkeypatch):
    monkeypatch.setattr(formats, "XLSX_ROWS", 3)
    with pytest.raises(TooLarge) as large:
        exported(table, found, "xlsx")
    assert large.value.params == {
        "format": "xlsx",
        "limit": "3",
        "others": "csv/json/ndjson/parquet",
    }
    with pytest.raises(UnknownFormat):
        exported(table, found, "dbf")


NUMBERS = st.decimals(-(10**13), 10**13, places=4) | st.integers(-(10**13), 10**13).map(Decimal)


def _digits(number):
    """How many digits count in a number as it is written."""
    return len(number.lstrip("-").replace(".", "").lstrip("0"))


@pytest.mark.long
@settings(max_examples=many(15, 4))
@given(numbers=st.lists(NUMBERS, min_size=1, max_size=8), scale=st.none() | st.integers(4, 6))
@example([Decimal("7217.0000"), Decimal("8292.8851")], None)
@example([Decimal(100), Decimal("0.5"), Decimal("-0.10")], None)
@example([Decimal("12345678901234567890.5000"), Decimal(7)], None)
@example([Decimal("1.5"), Decimal(-20)], 2)
def test_a_number_leaves_every_door_as_its_source_wrote_it(tmp_path_factory, numbers, scale):
    """Zeros at the end go where the item declares no decimal places, and come where it does."""
    folder = tmp_path_factory.mktemp("numbers")
    text = "n,v\n" + "".join(f"{n},{number:f}\n" for n, number in enumerate(numbers))
    found = bring(folder, text, "n:I", "v:N" if scale is None else f"v:N/38,{scale}")
    table = found.table()
    told = [
        f"{number.normalize() + 0:f}" if scale is None else f"{number + 0:.{scale}f}"
        for number in numbers
    ]

    rows = list(csv.DictReader(io.StringIO(exported(table, found, "csv").decode())))
    assert [row["v"] for row in rows] == told
    marked = exported(table, found, "csv", for_excel=True).decode("utf-8-sig")
    whole = [f'="{one}"' if _digits(one) > exact.DIGITS else one for one in told]
    assert [row["v"] for row in csv.DictReader(io.StringIO(marked))] == whole
    as_text = found.prepared.columns[1].as_text
    shown = told if as_text else [float(one) for one in told]
    token = '"{}"' if as_text else "{}"
    page = [row["v"] for row in table.page(Question()).rows]
    assert page == shown
    lines = exported(table, found, "ndjson").decode().splitlines()
    assert lines == [f'{{"n":{n},"v":{token.format(one)}}}' for n, one in enumerate(told)]
    assert [row["v"] for row in json.loads(exported(table, found, "json"))] == page
    exported(table, found, "xlsx")
    sheet = openpyxl.load_workbook(found.work / "out.xlsx").active
    assert [sheet.cell(n + 2, 2).value for n in range(len(told))] == shown
    exported(table, found, "parquet")
    assert pq.read_table(found.work / "out.parquet").column("v").to_pylist() == numbers
    facts = found.prepared.columns[1]
    assert {facts.low, facts.high} <= set(told)
    for n, one in enumerate(told):
        assert n in [
            row["n"] for row in table.page(Question((Filter("v", "startswith", one),))).rows
        ]
    again = bring(folder, folder / "work-table.csv" / "out.xlsx", "n:I", "v:N")
    assert [value for _, value in again.rows] == numbers


names = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]),
    min_size=1,
    max_size=6,
).filter(lambda name: not name.startswith(("=", "'", "#", "列")))
texts = st.text(
    alphabet=st.one_of(
        st.sampled_from("=+-@'\",;\n\r\t 0%"),
        st.characters(
            codec="gb18030", exclude_characters="\0\ufeff", exclude_categories=["Cs", "Cc"]
        ),
    ),
    max_size=12,
).filter(lambda text: text.strip(" \t\r\n\u3000\u00a0") == text)


@settings(max_examples=many(40, 10))
@given(
    rows=st.lists(
        st.tuples(
            texts,
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.decimals(-(10**18), 10**18, places=4),
            st.none() | st.dates(date(1000, 1, 1)),
            st.none() | st.booleans(),
        ),
        min_size=1,
        max_size=8,
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    mark=st.sampled_from([",", ";", "\t", "|"]),
    ending=st.sampled_from(["\n", "\r\n"]),
    way=st.sampled_from(["csv", "excel", "xlsx"]),
)
@example(
    # A double holds it and a spreadsheet does not.
    rows=[("", 2**53 - 1, None, None, None), ("", -(10**15), None, None, None)],
    encoding="utf-8", mark=",", ending="\n", way="xlsx",
)  # fmt: skip
def test_a_table_comes_back_as_it_was(tmp_path_factory, rows, encoding, mark, ending, way):
    """B-74: in any encoding and dialect in; out by any format; in again: the same values."""
    folder = tmp_path_factory.mktemp("trip")
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=mark, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerow(["序号", "文字", "整数", "小数", "日期", "是否"])
    shown = {True: "是", False: "否", None: ""}
    for number, (text, whole, decimal, day, truth) in enumerate(rows):
        plain = "" if decimal is None else format(decimal, "f")
        writer.writerow([number, text, whole, plain, day, shown[truth]])
    specs = ("序号:I#", "文字:C", "整数:I", "小数:N", "日期:D", "是否:L")
    hand = {"encoding": encoding, "delimiter": mark}
    # A mark for people means that guards are taken off, so such a file is not exact by design.
    guarded = encoding == "utf-8-sig"
    first = bring(folder, stream.getvalue().encode(encoding), *specs, **hand)
    expected = [
        (n, text or None, whole, decimal, day, truth)
        for n, (text, whole, decimal, day, truth) in enumerate(rows)
    ]
    if not guarded and not any('="' in row[0] for row in rows):
        assert first.rows == expected
    target = folder / ("again.xlsx" if way == "xlsx" else "again.csv")
    first.table().export(
        Question(), "xlsx" if way == "xlsx" else "csv", target, for_excel=way == "excel"
    )
    again = bring(folder, target, *specs)
    assert _plain_ends(again.rows) == _plain_ends(first.rows)


def _plain_ends(rows: list[tuple]) -> list[tuple]:
    # XML has one kind of line end.
    return [
        tuple(re.sub("\r\n?", "\n", cell) if isinstance(cell, str) else cell for cell in row)
        for row in rows
    ]


@pytest.mark.long
@given(name=names)
@settings(max_examples=many(40, 10))
def test_any_name_of_a_column_comes_back(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("name")
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["序号", name], ["1", "x"], ["2", "y"]])
    found = bring(folder, stream.getvalue())
    shown = found.prepared.header[1]
    table = bring(folder, stream.getvalue(), "序号:I", f"{shown}:C").table()
    assert table.page(Question(filters=(Filter(shown, "eq", "y"),))).rows == [
        {"序号": 2, shown: "y"}
    ]
