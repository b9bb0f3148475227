"""Two engines, one answer: the corpus of questions, asked of DuckDB and of Spark."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from structlog.testing import capture_logs
from tests.warehouse import messy
from tests.warehouse.clusters import CLUSTER, MASTER, asking, configured, needs_spark, standing
from tests.warehouse.tables import bring

from yelin.files.places import Room
from yelin.gate import Mask, Obligations, RowFilter
from yelin.keys.sealing import Secret
from yelin.warehouse import alike, engines
from yelin.warehouse.engine import connect
from yelin.warehouse.query import Aggregate, Column, Filter, Question, Table

COLUMNS = (
    Column("号", "I"), Column("区", "C"), Column("名", "C"), Column("日", "D"), Column("时", "T"),
    Column("额", "N"), Column("价", "Y", scale=2), Column("率", "F"), Column("是", "L"),
)  # fmt: skip
TYPES = (
    pa.int64(), pa.string(), pa.string(), pa.date32(), pa.timestamp("us"), pa.decimal128(38, 6),
    pa.decimal128(38, 2), pa.float64(), pa.bool_(),
)  # fmt: skip
moment = dt.datetime.fromisoformat
ROWS = [
    (1, "海口", "陈雨 A", dt.date(1969, 12, 31), moment("1969-12-31 23:59:59.999999"),
     Decimal("0.000001"), Decimal("2.50"), 0.1, True),
    (-(2**63), "三亚", "王", dt.date(1, 1, 1), moment("0001-01-01 00:00:00"),
     Decimal("-12345678901234567890.123456"), Decimal("-0.01"), -1e300, False),
    (2**63 - 1, "海口", "𠮷野 İΣ ß", dt.date(9999, 12, 31), moment("9999-12-31 23:59:59"),
     Decimal("12345678901234567890.123456"), Decimal("0.10"), 1e-300, None),
    (None, "儋州", "", dt.date(1582, 10, 10), moment("1900-02-28 12:00:00.5"), None, None, None,
     True),
    (5, None, "it's \\ %_ \"q\"\n", None, None, Decimal(7), Decimal("7.00"), float(2**53), False),
    (5, "海口 ", "460100199001011234", dt.date(2024, 2, 29), moment("2024-02-29 00:00:00"),
     Decimal("3.333333"), Decimal("3.33"), 3.0, True),
    (6, "Haikou", "13800138000", dt.date(1970, 1, 1), moment("1970-01-01 00:00:00"),
     Decimal("-3.333333"), Decimal("-3.33"), 0.0, False),
    (7, "haikou", "a@b.cn", dt.date(2000, 1, 1), moment("2000-01-01 08:30:00"),
     Decimal(100), Decimal("100.00"), -0.0, None),
] * 3  # fmt: skip
EVERY = tuple(
    Aggregate(function, column.name)
    for column in COLUMNS
    for function in ("count", "distinct", "min", "max")
    if column.type != "L" or function in {"count", "distinct"}
)
SUMS = tuple(
    Aggregate(function, name) for name in ("额", "价", "率") for function in ("sum", "avg")
)
VEILED = Obligations(
    hidden_items=frozenset({"率"}),
    masks={"名": Mask.PARTIAL, "日": Mask.PARTIAL, "时": Mask.PARTIAL, "价": Mask.NULL},
    row_filters=frozenset({RowFilter("区", "ne", "三亚")}),
)
QUESTIONS = [
    Question(aggregates=(Aggregate("count"), *EVERY)),
    Question(groups=("区",), aggregates=SUMS, sort=(("区", True),)),
    Question(groups=("是", "区"), aggregates=(Aggregate("count"),), sort=(("count", True),),
             limit=3),
    Question(
        groups=("号", "日", "时", "额", "价"),
        filters=(Filter("时", "lt", "1970-01-01T00:00:00"), Filter("价", "ne", "7")),
    ),
    Question(
        groups=("名",),
        either=(
            ((Filter("额", "gte", "3.3333330"),), (Filter("号", "lt", "5.5"),)),
            ((Filter("日", "in", "2024-02-29,1582-10-10"),), (Filter("名", "contains", "%_"),)),
        ),
    ),
    Question(
        groups=("名",),
        filters=(Filter("日", "startswith", "2"), Filter("时", "contains", ":00"),
                 Filter("价", "contains", "."), Filter("额", "contains", "3"),
                 Filter("是", "eq", "是"), Filter("率", "gt", "1e-5")),
    ),
]  # fmt: skip

# Each once at least: every type and function, in plain and sealed, whole and veiled.
SLICES = {
    ("plain", False): QUESTIONS[:2],
    ("plain", True): QUESTIONS[2:3],
    ("sealed", False): QUESTIONS[5:],
    ("sealed", True): QUESTIONS[3:4],
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """The corpus, in plain and sealed, and the engine beside the cluster."""
    path = tmp_path_factory.mktemp("asked") / "asked.parquet"
    columns = [pa.array([row[n] for row in ROWS], kind) for n, kind in enumerate(TYPES)]
    table = pa.table(columns, names=[column.name for column in COLUMNS])
    pq.write_table(table, path, row_group_size=5)
    sealed = Room(path.parent, uuid4(), Secret.fresh()).at("sealed")
    with sealed.open("wb") as file:
        file.write(path.read_bytes())
    with connect(memory_mb=128, roots=[path.parent]) as engine:
        yield {"plain": path, "sealed": sealed, "engine": engine}


@needs_spark
@pytest.mark.parametrize("bears", [Obligations(), VEILED], ids=["whole", "veiled"])
@pytest.mark.parametrize("form", ["plain", "sealed"])
def test_what_is_made_of_all_rows_is_the_same_from_either_engine(asked, form, bears, monkeypatch):
    place, engine = asked[form], asked["engine"]
    asking(monkeypatch)
    beside = Table([place], COLUMNS, engine, bears=bears)
    cluster = Table([place], COLUMNS, engine, bears=bears, bulk=engines.bulk(engine, place))
    for question in QUESTIONS if CLUSTER else SLICES[form, bears is VEILED]:
        if bears is VEILED and "率" in str(question):
            continue
        assert cluster.page(question) == beside.page(question), question


@needs_spark
def test_a_table_is_brought_to_its_items_and_measured_alike(tmp_path, monkeypatch):
    """Whatever is asked of all rows, the cluster answers, and nothing comes out otherwise."""
    found = []
    for name in ("beside", "cluster"):
        (tmp_path / name).mkdir()
        text, rules = messy.table(120), messy.standards()
        specs = messy.SPECS if CLUSTER else messy.FEW
        found.append(bring(tmp_path / name, text, *specs, standards=rules, date_order="dmy"))
        asking(monkeypatch)
    beside, cluster = found
    assert cluster.rows == beside.rows
    assert cluster.rejected == beside.rejected
    assert estimated(cluster) == pytest.approx(estimated(beside), rel=0.05, abs=2)
    assert said(cluster) == said(beside)


def estimated(found):
    """How many different values each column has: to within a few, an engine's own."""
    return [column.distinct for column in found.prepared.columns]


def said(found):
    columns = tuple(replace(column, distinct=0) for column in found.prepared.columns)
    return replace(found.prepared, columns=columns)


@needs_spark
def test_what_is_sealed_is_asked_only_where_the_cluster_keeps_it_so(asked, monkeypatch):
    plain, sealed, engine = asked.values()
    standing()
    configured(monkeypatch, spark=MASTER)
    assert engines.bulk(engine, plain) is engine
    configured(monkeypatch, spark=MASTER, spark_from_mb=0)
    assert engines.bulk(engine, plain) is not engine
    assert engines.bulk(engine, plain, sealed) is not engine
    monkeypatch.setattr("pyspark.SparkConf.get", lambda *_: "false")
    assert engines.bulk(engine, plain, sealed) is engine
    cluster = engines.bulk(engine, plain)
    with capture_logs() as logged:
        # As a rule does that refers to another version, which may be sealed.
        asked_of = f"SELECT count(*) FROM read_parquet('{sealed}')"  # noqa: S608 - ours
        assert cluster.rows(asked_of) == [(len(ROWS),)]
    assert [each["fault"] for each in logged] == ["Untold"]


@needs_spark
@pytest.mark.skipif(not CLUSTER, reason="every sign there is: make prove")
def test_every_sign_is_read_alike(tmp_path, monkeypatch):
    """Small and capital letters, blanks, classes, order: but for the few that are doubtful."""
    path = tmp_path / "signs.parquet"
    # Beyond these planes none has another case, and none is a blank.
    signs = [chr(n) for n in range(1, 0x20000) if not 0xD800 <= n < 0xE000]
    pq.write_table(pa.table({"c": signs}), path)
    asking(monkeypatch)
    with connect(memory_mb=384, roots=[tmp_path]) as engine:
        cluster = engines.bulk(engine, path)
        for asked_of in (
            "length(c), strlen(c), ascii(c), trim(c || 'a' || c), ltrim(c || c), rtrim('a' || c)",
            r"regexp_matches(c, '\s'), regexp_matches(c, '^.$'), regexp_matches(c, '[^\d\w]')",
            "c < '、', left(c || 'b', 1), right('b' || c, 1), substr('b' || c, 2, 1), 'a' LIKE c",
            *(
                f"{case}(c) FILTERED NOT regexp_matches(c, '[{doubtful}]')"
                for case, doubtful in alike.DOUBTFUL.items()
            ),
        ):
            what, _, which = asked_of.partition(" FILTERED ")
            sql = f"SELECT c, {what} FROM read_parquet('{path}') WHERE {which or 'true'}"  # noqa: S608 - ours
            assert sorted(cluster.rows(sql)) == sorted(engine.rows(sql))
