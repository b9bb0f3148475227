"""Whether what was found of persons may go out to everyone, and how strict its entry has to be.

One place decides, for every door and every moment: a version about to be published, and an entry
about to be open. Findings are those of the preparation; nothing is looked for here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from yelin.catalog.content import EntryContent, OpeningType
from yelin.catalog.models import Entry
from yelin.catalog.rules import Way, given
from yelin.catalog.telling import tell_stewards
from yelin.law import duties, packs
from yelin.law.personal import PersonalKind
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.quality.detectors import Sureness
from yelin.warehouse import telling
from yelin.warehouse.grounded import Ground, StandingGround
from yelin.warehouse.models import Release

_SURER = (Sureness.LOW, Sureness.MEDIUM, Sureness.HIGH)


@dataclass(frozen=True, slots=True)
class Holding:
    """Personal information of one kind that counts as found in a column.

    ``share`` is that of its values, in ten thousandths; ``samples`` are veiled.
    """

    column: str
    kind: PersonalKind
    share: int
    sureness: Sureness
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TooLow:
    """An item whose grade is below the least of what it holds (级别下限)."""

    item: str
    kind: PersonalKind
    grade: int


def held(report: Mapping[str, Any]) -> list[Holding]:
    """Return what a preparation found, as far as the pack takes it as found (GB/T 35273)."""
    known = packs.active().personal
    found = []
    for each in report.get("personal", ()):
        kind, sureness = known.kind(each["kind"]), Sureness(each["sureness"])
        if kind and _SURER.index(sureness) >= _SURER.index(Sureness(kind.sure)):
            samples = tuple(each.get("samples", ()))
            found.append(Holding(each["column"], kind, each["share"], sureness, samples))
    return found


def held_openly(entry: Entry, content: EntryContent, report: Mapping[str, Any]) -> list[Holding]:
    """Return what would go out to everyone were ``content`` what ``entry`` says."""
    if content.opening_type is not OpeningType.UNCONDITIONAL:
        return []
    out = given(content, Way.OPEN, before=entry.open_items)
    return [each for each in held(report) if out is None or each.column in out]


def stated(entry: Entry) -> dict[str, Mapping[str, Any]]:
    """Return what stands for every version of ``entry``, by column."""
    return {row.column: row.said for row in StandingGround.objects.living().filter(entry=entry)}


def has_grounds(entry: Entry) -> bool:
    """Whether a ground stands for ``entry``, or its newest version was published on one."""
    newest = Release.objects.latest_of(entry)
    return bool(stated(entry)) or bool(newest and newest.grounds)


def grounded(
    entry: Entry, report: Mapping[str, Any], grounds: Sequence[Ground]
) -> list[Mapping[str, Any]]:
    """Return on which grounds a version of ``entry`` goes out: those ``grounds``, or that stand.

    Raises ``Incomplete`` for every column of persons without one, and every ground that is none.
    """
    open_ = held_openly(entry, entry.content(), report)
    said = stated(entry) | {each.column: _said(each, open_) for each in grounds}
    wrong = [*_misstated(entry, grounds, open_), *_ungrounded(open_, said)]
    if wrong:
        raise Incomplete(wrong)
    columns = dict.fromkeys(each.column for each in open_)
    return [said[column] for column in columns]


def _said(ground: Ground, open_: Sequence[Holding]) -> Mapping[str, Any]:
    kinds = {each.kind.key for each in open_ if each.column == ground.column}
    return ground.model_dump(mode="json") | {"kinds": sorted(kinds | set(ground.kinds))}


def _misstated(
    entry: Entry, grounds: Sequence[Ground], open_: Sequence[Holding]
) -> Iterator[Fault]:
    columns = {each.column for each in open_}
    for each in grounds:
        if each.column not in columns:
            says = "Nothing of persons that everyone would have was found in {column}."
            yield _fault(says, {"column": each.column})
        else:
            yield from faults(entry, each)


def faults(entry: Entry, ground: Ground) -> Iterator[Fault]:
    """Yield what stands against a ground by itself."""
    known = packs.active().personal
    if known.ground(ground.basis) is None:
        says = "There is no ground called {basis}."
        yield _fault(says, {"basis": ground.basis})
    if not ground.says:
        says = "Cite the provision by which {column} is published, or say why it is nobody's."
        yield _fault(says, {"column": ground.column})
    if _was_objected_to(entry, ground):
        says = "This ground for {column} was objected to. State another, or leave the column out."
        yield _fault(says, {"column": ground.column})


def unfit_kinds(entry: Entry, ground: Ground) -> Iterator[Fault]:
    """Yield what stands against the kinds for which a ground is to stand."""
    known = packs.active().personal
    kinds = [known.kind(key) for key in kinds_of(entry, ground)]
    basis = known.ground(ground.basis)
    if not kinds or None in kinds:
        says = "Name the kinds of personal information that {column} holds."
        yield _fault(says, {"column": ground.column})
    for kind in filter(None, kinds):
        if basis and kind.sensitive and basis.carries != "sensitive":
            yield _too_weak(ground.column, kind)


def kinds_of(entry: Entry, ground: Ground) -> frozenset[str]:
    """Return the kinds for which a ground is to stand: named, or held by the newest version."""
    if ground.kinds:
        return frozenset(ground.kinds)
    release = _newest(entry)
    report = release.upload.report if release else {}
    return frozenset(each.kind.key for each in held(report) if each.column == ground.column)


def _newest(entry: Entry) -> Release | None:
    rows = Release.objects.with_files().filter(entry=entry).order_by("-number")
    return rows.select_related("upload__sealed_by").defer("manifest_kept").first()


def object_to(
    entry: Entry, column: str, reason: str, *, by: UUID | None, at: datetime
) -> StandingGround:
    """Keep that a ground was objected to, and let it stand no longer.

    Raises ``OutOfTurn`` where none was stated, of late.
    """
    found = StandingGround.objects.living().filter(entry=entry, column=column).first()
    newest = Release.objects.latest_of(entry)
    once = {each["column"]: each for each in newest.grounds} if newest else {}
    if found is None and column in once:
        kept = {name: once[column][name] for name in ("column", "kinds", "basis", "says")}
        found = StandingGround(entry=entry, stated_at=newest.released_at if newest else at, **kept)
    if found is None or (found.pk is None and _was_objected_to(entry, found)):
        raise OutOfTurn("No ground stands for this column any more.")
    found.ended_at, found.objection, found.objected_by_id = at, reason, by
    found.save()
    return found


def _was_objected_to(entry: Entry, said: Ground | StandingGround) -> bool:
    same = StandingGround.objects.filter(
        entry=entry, column=said.column, basis=said.basis, says=said.says
    )
    return same.exclude(objection="").exists()


def _ungrounded(open_: Sequence[Holding], said: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    known = packs.active().personal
    for each in open_:
        ground = said.get(each.column)
        if ground is None or each.kind.key not in ground["kinds"]:
            yield _refusal(each)
            continue
        basis = known.ground(ground["basis"])
        if basis and each.kind.sensitive and basis.carries != "sensitive":
            yield _too_weak(each.column, each.kind)


def _too_weak(column: str, kind: PersonalKind) -> Fault:
    says = (
        "{column} holds what is sensitive ({kind}): a law that orders its publication, or the"
        " consent of each person, is needed."
    )
    return _fault(says, {"column": column, "kind": _called(kind)})


def _refusal(each: Holding) -> Fault:
    says = (
        "{column} holds personal information ({kind}), such as {samples}, and everyone would have"
        " it. Leave the item out, de-identify it at the workbench, open the resource on conditions,"
        " or state the ground on which it is published."
    )
    samples = list(each.samples) or ["***"]
    return _fault(says, {"column": each.column, "kind": _called(each.kind), "samples": samples})


def _called(kind: PersonalKind) -> str:
    return kind.label(get_language() or "zh-hans")


def _fault(says: str, params: Mapping[str, object]) -> Fault:
    return Fault("grounds", says, duties.OPENING_PERSONS, params)


def require_open(entry: Entry, content: EntryContent) -> None:
    """See that no version there is tells everyone of persons once ``entry`` says ``content``.

    Raises ``Incomplete`` for every column that would without a ground.
    """
    if content.opening_type is not OpeningType.UNCONDITIONAL:
        return
    standing = stated(entry)
    wrong: dict[tuple[object, object], Fault] = {}
    there = Release.objects.with_files().filter(entry=entry, personal__len__gt=0)
    for release in there.select_related("upload__sealed_by").order_by("-number"):
        own = {each["column"]: each for each in release.grounds}
        found = held_openly(entry, content, release.upload.report)
        for fault in _ungrounded(found, own | standing):
            wrong.setdefault((fault.params["column"], fault.params.get("kind")), fault)
    if wrong:
        raise Incomplete(list(wrong.values()))


def too_low(
    content: EntryContent, report: Mapping[str, Any], said: Mapping[str, Mapping[str, Any]]
) -> list[TooLow]:
    """Return the items that are graded below what they hold (GB/T 43697, appendix H).

    An item is as strict as its resource at least. What is lawfully public, or nobody's, has no
    least grade.
    """
    grades = {item.name: item.grade for item in content.items}
    found = []
    for each in held(report):
        ground = said.get(each.column)
        grade = max(content.grade, grades.get(each.column, content.grade))
        if ground and each.kind.key in ground["kinds"]:
            continue
        if each.column in grades and grade < each.kind.grade:
            found.append(TooLow(each.column, each.kind, grade))
    return found


def low_of(entry: Entry, content: EntryContent) -> list[TooLow]:
    """Return the items of the newest version that ``content`` grades too low."""
    release = _newest(entry)
    if release is None or not release.personal:
        return []
    own = {each["column"]: each for each in release.grounds}
    return too_low(content, release.upload.report, own | stated(entry))


def grade_faults(entry: Entry, content: EntryContent) -> list[Fault]:
    """Return which items of the newest version ``content`` grades below what they hold."""
    says = "{item} holds personal information ({kind}): its grade is {grade} at least."
    return [
        Fault(
            "items",
            says,
            duties.GRADE,
            {"item": low.item, "kind": _called(low.kind), "grade": low.kind.grade},
        )
        for low in low_of(entry, content)
    ]


def require_grade(entry: Entry, content: EntryContent) -> None:
    """See that no item is graded below what it holds. Raises ``Incomplete`` naming each."""
    if wrong := grade_faults(entry, content):
        raise Incomplete(wrong)


def flag(entry: Entry) -> None:
    """Tell stewards which items of the newest version are graded too low (就高从严)."""
    if low := low_of(entry, entry.content()):
        items = len({each.item for each in low})
        once = f"graded/{entry.pk}/{entry.version}"
        tell_stewards(telling.GRADED_LOW, entry, once=once, items=items)
