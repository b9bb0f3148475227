"""What a release says of its quality, for programs."""

from typing import Any
from urllib.parse import urlencode

from ninja import Schema

from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery import handing
from yelin.delivery.handing import NothingYet
from yelin.gate import Decision
from yelin.law import packs
from yelin.law.quality import Grade
from yelin.quality.rules import Result
from yelin.warehouse.measuring.report import has_rows, report


class GradeOut(Schema):
    """What a score is called."""

    zh: str
    en: str


class SideOut(Schema):
    """One dimension of GB/T 36344: its score of 100, and its weight beside the others."""

    code: str
    zh: str
    en: str
    score: float
    weight: int


class RuleOut(Schema):
    """One rule: of ``evaluated`` elements ``satisfying`` meet it (X = A/B).

    ``rows`` is where the rows are had that do not.
    """

    code: str
    kind: str
    indicator: str
    items: list[str]
    zh: str
    en: str
    weight: int
    veto: bool
    satisfying: int
    evaluated: int
    rows: str | None = None


class QualityOut(Schema):
    """The quality of one release, as far as the asker has its items."""

    release: int
    standard: str = "GB/T 36344-2018"
    measured_on: str
    score: float | None
    grade: GradeOut | None
    capped_by: list[str]
    dimensions: list[SideOut]
    rules: list[RuleOut]


def quality_of(decision: Decision, entry: Entry, number: int | None) -> QualityOut:
    """Return the quality of a release. Raises ``Refused``, or ``NothingYet`` where it has none."""
    decision.must_allow("resource.read", entry.pk)
    release = handing.release_of(entry, number)
    told = report(decision, release)
    if told is None:
        raise NothingYet
    scheme, total = packs.active().quality, told.score.total
    return QualityOut(
        release=release.number,
        measured_on=told.on.isoformat(),
        score=None if total is None else total / 100,
        grade=None if total is None else _grade(scheme.grade(total)),
        capped_by=list(told.score.vetoes),
        dimensions=[
            SideOut(
                code=side.code,
                zh=scheme.named[side.code].zh,
                en=scheme.named[side.code].en,
                score=side.score / 100,
                weight=side.weight,
            )
            for side in told.score.sides
        ],
        rules=[_rule(result, entry, release.number) for result in told.results],
    )


def _grade(grade: Grade) -> GradeOut:
    return GradeOut(zh=grade.zh, en=grade.en)


def _rule(result: Result, entry: Entry, number: int) -> RuleOut:
    asked: dict[str, Any] = {"failing": result.rule.code, "release": number}
    rows = f"{config.url}/api/v1/resources/{entry.slug}/rows?{urlencode(asked)}"
    return RuleOut(
        **{name: getattr(result.rule, name) for name in ("code", "kind", "indicator", "zh", "en")},
        items=list(result.rule.items),
        weight=result.rule.weight,
        veto=result.rule.veto,
        satisfying=result.satisfying,
        evaluated=result.evaluated,
        rows=rows if has_rows(result) else None,
    )
