"""What pages say of quality: score and grade, dimensions with their weights, rules with counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yelin.gate import Decision
from yelin.law import packs
from yelin.law.quality import Dimension
from yelin.quality.rules import Result, Rule, Score
from yelin.warehouse.measuring.report import Report, has_rows, report
from yelin.warehouse.models import Release
from yelin.web.templatetags.yelin import lang

GOOD, FAIR = 9_000, 7_000


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule as a line: in words, with its counts; ``rows_url`` leads to the rows that fail."""

    says: str
    indicator: str
    satisfying: int
    evaluated: int
    failing: int
    score: str
    weight: int
    veto: bool
    rows_url: str = ""

    @property
    def state(self) -> str:
        """How it went, as a badge tells it."""
        if not self.evaluated:
            return "idle"
        if not self.failing:
            return "passed"
        return "veto" if self.veto else "failed"


@dataclass(frozen=True, slots=True)
class SideShown:
    """One dimension: its score, how much it counts in the whole, its rules.

    One without a rule is not measured, and counts for nothing.
    """

    code: str
    title: str
    points: str = ""
    hundredths: int = 0
    share: int = 0
    rules: Sequence[RuleLine] = ()
    note: str = ""

    @property
    def failing(self) -> Sequence[RuleLine]:
        """The rules that are not wholly met."""
        return [line for line in self.rules if line.failing]

    @property
    def met(self) -> Sequence[RuleLine]:
        """The others: met, or with nothing to evaluate."""
        return [line for line in self.rules if not line.failing]


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole report as a page shows it."""

    points: str
    hundredths: int
    grade: str
    sides: Sequence[SideShown]
    vetoes: Sequence[str]
    cap: int
    failed: int
    asked: int
    unconfirmed: bool

    @property
    def points_whole(self) -> int:
        """The score in whole points, as thresholds are."""
        return self.hundredths // 100

    @property
    def tone(self) -> str:
        """How good the whole is, as the style sheet tells it."""
        if self.hundredths >= GOOD:
            return "good"
        return "wary" if self.hundredths >= FAIR else "bad"


def points(hundredths: int) -> str:
    """Return a score as people read it, with one decimal place; 100.0 is a full one."""
    return f"{hundredths // 10 / 10:.1f}"


def shown(told: Report, rows_url: Callable[[Result], str] = lambda _result: "") -> Shown:
    """Return a report as a page shows it; ``rows_url`` leads to the rows that fail a rule."""
    scheme = packs.active().quality
    lines = {result.rule.code: _line(result, rows_url) for result in told.results}
    total = told.score.total or 0
    return Shown(
        points=points(total),
        hundredths=total,
        grade=scheme.grade(total).label(lang()) if told.score.total is not None else _("none"),
        sides=[_side(each, told.score, lines.values()) for each in scheme.dimensions],
        vetoes=[lines[code].says for code in told.score.vetoes if code in lines],
        cap=scheme.basis.cap,
        failed=sum(bool(result.failing) for result in told.results),
        asked=len(told.results),
        unconfirmed=scheme.basis.unconfirmed,
    )


def _side(dimension: Dimension, score: Score, lines: Iterable[RuleLine]) -> SideShown:
    title = dimension.label(lang())
    found = next((side for side in score.sides if side.code == dimension.code), None)
    if found is None:
        return SideShown(dimension.code, title)
    return SideShown(
        code=dimension.code,
        title=title,
        points=points(found.score),
        hundredths=found.score,
        share=round(100 * found.weight / (sum(side.weight for side in score.sides) or 1)),
        rules=sorted(
            (line for line in lines if line.indicator.startswith(dimension.code)),
            key=lambda line: (line.state in {"passed", "idle"}, line.indicator),
        ),
        note=dimension.note_zh if lang() == "zh" else dimension.note_en,
    )


def called(decision: Decision, release: Release, code: str) -> str:
    """Return what a rule of a release says in words, as far as the decision opens it."""
    told = report(decision, release)
    rules = [each.rule for each in told.results] if told else []
    return next((_says(rule) for rule in rules if rule.code == code), "")


def _says(rule: Rule) -> str:
    return rule.zh if lang() == "zh" else rule.en


def _line(result: Result, rows_url: Callable[[Result], str]) -> RuleLine:
    rule, scheme = result.rule, packs.active().quality
    indicator = scheme.named.get(rule.indicator)
    return RuleLine(
        says=_says(rule),
        indicator=f"{rule.indicator} {indicator.label(lang()) if indicator else ''}".strip(),
        satisfying=result.satisfying,
        evaluated=result.evaluated,
        failing=result.failing,
        score=points(result.score),
        weight=rule.weight,
        veto=rule.veto,
        rows_url=rows_url(result) if has_rows(result) else "",
    )
