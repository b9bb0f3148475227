"""What a release says of its quality, for programs."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from ninja import NinjaAPI, Query, Schema

from yelin import gate
from yelin.api import schemas
from yelin.catalog import reads
from yelin.catalog.models import Entry, code_of
from yelin.config import config
from yelin.delivery import opening
from yelin.delivery.opening import NothingYet
from yelin.law import packs
from yelin.law.quality import Grade
from yelin.quality.rules import Result
from yelin.surface import actor as asking
from yelin.surface import calls
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


def register(api: NinjaAPI) -> None:
    """Give quality its addresses in ``api``."""
    api.get("/resources/{slug}/quality", response=QualityOut, tags=["Data"])(get_quality)
    of_release = "/resources/{slug}/releases/{number}/quality"
    api.get(of_release, response=QualityOut, tags=["Data"])(get_quality_of_release)


def get_quality(request: HttpRequest, slug: str, asked: Query[schemas.QualityIn]) -> QualityOut:
    """Return what came of the rules by which a release was measured: counts, scores, grade.

    The rows that do not meet a rule are had where it says so: `rows` or `download` with `failing`.
    """
    return _quality(request, slug, asked.release)


def get_quality_of_release(
    request: HttpRequest, slug: str, number: int, asked: Query[schemas.PurposeIn]
) -> QualityOut:
    """Return the same of one release, at an address of its own."""
    del asked
    return _quality(request, slug, number)


def _quality(request: HttpRequest, slug: str, number: int | None) -> QualityOut:
    actor = asking.of_request(request).actor
    entry = reads.get(actor, code=code_of(slug))
    decision = gate.decide(actor, "resource.read", entry, calls.of(request).purpose)
    decision.must_allow("resource.read", entry.pk)
    release = opening.release_of(entry, number)
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
