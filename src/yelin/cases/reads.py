"""Questions about cases that span rooms: who sees which, who reviews, what is owed when."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import TruncDate

from yelin import gate
from yelin.cases import procedure
from yelin.cases.models import Case, CaseParty, CaseQuerySet, CaseStep, StepState
from yelin.cases.rules import WAITS_FOR, By, State
from yelin.files.models import Attachment
from yelin.gate import composed
from yelin.law import calendar, clock, packs
from yelin.law.duties import Duty
from yelin.law.models import Clock
from yelin.parties.actor import Actor
from yelin.parties.models import Body

REVIEWS = "cases.review"


def seen_by(actor: Actor) -> CaseQuerySet:
    """Return the cases that ``actor`` may open."""
    cases = Case.objects.select_related("about", "handler", "examiner", "reviewer", "applicant")
    found: CaseQuerySet = gate.visible_to(actor, "case.see", cases)  # type: ignore[assignment]  # a filtered set is of the same kind
    return found


def get(actor: Actor, number: str) -> Case:
    """Return a case by its number. Raises ``Unseen`` for a missing one and a hidden one alike."""
    steps = Prefetch("steps", CaseStep.objects.select_related("handler").order_by("pk"))
    found = seen_by(actor).select_related("about__entry__provider").prefetch_related(steps)
    return gate.one_of(found.filter(number=number))


def open_of(party: UUID) -> CaseQuerySet:
    """Return the open cases that a party asked for: they keep its account from being deleted."""
    return Case.objects.open().filter(applicant=party).order_by("submitted_on", "number")


def copy_of(party: UUID) -> list[dict[str, Any]]:
    """Return all that is kept of what a party asked for and wrote in cases, as plain values."""
    found = Case.objects.filter(Q(applicant=party) | Q(heard__party=party)).select_related("about")
    return [_copy(case, party) for case in found.distinct().order_by("submitted_on", "number")]


def _copy(case: Case, party: UUID) -> dict[str, Any]:
    copied = {
        "number": case.number,
        "kind": case.kind,
        "about": case.about.code,
        "state": case.state,
        "outcome": case.outcome,
        "submitted_on": case.submitted_on.isoformat(),
        "written": list(case.messages.filter(party=party).values_list("words", flat=True)),
        "attached": [
            {"name": each.name, "kind": each.kind, "bytes": each.size, "at": each.at.isoformat()}
            for each in Attachment.objects.kept().filter(about=case.pk, party=party)
        ],
    }
    if case.applicant_id == party:
        copied |= {"asked": case.asked, "given": case.given, "grounds": case.grounds}
    return copied


def reviewer_of(case: Case) -> Body | None:
    """Return the living body to which an appeal goes: whom its kind names, or the nearest above.

    Nobody reviews itself.
    """
    if named := case.procedure.reviewer:
        return named(case)
    return nearest(REVIEWS, case.handler.division, besides=case.handler_id)


def nearest(power: str, over: str, besides: UUID | None = None) -> Body | None:
    """Return the living body that holds ``power`` over a division and stands nearest to it.

    Of two that stand equally near, the pack names the one to go to first.
    """
    law = packs.active()
    named = [held.kind for each in law.powers if each.name == power for held in each.held]
    living = Body.objects.filter(until=None, kind__in=named).exclude(pk=besides)

    def distance(body: Body) -> tuple[int, int, str]:
        # The smaller the area of its power, the nearer it stands.
        area = law.area_of(power, body.kind, body.division)
        return len(area), named.index(body.kind), body.credit_code

    holders = [body for body in living if law.holds(power, body.kind, body.division, over)]
    return min(holders, key=distance, default=None)


def due_first(cases: CaseQuerySet) -> list[tuple[Case, Clock | None]]:
    """Return open cases with the term that ends first in each, the most pressing case first."""
    rows = {case.pk: case for case in cases.exclude(state=State.CLOSED)}
    running = Clock.objects.running().filter(thing__in=rows).order_by("-due", "-pk")
    first = {each.thing_id: each for each in running if each.suspended_on is None}
    pairs = [(case, first.get(pk)) for pk, case in rows.items()]
    return sorted(
        pairs, key=lambda pair: (pair[1] is None, pair[1] and pair[1].due, pair[0].number)
    )


def waiting_for(actor: Actor) -> CaseQuerySet:
    """Return the cases that wait for ``actor``: to be handled, completed, reviewed, spoken in."""
    found: CaseQuerySet = composed.rows(_waiting_for, actor)  # type: ignore[assignment]  # its own
    return found.select_related("about", "handler", "examiner", "reviewer", "applicant")


def _waiting_for(actor: Actor, at: datetime) -> CaseQuerySet:
    silent = CaseParty.objects.filter(party=actor.party_id, spoke_at=None)
    waits = Q(state=State.HEARING, pk__in=silent.values("case"))
    # What was not answered in time is seen to by whoever examined it, beside its handler.
    seen = gate.condition(actor, "case.see", Case, at=at)
    waits |= Q(state=State.OVERDUE, examiner=actor.body_id, examiner__isnull=False) & seen
    for by, act in _TYPICAL.items():
        states = [state for state, who in WAITS_FOR.items() if who is by and state != "decided"]
        waits |= Q(state__in=states) & gate.condition(actor, f"cases.{act}", Case, at=at)
    # One condition: to join questions that are composed already takes several times as long.
    return Case.objects.filter(waits)


def steps_waiting_for(actor: Actor) -> "QuerySet[CaseStep]":
    """Return the steps of cases that wait for ``actor``'s body, the oldest case first."""
    waiting = CaseStep.objects.filter(state=StepState.WAITING)
    found = composed.visible_to(actor, "cases.finish_step", waiting)
    return found.select_related("case__about", "handler").order_by("case__submitted_on", "pk")


@dataclass(frozen=True, slots=True)
class Answering:
    """How one body answered what was asked of it: how much, in time or late, within what time.

    ``late`` was answered after its term, or is owed still though it has passed. ``days`` is the
    median of the working days from acceptance to the decision.
    """

    handler: Body
    received: int
    answered: int
    in_time: int
    late: int
    days: float | None


def answering(cases: CaseQuerySet) -> list[Answering]:
    """Return how each body answered those of ``cases`` that it handles, by its name.

    Whoever calls says which cases count: what is public counts what everybody may follow.
    """
    counted: dict[UUID, Counter[str]] = defaultdict(Counter)
    days: dict[UUID, Counter[int]] = defaultdict(Counter)
    for kind in procedure.kinds().values():
        rows = cases.filter(kind=kind.kind).order_by()
        told = rows.annotate(was_late=Exists(_late(kind.answer)))
        groups = told.values_list("handler", "was_late", "accepted_on", "decided_on")
        for handler, late, accepted, decided, n in groups.annotate(n=Count("pk")):
            counted[handler]["received"] += n
            counted[handler]["late"] += n * late
            if decided is None:
                continue
            counted[handler]["answered"] += n
            counted[handler]["in_time"] += n * (not late)
            if accepted is not None:
                days[handler][calendar.working_days_between(accepted, decided)] += n
    bodies = Body.objects.in_bulk(list(counted))
    return [
        Answering(
            handler=bodies[pk],
            received=of["received"],
            answered=of["answered"],
            in_time=of["in_time"],
            late=of["late"],
            days=median(days[pk].elements()) if days[pk] else None,
        )
        for pk, of in sorted(counted.items(), key=lambda each: bodies[each[0]].name)
    ]


def _late(answer: Duty) -> QuerySet[Clock]:
    """Return the terms to answer of a case that passed, whether or not that is recorded yet."""
    ended = TruncDate("ended_at", tzinfo=clock.SHANGHAI)
    passed = (
        Q(lapsed_at__isnull=False)
        | Q(ended_on__gt=F("due"))
        | Q(ended_at=None, suspended_on=None, due__lt=clock.today())
    )
    terms = Clock.objects.filter(thing=OuterRef("pk"), duty=answer.name)
    return terms.annotate(ended_on=ended).filter(passed)


# By which act one knows for whom a case waits.
_TYPICAL = {
    By.APPLICANT: "complete",
    By.EXAMINER: "accept",
    By.HANDLER: "decide",
    By.REVIEWER: "decide_appeal",
}
