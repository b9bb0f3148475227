import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many
from tests.warehouse.tables import at, bring, items

from yelin.warehouse import rejected, staged, values
from yelin.warehouse.asked import DateSample
from yelin.warehouse.engine import Engine, connect
from yelin.warehouse.findings import Unfit
from yelin.warehouse.items import ItemSpec, fold, require_sound

D = Decimal


def values_of(tmp_path, kind: str, *cells: str, **options) -> list:
    """Return what each cell becomes under an item of ``kind``: its value, or "refused"."""
    text = "n,v\n" + "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells))
    found = bring(tmp_path, text, "n:I", f"v:{kind}", **options)
    kept = dict(found.rows)
    return [kept.get(n, "refused") for n in range(len(cells))]


@pytest.mark.duty("quality.keep")
def test_codes_keep_their_zeros_and_ids_their_digits(tmp_path):
    """B-13, B-14: what is a code stays text, letter by letter."""
    text = "zip,电话,区划,身份证\n00501,0898,046010,110101199003070011\n02139,0899,460100,\n"
    found = bring(tmp_path, text, "zip:C", "电话:C", "区划:C", "身份证:C")
    assert found.rows == [
        ("00501", "0898", "046010", "110101199003070011"),
        ("02139", "0899", "460100", None),
    ]


@pytest.mark.parametrize("kind", ["I", "N", "Y", "F"])
def test_zeros_that_a_number_does_not_keep_are_told(tmp_path, kind):
    """B-13: whoever declared codes as numbers learns it before anything is published."""
    text = "n,v\n1,00501\n2,０2139\n3,0\n4,0.5\n5,-07\n6,10\n"
    found = bring(tmp_path, text.replace("0.5", "0") if kind == "I" else text, "n:I", f"v:{kind}")
    assert [row[1] for row in found.rows][:2] == [501, 2139]
    (notice,) = [one for one in found.prepared.notices if one.code == "values.zeros"]
    assert notice.params == {"count": 3, "column": "v"}
    assert "values.zeros" not in bring(tmp_path, "v\n0\n1\n-3\n+4\n", "v:I").codes


@pytest.mark.duty("quality.keep")
def test_bad_cells_past_any_sample_are_refused_one_by_one(tmp_path):
    """B-16: three bad rows at the end do not fail the other 850."""
    text = "值\n" + "".join(f"{n}\n" for n in range(850)) + "0164A\n0165A\n0166A\n"
    found = bring(tmp_path, text, "值:I")
    assert found.prepared.rows == 850
    assert found.faults == [
        (852, "值", "0164A", "type"), (853, "值", "0165A", "type"), (854, "值", "0166A", "type"),
    ]  # fmt: skip
    assert found.rejected[0]["reason_zh"] == "不是整数"
    assert found.rejected[0]["reason_en"] == "is not a whole number"
    assert found.raw[0] == {"值": "0164A"}


def test_blanks_in_a_time_column_are_missing_and_negatives_are_numbers(tmp_path):
    """B-17."""
    text = "时,数\n2020-01-02 03:04:05,-1.5\n,-2\n2020-01-03,\n"
    found = bring(tmp_path, text, "时:T", "数:N")
    assert found.rows == [
        (at("2020-01-02 03:04:05"), D("-1.5")),
        (None, D("-2.0")),
        (at("2020-01-03 00:00:00"), None),
    ]


@pytest.mark.parametrize("kind", ["N", "Y", "I", "B", "F"])
def test_what_only_a_programming_language_calls_a_number_is_none(tmp_path, kind):
    """B-20."""
    bad = ["1_000", "NaN", "nan", "Infinity", "-inf", "٣", "12,34", "1,2345", "0x10", "1 000", "5%"]
    bad += ["--1", "+-1", "1.2.3", "壹", "1,23,456", ",123", "1e"]
    assert values_of(tmp_path, kind, *bad) == ["refused"] * len(bad)


def test_full_width_digits_and_thousands_separators_are_numbers(tmp_path):
    """B-20, the other half: what people write as a number is one."""
    assert values_of(tmp_path, "I", "１２３", "12,345", " 7 ", "-1,234,567", "5.0", "+3") == [
        123, 12345, 7, -1234567, 5, 3,
    ]  # fmt: skip
    assert values_of(tmp_path, "N", "１．５", "1,234.50", ".5", "−2") == [
        D("1.50"), D("1234.50"), D("0.50"), D("-2.00"),
    ]  # fmt: skip
    assert values_of(tmp_path, "F", "1e5", "-1.5E-3", "1,000.5") == [1e5, -0.0015, 1000.5]
    assert values_of(tmp_path, "I", "1e5", "1.5", "99999999999999999999") == ["refused"] * 3


def test_text_keeps_full_width_digits_and_marks(tmp_path):
    assert values_of(tmp_path, "C", "１２３", "-", "N/A", " x ", "NULL", "  ") == [
        "１２３", "-", "N/A", " x ", "NULL", None,
    ]  # fmt: skip


def test_marks_for_a_missing_value_are_missing_and_counted(tmp_path):
    text = "v\n…\n—\n-\nN/A\nnull\n7\n"
    found = bring(tmp_path, "n," + text.replace("\n", "\n1,")[:-2], "n:I", "v:N")
    assert [row[1] for row in found.rows] == [None] * 5 + [D(7)]
    notice = next(one for one in found.prepared.notices if one.code == "values.marks")
    assert notice.params["count"] == 5


def test_decimals_are_exact_and_never_rounded(tmp_path):
    long = "12345678901234567890.123456789012345678"
    assert values_of(tmp_path, "N", long, "0.1") == [D(long), D("0.1")]
    assert values_of(tmp_path, "N/10,2", "1.25", "1.250", "1.255", "123456789.5") == [
        D("1.25"), D("1.25"), "refused", "refused",
    ]  # fmt: skip
    assert values_of(tmp_path, "N/4", "12.34", "1234", "123.45") == [D("12.34"), D(1234), "refused"]


@pytest.mark.parametrize(
    ("cells", "kept", "scale"),
    [
        (["9" * 39, "1", "2.5"], [D(1), D("2.5")], 1),
        (["9" * 38, "-1"], [D("9" * 38), D(-1)], 0),
        (["0." + "3" * 39, "1"], [D(1)], 0),
        # What most numbers need decides, and no single one makes all others lose their room.
        (["0." + "3" * 38, "12.5", "7"], [D("12.5"), D(7)], 1),
        (["-0" + "0" * 40 + "1.50", "+1"], [D("-1.5"), D(1)], 1),
    ],
)
def test_a_number_that_no_column_can_keep_is_refused_and_never_rounded(
    tmp_path, cells, kept, scale
):
    text = "n,v\n" + "".join(f"{n},{cell}\n" for n, cell in enumerate(cells))
    found = bring(tmp_path, text, "n:I", "v:N")
    assert [value for _, value in found.rows] == kept
    assert found.types_kept == ["BIGINT", f"DECIMAL(38,{scale})"]
    refused = [
        (n + 2, "v", cell, "digits") for n, cell in enumerate(cells[: len(cells) - len(kept)])
    ]
    assert found.faults == refused
    for row in found.rejected:
        assert f"多于{scale}位" in row["reason_zh"]


def test_a_declared_scale_refuses_what_has_no_room_beside_it(tmp_path):
    found = bring(tmp_path, f"n,v\n1,{'9' * 35}\n2,{'9' * 36}\n", "n:I", "v:N/38,3")
    assert found.rows == [(1, D("9" * 35))]
    assert [fault[3] for fault in found.faults] == ["length"]


def test_truth_is_said_in_words(tmp_path):
    cells = ["是", "否", "TRUE", "false", "1", "0", "Y", "no", "maybe", ""]
    assert values_of(tmp_path, "L", *cells) == [
        True, False, True, False, True, False, True, False, "refused", None,
    ]  # fmt: skip


def test_dates_of_the_ways_people_write_them(tmp_path):
    """B-19: year first leaves no doubt, in whatever dress."""
    ways = ["2020-01-02", "2020/1/2", "2020.1.2", "20200102", "2020年1月2日", "民国109年1月2日"]
    ways += ["民國109年1月2日", "２０２０-01-02", "2020-01-02 00:00:00"]
    assert values_of(tmp_path, "D", *ways) == [date(2020, 1, 2)] * len(ways)
    bad = ["2020-02-30", "2020-13-01", "20201301", "2020", "2020-01", "20-01-02", "1/2", "昨天"]
    bad += ["2020-01-02 10:00", "202001020"]
    # There was no year 0, and no door could tell it.
    bad += ["0000-01-01", "00000101", "0000年1月1日", "1/1/0000", "0000-01-01 00:00:00"]
    assert values_of(tmp_path, "T", *bad[-5:]) == ["refused"] * 5
    assert values_of(tmp_path, "D", *bad) == ["refused"] * len(bad)


def test_the_first_and_the_last_day_of_the_calendar_are_days(tmp_path):
    assert values_of(tmp_path, "D", "0001-01-01", "9999-12-31", "1000/1/1", "10-1-0010") == [
        date(1, 1, 1), date(9999, 12, 31), date(1000, 1, 1), "refused",
    ]  # fmt: skip


def test_times_of_the_ways_people_write_them(tmp_path):
    ways = ["2020-01-02 03:04:05", "2020-01-02T03:04:05", "2020/1/2 3:04:05"]
    ways += ["2020年1月2日 3时04分05秒", "20200102 030405"]
    assert values_of(tmp_path, "T", *ways) == [at("2020-01-02 03:04:05")] * 4 + ["refused"]
    assert values_of(tmp_path, "T", "2020-01-02 3:04", "2020-1-2", "2020-01-02 24:00:00") == [
        at("2020-01-02 03:04:00"), at("2020-01-02 00:00:00"), "refused",
    ]  # fmt: skip
    assert values_of(tmp_path, "T", "2020-01-02 03:04:05.25") == [at("2020-01-02 03:04:05.250000")]


@pytest.mark.parametrize("kind", ["D", "T"])
def test_one_date_that_can_be_read_in_one_way_decides_for_its_column(tmp_path, kind):
    """B-19: 13/02 says that the day stands first, for every row."""
    days = values_of(tmp_path, kind, "01/02/2020", "13/02/2020", "5.3.2020", "2020-01-01")
    assert [(d.month, d.day) for d in days] == [(2, 1), (2, 13), (3, 5), (1, 1)]
    months = values_of(tmp_path, kind, "01/02/2020", "02/13/2020")
    assert [(d.month, d.day) for d in months] == [(1, 2), (2, 13)]


def test_dates_that_can_be_read_in_two_ways_are_asked_about(tmp_path):
    """B-19: never month first in silence."""
    text = "n,v,w\n1,01/02/2020,13/02/2020\n2,05/05/2020,02/13/2020\n3,03/04/2020,01/02/2020\n"
    found = bring(tmp_path, text, "n:I", "v:D", "w:D")
    v, w = found.prepared.asked.orders
    assert (v.item, v.only_dmy, v.only_mdy, v.either) == ("v", 0, 0, 3)
    assert [(one.written, one.dmy, one.mdy) for one in v.samples] == [
        ("01/02/2020", "2020-02-01", "2020-01-02"),
        ("03/04/2020", "2020-04-03", "2020-03-04"),
    ]
    assert (w.item, w.only_dmy, w.only_mdy, w.either) == ("w", 1, 1, 1)
    assert w.samples[1:] == (DateSample("02/13/2020", None, "2020-02-13"),
                             DateSample("13/02/2020", "2020-02-13", None))  # fmt: skip
    answers = {"date_orders": {"v": "mdy", "w": "dmy"}}
    found = bring(tmp_path, text, "n:I", "v:D", "w:D", **answers)
    assert found.prepared.asked.count == 0
    assert found.rows == [
        (1, date(2020, 1, 2), date(2020, 2, 13)), (3, date(2020, 3, 4), date(2020, 2, 1)),
    ]  # fmt: skip
    assert found.faults == [(3, "w", "02/13/2020", "type")]
    assert values_of(tmp_path, "D", "01/02/2020", date_order="dmy") == [date(2020, 2, 1)]
    assert values_of(tmp_path, "D", "01/02/2020", date_order="mdy") == [date(2020, 1, 2)]
    assert values_of(tmp_path, "D", "2020-01-02", "01/02/2020", date_order="dmy") == [
        date(2020, 1, 2), date(2020, 2, 1),
    ]  # fmt: skip
    with pytest.raises(Unfit) as unfit:
        values_of(tmp_path, "D", "01/02/2020", date_order="ydm")
    assert unfit.value.code == "dates.order"


def test_a_stray_date_among_clear_ones_is_refused_and_not_guessed(tmp_path):
    assert values_of(tmp_path, "D", "2020-01-02", "2020-01-03", "01/02/2020") == [
        date(2020, 1, 2), date(2020, 1, 3), "refused",
    ]  # fmt: skip


def test_every_faulty_cell_of_a_row_is_told(tmp_path):
    text = "代码,数,日\n123456,x,y\n1,1,2020-01-01\n,2,2020-01-02\n"
    found = bring(tmp_path, text, "代码:C/5!", "数:I", "日:D")
    assert found.rows == [("1", 1, date(2020, 1, 1))]
    assert found.faults == [
        (2, "代码", "123456", "length"),
        (2, "数", "x", "type"),
        (2, "日", "y", "type"),
        (4, "代码", None, "required"),
    ]
    assert (found.prepared.refused, found.prepared.cells) == (2, 4)
    assert found.prepared.reasons == {"length": 1, "required": 1, "type": 2}


def test_empty_cells_that_may_be_empty_cost_no_further_look_at_the_table(tmp_path, monkeypatch):
    looks = []
    batches = Engine.batches

    def counted(engine, sql, *more, **named):
        looks.append(sql)
        return batches(engine, sql, *more, **named)

    monkeypatch.setattr(rejected, "REJECTS_AT_ONCE", 10)
    monkeypatch.setattr(Engine, "batches", counted)
    text = "代码,注\n" + "1,\n" * 99 + "x,\n"
    found = bring(tmp_path, text, "代码:I", "注:C")
    assert (len(found.rows), found.faults) == (99, [(101, "代码", "x", "type")])
    assert sum("reason_zh" in sql for sql in looks) == 1


def test_length_counts_letters_and_not_bytes(tmp_path):
    assert values_of(tmp_path, "C/3", "海口市", "海口市区", "𠀀𠀁𠀂") == [
        "海口市",
        "refused",
        "𠀀𠀁𠀂",
    ]


def test_rows_of_the_same_key_are_refused_after_the_first_which_is_named(tmp_path):
    text = 'a,b,c\n1,x,"p\nq"\n2,x,2\n1,y,3\n1,x,4\n2,x,5\n,x,6\n'
    found = bring(tmp_path, text, "a:I#", "b:C#", "c:C")
    assert [row[:2] for row in found.rows] == [(1, "x"), (2, "x"), (1, "y")]
    assert [(line, reason) for line, _, _, reason in found.faults] == [
        (6, "duplicate"), (7, "duplicate"), (8, "required"),
    ]  # fmt: skip
    assert [row["reason_en"] for row in found.rejected[:2]] == [
        "has the same key as line 2",
        "has the same key as line 4",
    ]


def test_the_same_key_in_another_dress_is_the_same(tmp_path):
    found = bring(tmp_path, "n\n7\n７\n7.0\n8\n", "n:I#")
    assert found.rows == [(7,), (8,)]


def test_rows_keep_the_order_of_the_source(tmp_path):
    rows = "".join(f"{n * 7919 % 150_001},{n}\n" for n in range(150_000))
    found = bring(
        tmp_path,
        "k,n\n" + rows.replace("77,11\n", "x,y\n") + "5,999999\n注：来源,\n",
        "k:I#",
        "n:I",
    )
    kept = [row[1] for row in found.rows]
    assert kept == sorted(kept)
    assert len(kept) == found.prepared.rows


def test_names_are_matched_without_regard_to_width_blanks_and_script(tmp_path):
    found = bring(tmp_path, "機構　名稱,ＩＤ,備註\n甲,1,x\n", "id:I!", "机构名称:C!")
    assert found.rows == [(1, "甲")]
    assert "columns.extra" in found.codes


def test_a_renamed_column_is_asked_about_and_read_as_it_looks_meanwhile(tmp_path):
    text = "备注,机构名,值\nx,甲,1\n,乙,2\n"
    found = bring(tmp_path, text, "机构名称:C!", "值:I")
    (asked,) = found.prepared.asked.columns
    assert (asked.item, asked.required, asked.proposed) == ("机构名称", True, "机构名")
    assert [(one.header, one.fits, one.samples) for one in asked.candidates] == [
        ("机构名", 100, ("乙", "甲")), ("备注", 100, ("x",)),
    ]  # fmt: skip
    assert found.rows == [("甲", 1), ("乙", 2)]
    found = bring(tmp_path, text, "机构名称:C", "值:I", columns={"机构名称": "备注"})
    assert (found.prepared.asked.count, found.rows) == (0, [("x", 1), (None, 2)])
    found = bring(tmp_path, text, "机构名称:C", "值:I", columns={"机构名称": ""})
    assert (found.prepared.asked.count, found.rows) == (0, [(None, 1), (None, 2)])


def test_where_no_name_is_like_it_the_values_may_tell(tmp_path):
    text = "甲,乙,n\n好,2020-01-31,1\n坏,2020-02-01,2\n"
    found = bring(tmp_path, text, "n:I", "登记日期:D!")
    (asked,) = found.prepared.asked.columns
    assert (asked.proposed, found.rows) == ("乙", [(1, date(2020, 1, 31)), (2, date(2020, 2, 1))])
    found = bring(tmp_path, text, "n:I", "名称:C!")
    assert (found.prepared.asked.columns[0].proposed, found.prepared.data) == (None, None)


def test_a_column_without_a_value_is_proposed_for_nothing_whatever_its_name(tmp_path):
    found = bring(tmp_path, "机构名,值\n,1\n,2\n", "机构名称:C!", "值:I")
    (asked,) = found.prepared.asked.columns
    assert (asked.proposed, [(one.header, one.fits) for one in asked.candidates]) == (
        None, [("机构名", 0)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "code"),
    [({"columns": {"n": "z"}}, "columns.unknown"), ({"columns": {"z": "n"}}, "answers.item"),
     ({"columns": {"n": "m", "m": "m"}}, "columns.twice"),
     ({"date_orders": {"n": "x"}}, "dates.order"),
     ({"mends": {"n": ["x"]}}, "answers.rule")],
)  # fmt: skip
def test_answers_about_what_is_not_there_are_refused(tmp_path, answers, code):
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, "n,m\n1,2\n", "n:I", "m:I", **answers)
    assert unfit.value.code == code


def test_a_missing_column_that_may_be_empty_is_empty_and_said(tmp_path):
    found = bring(tmp_path, "值\n1\n", "值:I", "备注:C", "金额:Y/10,2")
    assert found.rows == [(1, None, None)]
    assert found.prepared.mapping[1].header is None
    assert found.codes.count("columns.missing") == 2


def test_a_table_with_none_of_the_items_is_refused(tmp_path):
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, "x,y\n1,2\n", "值:I", "备注:C")
    assert unfit.value.code == "columns.required"
    assert str(unfit.value) == "The file has no column “值”, “备注”"
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, "机构名,y\n1,2\n", "机构名称:C", "备注:C")
    assert str(unfit.value) == (
        "The file has no column “机构名称”, “备注”; the nearest are “机构名”"
    )


def test_two_columns_for_one_item_are_asked_about(tmp_path):
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, "名 称,名稱\n1,2\n", "名称:C")
    assert unfit.value.code == "header.alike"


@pytest.mark.parametrize(
    ("spec", "code"),
    [([ItemSpec("a", "Z")], "items.type"), ([ItemSpec(" ", "C")], "items.name"),
     ([ItemSpec("ID", "C"), ItemSpec("id", "C")], "items.alike")],
)  # fmt: skip
def test_items_that_no_table_could_satisfy_are_refused(spec, code):
    with pytest.raises(Unfit) as unfit:
        require_sound(spec)
    assert unfit.value.code == code


def test_names_that_look_like_sql_are_names(tmp_path):
    name = """x"; DROP TABLE aside; --'"""
    found = bring(tmp_path, '"x""; DROP TABLE aside; --\'",b\n1,z\n', f"{name}:I", "b:I")
    assert found.rows == []
    assert found.faults == [(2, "b", "z", "type")]
    assert found.raw == [{name: "1", "b": "z"}]


@given(st.text(max_size=12))
def test_folding_is_idempotent(name):
    assert fold(fold(name)) == fold(name)


@pytest.fixture(scope="module")
def engine():
    with connect(memory_mb=64, threads=1) as one:
        yield one


def read_cell(engine, kind: str, cell: str, scale: int = 3):
    reading = values.Reading(ItemSpec("v", kind), scale=scale)
    tidy = values.tidied("c")
    plain = values.matches("c", values.PLAIN[kind])
    value = reading.value("c", plain, "t")
    sql = f"SELECT {value} FROM (SELECT c, {tidy} AS t FROM (SELECT ? AS c))"  # noqa: S608 - ours
    return engine.one(sql, [cell])[0]


@settings(max_examples=many(200, 30))
@given(number=st.integers(-(2**63), 2**63 - 1), commas=st.booleans())
def test_every_whole_number_is_read_back(engine, number, commas):
    assert read_cell(engine, "I", f"{number:,}" if commas else str(number)) == number


@settings(max_examples=many(200, 30))
@given(number=st.decimals(-(10**30), 10**30, places=3))
def test_every_decimal_is_read_back(engine, number):
    assert read_cell(engine, "N", f"{number:f}") == number


def test_a_number_with_more_places_than_its_column_is_none_however_it_is_written(engine):
    cells = ("0.1234", "1,000.1234", "1,000.1230")
    assert [read_cell(engine, "N", cell) for cell in cells] == [None, None, D("1000.123")]


@settings(max_examples=many(200, 30))
@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back(engine, number):
    assert read_cell(engine, "B", repr(number)) == number


@settings(max_examples=many(200, 30))
@given(
    day=st.dates(date(1, 1, 1)),
    way=st.sampled_from(["{0}-{1}-{2}", "{0}/{1}/{2}", "{0}年{1}月{2}日"]),
)
def test_every_day_is_read_back(engine, day, way):
    assert read_cell(engine, "D", way.format(f"{day.year:04}", day.month, day.day)) == day


@settings(max_examples=many(300, 30))
@given(cell=st.text(max_size=10), kind=st.sampled_from("INFDTL"))
def test_any_text_is_a_value_or_none_and_never_an_error(engine, cell, kind):
    read_cell(engine, kind, cell.replace("\0", ""))


def test_specs_of_tests_read_as_meant():
    assert items("a:C/5!", "b:N/10,2#") == [
        ItemSpec("a", "C", "5", nullable=False),
        ItemSpec("b", "N", "10,2", key=True),
    ]


def test_faults_are_found_in_every_part_of_a_wide_table_and_a_row_counts_once(tmp_path):
    names = [f"列{n}甲" for n in range(130)]
    good = [str(n) for n in range(130)]
    bad = [*good[:3], "x", *good[4:105], "y", *good[106:]]
    late = [*good[:129], "z"]
    text = "\n".join(",".join(row) for row in (names, good, bad, good, late)) + "\n"
    outcome = bring(tmp_path, text, *(f"{name}:I" for name in names))
    assert outcome.faults == [
        (3, "列3甲", "x", "type"),
        (3, "列105甲", "y", "type"),
        (5, "列129甲", "z", "type"),
    ]
    assert (outcome.prepared.rows, outcome.prepared.refused) == (2, 2)
    assert outcome.rows == [tuple(range(130))] * 2


@pytest.mark.parametrize(
    ("width", "rows"), [(1, 61_440), (18, 61_440), (100, 20_480), (1_000, 2_048), (5_000, 2_048)]
)
def test_fewer_rows_lie_together_the_wider_they_are(width, rows):
    assert staged.row_group(width) == rows


def test_each_column_without_a_name_is_known_by_its_own_place():
    assert staged.unnamed(["列1", "b", "列3", "列9", "列5"]) == [0, 2, 4]


def test_a_table_too_wide_is_refused_before_a_row_is_read(tmp_path):
    names = [f"c{n}" for n in range(1_001)]
    for content, name in (
        (",".join(names), "a.csv"),
        (json.dumps([dict.fromkeys(names, 1)]), "a.json"),
    ):
        with pytest.raises(Unfit) as refused:
            bring(tmp_path, content, name=name)
        assert refused.value.params["limit"] == 1_000


def test_rows_that_have_no_column_at_all_are_an_empty_file(tmp_path):
    with pytest.raises(Unfit) as refused:
        bring(tmp_path, "[{}]", name="a.json")
    assert refused.value.code == "file.empty"
