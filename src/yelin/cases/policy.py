"""Who may do what in a case: by the one table of moves, for every kind that is declared."""

from dataclasses import dataclass

from django.db.models import Exists, Model, OuterRef, Q
from django.utils.translation import gettext as _

from yelin.acts.references import known
from yelin.cases.models import Case, CaseParty, CaseStep
from yelin.cases.procedure import Procedure, enter
from yelin.cases.rules import MOVES, By
from yelin.gate import (
    Anyone,
    InRole,
    Is,
    IsNot,
    OwnBody,
    OwnParty,
    Predicate,
    SystemJob,
    explain,
    may,
)
from yelin.gate.asked import NOTHING, Asked
from yelin.law import duties
from yelin.ledger.models import Leaf


@dataclass(frozen=True)
class IsHeard(Predicate):
    """The actor's party is heard in the case, beside applicant and handler."""

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether it is heard in this case."""
        party = asked.actor.party_id
        return party is not None and CaseParty.objects.filter(case=thing.pk, party=party).exists()

    def q(self, asked: Asked) -> Q:
        """Return the hearing as a filter."""
        party = asked.actor.party_id
        if party is None:
            return NOTHING
        return Q(Exists(CaseParty.objects.filter(case=OuterRef("pk"), party=party)))

    def describe(self) -> str:
        """Say it."""
        return _("is heard in the case")


@dataclass(frozen=True)
class HasStep(Predicate):
    """The actor's body has to do a step of the case."""

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether it has one in this case."""
        body = asked.actor.body_id
        return body is not None and CaseStep.objects.filter(case=thing.pk, handler=body).exists()

    def q(self, asked: Asked) -> Q:
        """Return the step's existence as a filter."""
        body = asked.actor.body_id
        if body is None:
            return NOTHING
        return Q(Exists(CaseStep.objects.filter(case=OuterRef("pk"), handler=body)))

    def describe(self) -> str:
        """Say it."""
        return _("has a step of the case to do")


serves = InRole("steward", "officer")
applied = OwnParty("applicant_id")
handles = OwnBody("handler_id") & serves
reviews = OwnBody("reviewer_id") & InRole("officer")
_WHO: dict[By, Predicate] = {
    By.APPLICANT: applied,
    By.HANDLER: handles,
    By.HEARD: IsHeard(),
    By.REVIEWER: reviews,
    By.CLOCK: SystemJob("clock"),
}

known(Case, by="case.see", code="number")
known(CaseStep, by="case_step.see")
for _action in ("case_step.see", "cases.finish_step"):
    may(_action, on=CaseStep, when=OwnBody("handler_id") & serves, duty=duties.CASES_HEAR)
may("cases.lapse_step", on=CaseStep, when=SystemJob("clock"), duty=duties.CASES_HEAR)


def declare(procedure: Procedure) -> None:
    """Offer a kind of case: enter it, and say who may do what in its cases.

    Raises ``ValueError`` for one that is declared twice.
    """
    enter(procedure)
    is_of_this_kind = Is("kind", procedure.kind, says=procedure.says)
    for move in MOVES:
        action, duty = f"cases.{move.act}", procedure.carries(move.duty)
        may(action, on=Case, when=is_of_this_kind & _WHO[move.by], duty=duty)
        explain(
            action,
            on=Case,
            when=is_of_this_kind,
            duty=duty,
            says="Only whoever this case waits for may do this.",
        )
    for who in (applied, handles, reviews, IsHeard(), HasStep()):
        may("case.see", on=Case, when=is_of_this_kind & who, duty=procedure.answer)
    # What everybody may know of a case: its number, about what, and how it goes.
    may("case.follow", on=Case, when=is_of_this_kind & Anyone(), duty=procedure.apply)


# The parties of a case read what was done in it.
_is_done = IsNot("refused", says="the act was not refused")
for _who in (
    OwnParty("subject__case__applicant_id"),
    OwnBody("subject__case__handler_id") & serves,
    OwnBody("subject__case__reviewer_id") & InRole("officer"),
):
    may("leaf.open", on=Leaf, when=_is_done & _who, duty=duties.TRACE)
