from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many

from yelin.gate import Mask, Obligations, RowFilter
from yelin.warehouse.engine import connect
from yelin.warehouse.masks import veiled
from yelin.warehouse.query import (
    OPERATORS,
    BadOperand,
    Column,
    Filter,
    Question,
    Table,
    Unfulfillable,
    UnknownColumn,
)

COLUMNS = (
    Column("号", "I"), Column("区", "C"), Column("密", "C"), Column("证", "C"), Column("生", "D"),
    Column("薪", "N"),
)  # fmt: skip
BEARS = Obligations(
    hidden_items=frozenset({"密"}),
    masks={"证": Mask.PARTIAL, "生": Mask.PARTIAL, "薪": Mask.NULL},
    row_filters=frozenset({RowFilter("区", "eq", "琼"), RowFilter("密", "ne", "外")}),
)


@pytest.mark.drawn(5)
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("460102199003074123", "460102********4123"),
        ("46010219900307412X", "460102********412X"),
        ("460102900307412", "460102******412"),
        ("13876543210", "138****3210"),
        ("6222021234567890", "622202******7890"),
        ("zhang.san@hainan.gov.cn", "z***@hainan.gov.cn"),
        ("a@b", "a***@b"),
        ("张三", "张*"),
        ("欧阳娜娜", "欧***"),
        ("海南省统计局", "海****局"),
        ("张", "*"),
        ("", ""),
        (None, None),
    ],
)
def test_a_veil_keeps_what_practice_keeps(value, shown):
    sql = veiled(Mask.PARTIAL, "x", "C")
    veil = f"SELECT {sql} FROM (SELECT ?::VARCHAR AS x)"  # noqa: S608 - no input
    assert connect().one(veil, [value]) == (shown,)


@pytest.mark.parametrize(
    ("mask", "kind", "cast", "value", "shown"),
    [
        (Mask.PARTIAL, "D", "DATE", "1990-03-07", date(1990, 1, 1)),
        (Mask.PARTIAL, "N", "DECIMAL(9,2)", "12.50", None),
        (Mask.PARTIAL, "L", "BOOLEAN", "true", None),
        (Mask.NULL, "C", "VARCHAR", "张三", None),
        (Mask.NULL, "I", "BIGINT", "7", None),
    ],
)
def test_a_veiled_column_keeps_its_type(mask, kind, cast, value, shown):
    sql = veiled(mask, "x", kind)
    veil = f"SELECT {sql}, typeof({sql}) FROM (SELECT CAST(? AS {cast}) AS x)"  # noqa: S608 - no input
    assert connect().one(veil, [value]) == (shown, cast)


@dataclass(frozen=True)
class Row:
    """A row twice: ``other`` differs from ``one`` only in what the asker must not learn."""

    one: tuple
    other: tuple


text = st.text(st.sampled_from("01甲乙外%' "), max_size=4)
digits = st.text(st.sampled_from("0123456789"), min_size=8, max_size=8)
pay = st.none() | st.decimals(0, 99_999, places=2)


@st.composite
def twins(draw):
    number, year = draw(st.integers(0, 5)), draw(st.integers(1950, 2020))
    head, tail = (
        draw(st.sampled_from(["460102", "469002"])),
        draw(st.sampled_from(["4123", "999X"])),
    )
    nobody = draw(st.booleans())

    def half():
        return (
            number,
            "琼",
            draw(text.filter(lambda word: word != "外")),
            None if nobody else head + draw(digits) + tail,
            date(year, draw(st.integers(1, 12)), draw(st.integers(1, 28))),
            draw(pay),
        )

    return Row(half(), half())


@st.composite
def outsiders(draw):
    kept_out = draw(st.sampled_from([("粤", "甲"), ("琼", "外"), (None, "甲")]))
    return (
        draw(st.integers(0, 5)), *kept_out, "460102" + draw(digits) + "4123",
        date(1990, 3, draw(st.integers(1, 28))), draw(pay),
    )  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return connect(memory_mb=64, roots=[tmp_path_factory.getbasetemp()])


def table(engine, folder, name, rows) -> Table:
    kinds = [pa.int64(), pa.string(), pa.string(), pa.string(), pa.date32(), pa.decimal128(9, 2)]
    columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(kinds)]
    path = folder / f"{name}.parquet"
    pq.write_table(pa.table(columns, names=[column.name for column in COLUMNS]), path)
    return Table([path], COLUMNS, engine, bears=BEARS)


def answer(asked: Table, question: Question, target=None):
    """Everything that an asker gets to know by a question, or by a file of its answer."""
    try:
        if target:
            asked.export(question, "csv", target)
            return target.read_bytes()
        page = asked.page(question)
        return page.rows, page.total, page.columns
    except (UnknownColumn, BadOperand) as fault:
        return type(fault), str(fault)


@pytest.mark.long
@settings(max_examples=many(10, 3))
@given(
    rows=st.lists(twins(), max_size=5),
    out=st.lists(outsiders(), max_size=3),
    also_out=st.lists(outsiders(), max_size=3),
    operand=st.data(),
)
def test_no_question_tells_apart_what_differs_only_beneath_veils(
    engine, tmp_path_factory, rows, out, also_out, operand
):
    """Whatever is asked, two tables that look alike to the asker answer alike."""
    folder = tmp_path_factory.mktemp("veil")
    # Rows that the asker does not have stand among the others, in other numbers.
    one = table(engine, folder, "one", [*out, *(row.one for row in rows)])
    other = table(
        engine, folder, "other", [*also_out[:1], *(row.other for row in rows), *also_out[1:]]
    )
    known = ["1", "琼", "2020-01-01", "4601", "true", "外"]
    known += [str(cell) for row in rows for cell in (*row.one[2:], *row.other[2:])]
    for name in ("号", "区", "密", "证", "生", "薪", "无"):
        for operator in OPERATORS:
            value = operand.draw(st.sampled_from(known))
            question = Question((Filter(name, operator, value),))
            assert answer(one, question) == answer(other, question)
        for down in (False, True):
            question = Question(sort=((name, down),), limit=2, offset=1)
            assert answer(one, question) == answer(other, question)
        chosen = Question(columns=(name,), sort=((name, True),))
        assert answer(one, chosen, folder / "x") == answer(other, chosen, folder / "x")
    assert one.page(Question()).total == len(rows)


def test_rows_that_the_asker_does_not_have_are_not_counted(engine, tmp_path):
    veiled_table = table(
        engine, tmp_path, "few",
        [(1, "琼", "甲", "460102199003074123", date(1990, 3, 7), 5), (2, "粤", "甲", "x", None, 6)],
    )  # fmt: skip
    page = veiled_table.page(Question())
    assert page.total == veiled_table.count(Question()) == 1
    assert page.rows == [
        {"号": 1, "区": "琼", "证": "460102********4123", "生": "1990-01-01", "薪": None}
    ]
    assert veiled_table.count(Question((Filter("证", "eq", "460102********4123"),))) == 1
    assert veiled_table.count(Question((Filter("证", "eq", "460102199003074123"),))) == 0


@pytest.mark.parametrize(
    "bears",
    [
        Obligations(hidden_items=frozenset({"旧名"})),
        Obligations(masks={"旧名": Mask.PARTIAL}),
        Obligations(row_filters=frozenset({RowFilter("旧名", "eq", "1")})),
        Obligations(row_filters=frozenset({RowFilter("号", "eq", "甲")})),
        Obligations(shown_items=frozenset({"旧名"})),
    ],
)
def test_a_release_that_lacks_what_must_be_veiled_is_not_opened(engine, tmp_path, bears):
    whole = table(engine, tmp_path, "whole", [])
    with pytest.raises(Unfulfillable):
        Table(whole.files, COLUMNS, whole.engine, bears=bears)


def test_items_that_are_not_granted_are_unknown_columns(engine, tmp_path):
    whole = table(engine, tmp_path, "whole", [(1, "琼", "甲", "x", None, 6)])
    some = Table(
        whole.files, COLUMNS, whole.engine, bears=Obligations(shown_items=frozenset({"号", "区"}))
    )
    assert some.page(Question()).rows == [{"号": 1, "区": "琼"}]
    with pytest.raises(UnknownColumn):
        some.page(Question((Filter("薪", "gt", "1"),)))
