"""What is told of data under check: the mark beside it, for whoever has the record anyway.

No value is ever touched by it. Where a record lies is found out once for each release, by the house
itself; who is told of it is decided by what the asker has.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from procrastinate.contrib.django import app

from yelin import gate
from yelin.cases.models import Case
from yelin.cases.rules import State
from yelin.catalog.models import Entry
from yelin.delivery.checks import Check
from yelin.gate import Decision
from yelin.gate.models import Grant
from yelin.keys.models import Destroyed
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.things.lately import Lately
from yelin.things.prepared import Prepared
from yelin.warehouse import opened
from yelin.warehouse.locating import Located
from yelin.warehouse.models import Release
from yelin.warehouse.opened import NoTable
from yelin.warehouse.query import (
    BadOperand,
    Filter,
    Page,
    Question,
    Table,
    Unfulfillable,
    UnknownColumn,
)
from yelin.warehouse.verifying import Checked

HOUSE = Actor.system("doubts")
# While a doubt is in one of these, what it is about is under check.
_RUNS = {State.ACCEPTED, State.HEARING, State.OVERDUE, State.APPEALED}
_SETTLED = {State.DECIDED, State.CLOSED}
_UNREADABLE = (Destroyed, NoTable, Unfulfillable, UnknownColumn, Incomplete, gate.Refused)
_places: Lately[Located] = Lately(1_024)
_RUNNING = Prepared(
    lambda: (
        Check.objects.running()
        .filter(entry=uuid.UUID(int=0))
        .select_related("case", "sealed_by")
        .order_by("since", "pk")
    )
)


@dataclass(frozen=True, slots=True)
class Mark:
    """That something handed out is under check, since when, and by which doubt.

    ``items`` are those in doubt that the asker has (none: all). ``rows`` says which of the rows on
    a page; it is ``None`` where the whole resource is under check, or more than a page was asked.
    """

    doubt: str
    since: datetime
    items: tuple[str, ...] = ()
    rows: tuple[int, ...] | None = None
    is_whole: bool = True


def running(entry: Entry) -> list[Check]:
    """Return what of ``entry`` is under check now."""
    return _RUNNING.ask(entry.pk)


def of_whole(checks: Iterable[Check], decision: Decision) -> tuple[Mark, ...]:
    """Return the marks of the whole resource."""
    return tuple(_mark(each, decision) for each in checks if not each.is_of_a_record)


def on_page(
    checks: Iterable[Check], decision: Decision, release: Release, page: Page
) -> tuple[Mark, ...]:
    """Return the marks of records that stand on ``page``, each with its rows there."""
    at = {place: row for row, place in enumerate(page.places)}
    marks = []
    for check in _of_records(checks):
        rows = tuple(sorted(at[place] for place in place_of(check, release) if place in at))
        if rows:
            marks.append(_mark(check, decision, rows))
    return tuple(marks)


def among(
    checks: Iterable[Check], decision: Decision, release: Release, table: Table, question: Question
) -> tuple[Mark, ...]:
    """Return the marks of records among the rows that ``question`` leaves of ``table``."""
    wanted = {check.pk: place_of(check, release) for check in _of_records(checks)}
    places = {place for each in wanted.values() for place in each}
    if not places:
        return ()
    there = table.among(question, places)
    return tuple(
        _mark(check, decision, is_whole=False)
        for check in _of_records(checks)
        if there.intersection(wanted[check.pk])
    )


def in_answers(
    checks: Iterable[Check], decision: Decision, release: Release, answers: Sequence[Checked]
) -> tuple[Mark, ...]:
    """Return the marks of records about which somebody verified something, with the answers."""
    marks = []
    for check in _of_records(checks):
        try:
            key = opened.key_in(decision, release, check.record or {})
        except _UNREADABLE:
            continue
        rows = tuple(at for at, each in enumerate(answers) if each.found and each.key == key)
        if key is not None and rows:
            marks.append(_mark(check, decision, rows))
    return tuple(marks)


def tagged(tag: str, checks: Sequence[Check]) -> str:
    """Return the tag of an answer with its marks; without any it is the same."""
    if not checks:
        return tag
    said = (tag, [(each.pk, each.since, each.items) for each in checks])
    return sha256(repr(said).encode()).hexdigest()


def _of_records(checks: Iterable[Check]) -> list[Check]:
    return [check for check in checks if check.is_of_a_record]


def _mark(
    check: Check,
    decision: Decision,
    rows: tuple[int, ...] | None = None,
    *,
    is_whole: bool | None = None,
) -> Mark:
    assert check.since is not None  # noqa: S101 - only what is under check is marked
    return Mark(
        check.case.number,
        check.since,
        tuple(name for name in check.items if decision.shows(name)),
        rows,
        rows is None if is_whole is None else is_whole,
    )


def place_of(check: Check, release: Release) -> tuple[int, ...]:
    """Return at which places of ``release`` the record lies; at none where nobody can look."""
    return _place_of(check, release) or ()


def _place_of(check: Check, release: Release) -> tuple[int, ...] | None:
    name = f"{check.pk} {release.pk} {release.redactions or ''}"
    found = _places.get(name) or located(check, release)
    if found is None:
        return None
    _places.keep(name, found)
    return found.rows


def located(check: Check, release: Release, items: Sequence[str] = ()) -> Located | None:
    """Return where the record lies in ``release``, and what it says; ``None``: it is unreadable."""
    record = check.record
    if record is None:
        return None
    try:
        decision = gate.decide(HOUSE, "resource.locate", release.entry)
        return opened.located(decision, release, record, items)
    except _UNREADABLE:
        return None


def touching(release: Release, question: Question) -> list[Check]:
    """Return what is under check among the rows that ``question`` leaves of ``release``."""
    return [check for check in running(release.entry) if touches(check, release, question)]


def touches(check: Check, release: Release, question: Question) -> bool:
    """Whether it is about rows that ``question`` leaves of ``release``, as far as can be told."""
    if not check.is_of_a_record:
        return True
    places = _place_of(check, release)
    if not places:
        return places is None
    return _among(release, question, places)


def may_be_among(release: Release, grant: Grant, places: Collection[int]) -> bool:
    """Whether ``grant`` gives any of the rows at these places, as far as can be told."""
    filters = tuple(
        Filter(each.column, each.operator, each.value) for each in grant.burden().row_filters
    )
    return _among(release, Question(filters=filters), places)


def _among(release: Release, question: Question, places: Collection[int]) -> bool:
    try:
        decision = gate.decide(HOUSE, "resource.locate", release.entry)
        return bool(opened.among(decision, release, question, places))
    except (*_UNREADABLE, BadOperand):
        return True


def is_the_same_in(check: Check, number: int) -> bool:
    """Whether the record says there what it said when it was doubted, as far as can be told."""
    if not check.is_of_a_record or check.release is None:
        return False
    after = Release.objects.filter(entry=check.entry_id, number=number).first()
    if after is None:
        return False
    items = check.items or [facts["name"] for facts in after.manifest["columns"]]
    was, now = (located(check, each, items) for each in (check.release, after))
    return was is not None and now is not None and was.says == now.says


def moved(case: Case) -> None:
    """Mark what a doubt is about while it is under check, and have everyone told who has it."""
    check, _ = Check.objects.get_or_create(case=case, defaults={"entry_id": case.about_id})
    if check.items != list(case.asked["items"]):
        check.items = list(case.asked["items"])
        check.save(update_fields=["items"])
    if case.state in _RUNS:
        if check.begin():
            _tell_later(check)
    elif case.state in _SETTLED and (check.end() or case.state == State.CLOSED):
        _tell_later(check)


def _tell_later(check: Check) -> None:
    # In this very transaction: it is told if the case has moved, and only then.
    task = app.configure_task("delivery.tell_of_check", lock=f"delivery.check:{check.pk}")
    task.defer(check=check.pk, at=clock.now().isoformat())
