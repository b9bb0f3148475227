"""Questions of the open portal: which cases everybody may follow, which demands, which plans."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OrderBy, Prefetch, Q, QuerySet

from yelin import gate
from yelin.acts import references
from yelin.cases.models import Case, CaseQuerySet
from yelin.cases.procedure import Procedure
from yelin.cases.reads import Answering, answering, nearest
from yelin.catalog.models import Entry
from yelin.gate import composed
from yelin.law import calendar, clock, packs
from yelin.opening import drafts
from yelin.opening.models import (
    OPENED,
    Demand,
    DemandQuerySet,
    OpeningPlan,
    PlannedOpening,
    PlanState,
    Voice,
)
from yelin.opening.rules import LIVING, UNSETTLED, State
from yelin.opening.telling import MODERATES
from yelin.parties.actor import Actor
from yelin.parties.models import Body

SORTS: dict[str, tuple[str | OrderBy, ...]] = {
    "voices": ("-voices", "-number"),
    "newest": ("-published_on", "-number"),
    "answered": (F("answered_on").desc(nulls_last=True), "-number"),
}


def followed_by(actor: Actor, procedure: Procedure) -> CaseQuerySet:
    """Return the cases of this kind whose course ``actor`` may follow, newest first.

    Those about an entry that is hidden from ``actor`` are hidden too.
    """
    found: CaseQuerySet = composed.rows(_followed(procedure.kind), actor)  # type: ignore[assignment]  # its own
    return found.select_related("about__entry", "applicant", "handler").order_by(
        "-submitted_on", "-number"
    )


@cache
def _followed(kind: str) -> Callable[[Actor, datetime], CaseQuerySet]:
    """Return the question that is composed once for each kind of case."""

    def ask(actor: Actor, at: datetime) -> CaseQuerySet:
        seen = Entry.objects.filter(gate.condition(actor, "entry.see", Entry, at=at))
        follows = gate.condition(actor, "case.follow", Case, at=at)
        return Case.objects.filter(follows, kind=kind, about__in=seen.values("pk"))

    return ask


PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which applications of the public register are looked for."""

    bodies: Collection[str] = ()
    outcomes: Collection[str] = ()
    years: Collection[int] = ()
    code: str = ""

    def of(self, cases: CaseQuerySet) -> CaseQuerySet:
        """Return those of ``cases`` that are looked for."""
        if self.bodies:
            cases = cases.filter(handler__credit_code__in=self.bodies)
        if self.outcomes:
            # What nothing has come of yet has no outcome.
            wanted = ["" if each == PENDING else each for each in self.outcomes]
            cases = cases.filter(outcome__in=wanted)
        if self.years:
            cases = cases.filter(submitted_on__year__in=self.years)
        return cases.filter(about__entry__code=self.code) if self.code else cases


@dataclass(frozen=True, slots=True)
class Record:
    """How one body answered applications: the figures of any case, how many it opened, refused."""

    of: Answering
    opened: int
    refused: int


def records(cases: CaseQuerySet) -> list[Record]:
    """Return how each body answered those of ``cases`` that it handles, counted in SQL."""
    given = Count("pk", Q(outcome__in=["approved", "partly"]))
    refused = Count("pk", Q(outcome__in=["refused", "dismissed"]))
    rows = cases.order_by().values("handler").annotate(given=given, refused=refused)
    came = {row["handler"]: row for row in rows}
    return [
        Record(each, came[each.handler.pk]["given"], came[each.handler.pk]["refused"])
        for each in answering(cases)
    ]


def days_used(case: Case) -> int:
    """Return how many working days the handler has had since acceptance, until it decided."""
    if case.accepted_on is None:
        return 0
    until = case.decided_on or (clock.day_of(case.closed_at) if case.closed_at else clock.today())
    return calendar.working_days_between(case.accepted_on, until)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for on the board of demands."""

    words: str = ""
    states: Collection[str] = ()
    themes: Collection[str] = ()
    bodies: Collection[str] = ()
    sort: str = "voices"


def board(actor: Actor, asked: Asked) -> DemandQuerySet:
    """Return the public demands that are looked for; what was merged stands with the other."""
    found = everything(actor)
    if asked.words:
        holds = Q(title__icontains=asked.words) | Q(purpose__icontains=asked.words)
        found = found.filter(holds | Q(number__iexact=asked.words))
    if asked.states:
        found = found.filter(state__in=asked.states)
    if asked.themes:
        found = found.filter(theme__in=asked.themes)
    if asked.bodies:
        found = found.filter(handler__credit_code__in=asked.bodies)
    order = SORTS.get(asked.sort, SORTS["voices"])
    return found.select_related("handler", "entry__provider", "about").order_by(*order)


def everything(actor: Actor) -> DemandQuerySet:
    """Return every demand of the board that ``actor`` may read."""
    rows = Demand.objects.public().exclude(state=State.MERGED)
    return references.seen(actor, rows)  # type: ignore[return-value]  # a filtered set is of the same kind


def demand(actor: Actor, number: str) -> Demand:
    """Return a demand by its number. Raises ``Unseen`` for a missing and a hidden one alike."""
    along = Demand.objects.select_related("thing", *Demand.ALONG)
    found: Demand = gate.one_of(references.seen(actor, along.filter(number=number)))
    return found


def asked_by(actor: Actor) -> DemandQuerySet:
    """Return what the party of ``actor`` asked for or supports, the newest first."""
    if actor.party_id is None:
        return Demand.objects.none()
    own = Q(asker=actor.party_id) | Q(
        pk__in=Voice.objects.filter(party=actor.party_id).values("demand")
    )
    found: DemandQuerySet = references.seen(actor, Demand.objects.filter(own))  # type: ignore[assignment]  # a filtered set is of the same kind
    return found.select_related("handler").order_by("-number")


def wanted_by(actor: Actor, entry: Entry) -> list[Demand]:
    """Return the unsettled demands for ``entry`` that the party of ``actor`` made or supports."""
    own = Q(asker=actor.party_id) | Q(supporters__party=actor.party_id)
    rows = Demand.objects.filter(own, about=entry.pk, state__in=UNSETTLED).distinct()
    found = list(rows.order_by("number"))
    # Of one resource there are a few at most, and to compose the question takes longer.
    seen = gate.decide_each(actor, "demand.see", found) if found else []
    return [demand for demand, may in zip(found, seen, strict=True) if may.allowed]


def supports(actor: Actor, demand: Demand) -> bool:
    """Whether the party of ``actor`` has a voice for a demand."""
    return actor.party_id is not None and demand.supporters.filter(party=actor.party_id).exists()


def to_read(actor: Actor) -> DemandQuerySet:
    """Return the demands that ``actor`` reads before they are public, the oldest first."""
    rows = Demand.objects.filter(state=State.SUBMITTED).select_related("body", "handler")
    return composed.visible_to(actor, "opening.publish_demand", rows).order_by("number")  # type: ignore[return-value]  # the same


def to_answer(actor: Actor) -> DemandQuerySet:
    """Return the demands that wait for an answer of ``actor``'s body, and what it planned."""
    rows = Demand.objects.filter(state__in=LIVING).select_related("body", "handler")
    return composed.visible_to(actor, "opening.plan_demand", rows).order_by("number")  # type: ignore[return-value]  # the same


def platform() -> Body | None:
    """Return the body that hears what is asked of nobody in particular: the platform's."""
    return nearest(MODERATES, over=packs.active().province.code)


def copy_of(party: UUID) -> dict[str, list[dict[str, Any]]]:
    """Return what is kept of what a person demanded, supports and drafts, as plain values."""
    return {
        "demands": [
            {
                "number": each.number,
                "title": each.title,
                "purpose": each.purpose,
                "state": each.state,
                "submitted_on": each.submitted_on.isoformat(),
            }
            for each in Demand.objects.filter(asker=party).order_by("number")
        ],
        "supported": [
            {"number": number, "since": since.isoformat()}
            for number, since in Voice.objects.filter(party=party)
            .order_by("demand__number")
            .values_list("demand__number", "since")
        ],
        "drafts": drafts.copy_of(party),
    }


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """How far a plan of opening is: how many lines, done, and behind."""

    lines: int
    fulfilled: int
    late: int

    @property
    def open(self) -> int:
        """Return how many are not done and not late."""
        return self.lines - self.fulfilled - self.late


def plans(actor: Actor) -> "QuerySet[OpeningPlan]":
    """Return the public plans of opening with their lines, the newest year first."""
    rows = OpeningPlan.objects.filter(state=PlanState.PUBLISHED).select_related("body")
    found: QuerySet[OpeningPlan] = references.seen(actor, rows)
    return found.prefetch_related(Prefetch("lines", lines()))


def lines() -> "QuerySet[PlannedOpening]":
    """Return the lines of plans that were not dropped, with what tells whether they are done."""
    rows = PlannedOpening.objects.filter(dropped=False)
    return rows.select_related("provider", "entry", "demand__entry")


def fulfilment(of: Collection[PlannedOpening]) -> Fulfilment:
    """Count how far the lines of a plan are."""
    done = sum(line.fulfilled for line in of)
    late = sum(is_late(line) for line in of)
    return Fulfilment(len(of), done, late)


def entry_of(line: PlannedOpening) -> Entry | None:
    """Return the entry that a line is about, or that answers its demand."""
    return line.entry or (line.demand.entry if line.demand else None)


def state_of(line: PlannedOpening) -> str:
    """Return how a line stands: ``fulfilled``, ``late`` or still ``open``."""
    return "fulfilled" if line.fulfilled else "late" if is_late(line) else "open"


def is_late(line: PlannedOpening) -> bool:
    """Whether the day of a line has passed and it is not done."""
    return not line.fulfilled and line.until < clock.today()


def to_open(handler: Body) -> "QuerySet[Entry]":
    """Return the entries of a body that may be named in a plan: those not open to all yet."""
    rows = Entry.objects.filter(provider=handler).exclude(state__in=["withdrawn", "dropped"])
    return rows.exclude(state="confirmed", opening_type="unconditional").order_by("title")


def opened(handler: Body) -> "QuerySet[Entry]":
    """Return the entries of a body that are open, at once or on application."""
    rows = Entry.objects.filter(provider=handler, state="confirmed", opening_type__in=OPENED)
    return rows.order_by("title")
