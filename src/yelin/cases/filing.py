"""How a case begins: within the act by which somebody asks, which the room of its kind has."""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from yelin.cases import telling
from yelin.cases.models import Case, NumberCounter
from yelin.cases.procedure import Procedure
from yelin.cases.rules import By, State
from yelin.law import clock
from yelin.law.refusals import Incomplete, Unlawful
from yelin.things.models import Subject

ALL = Q()


def file(
    procedure: Procedure,
    *,
    about: Subject,
    applicant: UUID | None,
    asked: Mapping[str, Any],
    alike: Q = ALL,
) -> Case:
    """Begin a case of this kind about a thing, for the party that asks (提交).

    The act that calls holds what it is about, so of the same asked twice at once one begins. What
    is asked in the same words is the same only where the rest is ``alike``.
    Raises ``Incomplete`` for what is asked without a part, or is open already in the same words;
    ``Unlawful`` where the law does not offer this kind, or nobody asks.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a case begins within an act")
    if applicant is None or not procedure.is_offered():
        raise Unlawful(procedure.apply, "This is not offered here.")
    said = procedure.read(asked, about).model_dump(mode="json")
    same = Case.objects.filter(kind=procedure.kind, about=about.pk, applicant=applicant, asked=said)
    if before := same.filter(alike).exclude(state=State.CLOSED).first():
        says = "You handed this in already, in the same words: it has the number {number}."
        raise Incomplete.at("entry", says, procedure.apply, {"number": before.number})
    handler = procedure.handler(about)
    case = Case(
        number=NumberCounter.next_number(procedure.letters, clock.today()),
        kind=procedure.kind,
        about_id=about.pk,
        applicant_id=applicant,
        handler=handler,
        examiner=procedure.examiner(about) or handler,
        asked=said,
        salt=secrets.token_bytes(16),
        submitted_on=clock.today(),
    )
    case.save()
    case.take_code(case.number)
    case.go_to(State.SUBMITTED)
    telling.tell_of(telling.SUBMITTED, case, By.EXAMINER)
    return case
