"""Charts of a table of five million rows: what the engine takes for each question that they ask.

Each question is that of a chart as a page has it: one row for each mark, asked of the release by
the one query object, before any copy serves it. Beside it stands DuckDB's bare aggregate of the
same question on the same file, by turns in the same run.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb

from bench import brought
from bench.table import Figure, milliseconds
from prove import house
from yelin import gate
from yelin.charting.chart import Chart
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.models import DATA, Release
from yelin.warehouse.question import Filter, Question

ROWS = 5_000_000
ROUNDS = 7
ITEMS = (
    ("序号", "I"), ("市县", "C"), ("成立日期", "D"), ("注册资本", "N"),
    ("经度", "N"), ("纬度", "N"),
)  # fmt: skip
PLACES = (
    "海口市", "三亚市", "儋州市", "五指山市", "琼海市", "文昌市", "万宁市", "东方市", "定安县",
    "屯昌县", "澄迈县", "临高县", "白沙黎族自治县", "昌江黎族自治县", "乐东黎族自治县",
    "陵水黎族自治县", "保亭黎族苗族自治县", "琼中黎族苗族自治县",
)  # fmt: skip
# What is drawn, and the bare aggregate of the same question; {} is the file.
ASKED: tuple[tuple[str, Chart, str], ...] = (
    (
        "a time line by month",
        Chart("line", "month:成立日期", "sum:注册资本"),
        "SELECT date_trunc('month', 成立日期) g, sum(注册资本) FROM {} GROUP BY g ORDER BY g",
    ),
    (
        "bars of kinds",
        Chart("bar", "市县"),
        "SELECT 市县 g, count(*) n FROM {} GROUP BY g ORDER BY n DESC LIMIT 15",
    ),
    (
        "a histogram",
        Chart("histogram", "200000:注册资本"),
        "SELECT floor(注册资本 / 200000) * 200000 g, count(*) FROM {} GROUP BY g ORDER BY g",
    ),
    (
        "a map by city and county",
        Chart("map", "市县", "sum:注册资本"),
        "SELECT 市县 g, sum(注册资本) s FROM {} GROUP BY g ORDER BY s DESC",
    ),
    (
        "points",
        Chart("points", "0.05:经度", beside="0.05:纬度"),
        "SELECT floor(经度 / 0.05) x, floor(纬度 / 0.05) y, count(*) FROM {} GROUP BY x, y",
    ),
    (
        "a time line of what a filter leaves",
        Chart("line", "year:成立日期", filters=(Filter("市县", "eq", "海口市"),)),
        "SELECT year(成立日期) g, count(*) FROM {} WHERE 市县 = '海口市' GROUP BY g ORDER BY g",
    ),
)


def main(scale: float = 1.0) -> list[Figure]:
    """Return what each chart takes, and its ratio to the bare aggregate."""
    rows = max(50_000, round(ROWS * scale))
    with house.standing(), tempfile.TemporaryDirectory(prefix="bench-charts-") as work:
        csv = Path(work) / "t.csv"
        _write(csv, rows)
        cast = house.appoint(departments=1, stewards=1, officers=1)
        release = _release(cast, csv)
        csv.unlink()
        file = str(release.copy(DATA).place)
        decision = gate.decide(Actor.anyone(), "resource.read", release.entry)
        return [
            figure
            for says, chart, bare in ASKED
            for figure in _beside(says, chart, bare, decision, release, file)
        ]


def _beside(
    says: str, chart: Chart, bare: str, decision: gate.Decision, release: Release, file: str
) -> list[Figure]:
    engine = duckdb.connect(config={"threads": 2})
    ours, theirs = [], []
    for turn in range(ROUNDS):
        # Another question each time, for what was asked before may be answered without the rows.
        every = Filter("序号", "gte", str(-turn))
        question = replace(chart, filters=(*chart.filters, every)).question
        ours.append(_took(partial(_asked, decision, release, question)))
        rows = f"(SELECT * FROM read_parquet('{file}') WHERE 序号 >= -{turn})"  # noqa: S608 - ours
        theirs.append(_took(partial(_bare, engine, bare.format(rows))))
    ratio = statistics.median(ours) / statistics.median(theirs)
    return [
        Figure(
            f"{says}: the slowest of {ROUNDS}",
            f"{max(ours) * 1000:.0f} ms",
            f"{release.rows:,} rows",
        ),
        Figure(
            f"{says} ÷ DuckDB's bare aggregate",
            f"{ratio:.2f}",
            f"{milliseconds(ours)} against {milliseconds(theirs)}",
        ),
    ]


def _asked(decision: gate.Decision, release: Release, question: Question) -> Sequence[object]:
    return opened.table(decision, release).page(question).rows


def _bare(engine: duckdb.DuckDBPyConnection, sql: str) -> object:
    return engine.execute(sql).fetchall()


def _took(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def _write(csv: Path, rows: int) -> None:
    shown = ", ".join(f"'{name}'" for name in PLACES)
    duckdb.sql(
        f"COPY (SELECT i AS 序号, list_extract([{shown}], (i * 31 % 18)::INT + 1) AS 市县, "  # noqa: S608 - ours
        "DATE '1990-01-01' + (i * 17 % 12000)::INT AS 成立日期, "
        "((i * 7907 % 9999991) / 4.0)::DECIMAL(18,2) AS 注册资本, "
        "(108.6 + (i * 7919 % 24000) / 10000.0)::DECIMAL(9,4) AS 经度, "
        "(18.2 + (i * 104729 % 19000) / 10000.0)::DECIMAL(9,4) AS 纬度 "
        f"FROM range({rows}) r(i)) TO '{csv}' (HEADER)"
    )


def _release(cast: house.Cast, csv: Path) -> Release:
    content = house.content_of("企业登记", items=brought.items_of(ITEMS))
    return brought.released(cast, csv, content)
