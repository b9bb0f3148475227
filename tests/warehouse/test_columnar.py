import datetime as dt
import io
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.warehouse.tables import at, bring

from yelin.warehouse.findings import Unfit

UTC = dt.UTC


def parquet(columns: dict, **over) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, **over)
    return sink.getvalue()


@pytest.mark.long
def test_every_type_comes_as_the_words_that_say_all_of_it(tmp_path):
    columns = {
        "整": pa.array([2**63 - 1, None], pa.int64()),
        "无符号": pa.array([2**64 - 1, 0], pa.uint64()),
        "十进": pa.array(
            [Decimal("1234567890123456789.10"), Decimal("0.01")], pa.decimal128(30, 2)
        ),
        "微": pa.array([Decimal("0.0000001"), None], pa.decimal128(20, 10)),
        "双": pa.array([0.1, 1e20], pa.float64()),
        "单": pa.array([0.1, 5], pa.float32()),
        "日": pa.array([dt.date(2020, 2, 29), None]),
        "时刻": pa.array([at("2020-01-02T03:04:05"), None], pa.timestamp("ns")),
        "毫": pa.array([at("2020-01-02T03:04:05.12"), None], pa.timestamp("ms")),
        "协": pa.array([dt.datetime(2020, 1, 1, 16, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
        "钟": pa.array([dt.time(3, 4, 0), None]),
        "是": pa.array([True, False]),
        "字典": pa.array(["甲", "乙"]).dictionary_encode(),
        "表": pa.array([[1, 2], None]),
        "构": pa.array([{"a": Decimal("1.50"), "b": "字"}, None]),
        "空": pa.nulls(2),
        "文": ["007", ""],
        "字节": pa.array(["字".encode(), None], pa.binary()),
    }
    found = bring(tmp_path, parquet(columns), *(f"{name}:C" for name in columns), name="x.parquet")
    assert found.rows[0] == (
        "9223372036854775807",
        "18446744073709551615",
        "1234567890123456789.10",
        "0.0000001000",
        "0.1",
        "0.1",
        "2020-02-29",
        "2020-01-02 03:04:05",
        "2020-01-02 03:04:05.12",
        "2020-01-02 00:00:00",
        "03:04:00",
        "true",
        "甲",
        "[1, 2]",
        '{"a": "1.50", "b": "字"}',
        None,
        "007",
        "字",
    )
    assert found.rows[1][:6] == (None, "0", "0.01", None, "100000000000000000000", "5")
    assert found.prepared.source.kind == "parquet"
    notes = {(one.code, one.column) for one in found.prepared.notices}
    assert notes == {("values.nested", "表"), ("values.nested", "构"), ("values.zone", "协")}


@pytest.mark.long
def test_typed_columns_fit_the_items_of_their_types(tmp_path):
    columns = {
        "i": [1, 2],
        "n": [Decimal("1.50"), Decimal("-2.25")],
        "d": [dt.date(2020, 1, 1), dt.date(1949, 10, 1)],
        "t": [at("2020-01-01T12:00"), at("2020-01-01")],
        "l": [True, False],
        "f": [0.5, 1e-7],
    }
    found = bring(tmp_path, parquet(columns), "i:I", "n:N", "d:D", "t:T", "l:L", "f:F")
    assert found.prepared.refused == 0
    assert found.rows[1] == (
        2,
        Decimal("-2.25"),
        dt.date(1949, 10, 1),
        at("2020-01-01"),
        False,
        1e-7,
    )


@pytest.mark.long
def test_bytes_that_are_no_letters_refuse_their_row_by_place(tmp_path):
    columns = {
        "a": pa.array([b"x", b"\xff", b"y\x00", "字".encode()], pa.binary()),
        "b": pa.array([1, 2, 3, 4]),
        "c": pa.array([b"", b"", b"", b"\xff"], pa.binary()),
    }
    found = bring(tmp_path, parquet(columns), "a:C", "b:I")
    assert found.rows == [("x", 1), ("字", 4)]
    assert found.faults == [(2, "a", "\\xff", "encoding"), (3, "a", "y\\x00", "control")]


@pytest.mark.long
def test_many_rows_stay_in_order_and_faults_name_their_row(tmp_path):
    many = 130_000
    columns = {"n": pa.array(range(many)), "x": pa.array([f"{n % 1000}" for n in range(many)])}
    found = bring(tmp_path, parquet(columns), "n:I#", "x:C")
    assert [row[0] for row in found.rows] == list(range(many))


def test_a_file_that_is_not_whole_is_refused(tmp_path):
    whole = parquet({"a": list(range(1000))})
    for broken in (whole[:-9], whole[:60] + bytes(100) + whole[160:]):
        with pytest.raises(Unfit, match=r"damaged|memory"):
            bring(tmp_path, broken, "a:I")
    with pytest.raises(Unfit, match="encrypted"):
        bring(tmp_path, b"PARE" + whole[4:], "a:I")


@pytest.mark.long
def test_names_that_stand_twice_are_told_apart_in_the_open(tmp_path):
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], ["a", "a", ""])
    sink = io.BytesIO()
    pq.write_table(table, sink)
    found = bring(tmp_path, sink.getvalue())
    assert found.prepared.header == ("a", "a_2", "列3")
    assert "header.doubled" in found.codes
