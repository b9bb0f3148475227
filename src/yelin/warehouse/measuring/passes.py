"""Measure a finished file in two passes: all rules about rows at once, then what is there twice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from yelin.files.places import Place
from yelin.law.quality import Made, Scheme
from yelin.quality.rules import Reference, Result, Rule, Score, score
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.measuring.conditions import condition
from yelin.warehouse.staged import turns

# Why a row is refused though none of its items is at fault.
_UNREADABLE = ("fields", "quoting", "encoding", "control", "note", "header", "lossy", "formula")
_REFUSED_BY = {
    Made.TYPED: "type",
    Made.SIZED: "length",
    Made.LISTED: "code",
}


@dataclass(frozen=True, slots=True)
class Standards:
    """By what a file is measured: its rules, the law's scheme, what stands beside the data.

    ``files`` are the releases that rules refer to, ``described`` how many of how many items say
    what they mean.
    """

    rules: tuple[Rule, ...]
    scheme: Scheme
    weights: Mapping[str, int]
    files: Mapping[Reference, Place]
    in_time: bool
    described: tuple[int, int]
    today: date
    legacy_codes: Collection[str]
    digest: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the preparation already knows of a file: rows that stayed and went, what was carried.

    ``types`` and ``nulls`` are those of the items, ``carried`` the items that have a column.
    """

    rows: int
    refused: int
    types: Mapping[str, str]
    nulls: Mapping[str, int]
    carried: Collection[str]


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of all rules, and the score."""

    results: tuple[Result, ...]
    score: Score
    on: date
    digest: str

    def said(self) -> dict[str, object]:
        """Return it as a manifest says it."""
        return {
            "total": self.score.total,
            "sides": [
                {"code": side.code, "score": side.score, "weight": side.weight}
                for side in self.score.sides
            ],
            "vetoes": list(self.score.vetoes),
            "rules": [result.said() for result in self.results],
            "on": self.on.isoformat(),
            "digest": self.digest,
        }


def measure(
    data: Place, rejected: Place | None, told: Told, standards: Standards, engine: Engine
) -> Measured:
    """Measure ``data`` and what was ``rejected`` on the way to it, where there was a way."""
    refused = _refused(rejected, engine) if rejected else {}
    read, counted = _counted(data, told, standards, engine)
    results = []
    for rule in standards.rules:
        found = counted.get(rule.code) or _known(rule, told, standards, refused, read)
        if rule.kind in (Made.UNIQUE, Made.ONCE):
            found = _there_once(rule, data, told, engine)
        if found is None:
            continue
        satisfying, evaluated = found
        if rule.kind == Made.REQUIRED:
            evaluated += refused.get((rule.items[0], "required"), 0)
        if rule.kind == Made.UNIQUE:
            evaluated += sum(n for (_, reason), n in refused.items() if reason == "duplicate")
        results.append(Result(rule, satisfying, evaluated))
    return Measured(
        tuple(results),
        score(results, standards.scheme, standards.weights),
        standards.today,
        standards.digest,
    )


def _refused(rejected: Place, engine: Engine) -> dict[tuple[str, str], int]:
    rows = engine.rows(
        "SELECT coalesce(\"column\", ''), reason, count(*) "  # noqa: S608 - path is quoted
        f"FROM read_parquet({literal(str(rejected))}) GROUP BY ALL"
    )
    return {(str(column), str(reason)): int(count) for column, reason, count in rows}


def _counted(
    data: Place, told: Told, standards: Standards, engine: Engine
) -> tuple[int, dict[str, tuple[int, int]]]:
    """Return how many rows the file has, and what came of the rules about rows, in one pass."""
    asked = {}
    for rule in standards.rules:
        sql = condition(
            rule,
            told.types,
            standards.files,
            today=standards.today,
            legacy=standards.legacy_codes,
        )
        if sql:
            asked[rule.code] = sql
    listed = "".join(f", count_if({sql}), count({sql})" for sql in asked.values())
    row = engine.run(f"SELECT count(*){listed} FROM read_parquet({literal(str(data))})")[0]  # noqa: S608 - every name and value is quoted
    pairs = zip(row[1::2], row[2::2], strict=True)
    return int(row[0]), {
        code: (int(held or 0), int(of)) for code, (held, of) in zip(asked, pairs, strict=True)
    }


def _known(
    rule: Rule,
    told: Told,
    standards: Standards,
    refused: Mapping[tuple[str, str], int],
    read: int,
) -> tuple[int, int] | None:
    """Return what came of a rule that the preparation has answered already."""
    sent = told.rows + told.refused
    unread = sum(n for (_, reason), n in refused.items() if reason in _UNREADABLE)
    of_all: Mapping[str, tuple[int, int]] = {
        Made.KEPT: (told.rows, sent),
        Made.READABLE: (max(0, sent - unread), sent),
        Made.DESCRIBED: standards.described,
        Made.IN_TIME: (int(standards.in_time), 1),
        Made.READ_BACK: (min(read, told.rows), max(read, told.rows)),
    }
    if not rule.items:
        return of_all.get(rule.kind)
    item = rule.items[0]
    if item not in told.types:
        return None
    present = told.rows - told.nulls.get(item, 0)
    if rule.kind in _REFUSED_BY:
        return present, present + refused.get((item, _REFUSED_BY[Made(rule.kind)]), 0)
    of_item: Mapping[str, tuple[int, int]] = {
        Made.CARRIED: (int(item in told.carried), 1),
        Made.FILLED: (int(present > 0), 1),
    }
    return of_item.get(rule.kind)


def _there_once(rule: Rule, data: Place, told: Told, engine: Engine) -> tuple[int, int] | None:
    """Return how many rows differ from all before them, in key or as a whole, in bounded memory."""
    if any(item not in told.types for item in rule.items):
        return None
    listed = ", ".join(map(ident, rule.items or told.types))
    source = f"read_parquet({literal(str(data))})"
    found = sum(
        int(engine.one(f"SELECT count(DISTINCT hash({listed})) FROM {source} WHERE {turn}")[0])  # noqa: S608 - names are quoted
        for turn in turns(listed, told.rows)
    )
    return found, told.rows
