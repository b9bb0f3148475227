"""Questions about cases that span rooms: who sees which, who reviews, what is owed when."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from yelin import gate
from yelin.cases.models import Case, CaseParty, CaseQuerySet, CaseStep, StepState
from yelin.cases.rules import WAITS_FOR, By, State
from yelin.files.models import Attachment
from yelin.law import packs
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
    case = seen_by(actor).filter(number=number).first()
    if case is None:
        raise gate.Unseen
    return case


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
    found = Case.objects.none()
    for by, act in _TYPICAL.items():
        states = [state for state, who in WAITS_FOR.items() if who is by and state != "decided"]
        cases = Case.objects.filter(state__in=states)
        found |= gate.visible_to(actor, f"cases.{act}", cases)
    silent = CaseParty.objects.filter(party=actor.party_id, spoke_at=None)
    found |= Case.objects.filter(state=State.HEARING, pk__in=silent.values("case"))
    # What was not answered in time is seen to by whoever examined it, beside its handler.
    late = Case.objects.filter(state=State.OVERDUE)
    found |= gate.visible_to(actor, "case.see", late).filter(examiner=actor.body_id)
    return found.select_related("about", "handler", "examiner", "reviewer", "applicant")


def steps_waiting_for(actor: Actor) -> "QuerySet[CaseStep]":
    """Return the steps of cases that wait for ``actor``'s body, the oldest case first."""
    waiting = CaseStep.objects.filter(state=StepState.WAITING)
    found = gate.visible_to(actor, "cases.finish_step", waiting)
    return found.select_related("case__about", "handler").order_by("case__submitted_on", "pk")


# By which act one knows for whom a case waits.
_TYPICAL = {
    By.APPLICANT: "complete",
    By.EXAMINER: "accept",
    By.HANDLER: "decide",
    By.REVIEWER: "decide_appeal",
}
