"""The quality of a release on paper: what its page says, to be kept, printed and handed on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from yelin.config import config
from yelin.documents.setting import typeset
from yelin.law import packs
from yelin.warehouse.measuring.report import Report
from yelin.warehouse.models import Release
from yelin.web import told as telling
from yelin.web import words
from yelin.web.portal.story import Seen
from yelin.web.quality import RuleLine, Shown, points, shown
from yelin.web.templatetags.yelin import body_name, day, lang, moment, number, title_of

# Of so many rules, those that are not met first, each stands on paper; the page has all.
MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Line:
    """One rule with its counts."""

    says: str
    state: str
    tone: str
    indicator: str
    met: str
    failing: str
    score: str
    weight: str


@dataclass(frozen=True, slots=True)
class Side:
    """One dimension, measured or not, with its rules."""

    title: str
    measured: bool
    points: str
    hundredths: int
    share: int
    lines: Sequence[Line]
    note: str


@dataclass(frozen=True, slots=True)
class Point:
    """The score of one release."""

    number: int
    points: str
    hundredths: int


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands out: in a tone, with a title and words."""

    tone: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Paper:
    """All that the document says, in one language, word for word; ``at`` is its date."""

    at: datetime
    lang: str
    kind: str
    house: str
    title: str
    provider: str
    address: str
    facts: Sequence[tuple[str, str]]
    points: str
    grade: str
    tone: str
    summary: str
    notices: Sequence[Notice]
    sides: Sequence[Side]
    sides_say: str
    notes: Sequence[str]
    course: Sequence[Point]
    course_says: str
    heads: Sequence[str]
    left_out: str
    mended: Sequence[tuple[str, str]]
    words: Mapping[str, str]

    def pdf(self) -> bytes:
        """Return it as PDF."""
        said = asdict(self)
        del said["at"]
        return typeset("quality", said, self.at)


def paper(seen: Seen, release: Release, told: Report, course: Sequence[tuple[int, int]]) -> Paper:
    """Return what is said of the quality of ``release``, as ``seen`` has it."""
    quality = shown(told)
    sides = list(_sides(quality))
    measured = [side for side in sides if side.measured]
    left_out = quality.asked - sum(len(side.lines) for side in sides)
    return Paper(
        at=release.released_at,
        lang=lang(),
        kind=_("Report on the quality of data"),
        house=_house(),
        title=title_of(seen.entry),
        provider=body_name(seen.entry.provider),
        address=f"{config.url}/resources/{seen.entry.slug}/quality/?version={release.number}",
        facts=_facts(seen, release, told),
        points=quality.points,
        grade=quality.grade,
        tone=quality.tone,
        summary=_summary(quality),
        notices=_notices(quality),
        sides=sides,
        sides_say=_("; ").join(f"{side.title} {side.points}" for side in measured),
        notes=list(_notes(quality)),
        course=[Point(n, points(total), total) for n, total in course],
        course_says=_("; ").join(
            _("Version {n}: {points}").format(n=n, points=points(total)) for n, total in course
        ),
        heads=[
            pgettext("quality", "Rule"),
            _("Indicator"),
            _("Met"),
            _("Not met"),
            _("Score"),
            _("Weight"),
        ],
        left_out=_left_out(left_out) if left_out else "",
        mended=_mended(seen, release),
        words={
            "whole": _("Total score"),
            "of_points": _("of 100 points"),
            "dimensions": _("Dimensions of GB/T 36344"),
            "dimension": _("Dimension"),
            "score": _("Score"),
            "weight": _("Weight"),
            "unmeasured": _("not measured"),
            "course": _("Over the versions"),
            "rules": _("Rules"),
            "mended": _("What was mended before it was published"),
            "item": _("Item"),
            "what": _("What was done, and how often"),
        },
    )


def _house() -> str:
    province = packs.active().province.label(get_language() or "zh-hans")
    platform = _("Public data platform of %(province)s") % {"province": province}
    return f"{_('Yelin')} · {platform}"


def _facts(seen: Seen, release: Release, told: Report) -> list[tuple[str, str]]:
    size = _("Rows: {rows}; left out: {rejected}").format(
        rows=number(release.rows), rejected=number(release.rejected)
    )
    return [
        (_("Code"), seen.entry.code or ""),
        (_("Version"), number(release.number)),
        (_("Published"), moment(release.released_at)),
        (_("Measured on"), day(told.on)),
        (_("Measured after"), "GB/T 36344-2018"),
        (_("Data"), size),
        (_("Digest of the version"), release.digest_text),
    ]


def _summary(quality: Shown) -> str:
    if not quality.failed:
        return _("All rules are met: %(all)s") % {"all": number(quality.asked)}
    says = ngettext(
        "%(shown)s of %(all)s rules is not wholly met",
        "%(shown)s of %(all)s rules are not wholly met",
        quality.failed,
    )
    return says % {"shown": number(quality.failed), "all": number(quality.asked)}


def _notices(quality: Shown) -> list[Notice]:
    if not quality.vetoes:
        return []
    title = _("The score is capped at %(cap)s points") % {"cap": quality.cap}
    return [Notice("bad", title, _("; ").join(quality.vetoes))]


def _sides(quality: Shown) -> Iterator[Side]:
    ranked = [line for side in quality.sides for line in side.rules if line.failing]
    ranked += [line for side in quality.sides for line in side.rules if not line.failing]
    kept = set(map(id, ranked[:MOST_LINES]))
    for side in quality.sides:
        yield Side(
            title=side.title,
            measured=bool(side.rules),
            points=side.points,
            hundredths=side.hundredths,
            share=side.share,
            lines=[_line(each) for each in side.rules if id(each) in kept],
            note=side.note,
        )


def _line(line: RuleLine) -> Line:
    state = words.word("quality", line.state)
    return Line(
        says=line.says,
        state=str(state.says),
        tone=state.tone,
        indicator=line.indicator,
        met=f"{number(line.satisfying)} / {number(line.evaluated)}",
        failing=number(line.failing),
        score=line.score,
        weight=str(line.weight),
    )


def _notes(quality: Shown) -> Iterator[str]:
    yield _(
        "Weights are those of the dimensions that have a rule here; a rule counts by the share of"
        " what meets it."
    )
    if quality.unconfirmed:
        yield _(
            "Weights and grades are a setting of this platform: the standard leaves them to whoever"
            " evaluates."
        )


def _left_out(count: int) -> str:
    says = ngettext(
        "%(shown)s rule that is met is not listed here; the page of the resource has it.",
        "%(shown)s rules that are met are not listed here; the page of the resource has them.",
        count,
    )
    return says % {"shown": number(count)}


def _mended(seen: Seen, release: Release) -> list[tuple[str, str]]:
    shows = seen.may_take.obligations.shows_whole
    told = telling.notes(release.manifest)
    return [(item, says) for item, says in told.items() if shows(item)]
