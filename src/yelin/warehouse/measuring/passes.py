"""Measure a finished file by its rules: those about rows in one pass, then what is there twice."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from yelin.files.places import Place
from yelin.law.quality import Made, Scheme
from yelin.quality.rules import Reference, Result, Rule, Score, score
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.measuring.conditions import condition
from yelin.warehouse.measuring.digits import credit_codes
from yelin.warehouse.survey import Survey

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
    what they mean, ``places`` how people call the divisions.
    """

    rules: tuple[Rule, ...]
    scheme: Scheme
    weights: Mapping[str, int]
    files: Mapping[Reference, Place]
    in_time: bool
    described: tuple[int, int]
    today: date
    legacy_codes: Collection[str]
    places: Collection[str]
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
    survey: Survey,
    types: Mapping[str, str],
    standards: Standards,
    rejected: Place | None,
) -> Callable[[Told], Measured]:
    """Ask all rules of a table, and return how to learn what came of them.

    What was ``rejected`` on the way to it counts, where there was a way.
    """
    counted = {}
    for code, sql in _conditions(types, standards).items():
        met = survey.made(sql)
        counted[code] = survey.ask(f"count_if({met})", f"count({met})")
    read = survey.ask("count(*)")

    def measured(told: Told) -> Measured:
        refused = _refused(rejected, survey.engine) if rejected else {}
        read_back = int(read()[0])
        results = []
        for rule in standards.rules:
            found: tuple[int, int] | None
            if rule.code in counted:
                held, of = counted[rule.code]()
                found = int(held or 0), int(of)
            elif rule.kind in (Made.UNIQUE, Made.ONCE):
                found = _there_once(rule, told, survey)
            elif rule.kind == Made.CREDIT_CODE:
                found = _codes(rule, told, standards, survey)
            else:
                found = _known(rule, told, standards, refused, read_back)
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

    return measured


def _conditions(types: Mapping[str, str], standards: Standards) -> dict[str, str]:
    """Return the rules about rows as SQL, by their codes."""
    found = {
        rule.code: condition(
            rule, types, standards.files, today=standards.today, legacy=standards.legacy_codes
        )
        for rule in standards.rules
        # How many values there are is counted in any case, and codes are taken many at a time.
        if rule.kind not in (Made.REQUIRED, Made.CREDIT_CODE)
    }
    return {code: sql for code, sql in found.items() if sql}


def _refused(rejected: Place, engine: Engine) -> dict[tuple[str, str], int]:
    rows = engine.rows(
        "SELECT coalesce(\"column\", ''), reason, count(*) "  # noqa: S608 - path is quoted
        f"FROM read_parquet({literal(str(rejected))}) GROUP BY ALL"
    )
    return {(str(column), str(reason)): int(count) for column, reason, count in rows}


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
        Made.REQUIRED: (present, told.rows),
    }
    return of_item.get(rule.kind)


def _codes(rule: Rule, told: Told, standards: Standards, survey: Survey) -> tuple[int, int] | None:
    """Return how many credit codes have the check digit that they should, and how many are told."""
    (item,) = rule.items
    if item not in told.types:
        return None
    return credit_codes(survey.texts(item), standards.legacy_codes)


def _there_once(rule: Rule, told: Told, survey: Survey) -> tuple[int, int] | None:
    """Return how many rows differ from all before them, in key or as a whole."""
    if any(item not in told.types for item in rule.items):
        return None
    return survey.once(", ".join(map(ident, rule.items or told.types))), told.rows
