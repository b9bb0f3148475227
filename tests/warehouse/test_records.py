import io
import json

import pytest
from tests.warehouse.tables import bring

from yelin.warehouse import objects
from yelin.warehouse.findings import Unfit


def test_an_array_of_objects_is_a_table_of_their_keys(tmp_path):
    found = bring(
        tmp_path,
        '[{"代码": "007", "数": 12345678901234567890, "价": 1.10},\n {"价": 3E2, "代码": null}]',
        "代码:C",
        "数:N",
        "价:N",
        name="x.json",
    )
    assert [tuple(map(str, row)) for row in found.rows] == [
        ("007", "12345678901234567890", "1.10"),
        ("None", "None", "300.00"),
    ]
    assert found.prepared.source.kind == "json"
    assert found.prepared.header == ("代码", "数", "价")
    assert "keys.ragged" in found.codes


def test_numbers_are_the_letters_that_they_are_written_with(tmp_path):
    written = ["9007199254740993", "0.1000000000000000055511151231257827", "-0.0", "1e-7", "NaN"]
    text = "\n".join(f'{{"a": {number}}}' for number in written)
    found = bring(tmp_path, text, "a:C")
    assert [row[0] for row in found.rows] == [*written[:3], "0.0000001", "NaN"]


def test_what_values_hold_inside_stays_json_text_and_is_said(tmp_path):
    text = '[{"a": {"b": [1.50, "字"], "b": null}, "c": [true]}, {"a": "x", "c": ""}]'
    found = bring(tmp_path, text, "a:C", "c:C")
    assert found.rows == [('{"b": [1.50, "字"], "b": null}', "[true]"), ("x", None)]
    nested = [one.params for one in found.prepared.notices if one.code == "values.nested"]
    assert nested == [{"column": "a", "count": 1}, {"column": "c", "count": 1}]


def test_a_key_that_stands_twice_refuses_its_object_by_place(tmp_path):
    found = bring(tmp_path, '[{"a": 1, "b": 2}, {"a": 3, "a": 4, "b": 5}]', "a:I", "b:I")
    assert found.rows == [(1, 2)]
    assert found.faults == [(2, "a", "a", "doubled")]
    assert found.rejected[0]["reason_zh"] == "键“a”出现两次"


def test_lines_of_json_refuse_each_bad_line_by_its_number(tmp_path):
    text = '{"a": 1}\n\n{"a": 2\n{"a": 3}\n[4]\n"x"\n{"a": "\\u0000"}\n{"a": "\\ud800"}\n{"a": 9}'
    found = bring(tmp_path, text, "a:C", name="x.csv")
    assert found.prepared.source.kind == "ndjson"
    assert [row[0] for row in found.rows] == ["1", "3", "9"]
    assert [(line, reason) for line, _, _, reason in found.faults] == [
        (3, "json"),
        (5, "shape"),
        (6, "shape"),
        (7, "control"),
        (8, "half"),
    ]
    assert found.prepared.refused == 5


@pytest.mark.parametrize(
    ("text", "rows", "sheets"),
    [
        ('[["名", "数"], ["甲", 1], ["乙", 2.50]]', [("甲", "1"), ("乙", "2.50")], ("",)),
        (
            '{"help": "x", "result": {"total": 2, "rows": [{"名": "甲"}, {"名": "乙", "数": 2}]}}',
            [("甲", None), ("乙", "2")],
            ("result.rows",),
        ),
        (
            '{"fields": [{"id": "名", "type": "text"}, {"id": "数"}], "records": [["甲", 1]]}',
            [("甲", "1")],
            ("fields", "records"),
        ),
        ('{"名": "甲", "数": 1}', [("甲", "1")], ()),
        ('["名", "数"]\n["甲", 1]\n["乙", null]', [("甲", "1"), ("乙", None)], ()),
    ],
)
def test_a_table_is_found_wherever_it_lies(tmp_path, text, rows, sheets):
    found = bring(tmp_path, text, "名:C", "数:C")
    assert found.rows == rows
    assert found.prepared.source.sheets == sheets


def test_one_of_several_arrays_is_chosen_by_name(tmp_path):
    text = '{"a": [{"n": 1}, {"n": 2}], "b": {"c": [{"n": 3}]}, "d": [1, 2, 3]}'
    assert bring(tmp_path, text, "n:I").rows == [(1,), (2,)]
    found = bring(tmp_path, text, "n:I", sheet="b.c")
    assert (found.rows, found.prepared.source.sheets) == ([(3,)], ("a", "b.c"))
    with pytest.raises(Unfit, match="no sheet “e”"):
        bring(tmp_path, text, "n:I", sheet="e")


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ('[{"a": 1},\n {"a": 2]', "json.broken", {"line": 2, "column": 9}),
        ('[{"a": 1},\n {"a": 2}', "json.broken", {"line": 2, "column": 10}),
        ('{"a": [{"b": 1}]} x', "json.broken", {"line": 1, "column": 19}),
        ("[1, 2, 3]", "json.flat", {}),
    ],
)
def test_a_document_that_is_not_whole_is_refused_by_place(tmp_path, text, code, place):
    with pytest.raises(Unfit) as told:
        bring(tmp_path, text, "a:C")
    assert (told.value.code, told.value.params) == (code, place)


def test_a_document_comes_in_any_encoding_but_only_in_one(tmp_path):
    text = json.dumps(
        [{"名称": "海口市", "数": n} for n in range(30)], ensure_ascii=False, indent=1
    )
    for encoding in ("gb18030", "utf-8-sig", "utf-16"):
        assert len(bring(tmp_path, text.encode(encoding), "名称:C", "数:I").rows) == 30
    torn = text.encode().replace("海口".encode(), b"\xb0\xa1", 1)
    with pytest.raises(Unfit, match="Line 3 is not utf-8"):
        bring(tmp_path, torn, "名称:C", "数:I")


def test_values_are_whole_wherever_the_window_ends(monkeypatch):
    rows = [{"a": n, "字": "汉" * (n % 7), "b": [n, 1.5e3, None, True]} for n in range(40)]
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    for window in (1, 2, 3, 17, 4096):
        monkeypatch.setattr(objects, "WINDOW", window)
        found = []
        source = objects.Text(io.BytesIO(text.encode()), 0)
        objects.Document(source).walk(lambda _path, value, to=found: to.append(value))
        assert [objects.cell(row[0][1]) for row in found] == [str(n) for n in range(40)]
        assert len(found) == 40


def test_rows_without_a_note_are_all_data(tmp_path):
    text = '[{"a": "x", "b": 1}, {"a": "注：来源"}, {"a": "a", "b": "b"}]'
    assert len(bring(tmp_path, text, "a:C", "b:C").rows) == 3
