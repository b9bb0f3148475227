"""What may be done in disputes: opened, answered, spoken in, settled, withdrawn, led on (争议).

What is said is a statement that never changes. Leaves hold what commits to it, and no word of it.
"""

import secrets
from decimal import Decimal

from yelin.acts.frame import act
from yelin.cases.models import NumberCounter
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.ledger import entry
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Standing
from yelin.market.dispute import content as said
from yelin.market.dispute import rules, telling
from yelin.market.dispute.content import ClaimContent, ProposalContent
from yelin.market.dispute.models import Dispute, Kind, Statement
from yelin.market.dispute.reads import mediator_of
from yelin.market.dispute.rules import By, Move, State
from yelin.parties.actor import OUTSIDE, Actor, Surface

LETTERS = "ZY"
_DUTY = duties.DISPUTE_MEDIATE
_DISPUTABLE = (Standing.SIGNED, Standing.IN_FORCE, Standing.ENDED)
_ONCE = "Your side has an open dispute of this kind over this contract already."
_TERMS = {State.ANSWERING: duties.DISPUTE_ANSWER, State.MEDIATING: duties.DISPUTE_MEDIATE}


@act(
    "dispute.open",
    duty=_DUTY,
    subject="contract",
    surface=OUTSIDE,
    makes=True,
    clashes={"market_one_dispute_of_a_kind_at_a_time": Fault("about", _ONCE, _DUTY)},
)
def open_(*, actor: Actor, contract: Contract, claim: ClaimContent) -> Dispute:
    """Open a dispute over a contract, as one of its sides (提出争议); the other side is to answer.

    Raises ``Incomplete`` for a claim that lacks something, one of a kind that is open already, and
    where nobody mediates; ``OutOfTurn`` before both have signed, and once nothing can be claimed.
    """
    if contract.standing not in _DISPUTABLE:
        raise OutOfTurn("What both sides have not signed cannot be disputed over.")
    if clock.today() > rules.last_day(contract.until):
        raise OutOfTurn("It is too long ago that this contract ended.")
    side = contract.side_of(actor.body_id)
    wrong = list(said.faults(claim, contract.terms))
    if contract.disputes.open().filter(side=side.value, about=claim.about.value).exists():
        wrong.append(Fault("about", _ONCE, _DUTY))
    mediator = mediator_of(contract)
    if mediator is None:
        wrong.append(Fault("contract", "Nobody is here who could mediate it.", _DUTY))
    if wrong or mediator is None:
        raise Incomplete(wrong)
    made = Dispute(
        number=NumberCounter.next_number(LETTERS, clock.today()),
        contract=contract,
        side=side.value,
        about=claim.about.value,
        clauses=[each for each in said.CLAUSES if each in claim.clauses],
        mediator=mediator,
        state=rules.moved(None, Move.OPEN, By.OPENER),
        opened_at=clock.now(),
    )
    made.save()
    made.take_code(made.number)
    _say(actor, made, Kind.CLAIM, claim.words, claim.sum)
    clock.run(made, duties.DISPUTE_ANSWER.name)
    telling.tell_others(telling.OPENED, made, By.OPENER)
    return made


@act("dispute.answer", duty=duties.DISPUTE_ANSWER, subject="dispute", surface=OUTSIDE)
def answer(*, actor: Actor, dispute: Dispute, words: str) -> Dispute:
    """Answer what the other side claims; from then on it is mediated (答辩).

    Raises ``Incomplete`` without words, ``OutOfTurn`` once it is mediated or has ended.
    """
    by = _go(actor, dispute, Move.ANSWER)
    _say(actor, dispute, Kind.ANSWER, words)
    telling.tell_others(telling.ANSWERED, dispute, by)
    return dispute


@act("dispute.say", duty=_DUTY, subject="dispute", surface=OUTSIDE)
def say(*, actor: Actor, dispute: Dispute, words: str) -> Dispute:
    """Write to the others in a dispute, as one of its sides or who mediates it (陈述).

    Raises ``Incomplete`` without words, ``OutOfTurn`` where one has yet to answer, or it has ended.
    """
    by = _go(actor, dispute, Move.SAY)
    _say(actor, dispute, Kind.WORDS, words)
    telling.tell_others(telling.SAID, dispute, by)
    return dispute


@act("dispute.propose", duty=_DUTY, subject="dispute", surface=OUTSIDE)
def propose(*, actor: Actor, dispute: Dispute, proposal: ProposalContent) -> Dispute:
    """Propose how to settle a dispute, in the place of what was proposed before (和解方案).

    Raises ``Incomplete`` without words and for an amount that cannot be, ``OutOfTurn`` once it
    has ended.
    """
    by = _go(actor, dispute, Move.PROPOSE)
    if wrong := list(said.faults(proposal, dispute.contract.terms)):
        raise Incomplete(wrong)
    _say(actor, dispute, Kind.PROPOSAL, proposal.words, proposal.sum)
    telling.tell_others(telling.PROPOSED, dispute, by)
    return dispute


@act("dispute.accept", duty=_DUTY, subject="dispute", surface=OUTSIDE)
def accept(*, actor: Actor, dispute: Dispute, digest: str) -> Dispute:
    """Accept the other side's proposal by its digest: the dispute is settled (达成和解).

    Raises ``Incomplete`` for another digest than that of the proposal that stands, ``OutOfTurn``
    for one's own, where there is none, and once it has ended.
    """
    stands = dispute.stands
    if stands is None or stands.side == dispute.contract.side_of(actor.body_id).value:
        raise OutOfTurn("There is no proposal of the other side to accept.")
    if digest.strip().lower() != stands.digest_text:
        says = "What stands is another proposal than the one that you accept. Read it again."
        raise Incomplete.at("digest", says, _DUTY)
    dispute.agreed = stands
    by = _go(actor, dispute, Move.ACCEPT)
    telling.tell_others(telling.SETTLED, dispute, by)
    return dispute


@act("dispute.withdraw", duty=_DUTY, subject="dispute", surface=OUTSIDE)
def withdraw(*, actor: Actor, dispute: Dispute, reason: str) -> Dispute:
    """Withdraw a dispute that one's side opened (撤回争议).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` once it has ended.
    """
    by = _go(actor, dispute, Move.WITHDRAW)
    _say(actor, dispute, Kind.CLOSING, reason, place="reason")
    telling.tell_others(telling.WITHDRAWN, dispute, by)
    return dispute


@act("dispute.refer", duty=_DUTY, subject="dispute", surface=OUTSIDE)
def refer(*, actor: Actor, dispute: Dispute, reason: str) -> Dispute:
    """End mediation without agreement: what decides is what the contract names (调解不成).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` before it is mediated and once it ended.
    """
    by = _go(actor, dispute, Move.REFER)
    _say(actor, dispute, Kind.CLOSING, reason, place="reason")
    telling.tell_others(telling.REFERRED, dispute, by)
    return dispute


@act("dispute.lapse", duty=_DUTY, subject="dispute", surface={Surface.SYSTEM})
def lapse(*, actor: Actor, dispute: Dispute) -> Dispute:
    """Let go on what nobody answered in its term, or end mediation with its own (逾期).

    Raises ``OutOfTurn`` where no term has passed.
    """
    passed = _TERMS.get(State(dispute.state))
    if passed is None or not clock.overdue(passed).filter(thing=dispute.pk).exists():
        raise OutOfTurn("No term of this dispute has passed.")
    _go(actor, dispute, Move.LAPSE)
    telling.tell_others(telling.LAPSED, dispute, By.CLOCK)
    return dispute


def may_be_disputed(contract: Contract) -> bool:
    """Whether both have signed it, and it is not too long ago that it ended."""
    return contract.standing in _DISPUTABLE and clock.today() <= rules.last_day(contract.until)


def _go(actor: Actor, dispute: Dispute, move: Move) -> By:
    """Move a dispute as the table says, with the term that runs where it leads."""
    by = By.CLOCK if move is Move.LAPSE else dispute.by(actor.body_id)
    before, state = State(dispute.state), rules.moved(State(dispute.state), move, by)
    dispute.state = state
    if state not in rules.OPEN:
        dispute.ended_at = clock.now()
    dispute.save(update_fields=["state", "agreed", "ended_at"])
    if state is not before:
        clock.stop(dispute, _TERMS[before])
        if state in _TERMS:
            clock.run(dispute, _TERMS[state].name, law_of=clock.day_of(dispute.opened_at))
    return by


def _say(
    actor: Actor,
    dispute: Dispute,
    kind: Kind,
    words: str,
    amount: Decimal | None = None,
    *,
    place: str = "words",
) -> None:
    """Keep what was said, committed to under a salt."""
    text = words.strip()
    if not text or len(text) > said.MOST_WORDS:
        raise Incomplete.at(place, "Say it in words, and in not too many.", _DUTY)
    terms, side = dispute.contract.terms, dispute.contract.side_of(actor.body_id)
    nth = dispute.statements.count() + 1
    content = {
        "dispute": dispute.number,
        "place": nth,
        "side": side.value,
        "kind": kind.value,
        "words": text,
        "sum": said.written(amount, terms),
        "currency": said.currency_of(terms),
        "at": clock.now().isoformat(timespec="milliseconds"),
    }
    if kind is Kind.CLAIM:
        content |= {"about": dispute.about, "clauses": dispute.clauses}
    salt = secrets.token_bytes(entry.SALT_SIZE)
    Statement.objects.create(
        dispute=dispute,
        place=nth,
        side=side.value,
        kind=kind.value,
        content=content,
        salt=salt,
        digest=entry.commit(content, salt),
        said_at=clock.now(),
        seat_id=actor.seat_id,
    )
