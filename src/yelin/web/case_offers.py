"""What may be done in a case, each with its form: by its body, its parties, those of its steps."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from yelin.cases import acts, rules
from yelin.cases.models import Case, CaseStep, StepState
from yelin.cases.rules import State
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.talking import complaint
from yelin.talking.acts import complaints
from yelin.talking.complaint import COMPLAINT
from yelin.web import attaching, kinds
from yelin.web.case_forms import (
    BodyHeardForm,
    FindingForm,
    FoundForm,
    GroundsForm,
    LongerForm,
    MissingForm,
    OpinionForm,
    PapersForm,
    PersonHeardForm,
    RefusalForm,
    WordsForm,
)
from yelin.web.kinds import Kind
from yelin.web.offers import Offer
from yelin.web.talk_forms import StopForm
from yelin.web.templatetags.yelin import number


def offers(actor: Actor, case: Case) -> list[Offer]:
    """Return what may be done in a case of this state, whoever asks; the gate says who may."""
    offered = [*_of_steps(actor, case), *_of_case(actor, case)]
    possible = [
        offer
        for offer in offered
        if offer.on != case or rules.is_possible(offer.act.removeprefix("cases."), case.state)
    ]
    return [*_of_stop(actor, case), *possible, *attaching.removals(actor, case)]


def _of_stop(actor: Actor, case: Case) -> Iterator[Offer]:
    """Yield what stops delivery while a complaint about rights is looked into, or lets it go on."""
    if case.kind != COMPLAINT.kind:
        return
    if complaint.live(case):
        yield Offer(
            act="talking.resume_delivery",
            on=case,
            title=_("Let delivery go on"),
            says=_("Everyone who uses the data is told."),
            button=_("Let delivery go on"),
            done=_("Delivery goes on."),
            do=lambda _said: complaints.resume_delivery(actor=actor, case=case),
        )
    elif case.state not in {State.DECIDED, State.CLOSED}:
        yield Offer(
            act="talking.stop_delivery",
            on=case,
            title=_("Stop delivery at once"),
            says=_("Nobody has the data until the complaint is decided; everyone is told."),
            button=_("Stop delivery"),
            done=_("Delivery stands still."),
            form=StopForm,
            do=lambda said: complaints.stop_delivery(actor=actor, case=case, **said),
            stops=True,
        )


def _of_steps(actor: Actor, case: Case) -> Iterator[Offer]:
    for step in _waiting(case):
        yield Offer(
            act="cases.finish_step",
            key=f"finish-{step.pk}",
            on=step,
            title=_("Your step: {what}").format(what=_(step.declared.says)),
            says=_("The case waits for it until its term has passed."),
            button=_("The step is done"),
            done=_("The step is done."),
            form=FoundForm,
            do=lambda said, step=step: acts.finish_step(actor=actor, step=step, **said),  # type: ignore[misc]  # bound early, for the loop
        )


def _waiting(case: Case) -> list[CaseStep]:
    return [step for step in case.steps.all() if step.state == StepState.WAITING]


def _of_case(actor: Actor, case: Case) -> Iterator[Offer]:
    entry, kind = case.matter, kinds.of(case)
    yield Offer(
        act="cases.accept",
        on=case,
        title=_("Accept the case"),
        says=_("The term to answer runs from today."),
        button=_("Accept the case"),
        done=_("The case is accepted."),
        form=PapersForm,
        do=lambda said: acts.accept(actor=actor, case=case, **said),
    )
    yield Offer(
        act="cases.complete",
        on=case,
        title=_("Complete it"),
        says=case.missing,
        button=_("Send it completed"),
        done=_("It is completed and examined anew."),
        form=kind.asks(actor, entry, case.asked),
        do=lambda said: acts.complete(
            actor=actor, case=case, asked=_without(said, kinds.ATTACHED), attached=said["attached"]
        ),
    )
    if case.heard.filter(party=actor.party_id, spoke_at=None).exists():
        yield Offer(
            act="cases.give_opinion",
            on=case,
            title=_("Give your opinion"),
            says=_("You are heard because rights of yours may be touched."),
            button=_("Send your opinion"),
            done=_("Your opinion is given."),
            form=OpinionForm,
            do=lambda said: acts.give_opinion(
                actor=actor,
                case=case,
                agrees=said["agrees"] == "yes",
                words=said["words"],
                attached=said["attached"],
            ),
        )
    yield from _of_answer(actor, case, kind)
    if not case.missing:
        yield Offer(
            act="cases.ask_completion",
            on=case,
            title=_("Ask for completion"),
            says=_("Once only: name everything that is missing."),
            button=_("Ask the applicant"),
            done=_("The applicant is asked to complete it."),
            form=MissingForm,
            do=lambda said: acts.ask_completion(actor=actor, case=case, **said),
        )
    yield from _of_term(actor, case)
    yield Offer(
        act="cases.appeal",
        on=case,
        title=_("Appeal"),
        says=_("It goes to the body above, which decides within its own term."),
        button=_("Appeal"),
        done=_("Your appeal is with the body above."),
        form=GroundsForm,
        do=lambda said: acts.appeal(actor=actor, case=case, **said),
    )
    yield Offer(
        act="cases.decide_appeal",
        key="cases.uphold",
        on=case,
        title=_("The appeal is right"),
        says=_("The case goes back and is answered anew, within a new term."),
        button=_("Send it back"),
        done=_("The case is sent back."),
        form=FindingForm,
        do=lambda said: acts.decide_appeal(actor=actor, case=case, upheld=True, **said),
    )
    yield Offer(
        act="cases.decide_appeal",
        key="cases.dismiss",
        on=case,
        title=_("The decision stands"),
        button=_("Dismiss the appeal"),
        done=_("The appeal is dismissed."),
        form=FindingForm,
        do=lambda said: acts.decide_appeal(actor=actor, case=case, upheld=False, **said),
        stops=True,
    )
    yield Offer(
        act="cases.say",
        on=case,
        title=_("Write to the other side"),
        says=_("Only the parties of this case read it."),
        button=_("Send"),
        done=_("Your message is sent."),
        form=WordsForm,
        do=lambda said: acts.say(actor=actor, case=case, **said),
    )
    yield Offer(
        act="cases.withdraw",
        on=case,
        title=pgettext("case", "Withdraw"),
        says=_("The case is closed without a decision. You may ask anew."),
        button=pgettext("case", "Withdraw"),
        done=_("It is withdrawn."),
        form=PapersForm,
        do=lambda said: acts.withdraw(actor=actor, case=case, **said),
        stops=True,
    )


def _without(said: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}


def _of_answer(actor: Actor, case: Case, kind: Kind) -> Iterator[Offer]:
    if _waiting(case):
        return
    yield Offer(
        act="cases.decide",
        key="cases.approve",
        on=case,
        title=str(kind.yes.title),
        says=str(kind.yes.says),
        button=str(kind.yes.button),
        done=str(kind.yes.done),
        form=kind.gives(case, case.matter),
        do=lambda said: acts.decide(
            actor=actor,
            case=case,
            approve=True,
            given=_without(said, *kinds.GROUNDS, kinds.ATTACHED),
            reason=said["reason"],
            legal_basis=said["legal_basis"],
            attached=said["attached"],
        ),
    )
    yield Offer(
        act="cases.decide",
        key="cases.refuse",
        on=case,
        title=str(kind.no.title),
        says=str(kind.no.says),
        button=str(kind.no.button),
        done=str(kind.no.done),
        form=RefusalForm,
        do=lambda said: acts.decide(actor=actor, case=case, approve=False, **said),
        stops=True,
    )


def _of_term(actor: Actor, case: Case) -> Iterator[Offer]:
    """Yield what moves the term to answer, as far as the law of the case lets it be moved."""
    running = clock.running(case).filter(duty=case.procedure.answer.name).first()
    if running is None:
        return
    term = clock.term_of(running)
    for still in term.standstills:
        yield Offer(
            act="cases.suspend",
            key=f"cases.suspend-{still.reason}",
            on=case,
            title=_("Hear another body"),
            says=_("The term stands still until all have spoken, or their own term has passed."),
            button=_("Hear it"),
            done=_("The other party is asked; the term stands still."),
            form=BodyHeardForm,
            do=lambda said, why=still.reason: acts.suspend(  # type: ignore[misc]  # bound early, for the loop
                actor=actor, case=case, reason=why, **said
            ),
        )
        yield Offer(
            act="cases.hear_person",
            key=f"cases.hear_person-{still.reason}",
            on=case,
            title=_("Hear a person"),
            says=_("The term stands still until all have spoken, or their own term has passed."),
            button=_("Hear the person"),
            done=_("The other party is asked; the term stands still."),
            form=PersonHeardForm,
            do=lambda said, why=still.reason: acts.hear_person(  # type: ignore[misc]  # the same
                actor=actor, case=case, reason=why, **said
            ),
        )
    if term.extension and not running.extended and running.suspended_on is None:
        yield Offer(
            act="cases.extend",
            on=case,
            title=_("Extend the term"),
            says=ngettext(
                "Once, by {n} working day; the applicant is told why.",
                "Once, by {n} working days; the applicant is told why.",
                term.extension.length,
            ).format(n=number(term.extension.length)),
            button=_("Extend the term"),
            done=_("The term is extended."),
            form=LongerForm,
            do=lambda said: acts.extend(actor=actor, case=case, **said),
        )
    yield Offer(
        act="cases.resume",
        on=case,
        title=_("Go on"),
        says=_("The other party was heard; the term runs on from today."),
        button=_("Go on"),
        done=_("The term runs on."),
        form=PapersForm,
        do=lambda said: acts.resume(actor=actor, case=case, **said),
    )
