"""What a file said comes back, for every type, from every kind of file by every format."""

import csv
import io
import json
from datetime import date
from decimal import Context, Decimal
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many
from tests.warehouse import offices
from tests.warehouse.tables import at, bring

from yelin.warehouse import exact, xlsx
from yelin.warehouse.query import Question

NAMES = ("序号", "文", "备注", "数", "钱", "整", "双", "浮", "日", "时", "是")
TYPES = "ICMNYIBFDTL"
SPECS = [f"{name}:{kind}" for name, kind in zip(NAMES, TYPES, strict=True)]
# By which format a release leaves, whether for Excel, and how the file is called.
WAYS = (
    ("csv", False, "csv"),
    ("csv", True, "csv"),
    ("gb18030.csv", False, "csv"),
    ("gb18030.csv", True, "csv"),
    ("json", False, "json"),
    ("ndjson", False, "ndjson"),
    ("parquet", False, "parquet"),
    ("xlsx", False, "xlsx"),
)


def _text(value, kind):
    """Return what stands in a text file for a value."""
    if value is None:
        return ""
    if kind in "NY":
        return f"{value:f}"
    if kind == "T":
        return value.isoformat(" ")
    return {True: "是", False: "否"}[value] if kind == "L" else str(value)


def _delimited(rows, encoding):
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(NAMES)
    writer.writerows([_text(*cell) for cell in zip(row, TYPES, strict=True)] for row in rows)
    return stream.getvalue().encode(encoding)


def _lines(rows):
    def said(value, kind):
        if value is None or kind == "L":
            return json.dumps(value)
        text = _text(value, kind)
        return text if kind in "IBF" else json.dumps(text)

    return "".join(
        "{"
        + ", ".join(
            f"{json.dumps(name)}: {said(value, kind)}"
            for name, value, kind in zip(NAMES, row, TYPES, strict=True)
        )
        + "}\n"
        for row in rows
    ).encode()


def _parquet(rows):
    types = {
        "I": pa.int64(), "C": pa.string(), "M": pa.string(), "B": pa.float64(),
        "F": pa.float64(), "D": pa.date32(), "T": pa.timestamp("us"), "L": pa.bool_(),
    }  # fmt: skip
    arrays = []
    for kind, values in zip(TYPES, zip(*rows, strict=True), strict=True):
        scale = max((-one.as_tuple().exponent for one in values if kind in "NY" and one), default=0)
        type_ = pa.decimal128(38, max(0, scale)) if kind in "NY" else types[kind]
        arrays.append(pa.array(values, type_))
    stream = io.BytesIO()
    pq.write_table(pa.table(arrays, names=NAMES), stream)
    return stream.getvalue()


def _office(write, finest, rows):
    """Return a workbook; what its cells cannot hold stands as text, as people write it then."""

    def held(value, kind):
        if value is None or kind in "CML":
            return value
        if kind in "DT":
            fits = value.year > 1900 and not (kind == "T" and value.microsecond % finest)
            return value if fits else _text(value, kind)
        fits = exact.is_shown(value) and Decimal(str(float(value))) == Decimal(str(value))
        return float(value) if fits else _text(value, kind)

    return write([NAMES, *[[held(*cell) for cell in zip(row, TYPES, strict=True)] for row in rows]])


def _xlsx(rows):
    stream = io.BytesIO()
    shown = {"D": "yyyy-mm-dd", "T": "yyyy-mm-dd hh:mm:ss.000"}
    columns = [
        xlsx.Column(name, shown.get(kind, "General"))
        for name, kind in zip(NAMES, TYPES, strict=True)
    ]
    xlsx.write(stream, columns, rows[1:])
    return stream.getvalue()


SOURCES = {
    "csv": partial(_delimited, encoding="utf-8"),
    "gb18030": partial(_delimited, encoding="gb18030"),
    "ndjson": _lines,
    "parquet": _parquet,
    "xlsx": partial(_office, _xlsx, 1_000),
    "ods": partial(_office, offices.ods, 1),
    "xls": partial(_office, offices.xls, 1_000),
}


def require_it_comes_back(folder, rows, kind):
    """Bring in a file of this kind, and what leaves of it by every format."""
    text = {"encoding": "gb18030"}
    source = folder / f"source.{'csv' if kind == 'gb18030' else kind}"
    source.write_bytes(SOURCES[kind](rows))
    first = bring(folder, source, *SPECS, **(text if kind == "gb18030" else {}))
    assert first.faults == []
    assert first.rows == rows
    for fmt, for_excel, ending in WAYS:
        target = first.work / f"out.{ending}"
        first.table().export(Question(), fmt, target, for_excel=for_excel)
        again = bring(folder, target, *SPECS, **(text if fmt == "gb18030.csv" else {}))
        assert again.faults == [], (fmt, for_excel)
        assert again.rows == rows, (fmt, for_excel)


D = Decimal
EXTREMES = [
    ("一", "a", D(10) ** 37, D("0.01"), 2**63 - 1, 1e15, 1e20, date(1, 1, 1),
     at("2020-01-02 03:04:05.123456"), True),
    ("=1+1", '=a"b"', D(0), D("-0.01"), -(2**63), 1.7976931348623157e308, 5e-324,
     date(9999, 12, 31), at("9999-12-31 23:59:59.999999"), False),
    ("'-5", "'=x", -(D(10) ** 37), D("9" * 36 + ".99"), 2**53 + 1, 0.1 + 0.2, -1e15,
     date(1900, 2, 28), at("0001-01-01 00:00:00"), None),
    ("0898", "1e20", D("9" * 38), D(5), 10**15, 123456789012345678.0, 1e-7, date(1900, 3, 1),
     at("1900-01-01 00:00:00.001"), True),
    ("𠀀㐀é€\u00a0ü", "\ue000ḿ", D(1), None, -(10**15), 999999999999999.9, 1e22,
     date(1899, 12, 31), at("2020-12-31 23:59:59.9"), False),
    (None, None, None, None, 0, -0.1, 2.0**53, None, at("1970-01-01 00:00:00"), True),
]  # fmt: skip


@pytest.mark.drawn(1)
@pytest.mark.parametrize("kind", SOURCES)
def test_the_utmost_of_every_type_comes_back(tmp_path, kind):
    rows = [(n, *row) for n, row in enumerate(EXTREMES, 1)]
    require_it_comes_back(tmp_path, rows, kind)


def test_gb18030_holds_every_character(tmp_path):
    points = (*range(0x21, 0xD800), *range(0xE000, 0x110000, 31))
    blank = {0x85, 0xA0, 0x2028, 0x2029, 0x3000, 0xFEFF}
    letters = [chr(one) for one in points if one not in blank and not 0x7F <= one < 0xA1]
    words = ["".join(letters[n : n + 900]) for n in range(0, len(letters), 900)]
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["序号", "字"], *enumerate(words, 1)])
    first = bring(tmp_path, stream.getvalue(), "序号:I", "字:C")
    assert [word for _, word in first.rows] == words
    target = first.work / "out.csv"
    first.table().export(Question(), "gb18030.csv", target, for_excel=True)
    assert bring(tmp_path, target, "序号:I", "字:C", encoding="gb18030").rows == first.rows


def _decimals(places):
    exactly = Context(prec=60)
    return st.integers(-(10**38) + 1, 10**38 - 1).map(
        lambda number: Decimal(number).scaleb(-places, exactly)
    )


texts = st.text(
    st.one_of(
        st.sampled_from("=+-@'\",;.0189eE%_#\\"),
        st.characters(codec="gb18030", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cf"]),
    ),
    min_size=1,
    max_size=12,
).filter(lambda text: '="' not in text and not text.startswith(("#", "'")))
rows = st.tuples(st.integers(0, 38), st.integers(0, 38)).flatmap(
    lambda places: st.lists(
        st.tuples(
            st.none() | texts,
            st.none() | texts,
            st.none() | _decimals(places[0]),
            st.none() | _decimals(places[1]),
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.floats(allow_nan=False, allow_infinity=False),
            st.none() | st.floats(-1e17, 1e17),
            st.none() | st.dates(),
            st.none() | st.datetimes(),
            st.none() | st.booleans(),
        ),
        min_size=1,
        max_size=6,
    )
)


@pytest.mark.long
@settings(max_examples=many(40, 4))
@given(rows=rows, kind=st.sampled_from([*SOURCES]))
def test_any_value_comes_back(tmp_path_factory, rows, kind):
    folder = tmp_path_factory.mktemp("every")
    require_it_comes_back(folder, [(n, *row) for n, row in enumerate(rows, 1)], kind)
