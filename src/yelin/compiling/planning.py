"""Say of every row of a catalog what would become of it, before anything is written."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any

from django.db.models import Q

from yelin.catalog import checks, rules
from yelin.catalog.content import EntryContent
from yelin.catalog.models import Entry
from yelin.catalog.revisions import RevisionKind
from yelin.catalog.states import GONE, State
from yelin.catalog.words import fold
from yelin.compiling import cells, composing, mapping
from yelin.compiling.composing import Cell, Flaw, Gathered
from yelin.compiling.mapping import Layout, Match
from yelin.compiling.models import Import, Outcome, Planned
from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.parties.models import Body
from yelin.registers import reads as registers

BATCH = 200
_AGENCY = re.compile(r"[0-9A-Z]+\s*【(.+)】")


@dataclass(frozen=True, slots=True)
class Plan:
    """What planning needs to know of an import: whose it is, what its columns and words mean."""

    batch: Import
    layout: Layout
    filled: frozenset[str]
    meanings: Mapping[str, Mapping[str, str]]
    seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: Import, layout: Layout, matches: Sequence[Match]) -> "Plan":
        """Return the plan for an import whose columns match as told."""
        filled = {match.field for match in matches if match.field}
        if layout.offices and "provider" in filled:
            filled.add("contact_office")
        return cls(batch, layout, frozenset(filled), meanings(layout, batch.body))


def names(body: Body) -> dict[str, dict[str, str]]:
    """Return what systems of the body and data elements in force are called, by their ids."""
    return {
        "system_ids": {str(each.pk): each.name for each in body.systems.all()},
        "project_ids": {str(each.pk): each.name for each in body.projects.all()},
        "items.element_id": {
            str(each.pk): f"{each.standard.number} {each.identifier}"
            for each in registers.elements_to_follow()
        },
        "items.code_list_id": {
            str(each.pk): f"{each.standard.number} {each.identifier}"
            for each in registers.code_lists_to_follow()
        },
    }


def meanings(layout: Layout, body: Body) -> dict[str, dict[str, str]]:
    """Return what spellings mean in a file of ``body``; what two things are called means none."""
    found = mapping.meanings(layout)
    for field_name, called in names(body).items():
        often = Counter(fold(name) for name in called.values())
        found[field_name] = {pk: pk for pk in called} | {
            fold(name): pk for pk, name in called.items() if often[fold(name)] == 1
        }
    return found


def plan(what: Plan, gathered: Iterable[Gathered]) -> Iterator[list[Planned]]:
    """Yield what becomes of the resources, in their order, as many at once as are looked up.

    Raises ``Unlawful`` where a row says that it is, or is marked as, a state secret.
    """
    waiting = iter(gathered)
    positions = count(1)
    while batch := list(islice(waiting, BATCH)):
        known = _Known.of(what.batch.body, batch)
        found = [_plan_one(what, each, known) for each in batch]
        for each in found:
            each.position = next(positions)
        yield found


@dataclass(frozen=True, slots=True)
class _Known:
    """The entries of the body that a batch may be about, by code and by title."""

    by_code: Mapping[str, Entry]
    by_title: Mapping[str, Entry]

    @classmethod
    def of(cls, body: Body, batch: Sequence[Gathered]) -> "_Known":
        codes = {code for each in batch if (code := each.text("code"))}
        raw = {each.cells["title"].text.strip() for each in batch if "title" in each.cells}
        titles = raw | {each.text("title") for each in batch}
        entries = (
            Entry.objects.filter(provider=body)
            .filter(Q(code__in=codes) | Q(title__in=titles))
            .select_related("provider", "revision")
            .prefetch_related("items", "systems", "projects")
        )
        found = list(entries)
        return cls(
            {entry.code: entry for entry in found if entry.code},
            {cells.plain(entry.title): entry for entry in found if entry.state not in GONE},
        )

    def about(self, gathered: Gathered) -> Entry | None:
        return self.by_code.get(gathered.text("code")) or self.by_title.get(gathered.text("title"))


def _plan_one(what: Plan, gathered: Gathered, known: _Known) -> Planned:
    if composing.is_secret(gathered, what.meanings):
        # The refusal is the same as for a mark; nothing of the row is repeated.
        rules.refuse_state_secret(EntryContent(state_secret=True, title="?"))
    planned = Planned(
        batch=what.batch,
        first=gathered.first,
        last=gathered.last,
        rows=gathered.rows,
        title=gathered.text("title")[:300],
    )
    entry = known.about(gathered)
    content: EntryContent | None = None
    _require_own(what, gathered)
    _require_once(what, gathered, entry)
    if not gathered.flaws:
        before = entry.in_hand() if entry else None
        content = composing.compose(gathered, what.filled, what.meanings, before)
    if content is not None:
        rules.refuse_state_secret(content)
        if entry is None:
            _make(planned, gathered, content)
        else:
            _change(planned, gathered, entry, content, known)
    if gathered.flaws:
        planned.outcome = Outcome.REFUSE
        planned.before = planned.content = None
        planned.flaws = [told(flaw) for flaw in gathered.flaws]
    elif content is not None:
        planned.notes = [*planned.notes, *map(_told_fault, checks.outdated(content))]
    return planned


def _kept(content: EntryContent) -> dict[str, Any]:
    return content.model_dump(mode="json", exclude={"state_secret"})


def _make(planned: Planned, gathered: Gathered, content: EntryContent) -> None:
    planned.outcome = Outcome.MAKE
    planned.content = _kept(content)
    if gathered.text("code"):
        says = "The code {code} is none of yours. The registry gives the entry a code of its own."
        planned.notes = [_told_fault(Fault("code", says, params={"code": gathered.text("code")}))]


def _change(
    planned: Planned, gathered: Gathered, entry: Entry, content: EntryContent, known: _Known
) -> None:
    before = entry.in_hand()
    planned.entry = entry
    if content == before:
        planned.outcome = Outcome.KEEP
        return
    planned.outcome = Outcome.CHANGE
    planned.before, planned.content = _kept(before), _kept(content)
    for fault in _against(entry, content, known):
        cell = gathered.cells.get(fault.place)
        where = (cell.row, cell.heading, cell.text) if cell else (gathered.first, "", "")
        gathered.flaws.append(Flaw(where[0], where[1], fault, where[2][:200]))


def _against(entry: Entry, content: EntryContent, known: _Known) -> Iterator[Fault]:
    """Yield what the act that changes the entry would say against it."""
    revision = entry.revision
    if State.AWAITING in {entry.state, revision.state if revision else ""}:
        says = "This entry awaits confirmation. Import it again once that is decided."
        yield Fault("state", says, duties.CATALOG_COMPILE)
    if entry.state in GONE or (revision and revision.kind == RevisionKind.WITHDRAWAL):
        says = "This entry is withdrawn, or its withdrawal is asked for."
        yield Fault("state", says, duties.CATALOG_COMPILE)
    namesake = known.by_title.get(cells.plain(content.title))
    if namesake is not None and namesake.pk != entry.pk:
        says = "Your body already has an entry of this name."
        yield Fault("title", says, duties.CATALOG_COMPILE)
    if entry.state == State.DRAFT:
        return
    yield from checks.faults(entry.provider, content)
    if content.classification != entry.classification:
        says = "The code is made of the classification, so it stays."
        yield Fault("classification", says, duties.CATALOG_COMPILE)


def _require_own(what: Plan, gathered: Gathered) -> None:
    """Refuse rows of other bodies; where agencies are offices of this one, take them as such."""
    body = what.batch.body
    cell = gathered.cells.get("provider")
    if what.layout.offices:
        if cell and "contact_office" not in gathered.cells:
            named = _AGENCY.fullmatch(cells.plain(cell.text))
            office = named[1] if named else cells.plain(cell.text)
            gathered.cells["contact_office"] = Cell(cell.row, cell.heading, office)
        return
    ours = {
        "provider": {fold(body.name), fold(body.short_name), fold(body.name_en)},
        "provider_code": {fold(body.credit_code)},
    }
    for name, known in ours.items():
        cell = gathered.cells.get(name)
        if cell and fold(gathered.text(name)) not in known:
            says = "This row is of another body. A steward writes for one body only."
            fault = Fault("provider", says, duties.CATALOG_COMPILE)
            gathered.flaws.append(Flaw(cell.row, cell.heading, fault, cell.text[:200]))


def _require_once(what: Plan, gathered: Gathered, entry: Entry | None) -> None:
    title = gathered.text("title")
    if not title and not gathered.flaws:
        says = "Name the resource in this row."
        fault = Fault("title", says, duties.CATALOG_COMPILE)
        gathered.flaws.append(Flaw(gathered.first, "", fault))
    # By the entry too: one row may name it by its code and another by its title.
    names = [title, str(entry.pk)] if entry else [title]
    for name in filter(None, names):
        row = what.seen.setdefault(name, gathered.first)
        if row != gathered.first:
            cell = gathered.cells.get("title")
            says = "Row {row} already has a resource of this name. Put its rows together."
            fault = Fault("title", says, duties.CATALOG_COMPILE, {"row": row})
            gathered.flaws.append(Flaw(gathered.first, cell.heading if cell else "", fault, title))
            return


def told(flaw: Flaw) -> dict[str, Any]:
    """Return a flaw as it is kept: words are chosen when it is read."""
    return {
        "row": flaw.row,
        "heading": flaw.heading,
        "found": flaw.found,
        **_told_fault(flaw.fault),
    }


def _told_fault(fault: Fault) -> dict[str, Any]:
    return {
        "place": fault.place,
        "says": fault.says,
        "params": dict(fault.params),
        "duty": fault.duty.name if fault.duty else "",
    }
