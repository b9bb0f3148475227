"""What may be done in a case of any kind (办理): one procedure, from completion to the last appeal.

How a case begins is an act of the room of its kind (``cases/filing.py``).
"""

from typing import Any
from uuid import UUID

from yelin.acts.attaching import hang
from yelin.acts.frame import act
from yelin.cases import reads, rules, telling
from yelin.cases.models import Case, CaseParty, CaseStep, Message, StepState
from yelin.cases.procedure import read_as
from yelin.cases.rules import By, Outcome, Runs, State
from yelin.cases.telling import speaks_as
from yelin.files.examined import Files
from yelin.law import clock, duties
from yelin.law.duties import Duty
from yelin.law.models import Clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Body, Person
from yelin.things.models import Thing

CLOCK = {Surface.SYSTEM}


def _said(place: str, words: str, says: str, duty: Duty) -> str:
    if not words.strip():
        raise Incomplete.at(place, says, duty)
    return words.strip()


def _passed(case: Case, duty: Duty) -> None:
    """Record that the term of ``duty`` has passed. Raises ``OutOfTurn`` where it has not."""
    if not clock.overdue(duty).filter(thing=case.pk).update(lapsed_at=clock.now()):
        raise OutOfTurn("This term has not passed, or its lapse is already recorded.")


# Before it is accepted.


@act("cases.ask_completion", duty=duties.CASES_EXAMINE, subject="case", surface=OUTSIDE)
def ask_completion(*, actor: Actor, case: Case, missing: str, attached: Files = ()) -> Case:
    """Ask the applicant, once and for everything at once, to complete the case (一次性告知补正).

    Raises ``Incomplete`` without words, ``OutOfTurn`` where it was asked before.
    """
    rules.require("ask_completion", case.state)
    if case.missing:
        raise OutOfTurn("Completion was asked for once already; the law allows no more.")
    case.missing = _said("missing", missing, "Say what is missing.", duties.CASES_EXAMINE)
    hang(case, actor, attached)
    case.go_to(State.COMPLETING)
    telling.tell_of(telling.INCOMPLETE, case, By.APPLICANT)
    return case


@act("cases.complete", duty=duties.CASES_COMPLETE, subject="case", surface=OUTSIDE)
def complete(*, actor: Actor, case: Case, asked: dict[str, Any], attached: Files = ()) -> Case:
    """Say anew, and completely, what is asked for (补正); it is examined from today.

    Raises ``Incomplete`` with every fault.
    """
    rules.require("complete", case.state)
    case.asked = case.procedure.read(asked, case.matter).model_dump(mode="json")
    hang(case, actor, attached)
    case.go_to(State.SUBMITTED)
    telling.tell_of(telling.COMPLETED, case, By.EXAMINER)
    return case


@act("cases.accept", duty=duties.CASES_EXAMINE, subject="case", surface=OUTSIDE)
def accept(*, actor: Actor, case: Case, attached: Files = ()) -> Case:
    """Accept the case: the term to answer runs from today (受理)."""
    rules.require("accept", case.state)
    hang(case, actor, attached)
    _accept(case)
    telling.tell_others(telling.ACCEPTED, case, By.EXAMINER)
    return case


@act("cases.deem_accepted", duty=duties.CASES_EXAMINE, subject="case", surface=CLOCK)
def deem_accepted(*, actor: Actor, case: Case) -> Case:
    """Take the case for accepted, because nobody examined it in time (视为受理)."""
    del actor
    rules.require("deem_accepted", case.state)
    _passed(case, case.procedure.terms[Runs.EXAMINE])
    _accept(case)
    telling.tell_of(telling.DEEMED, case, By.APPLICANT, By.EXAMINER, By.HANDLER)
    return case


def _accept(case: Case) -> None:
    case.accepted_on = clock.today()
    case.go_to(State.ACCEPTED)
    for step in case.procedure.steps:
        body = step.handler(case.matter)
        if body is None or body.pk == case.handler_id:
            continue
        begun, new = CaseStep.objects.get_or_create(
            case=case, name=step.name, defaults={"handler": body}
        )
        if new:
            clock.run(begun, step.duty.name, law_of=case.submitted_on)
            telling.tell_step(telling.STEP, begun)


@act("cases.abandon", duty=duties.CASES_COMPLETE, subject="case", surface=CLOCK)
def abandon(*, actor: Actor, case: Case) -> Case:
    """Close a case that its applicant did not complete in time (视为放弃申请)."""
    del actor
    rules.require("abandon", case.state)
    _passed(case, case.procedure.terms[Runs.COMPLETE])
    case.outcome = Outcome.ABANDONED
    case.go_to(State.CLOSED)
    telling.tell_of(telling.ABANDONED, case, By.APPLICANT, By.HANDLER)
    return case


# Until it is decided.


@act("cases.suspend", duty=duties.CASES_HEAR, subject="case", surface=OUTSIDE)
def suspend(*, actor: Actor, case: Case, reason: str, heard: Body, attached: Files = ()) -> Case:
    """Hear a body whose rights are touched; the term to answer stands still (征求意见).

    ``reason`` is one that the law names for this term. Others may be heard beside one another, each
    once. Raises ``Incomplete`` for another reason, and for who is no third party or was heard.
    """
    rules.require("suspend", case.state)
    if heard.until is not None:
        raise Incomplete.at("heard", "Name a third party.", duties.CASES_HEAR)
    hang(case, actor, attached)
    return _hear(case, heard.pk, reason)


@act("cases.hear_person", duty=duties.CASES_HEAR, subject="case", surface={Surface.PAGE})
def hear_person(
    *, actor: Actor, case: Case, reason: str, heard: Person, attached: Files = ()
) -> Case:
    """Hear a person whose rights are touched; the term to answer stands still (征求个人意见).

    Raises ``Incomplete`` as ``cases.suspend`` does.
    """
    rules.require("hear_person", case.state)
    if heard.user_id is None:
        raise Incomplete.at("heard", "Name a third party.", duties.CASES_HEAR)
    hang(case, actor, attached)
    return _hear(case, heard.pk, reason)


def _hear(case: Case, party: UUID, reason: str) -> Case:
    if party in {case.applicant_id, case.handler_id}:
        raise Incomplete.at("heard", "Name a third party.", duties.CASES_HEAR)
    if case.heard.filter(party=party).exists():
        # Nobody is asked twice, so that a term cannot be made to stand still for ever.
        raise Incomplete.at("heard", "This party was asked already.", duties.CASES_HEAR)
    if case.state == State.HEARING:
        # Whoever is asked later has the whole term, too.
        clock.stop(case, case.procedure.terms[Runs.HEAR])
    else:
        clock.suspend(case, case.procedure.answer, reason)
    asked = CaseParty(case=case, party_id=party, since=clock.now())
    asked.save()
    case.go_to(State.HEARING)
    telling.tell_heard(telling.HEARD, asked)
    telling.tell_of(telling.SUSPENDED, case, By.APPLICANT)
    return case


@act("cases.give_opinion", duty=duties.CASES_HEAR, subject="case", surface=OUTSIDE)
def give_opinion(
    *, actor: Actor, case: Case, agrees: bool, words: str, attached: Files = ()
) -> Case:
    """Say what one thinks, as a party that is heard; the term runs on once all spoke (反馈意见).

    Raises ``Incomplete`` without words, ``OutOfTurn`` where one has spoken.
    """
    rules.require("give_opinion", case.state)
    said = _said("words", words, "Say why.", duties.CASES_HEAR)
    spoke = {"agrees": agrees, "spoke_at": clock.now()}
    if not case.heard.filter(party=actor.party_id, spoke_at=None).update(**spoke):
        raise OutOfTurn("You have given your opinion already.")
    _write(case, By.HEARD, actor.party_id, said)
    hang(case, actor, attached)
    telling.tell_of(telling.SPOKEN, case, By.HANDLER)
    still = clock.running(case).get(duty=case.procedure.answer.name).suspended_on
    assert still is not None  # noqa: S101 - while others are heard it stands still
    awaited = case.heard.filter(spoke_at=None, since__gte=clock.beginning_of(still))
    return case if awaited.exists() else _resume(case)


@act("cases.resume", duty=duties.CASES_HEAR, subject="case", surface=OUTSIDE)
def resume(*, actor: Actor, case: Case, attached: Files = ()) -> Case:
    """Let the term to answer run on: the other party was heard."""
    rules.require("resume", case.state)
    hang(case, actor, attached)
    return _resume(case)


@act("cases.go_on", duty=duties.CASES_HEAR, subject="case", surface=CLOCK)
def go_on(*, actor: Actor, case: Case) -> Case:
    """Let the term to answer run on, because the other party said nothing in time."""
    del actor
    rules.require("go_on", case.state)
    _passed(case, case.procedure.terms[Runs.HEAR])
    return _resume(case)


def _resume(case: Case) -> Case:
    clock.resume(case, case.procedure.answer)
    case.go_to(State.ACCEPTED)
    telling.tell_of(telling.RESUMED, case, By.APPLICANT, By.HANDLER)
    return case


@act("cases.extend", duty=duties.CASES_DECIDE, subject="case", surface=OUTSIDE)
def extend(*, actor: Actor, case: Case, reason: str, attached: Files = ()) -> Case:
    """Extend the term to answer, once, where the law of this kind of case allows it (延长).

    Raises ``Incomplete`` where it does not, or without a reason.
    """
    rules.require("extend", case.state)
    words = _said(
        "reason", reason, "Say why, so that the applicant can be told.", case.procedure.answer
    )
    clock.extend(case, case.procedure.answer)
    _write(case, By.HANDLER, case.handler_id, words)
    hang(case, actor, attached)
    telling.tell_of(telling.EXTENDED, case, By.APPLICANT)
    return case


@act("cases.decide", duty=duties.CASES_DECIDE, subject="case", surface=OUTSIDE)
def decide(
    *,
    actor: Actor,
    case: Case,
    approve: bool,
    given: dict[str, Any] | None = None,
    reason: str = "",
    legal_basis: str = "",
    attached: Files = (),
) -> Case:
    """Approve, perhaps less than is asked for, or refuse (决定).

    Whatever is not given is refused, with reason and legal basis. Raises ``Incomplete`` without
    these, ``OutOfTurn`` while a step of the case waits.
    """
    rules.require("decide", case.state)
    if case.steps.filter(state=StepState.WAITING).exists():
        raise OutOfTurn("A step of this case is not done yet; its term has not passed either.")
    kind = case.procedure
    asked = kind.asked.model_validate(case.asked)
    gives = None
    if approve:
        gives = kind.filled(asked, read_as(kind.given, given or {}, kind.answer))
    falls_short = gives is None or kind.lacks(asked, gives)
    if falls_short and (lacking := rules.ungrounded(reason, legal_basis, kind.answer)):
        raise Incomplete(lacking)
    hang(case, actor, attached)
    case.reason, case.legal_basis = reason.strip(), legal_basis.strip()
    case.decided_on = clock.today()
    case.given = None if gives is None else gives.model_dump(mode="json")
    if gives is None:
        case.outcome = Outcome.REFUSED
    else:
        case.outcome = Outcome.PARTLY if falls_short else Outcome.APPROVED
        kind.approve(case, asked, gives)
    # What was given in full leaves nothing to appeal against.
    case.go_to(State.DECIDED if falls_short else State.CLOSED)
    telling.tell_of(telling.DECIDED, case, By.APPLICANT, By.HEARD)
    return case


@act("cases.lapse", duty=duties.CASES_DECIDE, subject="case", surface=CLOCK)
def lapse(*, actor: Actor, case: Case) -> Case:
    """Record that a case was not answered, or an appeal not decided, in time (逾期).

    The clock runs on: what is owed stays owed.
    """
    del actor
    rules.require("lapse", case.state)
    terms = case.procedure.terms
    if case.state == State.ACCEPTED:
        _passed(case, terms[Runs.ANSWER])
        case.go_to(State.OVERDUE)
        telling.tell_of(telling.LAPSED, case, By.APPLICANT, By.EXAMINER, By.HANDLER)
    else:
        _passed(case, terms[Runs.REVIEW])
        telling.tell_of(telling.LAPSED, case, By.APPLICANT, By.REVIEWER)
    return case


@act("cases.withdraw", duty=duties.CASES_COMPLETE, subject="case", surface=OUTSIDE)
def withdraw(*, actor: Actor, case: Case, attached: Files = ()) -> Case:
    """Take back what was asked for, as long as it is not decided (撤回)."""
    rules.require("withdraw", case.state)
    hang(case, actor, attached)
    case.outcome = Outcome.WITHDRAWN
    case.go_to(State.CLOSED)
    telling.tell_others(telling.WITHDRAWN, case, By.APPLICANT)
    return case


# After it was decided, or was not in time.


@act("cases.appeal", duty=duties.CASES_APPEAL, subject="case", surface=OUTSIDE)
def appeal(*, actor: Actor, case: Case, grounds: str, attached: Files = ()) -> Case:
    """Appeal against a decision, or against silence past the term, to the body above (申诉).

    Raises ``Incomplete`` without grounds, or where nobody above is on the platform.
    """
    rules.require("appeal", case.state)
    case.grounds = _said("grounds", grounds, "Say what is wrong.", duties.CASES_APPEAL)
    case.reviewer = reads.reviewer_of(case)
    if case.reviewer is None:
        raise Incomplete.at("case", "No body that decides appeals is here.", duties.CASES_APPEAL)
    hang(case, actor, attached)
    case.finding = ""
    case.go_to(State.APPEALED)
    telling.tell_of(telling.APPEALED, case, By.HANDLER, By.REVIEWER)
    return case


@act("cases.decide_appeal", duty=duties.CASES_REVIEW, subject="case", surface=OUTSIDE)
def decide_appeal(
    *, actor: Actor, case: Case, upheld: bool, finding: str, attached: Files = ()
) -> Case:
    """Decide an appeal: the case goes back to be answered anew, or the decision stands (答复申诉).

    ``upheld`` says that the appeal is right. Raises ``Incomplete`` without a finding.
    """
    rules.require("decide_appeal", case.state)
    case.finding = _said("finding", finding, "Say why.", duties.CASES_REVIEW)
    hang(case, actor, attached)
    if upheld:
        case.outcome = ""
        case.go_to(State.ACCEPTED)
    else:
        # Against silence there was nothing but silence, which then counts as a refusal.
        case.outcome = case.outcome or Outcome.DISMISSED
        case.go_to(State.CLOSED)
    telling.tell_of(telling.REVIEWED, case, By.APPLICANT, By.HANDLER)
    return case


@act("cases.close", duty=duties.CASES_APPEAL, subject="case", surface=CLOCK)
def close(*, actor: Actor, case: Case) -> Case:
    """Close a decided case once nobody may appeal any more (办结)."""
    del actor
    rules.require("close", case.state)
    _passed(case, case.procedure.terms[Runs.APPEAL])
    case.go_to(State.CLOSED)
    telling.tell_of(telling.CLOSED, case, By.APPLICANT)
    return case


# At any time.


@act("cases.say", duty=duties.CASES_DECIDE, subject="case", surface=OUTSIDE)
def say(*, actor: Actor, case: Case, words: str, attached: Files = ()) -> Case:
    """Write to the other parties of a case. Raises ``Incomplete`` without words."""
    rules.require("say", case.state)
    text = _said("words", words, "Write something.", case.procedure.answer)
    by = speaks_as(actor, case)
    party = actor.party_id
    assert party is not None  # noqa: S101 - the gate lets nobody else speak
    _write(case, by, party, text)
    hang(case, actor, attached)
    telling.tell_others(telling.WRITTEN, case, by)
    return case


def _write(case: Case, by: By, party: Any, words: str) -> None:
    Message.objects.create(
        case=case, by=by, party=Thing.objects.get(pk=party), words=words, at=clock.now()
    )


# Steps that other bodies do meanwhile.


@act("cases.finish_step", duty=duties.CASES_HEAR, subject="step", surface=OUTSIDE)
def finish_step(*, actor: Actor, step: CaseStep, finding: str, attached: Files = ()) -> CaseStep:
    """Do one's step of a case (办结环节). Raises ``Incomplete`` without what was found."""
    if step.state != StepState.WAITING:
        raise OutOfTurn("This step has ended.")
    step.finding = _said("finding", finding, "Say what you found.", duties.CASES_HEAR)
    hang(step.case, actor, attached)
    step.end(StepState.DONE)
    telling.tell_of(telling.STEP_ENDED, step.case, By.HANDLER)
    return step


@act("cases.lapse_step", duty=duties.CASES_HEAR, subject="step", surface=CLOCK)
def lapse_step(*, actor: Actor, step: CaseStep, running: Clock) -> CaseStep:
    """End a step that was not done in time, so that the case goes on without it."""
    del actor
    told = Clock.objects.running().filter(
        pk=running.pk, thing=step.pk, lapsed_at=None, due__lt=clock.today()
    )
    if not told.update(lapsed_at=clock.now()):
        raise OutOfTurn("This term has not passed, or its lapse is already recorded.")
    step.end(StepState.LAPSED)
    telling.tell_of(telling.STEP_ENDED, step.case, By.HANDLER)
    return step
