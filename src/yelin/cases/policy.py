"""Who may do what in a case: by the one table of moves, for every kind that is declared."""

from dataclasses import dataclass

from django.db.models import Exists, Model, OuterRef, Q
from django.utils.translation import gettext as _

from yelin.acts.references import known
from yelin.cases.models import Case, CaseParty, CaseStep
from yelin.cases.procedure import Procedure, enter
from yelin.cases.rules import MOVES, OPEN, READS, TAKES_BACK, By
from yelin.files.models import Attachment
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
from yelin.gate.asked import NOTHING, Asked, value_at
from yelin.law import duties
from yelin.ledger.models import Leaf


@dataclass(frozen=True)
class IsHeard(Predicate):
    """The actor's party is heard in the case at ``path``, beside applicant and handler."""

    path: str = "pk"

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether it is heard in this case."""
        party, case = asked.actor.party_id, value_at(thing, self.path)
        return party is not None and CaseParty.objects.filter(case=case, party=party).exists()

    def q(self, asked: Asked) -> Q:
        """Return the hearing as a filter."""
        party = asked.actor.party_id
        if party is None:
            return NOTHING
        return Q(Exists(CaseParty.objects.filter(case=OuterRef(self.path), party=party)))

    def describe(self) -> str:
        """Say it."""
        return _("is heard in the case")


@dataclass(frozen=True)
class HasStep(Predicate):
    """The actor's body has to do a step of the case at ``path``."""

    path: str = "pk"

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether it has one in this case."""
        body, case = asked.actor.body_id, value_at(thing, self.path)
        return body is not None and CaseStep.objects.filter(case=case, handler=body).exists()

    def q(self, asked: Asked) -> Q:
        """Return the step's existence as a filter."""
        body = asked.actor.body_id
        if body is None:
            return NOTHING
        return Q(Exists(CaseStep.objects.filter(case=OuterRef(self.path), handler=body)))

    def describe(self) -> str:
        """Say it."""
        return _("has a step of the case to do")


serves = InRole("steward", "officer")
# Who sits in a body to look after its people, or after the ledger, does not speak for it.
acts_itself = ~InRole("head", "auditor")


def _those(to: str = "") -> dict[By, Predicate]:
    """Return who acts in the case to which ``to`` leads."""
    return {
        By.APPLICANT: OwnParty(f"{to}applicant_id"),
        By.EXAMINER: OwnBody(f"{to}examiner_id") & serves,
        By.HANDLER: OwnBody(f"{to}handler_id") & serves,
        By.HEARD: IsHeard(f"{to}pk"),
        By.REVIEWER: OwnBody(f"{to}reviewer_id") & InRole("officer"),
        By.STEP: HasStep(f"{to}pk") & serves,
        By.CLOCK: SystemJob("clock"),
    }


_WHO = _those()
_WHOSE = _those("about__case__")
_SIDES = {
    By.APPLICANT: "it came from the applicant",
    By.EXAMINER: "it came from the examining body",
    By.HANDLER: "it came from the handling body",
    By.HEARD: "it came from a party that is heard",
    By.REVIEWER: "it came from the body above",
    By.STEP: "it came from a body that has a step to do",
}
is_open = Is("state", *OPEN, says="the case is open")

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
        action, duty = f"cases.{move.act}", procedure.own_duty(move.duty)
        may(action, on=Case, when=is_of_this_kind & _WHO[move.by] & acts_itself, duty=duty)
        explain(
            action,
            on=Case,
            when=is_of_this_kind,
            duty=duty,
            says="Only whoever this case waits for may do this.",
        )
    for by in READS:
        may("case.see", on=Case, when=is_of_this_kind & _WHO[by], duty=procedure.answer)
    _let_attach(procedure)
    # What everybody may know of a case: its number, about what, and how it goes.
    if procedure.followed_by_all:
        may("case.follow", on=Case, when=is_of_this_kind & Anyone(), duty=procedure.apply)


def _let_attach(procedure: Procedure) -> None:
    """Say who may attach to cases of this kind, take back what they attached, and read it."""
    is_such_a_case = Is("kind", procedure.kind, says=procedure.says)
    for by in READS:
        when = is_such_a_case & _WHO[by] & is_open
        may("files.attach", on=Case, when=when, duty=procedure.answer)
    explain(
        "files.attach",
        on=Case,
        when=is_such_a_case & ~is_open,
        duty=procedure.answer,
        says="This case is closed; nothing is attached to it any more.",
    )
    explain(
        "files.attach",
        on=Case,
        when=is_such_a_case,
        duty=procedure.answer,
        says="Only the parties of a case attach files to it.",
    )
    is_of_this_kind = Is("about__case__kind", procedure.kind, says=procedure.says)
    for by, states in TAKES_BACK.items():
        in_time = Is("about__case__state", *states, says="the matter is not settled yet")
        own = _came_from(by) & _WHOSE[by]
        # Several are heard, or have steps, and what one of them attached is not the others'.
        own = own & OwnParty("party_id") if by in (By.HEARD, By.STEP) else own
        may("files.remove", on=Attachment, when=is_of_this_kind & own & in_time, duty=duties.ERASE)
        for each in sorted(READS[by]):
            when = is_of_this_kind & _WHOSE[by] & _came_from(each)
            may("attachment.see", on=Attachment, when=when, duty=procedure.answer)
    heard_itself = _WHOSE[By.HEARD] & _came_from(By.HEARD) & OwnParty("party_id")
    may("attachment.see", on=Attachment, when=is_of_this_kind & heard_itself, duty=procedure.answer)


def _came_from(by: By) -> Predicate:
    return Is("side", str(by), says=_SIDES[by])


# The parties of a case read what was done in it, and to what hangs on it.
_is_done = IsNot("refused", says="the act was not refused")
for _who in (
    IsHeard("subject_id"),
    OwnBody("subject__casestep__handler_id") & serves,
    OwnParty("subject__grant__party_id"),
    *(
        _those(f"subject__{case}__")[by]
        for case in ("case", "casestep__case", "attachment__about__case")
        for by in (By.APPLICANT, By.EXAMINER, By.HANDLER, By.REVIEWER)
    ),
):
    may("leaf.open", on=Leaf, when=_is_done & _who, duty=duties.TRACE)
