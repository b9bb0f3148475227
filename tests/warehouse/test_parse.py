import csv
import io
import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many
from tests.warehouse.tables import bring

from yelin.warehouse import lines
from yelin.warehouse.findings import Unfit
from yelin.warehouse.layout import _NUMBERISH
from yelin.warehouse.lines import Walker
from yelin.warehouse.splitter import Dialect

CASES = Path(__file__).parent / "cases" / "csv-spectrum"
SHARED = Path(os.environ.get("YELIN_SHARED", Path(__file__).parents[3] / "shared" / "data"))
POLLOCK = SHARED / "pollock"


# The expected file of this case has another telephone number than its table.
UNLIKE = {"location_coordinates"}


@pytest.mark.parametrize("case", sorted({path.stem for path in CASES.glob("*.csv")} - UNLIKE))
def test_csv_spectrum_comes_out_as_expected(tmp_path, case):
    expected = json.loads((CASES / "expected" / f"{case}.json").read_text(encoding="utf-8"))
    found = bring(tmp_path, CASES / f"{case}.csv", *(f"{name}:C" for name in expected[0]))
    got = [dict(zip(expected[0], row, strict=True)) for row in found.rows]
    # In a release an empty cell is a missing value.
    assert got == [{k: v or None for k, v in row.items()} for row in expected]
    assert found.rejected == []


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "，", "；", "^", "~", "\x01", ", "])
def test_any_delimiter_is_found(tmp_path, mark):
    text = "\r\n".join(mark.join(row) for row in (["名称", "年份", "值"], ["海口", "2020", "5"]))
    found = bring(tmp_path, text + "\r\n", "名称:C", "年份:I", "值:I")
    assert found.rows == [("海口", 2020, 5)]
    assert found.prepared.source.delimiter == mark


@pytest.mark.parametrize("mark", [",", ";", "|", "\t", "，"])
def test_what_divides_no_header_stands_within_the_values(tmp_path, mark):
    """B-10: what is found in the rows of a table of one column divides nothing."""
    text = f"备注\n一{mark}二\n三{mark}四{mark}五\n六\n"
    for specs in (("备注:C",), ()):
        found = bring(tmp_path, text, *specs)
        assert found.prepared.header == ("备注",)
    found = bring(tmp_path, text, "备注:C")
    assert found.rows == [(f"一{mark}二",), (f"三{mark}四{mark}五",), ("六",)]


def test_decimal_commas_do_not_pass_for_delimiters(tmp_path):
    found = bring(tmp_path, "a;b\n1,5;2,3\n2,5;2,3\n")
    assert found.prepared.header == ("a", "b")


def test_line_feeds_inside_quotes_are_no_line_ends(tmp_path):
    """B-10: CRLF lines, bare LF in a cell, semicolons, Latin-1."""
    content = 'name;text\r\nM\xfcller;"zwei\nZeilen"\r\nGen\xe8ve;eins\r\n'.encode("latin-1")
    found = bring(tmp_path, content, "name:C", "text:C")
    assert found.rows == [("Müller", "zwei\nZeilen"), ("Genève", "eins")]
    assert found.prepared.source.ending == "\r\n"


@pytest.mark.parametrize("ends", [("\n", "\r\n"), ("\r\n", "\n")])
def test_lines_that_end_in_different_ways_are_all_rows(tmp_path, ends):
    one, two = ends
    text = f"a,b{one}1,2{one}3,4{two}5,6{one}7,8{one}"
    assert bring(tmp_path, text, "a:I", "b:I").rows == [(1, 2), (3, 4), (5, 6), (7, 8)]


def test_old_mac_line_ends_are_read(tmp_path):
    found = bring(tmp_path, b"a,b\r1,2\r3,\r", "a:I", "b:I")
    assert found.rows == [(1, 2), (3, None)]


def test_a_carriage_return_in_a_cell_stays_there(tmp_path):
    found = bring(tmp_path, b"a,b\n1,x\ry\n3,z\n", "a:I", "b:C")
    assert found.rows == [(1, "x\ry"), (3, "z")]


def test_names_stay_as_they_are_and_doubles_are_told_apart(tmp_path):
    """B-07, B-08: nothing is romanised, cut or silently merged."""
    long = "海南省自由贸易港重点园区企业登记信息统计表中的第一个非常非常长的列名"
    text = f"姓名,性命,{long}甲,{long}乙,姓名,ID,id,\n一,二,三,四,五,六,七,\n"
    found = bring(tmp_path, text)
    assert found.prepared.header == (
        "姓名", "性命", f"{long}甲", f"{long}乙", "姓名_2", "ID", "id_2",
    )  # fmt: skip
    assert found.codes.count("header.doubled") == 2


def test_a_column_without_a_name_is_numbered_when_it_has_values(tmp_path):
    found = bring(tmp_path, ",b\n1,2\n")
    assert found.prepared.header == ("列1", "b")


def test_title_rows_are_skipped_and_said(tmp_path):
    text = "海南省统计,,\n单位：万元,,\n名称,年份,值\n海口,2020,5\n三亚,2020,6\n"
    found = bring(tmp_path, text)
    assert found.prepared.header == ("名称", "年份", "值")
    assert found.prepared.source.header_line == 3
    assert [str(n) for n in found.prepared.notices if n.code == "title"] == [
        "Line 1 above the header was skipped: 海南省统计",
        "Line 2 above the header was skipped: 单位：万元",
    ]


@pytest.mark.parametrize(
    "said", [["企业表,"], ["企业表,", "单位：万元,"], ["来源：统计局,单位：万元"]], ids=len
)
def test_what_is_said_above_two_columns_is_no_head(tmp_path, said):
    found = bring(tmp_path, "\n".join([*said, "名称,2020", "海口,5", "三亚,6", ""]))
    assert found.prepared.header == ("名称", "2020")
    assert found.prepared.source.header_line == len(said) + 1
    assert found.codes.count("title") == len(said)


def test_the_header_is_the_row_that_has_the_items_names(tmp_path):
    text = "表,说明,一,二\n2020,1,2,3\n機構 名稱,值,x,y\n海口,5,1,1\n"
    found = bring(tmp_path, text, "机构名称:C!", "值:I!")
    assert found.rows == [("海口", 5)]
    assert found.prepared.mapping[0].header == "機構 名稱"


def test_long_codes_do_not_hold_up_the_search_for_the_header(tmp_path):
    """They did, for minutes: a long number was tried in as many ways as it can be cut up."""
    code = "0" * 60
    found = bring(tmp_path, f"编号，备注\n{code}x，一\n{code},1x，二\n", "编号:C", "备注:C")
    assert found.rows == [(f"{code}x", "一"), (f"{code},1x", "二")]


def test_a_header_line_chosen_by_hand_is_obeyed(tmp_path):
    text = "a,b\nx,y\n1,2\n"
    assert bring(tmp_path, text, header_line=2).prepared.header == ("x", "y")
    assert bring(tmp_path, text, "p:C", "q:C", header_line=0).rows[0] == ("a", "b")
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, text, header_line=77)
    assert unfit.value.code == "header.line"


def test_a_table_without_names_is_numbered(tmp_path):
    found = bring(tmp_path, "28/01/2018,00:00,2,鞋\n29/01/2018,00:15,0,帽\n30/01/2018,1:15,0,帽\n")
    assert found.prepared.header == ("列1", "列2", "列3", "列4")
    assert found.prepared.rows == 3
    assert "header.none" in found.codes


def test_rows_of_another_width_are_refused_with_their_line_and_text(tmp_path):
    text = 'a,b,c\n1,"x\ny",3\n4,5\n6,7,8,9\n"p\nq",1,2\n1,,,3\n'
    found = bring(tmp_path, text, "a:C", "b:C", "c:C")
    assert found.rows == [("1", "x\ny", "3"), ("p\nq", "1", "2")]
    assert [(line, reason) for line, _, _, reason in found.faults] == [
        (4, "fields"), (5, "fields"), (8, "fields"),
    ]  # fmt: skip
    assert found.raw == ["4,5", "6,7,8,9", "1,,,3"]
    assert found.rejected[0]["reason_en"] == "this row has 2 fields where 3 are expected"
    assert found.rejected[0]["reason_zh"] == "这一行有2格，应有3格"


def test_an_open_quote_costs_its_line_and_not_the_rest_of_the_file(tmp_path):
    rows = "".join(f"{n},ok\n" for n in range(2_000))
    found = bring(tmp_path, 'a,b\n1,"never closed\n' + rows, "a:I", "b:C")
    assert found.prepared.rows == 2_000
    assert found.faults == [(2, None, None, "quoting")]


def test_an_inch_mark_is_no_quotation(tmp_path):
    found = bring(tmp_path, 'a,b\n1,12" pipe\n2,"ok"\n', "a:I", "b:C")
    assert found.rows == [(1, '12" pipe'), (2, "ok")]


def test_quotes_torn_apart_by_a_delimiter_do_not_shift_a_row(tmp_path):
    found = bring(tmp_path, 'a,b,c\n1,2,3\n4"Chair, Print","x"\n', "a:C", "b:C", "c:C")
    assert found.rows == [("1", "2", "3")]
    assert found.faults == [(3, None, None, "quoting")]


def test_blank_rows_and_rows_of_commas_are_left_out_and_counted(tmp_path):
    found = bring(tmp_path, "a,b,\n1,2,\n\n,,\n3,4,\n,,\n\n", "a:I", "b:I")
    assert found.rows == [(1, 2), (3, 4)]
    notice = next(one for one in found.prepared.notices if one.code == "rows.blank")
    assert notice.params["count"] == 4


def test_a_blank_line_in_a_table_of_one_column_is_a_row(tmp_path):
    found = bring(tmp_path, "身份证\n110101199003070011\n\n110101199003070038\n\n\n", "身份证:C")
    assert found.rows == [("110101199003070011",), (None,), ("110101199003070038",)]


def test_a_footnote_is_refused_and_not_dropped(tmp_path):
    found = bring(tmp_path, "年份,值\n2020,1\n注：数据来源为统计局,\n", "年份:I", "值:I")
    assert found.rows == [(2020, 1)]
    assert found.faults == [(3, None, None, "note")]
    assert bring(tmp_path, "年份,值\n2020,1\n注：数据来源,\n").types == {"年份": "I", "值": "I"}


def test_a_header_that_comes_again_is_no_row(tmp_path):
    found = bring(tmp_path, "a,b\n1,2\na,b\n3,4\n", "a:I", "b:I")
    assert found.rows == [(1, 2), (3, 4)]
    assert found.faults == [(3, None, None, "header")]


def test_a_table_with_names_and_no_rows_is_a_table(tmp_path):
    found = bring(tmp_path, "a,b\n", "a:I", "b:C")
    assert found.rows == []
    assert "rows.none" in found.codes


def test_a_cell_of_several_megabytes_is_a_cell(tmp_path):
    long = "界" * 1_500_000
    found = bring(tmp_path, f'a,b\n1,"{long}"\n2,x\n', "a:I", "b:M")
    assert [len(row[1]) for row in found.rows] == [1_500_000, 1]


def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "LONGEST_RECORD", 1 << 20)
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, b"a,b\n" + b"x" * (9 << 20), "a:C", "b:C")
    assert unfit.value.code == "structure.long_line"


cells = st.text(
    alphabet=st.one_of(
        st.sampled_from(',;"\r\n\t |x0'),
        st.characters(codec="utf-8", exclude_characters="\0\ufeff", exclude_categories=["Cs"]),
    ),
    max_size=8,
)


@settings(max_examples=many(60, 20))
@given(
    rows=st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=12),
    ending=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from([",", "\t", ";"]),
)
def test_the_walk_counts_rows_and_lines_as_the_standard_library_does(
    tmp_path_factory, rows, ending, mark
):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=mark, lineterminator=ending, quoting=csv.QUOTE_ALL)
    expected_lines, expected = [], 0
    for row in rows:
        expected_lines.append(stream.getvalue().count("\n") + 1)
        writer.writerow(row)
        expected += 1
    folder = tmp_path_factory.mktemp("walk")
    path = folder / "in.csv"
    path.write_bytes(stream.getvalue().encode())
    walk = Walker(path, folder, Dialect(mark, '"', ending), start=0, line=1, width=2).run()
    assert (walk.rows, walk.refused, walk.clean) == (expected, 0, None)
    assert _lines(folder, expected) == expected_lines


@settings(max_examples=many(60, 20))
@given(rows=st.lists(cells, min_size=1, max_size=40), size=st.integers(1, 64))
def test_the_walk_does_not_depend_on_how_the_file_is_cut(tmp_path_factory, rows, size):
    folder = tmp_path_factory.mktemp("cut")
    path = folder / "in.csv"
    path.write_bytes("\n".join(f"{row},x" for row in rows).encode())
    outcomes = []
    for chunk in (size, 1 << 20):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lines, "CHUNK", chunk)
            walk = Walker(path, folder, Dialect(), start=0, line=1, width=2).run()
        clean = (walk.clean or path).read_text(encoding="utf-8")
        kept = [row for row in csv.reader(io.StringIO(clean, newline="")) if row]
        outcomes.append((walk.rows, walk.refused, walk.blank, kept, _lines(folder, walk.rows)))
    assert outcomes[0] == outcomes[1]


def _lines(folder: Path, rows: int) -> list[int]:
    breaks = pq.read_table(folder / "lines.parquet").to_pylist()
    found = []
    for ordinal in range(rows):
        last = [one for one in breaks if one["ordinal"] <= ordinal][-1]
        found.append(last["line"] + ordinal - last["ordinal"])
    return found


# Where the polluted file itself has other words than its answer, or cannot be told apart: blanks
# that divide and blanks in unquoted fields.
UNCLEAR = {
    "file_field_delimiter_0x20.csv",
    "file_multitable_same.csv",
    "file_quotation_char_0x27.csv",
}


@pytest.mark.skipif(not POLLOCK.is_dir(), reason="the Pollock suite is not on this machine")
@pytest.mark.parametrize(
    "name",
    sorted({path.name for path in (POLLOCK / "csv").glob("*.csv")} - UNCLEAR) or ["none"],
)
def test_polluted_tables_lose_no_row_and_shift_no_cell(tmp_path, name):
    with (POLLOCK / "clean" / name).open(encoding="utf-8") as stream:
        clean = {tuple(cell.strip() for cell in row) for row in csv.reader(stream)}
    proposed = bring(tmp_path, POLLOCK / "csv" / name).prepared
    found = bring(tmp_path, POLLOCK / "csv" / name, *(f"{one}:M" for one in proposed.header))
    for row in found.rows:
        cells = tuple((cell or "").strip() for cell in row)
        assert cells + ("",) * (9 - len(cells)) in clean
    assert found.prepared.rows + found.prepared.refused >= len(clean) - 2


def test_a_long_row_of_digits_is_judged_in_no_time():
    """A reader of numbers that goes back and forth would need an age for one such cell."""
    assert _NUMBERISH.fullmatch("1" * 5_000 + "x") is None
    assert _NUMBERISH.fullmatch("2024年1月2日 03:04:05")
    assert _NUMBERISH.fullmatch("￥1,234.50")
