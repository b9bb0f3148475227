"""What is mended only as somebody chooses, and what is read past and counted."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from tests.warehouse.tables import at, bring, items

from yelin.warehouse.items import Codes, ItemSpec
from yelin.warehouse.mending import RULES, Mending
from yelin.warehouse.pipeline import Options, prepare

CODES = Codes("GB/T 2260 v1", frozenset({"046", "0898", "A1"}),
              {"046": "海口市", "0898": "三亚市", "A1": "儋州市"})  # fmt: skip

# item, unit, rule, cell as it came, value once mended (None: this is left as it is)
CASES = [
    ("v:C", "", "trim", " 甲 ", "甲"),
    ("v:C", "", "trim", "甲　乙\t", "甲　乙"),
    ("v:C", "", "trim", "甲 乙", None),
    ("v:C/20", "", "narrow", "琼Ａ－１２３（海口）", "琼A-123（海口）"),
    ("v:C/18", "", "form", "9135 0200-ma2yj1xr9g", "91350200MA2YJ1XR9G"),
    ("v:C/18", "", "form", "４６０１０５１９９００３０７００１x", "46010519900307001X"),
    ("v:C/18", "", "form", "91350200MA2YJ1XR9G", None),
    ("v:C/18", "", "form", "不详", None),
    ("code", "", "form", "ａ 1", "A1"),
    ("code", "", "zeros", "46", "046"),
    ("code", "", "zeros", " ８９８", "0898"),
    ("code", "", "zeros", "047", None),
    ("code", "", "names", "海口市 ", "046"),
    ("code", "", "names", "海口", None),
    ("v:N", "", "unit", "￥1,234.50元", Decimal("1234.50")),
    ("v:I", "", "unit", "¥ 12", 12),
    ("v:N", "万元", "unit", "3.5万元", Decimal("3.5")),
    ("v:N", "万元", "unit", "3.5元", None),
    ("v:N", "%", "unit", "12%", Decimal(12)),
    ("v:L", "", "words", "有", True),
    ("v:L", "", "words", "×", False),
    ("v:D", "", "serial", "45292", date(2024, 1, 1)),
    ("v:T", "", "serial", "45292.5", at("2024-01-01 12:00:00")),
    ("v:D", "", "serial", "99999", None),
    ("v:D", "", "dmy", "31/1/2026", date(2026, 1, 31)),
    ("v:D", "", "mdy", "1/31/2026", date(2026, 1, 31)),
]  # fmt: skip


def _lay(folder, cases, **mends):
    """Prepare the cells of all cases side by side in one row, a column each."""
    specs = []
    for place, (spec, unit, *_) in cases:
        (item,) = items("v:C" if spec == "code" else spec)
        codes = CODES if spec == "code" else None
        specs.append(replace(item, name=f"v{place}", unit=unit, codes=codes))
    # Two plain dates keep a stray one from being asked about.
    plain = ["" if item.type not in "DT" else "2026-01-01" for item in specs]
    lines = [[item.name for item in specs], [case[3] for _, case in cases], plain, plain]
    text = "".join(",".join(f'"{c}"' for c in (n, *line)) + "\n" for n, line in enumerate(lines))
    folder.mkdir()
    (folder / "t.csv").write_text(text.replace('"0"', '"n"', 1))
    every = [*items("n:I"), *specs]
    return prepare(folder / "t.csv", "t.csv", folder / "work", every, Options(**mends))


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    """What is offered of each cell."""
    found = _lay(tmp_path_factory.mktemp("offered") / "a", list(enumerate(CASES)))
    return {(one.item, one.rule): one for one in found.offers}


@pytest.fixture(scope="module")
def mended(tmp_path_factory):
    """What became of the cells that are mended, and by what."""
    folder = tmp_path_factory.mktemp("mended") / "a"
    cases = [(place, case) for place, case in enumerate(CASES) if case[4] is not None]
    found = _lay(folder, cases, mends={f"v{place}": (case[2],) for place, case in cases})
    row = pq.read_table(folder / "work" / "data.parquet").to_pylist()[0]
    return row, {(one.item, one.rule): one for one in found.mended}


@pytest.mark.drawn(6)
@pytest.mark.duty("quality.keep")
@pytest.mark.parametrize(("place", "case"), list(enumerate(CASES)))
def test_each_rule_mends_what_it_says_and_nothing_else(offered, mended, place, case):
    _, _, rule, cell, value = case
    row, done = mended
    if value is None:
        assert (f"v{place}", rule) not in offered
        return
    said = offered[f"v{place}", rule]
    assert (said.count, said.examples[0][0]) == (1, cell)
    assert row[f"v{place}"] == value
    assert done[f"v{place}", rule] == said


def test_cells_are_mended_by_choice_alone_counted_and_released(tmp_path):
    specs = [*items("n:I", "日期:D"), ItemSpec("区划", "C", codes=CODES)]
    source = tmp_path / "t.csv"
    text = "n,区划,日期\n1,46,2026-01-01\n2, 046,2026-01-02\n3,海口市,45292\n"
    source.write_text(text + "4,火星,2026-01-03\n5,三亚市,x\n")
    found = prepare(source, "t.csv", tmp_path / "a", specs)
    assert [(one.item, one.rule, one.count) for one in found.offers] == [
        ("日期", "serial", 1), ("区划", "trim", 1), ("区划", "zeros", 1), ("区划", "names", 2),
    ]  # fmt: skip
    assert (found.rows, found.refused, found.mended) == (0, 5, ())
    chosen = {"区划": ("names", "zeros", "trim"), "日期": ("serial",)}
    found = prepare(source, "t.csv", tmp_path / "b", specs, Options(mends=chosen))
    assert (found.rows, found.refused) == (3, 2)
    assert found.mended == (
        # The name in line 6 is mended, too, but its row is refused for its date.
        Mending("日期", "serial", 1, (("45292", "2024-01-01"),)),
        Mending("区划", "trim", 1, ((" 046", "046"),)),
        Mending("区划", "zeros", 1, (("46", "046"),)),
        Mending("区划", "names", 1, (("海口市", "046"),)),
    )
    assert found.offers == ()


def test_a_refused_cell_is_told_as_it_came_though_its_column_is_mended(tmp_path):
    found = bring(tmp_path, "n,v\n1, 甲乙丙 \n2, 甲 \n", "n:I", "v:C/2", mends={"v": ["trim"]})
    assert found.rows == [(2, "甲")]
    assert found.faults == [(2, "v", " 甲乙丙 ", "length")]


def test_what_is_read_past_is_counted(tmp_path):
    text = 'n,v,d,l\n" 1",1,2026-01-01,是\n2,"1,234",2026/1/2,true\n'
    text += "３,.5,20260103,否\n4,2,2026年1月4日,Y\n"
    found = bring(tmp_path, text, "n:I", "v:N", "d:D", "l:L")
    assert [(one.item, one.what, one.count) for one in found.prepared.tidied] == [
        ("n", "blanks", 2), ("v", "thousands", 1), ("v", "number", 1), ("l", "word", 1),
    ]  # fmt: skip
    assert {one.form: one.count for one in found.prepared.dates} == {
        "YYYY-MM-DD": 1, "YYYY/M/D": 1, "YYYYMMDD": 1, "YYYY年M月D日": 1,
    }  # fmt: skip
    plain = bring(tmp_path, "d\n2026-01-01\n\n2026-01-02\n", "d:D").prepared
    assert [(one.form, one.count) for one in plain.dates] == [("YYYY-MM-DD", 2)]


def test_every_rule_has_its_cases():
    assert {case[2] for case in CASES if case[4] is not None} == set(RULES)
