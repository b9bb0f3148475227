"""The demo's tables are what ``SOURCES.md`` says, and real departments' quirks are in them."""

import csv
import io
import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise

import holidays
import opencc
import pytest
from openpyxl import load_workbook
from stdnum.cn import uscc

from yelin.demo.province import DATA, HERE, Entry, Item, read

PROVINCES = {path.parent.name: read(path.parent.name) for path in HERE.glob("*/province.toml")}
WITH_FILE = [
    pytest.param(entry, id=f"{name}-{entry.key}")
    for name, province in sorted(PROVINCES.items())
    for entry in province.entries
    if entry.file
]
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
SIMPLIFIED = opencc.OpenCC("t2s")


def sources() -> dict[str, dict[str, str]]:
    lines = (DATA / "SOURCES.md").read_text(encoding="utf-8").splitlines()
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|")
    ]
    header, _, *rows = table
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows}


SOURCES = sources()


def cells(name: str) -> list[list[str]]:
    """Header and rows of a file, read with the encoding and delimiter that SOURCES.md names."""
    said = SOURCES[name]
    if said["encoding"] == "xlsx":
        sheet = load_workbook(DATA / name).worksheets[0]
        return [["" if v is None else str(v) for v in row] for row in sheet.values][2:]
    text = (DATA / name).read_bytes().decode(said["encoding"])
    delimiter = DELIMITERS[said["delimiter"]]
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def test_every_file_has_its_source_and_every_source_its_file() -> None:
    files = {path.name for path in DATA.iterdir()} - {"SOURCES.md"}
    assert files == set(SOURCES)
    all_of_them = PROVINCES.values()
    entries = {entry.file for province in all_of_them for entry in province.entries}
    standards = [standard for province in all_of_them for standard in province.standards]
    lists = {each.file for standard in standards for each in standard.code_lists}
    assert files == (entries | lists) - {""}
    assert all(said["what"] and said["source"] for said in SOURCES.values())


def test_all_data_together_stays_small() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 3_000_000


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_file_has_the_rows_that_its_source_line_says(name: str) -> None:
    header, *rows = cells(name)
    assert len(rows) == int(SOURCES[name]["rows"])
    assert {len(row) for row in rows} == {len(header)}


def test_files_are_in_the_encodings_that_departments_use() -> None:
    encodings = {said["encoding"] for said in SOURCES.values()}
    assert encodings == {"utf-8", "utf-8-sig", "utf-16", "gb18030", "cp950", "xlsx"}
    for name, said in SOURCES.items():
        content = (DATA / name).read_bytes()
        assert (said["encoding"] == "utf-8-sig") == content.startswith(b"\xef\xbb\xbf")
        assert (said["encoding"] == "utf-16") == content.startswith(b"\xff\xfe")
        if said["encoding"] in {"gb18030", "cp950", "utf-16"}:
            with pytest.raises(UnicodeDecodeError):
                content.decode("utf-8")


def test_three_town_names_need_gb18030_beyond_gbk() -> None:
    beyond = []
    for _, name, _ in cells("china-towns.csv")[1:]:
        try:
            name.encode("gbk")
        except UnicodeEncodeError:
            beyond.append(name)
    assert beyond == ["麦㙦镇", "塘㙍镇", "䢺江镇"]


def test_every_industry_stands_in_one_of_the_level_above() -> None:
    levels = [
        {row[0] for row in cells(f"codes-industry-{name}.csv")[1:]}
        for name in ("divisions", "groups", "classes")
    ]
    assert [len(codes) for codes in levels] == [96, 432, 1094]
    for above, below in pairwise(levels):
        assert {code[:-1] for code in below} == above
    told = {row[0].lstrip("ABCDEFGHIJKLMNOPQRST") for row in cells("industry-codes.csv")[1:]}
    assert levels[2] == {code for code in told if len(code) == 4}


@pytest.mark.parametrize("entry", WITH_FILE)
def test_items_are_the_columns_of_the_file(entry: Entry) -> None:
    header = [SIMPLIFIED.convert(name) for name in cells(entry.file)[0]]
    assert header == [item.name for item in entry.items]


def is_number(value: str, length: str) -> bool:
    whole, _, places = length.partition(",")
    try:
        _, digits, exponent = Decimal(value).as_tuple()
    except InvalidOperation:
        return False
    fits = isinstance(exponent, int) and -exponent <= int(places or whole)
    return fits and len(digits) <= int(whole)


def conforms(item: Item, value: str) -> bool:
    """Whether a value fits its item: a plain second opinion, not the warehouse's own rule."""
    if value == "" or (value == "…" and item.type in {"I", "N"}):
        return item.nullable
    match item.type:
        case "N":
            return is_number(value, item.length)
        case "I":
            shape = f"[0-9０-９]{{1,{item.length}}}"
        case "D":
            shape = r"\d{4}-\d\d-\d\d"
        case "L":
            shape = "[是否]"
        case "M":
            shape = "(?s:.+)"
        case _:
            shape = f"(?s:.{{1,{item.length}}})"
    return bool(re.fullmatch(shape, value))


def fits(entry: Entry, row: list[str]) -> bool:
    return all(conforms(item, value) for item, value in zip(entry.items, row, strict=True))


@pytest.mark.parametrize("entry", WITH_FILE)
def test_only_the_rows_meant_to_be_rejected_do_not_conform(entry: Entry) -> None:
    meant = {"air-quality-limits": 8, "medical-institutions": 1}
    rejected = [row for row in cells(entry.file)[1:] if not fits(entry, row)]
    assert len(rejected) == meant.get(entry.key, 0), rejected[:3]


@pytest.mark.parametrize("entry", WITH_FILE)
def test_keys_of_conforming_rows_are_unique(entry: Entry) -> None:
    keys = [at for at, item in enumerate(entry.items) if item.key]
    rows = [row for row in cells(entry.file)[1:] if fits(entry, row)]
    counted = Counter(tuple(row[at] for at in keys) for row in rows)
    assert rows
    assert [key for key, times in counted.items() if times > 1] == []


def test_rejected_rows_are_the_note_marks_and_the_notes() -> None:
    rows = cells("air-quality-limits.csv")[1:]
    assert [row[3:] for row in rows if row[4].startswith("(")] == [
        ["300", "(2)"],
        ["400", "(2)"],
        ["500", "(2)"],
        ["400", "(3)"],
        ["500", "(3)"],
    ]
    assert [row[1:] for row in rows[-3:]] == [["", "", "", ""]] * 3


def test_the_workbook_has_a_merged_title_above_its_header() -> None:
    sheet = load_workbook(DATA / "medical-institutions.xlsx").worksheets[0]
    assert sorted(str(merged) for merged in sheet.merged_cells.ranges) == ["A1:N1", "A2:N2"]
    assert sheet["A3"].value == "年份"
    assert sheet["A4"].value == "１９７８"
    assert sheet["A40"].value == 2014


@pytest.mark.parametrize("name", ["big-data-regulation.csv", "hainan-divisions.csv"])
def test_line_breaks_stand_inside_quoted_values(name: str) -> None:
    assert any("\n" in value for row in cells(name)[1:] for value in row)


def test_the_regulation_has_its_fifty_seven_articles_in_order() -> None:
    rows = cells("big-data-regulation.csv")[1:]
    assert rows[0][:3] == ["第一條", "第一章", "總則"]
    assert rows[52][3].count("\n") == 4
    assert rows[-1] == ["第五十七條", "第六章", "附則", "本條例自2019年11月1日起施行。"]


def test_codes_keep_their_leading_zeros_and_credit_codes_pass_their_check() -> None:
    assert cells("hainan-towns.csv")[1][2] == "001"
    bodies = cells("government-bodies.csv")[1:]
    assert {row[4] for row in bodies} == {"0898"}
    assert all(uscc.is_valid(row[0]) for row in bodies)


def test_every_day_of_the_calendar_agrees_with_the_notices() -> None:
    rows = cells("working-calendar.csv")[1:]
    china = holidays.country_holidays("CN", years=range(2019, 2027))
    day = date(2019, 1, 1)
    for written, weekday, works, kind, holiday in rows:
        assert written == day.isoformat()
        assert weekday == "星期" + "一二三四五六日"[day.weekday()]
        assert (works == "是") == china.is_working_day(day)
        assert (kind in {"工作日", "调休上班"}) == (works == "是")
        assert bool(holiday) == (kind in {"法定节假日", "补假", "延长假期"})
        day += timedelta(days=1)
    assert day == date(2027, 1, 1)
    assert [row[0] for row in rows if row[3] == "调休上班" and row[0] >= "2026"] == [
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]


@pytest.mark.parametrize(
    ("category", "born", "delay", "age", "retires"),
    [
        ("男职工", "1965-01", "1", "60岁1个月", "2025-02"),
        ("男职工", "1965-05", "2", "60岁2个月", "2025-07"),
        ("男职工", "1976-09", "36", "63岁", "2039-09"),
        ("男职工", "1976-12", "36", "63岁", "2039-12"),
        ("原法定退休年龄五十五周岁的女职工", "1970-01", "1", "55岁1个月", "2025-02"),
        ("原法定退休年龄五十五周岁的女职工", "1981-09", "36", "58岁", "2039-09"),
        ("原法定退休年龄五十周岁的女职工", "1975-03", "2", "50岁2个月", "2025-05"),
        ("原法定退休年龄五十周岁的女职工", "1984-11", "60", "55岁", "2039-11"),
    ],
)
def test_retirement_months_follow_the_decision(
    category: str, born: str, delay: str, age: str, retires: str
) -> None:
    found = [row for row in cells("retirement-ages.txt")[1:] if row[:2] == [category, born]]
    assert [row[3:] for row in found] == [[delay, age, retires]]


def test_limits_rise_with_the_index() -> None:
    limits: dict[tuple[str, str], list[int]] = {}
    for pollutant, time, _, _, limit in cells("air-quality-limits.csv")[1:-3]:
        if limit.isdigit():
            limits.setdefault((pollutant, time), []).append(int(limit))
    assert len(limits) == 10
    assert all(values == sorted(set(values)) and values[0] == 0 for values in limits.values())


def test_extents_lie_in_hainan_and_are_not_empty() -> None:
    for row in cells("hainan-divisions.csv")[1:]:
        west, south, east, north = map(float, row[4:8])
        assert 108 < west < east < 118
        assert 3 < south < north < 20.3
