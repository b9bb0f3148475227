"""What a release says of its quality, as far as a decision opens it, and the rows that fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yelin.catalog.models import Entry
from yelin.files.places import Place
from yelin.gate import Decision
from yelin.law import packs
from yelin.law.quality import Made
from yelin.law.refusals import Incomplete
from yelin.quality.policy import may_refer
from yelin.quality.rules import Reference, Result, Rule, Score, Side, Written, score
from yelin.warehouse.engine import ident, literal
from yelin.warehouse.measuring.conditions import ABOUT_A_VALUE, condition
from yelin.warehouse.models import DATA, Release
from yelin.warehouse.query import Rows

TREND = 12
# What would tell whoever lacks a column that there is one.
_OF_ALL_COLUMNS = (Made.ONCE, Made.DESCRIBED)
_OF_ROWS = {*ABOUT_A_VALUE, *Written, Made.UNIQUE, Made.ONCE}


@dataclass(frozen=True, slots=True)
class Report:
    """What came of the rules of one release, and its score."""

    results: tuple[Result, ...]
    score: Score
    on: date

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Report":
        """Return what a manifest, or the report of a file, says."""
        return cls(
            tuple(map(Result.read, said["rules"])),
            Score(
                said["total"], tuple(Side(**side) for side in said["sides"]), tuple(said["vetoes"])
            ),
            date.fromisoformat(said["on"]),
        )

    def as_shown(self, decision: Decision) -> "Report":
        """Return the report without what the decision hides or veils, scored by what is left."""
        shown = tuple(each for each in self.results if _is_shown(each.rule, decision))
        if len(shown) == len(self.results):
            return self
        weights = {side.code: side.weight for side in self.score.sides}
        return Report(shown, score(shown, packs.active().quality, weights), self.on)


def _is_shown(rule: Rule, decision: Decision) -> bool:
    bears = decision.obligations
    if rule.items:
        return all(map(bears.shows_whole, rule.items))
    lacks = bears.shown_items is not None or bears.hidden_items or bears.masks
    return not bears.leaves_out and not (lacks and rule.kind in _OF_ALL_COLUMNS)


def report(decision: Decision, release: Release) -> Report | None:
    """Return what ``release`` says of its quality; nothing where it was never measured.

    Raises ``Refused`` where the decision refuses its rows: what is said of them is as close.
    """
    decision.must_allow("resource.read", release.entry_id)
    said = release.manifest.get("quality")
    return Report.read(said).as_shown(decision) if said else None


def trend(decision: Decision, last: Release) -> list[tuple[int, int]]:
    """Return the newest releases up to ``last`` that were measured, each with its score.

    The oldest comes first.
    """
    decision.must_allow("resource.read", last.entry_id)
    until = Release.objects.filter(entry=last.entry_id, number__lte=last.number)
    newest = until.select_related("sealed_by").order_by("-number")
    found = []
    for release in newest[:TREND]:
        told = None if release.is_destroyed else report(decision, release)
        if told and told.score.total is not None:
            found.append((release.number, told.score.total))
    return found[::-1]


def has_rows(result: Result) -> bool:
    """Whether there are rows of the release that fail, to be looked at."""
    return result.rule.kind in _OF_ROWS and result.failing > 0


def failing(decision: Decision, release: Release, code: str) -> Rows:
    """Return the rows of ``release`` that fail the rule called ``code``.

    The rule speaks of columns that the decision shows as they are, and of no others. Raises
    ``Incomplete`` for one that the asker does not have, or that fails no single rows.
    """
    told = report(decision, release)
    found = next((each for each in told.results if each.rule.code == code), None) if told else None
    fails = _failing(release, found.rule, told.on) if told and found else None
    if fails is None:
        raise Incomplete.at("failing", "There is no rule of this name that fails single rows.")
    return fails


def _failing(release: Release, rule: Rule, on: date) -> Rows | None:
    types = {facts["name"]: facts["type"] for facts in release.manifest["columns"]}
    if any(item not in types for item in rule.items):
        return None
    if rule.kind in (Made.UNIQUE, Made.ONCE):
        named = f"hash({', '.join(map(ident, rule.items or types))})"
        data = release.copy(DATA).place
        twice = (
            f"SELECT {named} FROM read_parquet({literal(str(data))}) "  # noqa: S608 - quoted by ident() and literal()
            "GROUP BY ALL HAVING count(*) > 1"
        )
        return Rows(f"{named} IN ({twice})", (data,))
    meets = meeting(release, rule, on)
    return Rows(f"NOT ({meets.sql})", meets.files) if meets else None


def meeting(release: Release, rule: Rule, on: date) -> Rows | None:
    """Return the rows that meet ``rule`` on the day ``on``, where it asks of single rows."""
    types = {facts["name"]: facts["type"] for facts in release.manifest["columns"]}
    files = _files(release.entry, rule)
    sql = condition(rule, types, files, today=on, legacy=packs.active().legacy_codes)
    return Rows(sql, tuple(files.values())) if sql else None


def _files(entry: Entry, rule: Rule) -> dict[Reference, Place]:
    """Return where the data lies that was referred to then, if it may be looked into still."""
    if rule.refers_to is None or rule.refers_to.release is None:
        return {}
    found = Release.objects.filter(
        entry__code=rule.refers_to.code, number=rule.refers_to.release
    ).select_related("entry", "sealed_by")
    release = found.first()
    if release is None or not may_refer(entry, release.entry, rule.refers_to.item):
        return {}
    return {rule.refers_to: release.copy(DATA).place}
