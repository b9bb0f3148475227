"""Whom a leaked copy names, over fifty buyers and many samples, and what a marked copy costs."""

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from bench import brought
from bench.table import Figure
from yelin.delivery.rules import Copy, Evidence, weigh
from yelin.gate.obligations import Obligations
from yelin.warehouse import leaked
from yelin.warehouse.engine import Engine, connect
from yelin.warehouse.formats import Column
from yelin.warehouse.pipeline import Options
from yelin.warehouse.query import Question, Table
from yelin.warehouse.thinned import Thinning, identity

ROWS, BUYERS, SHARE = 100_000, 50, Decimal("0.02")
SAMPLED = 0.01
# Sets of keys, and samples of each: the same rows, with other copies of them.
SETS, SAMPLES = 5, 20_000
FILES = 5
COST_ROWS, TURNS = 1_000_000, 5
WHO = tuple(UUID(int=number) for number in range(BUYERS))
# By fewer rows no pair is named, whatever both lack.
FEW = 10_000
COLUMNS = tuple(Column(name, kind) for name, kind in brought.ITEMS)
KEYS = ("序号",)


def main(scale: float = 1.0) -> list[Figure]:
    """Return how often the right buyer is named, how often a wrong one, and the cost."""
    with tempfile.TemporaryDirectory(prefix="bench-attribution-") as folder:
        work = Path(folder)
        laid = _laid(work, ROWS, "t")
        with connect(memory_mb=512, threads=2, roots=[work]) as engine:
            return [
                *_sampled(engine, laid, max(50, round(SAMPLES * scale))),
                *_together(engine, laid),
                *_files(engine, laid, work, max(2, round(FILES * scale))),
                _cost(engine, _laid(work, max(50_000, round(COST_ROWS * scale)), "long"), work),
            ]


def _laid(work: Path, rows: int, name: str) -> Path:
    """Write so many rows as a release has them."""
    brought.write(work / f"{name}.csv", rows)
    path = work / f"{name}.parquet"
    with connect(memory_mb=512, threads=2, roots=[work]) as engine:
        engine.rows(
            f"COPY (SELECT * FROM read_csv('{work / name}.csv', types = {{'注册资本': "  # noqa: S608 - ours
            f"'DECIMAL(18,2)', '成立日期': 'DATE'}})) TO '{path}' (FORMAT parquet)"
        )
    return path


def _buyers(chance: np.random.Generator) -> dict[UUID, tuple[Thinning, Decimal]]:
    return {who: (Thinning(chance.bytes(32), KEYS), SHARE) for who in WHO}


def _lacks(
    engine: Engine, laid: Path, buyers: Mapping[UUID, tuple[Thinning, Decimal]]
) -> np.ndarray:
    """Return for each row and buyer whether the buyer's copies lack it."""
    told, params = [], []
    for thinning, share in buyers.values():
        sql, values = thinning.lacks(identity(COLUMNS, KEYS), share)
        told.append(sql)
        params += values
    sql = f"SELECT {', '.join(told)} FROM read_parquet('{laid}')"  # noqa: S608 - ours
    parts = engine.batches(sql, params, size=50_000)
    return np.concatenate(
        [np.column_stack([each.to_numpy(zero_copy_only=False) for each in part]) for part in parts]
    )


def _weighed(lacks: np.ndarray, rows: np.ndarray) -> tuple[Evidence, ...]:
    """Return what a file with these rows says of each buyer, and of pairs."""
    there = lacks[rows]
    said = [Copy(WHO[n], SHARE, int(many)) for n, many in enumerate(there.sum(axis=0))]
    pairs = {}
    if len(rows) > FEW:
        both = np.triu(there.T.astype(np.float32) @ there.astype(np.float32), 1).astype(int)
        pairs = {
            frozenset({WHO[one], WHO[other]}): int(both[one, other])
            for one, other in zip(*np.nonzero(both), strict=True)
        }
    return weigh(len(rows), said, pairs)


def _named(evidence: tuple[Evidence, ...]) -> set[int]:
    return {whose.int for each in evidence if each.names for whose in each.whose}


def _sampled(engine: Engine, laid: Path, samples: int) -> list[Figure]:
    chance = np.random.default_rng(20261129)
    right = wrong = taken = 0
    for _ in range(SETS):
        lacks = _lacks(engine, laid, _buyers(chance))
        for _ in range(samples):
            guilty = int(chance.integers(BUYERS))
            had = np.flatnonzero(~lacks[:, guilty])
            rows = chance.choice(had, round(ROWS * SAMPLED), replace=False)
            named = _named(_weighed(lacks, rows))
            taken += 1
            right += named == {guilty}
            wrong += bool(named - {guilty})
    how = (
        f"{ROWS:,} rows, {BUYERS} buyers whose copies lack {SHARE:.0%} each; "
        f"{taken:,} samples of {SAMPLED:.0%}"
    )
    return [
        Figure("the right buyer, and nobody else, named", f"{right / taken:.2%}", how),
        Figure(
            "samples by which anybody innocent is named, at most (95 %)",
            f"1 in {1 / _at_most(wrong, taken):,.0f}",
            f"{wrong} of {taken:,}; Clopper and Pearson, one-sided",
        ),
    ]


def _at_most(found: int, of: int) -> float:
    """Return the upper bound of a share, by Clopper and Pearson (Biometrika 26, 1934)."""
    return float(betaincinv(found + 1, of - found, 0.95))


def _together(engine: Engine, laid: Path) -> list[Figure]:
    chance = np.random.default_rng(7)
    ways: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
        "what either has": np.logical_or,
        "what both have": np.logical_and,
        "each row of either at random": lambda one, other: np.where(
            chance.random(len(one)) < 0.5, one, other
        ),
    }
    figures, turns = [], 5
    all_lacks = [_lacks(engine, laid, _buyers(chance)) for _ in range(turns)]
    for way, mixed in ways.items():
        for sampled in (1.0, SAMPLED):
            both = innocent = 0
            for lacks in all_lacks:
                rows = np.flatnonzero(mixed(~lacks[:, 0], ~lacks[:, 1]))
                rows = chance.choice(rows, round(len(rows) * sampled), replace=False)
                named = _named(_weighed(lacks, rows))
                both += named == {0, 1}
                innocent += bool(named - {0, 1})
            figures.append(
                Figure(
                    f"two buyers put together {way}, {sampled:.0%} of it: both named",
                    f"{both} of {turns}",
                    f"anybody innocent: {innocent}",
                )
            )
    return figures


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which somebody writes a copy anew."""

    name: str
    suffix: str
    write: Callable[[pd.DataFrame], bytes]


def _excel(rows: pd.DataFrame) -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        numbers = rows.assign(
            注册资本=rows["注册资本"].astype(float), 序号=rows["序号"].astype(int)
        )
        numbers.to_excel(file.name, index=False)
        return Path(file.name).read_bytes()


def _grouped(rows: pd.DataFrame) -> bytes:
    money = rows["注册资本"].astype(float).map("{:,.2f}".format)
    days = pd.to_datetime(rows["成立日期"]).dt.strftime("%Y/%-m/%-d")
    return rows.assign(注册资本=money, 成立日期=days).to_csv(index=False).encode("gb18030")


WAYS = (
    _Way("CSV", "csv", lambda rows: rows.to_csv(index=False).encode()),
    _Way("GBK, 1,234.50 and 2024/1/5", "csv", _grouped),
    _Way("workbook", "xlsx", _excel),
    _Way("NDJSON", "ndjson", lambda rows: rows.to_json(orient="records", lines=True).encode()),
    _Way("three columns, no key", "csv",
         lambda rows: rows[["名称", "地址", "注册资本"]].to_csv(index=False).encode()),
    _Way("a tenth of its rows altered", "csv",
         lambda rows: rows.assign(
             类别=rows["类别"].where(np.arange(len(rows)) % 10 > 0, "999")
         ).to_csv(index=False).encode()),
)  # fmt: skip


def _files(engine: Engine, laid: Path, work: Path, turns: int) -> list[Figure]:
    """Take copies by our own writer, cut and shuffle them, write them anew, and have them read."""
    chance = np.random.default_rng(3)
    right, took = dict.fromkeys((way.name for way in WAYS), 0), []
    wrong = 0
    for turn in range(turns):
        buyers = _buyers(chance)
        guilty = WHO[int(chance.integers(BUYERS))]
        copy = work / "copy.csv"
        _table(engine, laid, buyers[guilty][0]).export(Question(), "csv", copy)
        rows = pd.read_csv(copy, dtype=str, keep_default_na=False)
        cut = rows.sample(frac=SAMPLED, random_state=turn)
        for way in WAYS:
            file = work / f"leak.{way.suffix}"
            file.write_bytes(way.write(cut))
            began = time.process_time()
            read = leaked.read(
                file, file.name, work / f"read-{turn}", COLUMNS, Options(),
                memory_mb=512, threads=2,
            )  # fmt: skip
            meeting = leaked.Meeting(read, laid, COLUMNS, KEYS, engine)
            found = meeting.lacking(buyers)
            took.append(time.process_time() - began)
            said = [Copy(each, SHARE, found.lacked[each]) for each in buyers]
            named = _named(weigh(found.rows, said, found.pairs))
            right[way.name] += named == {guilty.int}
            wrong += bool(named - {guilty.int})
    return [
        Figure(
            "leaked files, 1 % of the rows, shuffled and written anew: right buyer named",
            "; ".join(f"{name}: {many} of {turns}" for name, many in right.items()),
            f"anybody innocent: {wrong}; {statistics.median(took):.1f} s of computing a file",
        )
    ]


def _table(engine: Engine, laid: Path, thinning: Thinning | None) -> Table:
    bears = Obligations(thinned=SHARE if thinning else Decimal(0))
    return Table([laid], COLUMNS, engine, bears=bears, thinning=thinning)


def _cost(engine: Engine, laid: Path, work: Path) -> Figure:
    """Write a long copy with the mark and without, by turns."""
    keyed, whole = Thinning(bytes(32), KEYS), Thinning(bytes(32), ())
    ratios: dict[str, list[float]] = {"by its key": [], "by all it says": []}
    for _ in range(TURNS):
        bare = _seconds(_table(engine, laid, None), work)
        for name, thinning in zip(ratios, (keyed, whole), strict=True):
            ratios[name].append(_seconds(_table(engine, laid, thinning), work) / bare)
    return Figure(
        "a marked copy as CSV ÷ an unmarked one, computing",
        "; ".join(f"{name} {statistics.median(each):.2f}" for name, each in ratios.items()),
        f"{COST_ROWS:,} rows of 8 items at scale 1; median of {TURNS}",
    )


def _seconds(table: Table, work: Path) -> float:
    began = time.process_time()
    table.export(Question(), "csv", work / "out.csv")
    return time.process_time() - began
