"""What is done with questions to bought data: asked, called off, answered; grounds are bounded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from procrastinate.contrib.django import app

from yelin import gate
from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.delivery import meter
from yelin.delivery.calls import Channel
from yelin.gate import Decision
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.market.compute import reads
from yelin.market.compute.content import QuestionContent, faults
from yelin.market.compute.models import STANDING, Computation, Ground, State
from yelin.market.compute.working import Answer, answers
from yelin.market.contract.models import Contract
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.things import queued
from yelin.warehouse.models import Release

_DUTY = duties.CONTRACT_WHOLE
MOST_ANSWERS = 40
"""So many answers about one resource leave to a buyer; each next one is held against all."""
MOST_QUESTIONS = 200
"""So many questions a buyer asks about one resource, answered or not: a refusal tells a little."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a question, as the attempt ``by`` found it, after so many ``earlier`` answers.

    Without an ``answer`` it says why, as a message id.
    """

    by: UUID
    earlier: int
    answer: Answer | None = None
    state: State = State.ANSWERED
    says: str = ""


@act("compute.ask", duty=_DUTY, subject="contract", surface=OUTSIDE, makes=True)
def ask(
    *, actor: Actor, contract: Contract, entry: Entry, question: QuestionContent
) -> Computation:
    """Ask a question of bought data where it lies: only the answer leaves (可用不可见).

    The same question again is the same row, with the answer that it had. Raises ``Refused`` where
    the contract gives no such right now; ``OutOfTurn`` for a contract that does not run, and where
    no more questions are answered; ``Incomplete`` for what the data cannot be asked.
    """
    decision = gate.decide(actor, "resource.ask", entry)
    decision.must_allow("resource.ask", entry.pk)
    if not contract.runs() or not reads.gives(contract, entry):
        raise OutOfTurn("This contract gives no right to ask this data now.")
    ground = ground_of(contract, entry)
    if ground.release is None:
        ground.release = _table_of(contract, entry)
    release = ground.release
    columns = reads.columns_of(contract, decision, release)
    if wrong := list(faults(question, columns, reads.closed(ground, release))):
        raise Incomplete(wrong)
    same = ground.computations.filter(digest=question.digest, state__in=STANDING)
    if known := same.select_related(*Computation.ALONG).first():
        return known
    _require_room(ground)
    ground.save(update_fields=["release"])
    made = Computation(
        contract=contract,
        ground=ground,
        seat_id=actor.seat_id,
        asked=question.model_dump(mode="json"),
        digest=question.digest,
        salt=Computation.fresh_salt(),
        asked_at=clock.now(),
    )
    made.save()
    queue(made)
    return made


@act("compute.call_off", duty=_DUTY, subject="computation", surface=OUTSIDE)
def call_off(*, actor: Actor, computation: Computation) -> Computation:
    """Call a question off that waits for its answer (取消). Raises ``OutOfTurn`` for any other."""
    del actor
    _end(computation, State.CALLED_OFF)
    return computation


@act("compute.bound", duty=_DUTY, subject="contract", surface=OUTSIDE)
def bound(
    *,
    actor: Actor,
    contract: Contract,
    entry: Entry,
    subject: str = "",
    closed: tuple[str, ...] = (),
    least: int = 0,
) -> Contract:
    """Say what of one's data is not asked, whose rows belong together, how many must stand behind.

    Rows that say the same in the item ``subject`` are of one; of the ``closed`` items nothing is
    asked; ``least`` subjects stand behind each figure, where that is more than the law's number.
    Raises ``OutOfTurn`` once a question was answered: what left cannot be called back;
    ``Incomplete`` for items that there are not.
    """
    del actor
    if not reads.gives(contract, entry):
        raise OutOfTurn("This contract gives no right to ask this data now.")
    ground = ground_of(contract, entry)
    if ground.is_asked:
        raise OutOfTurn("Questions were asked already. What left by them cannot be called back.")
    names = {each["name"] for each in _table_of(contract, entry).manifest["columns"]}
    if wrong := list(_unknown(names, subject, closed, least)):
        raise Incomplete(wrong)
    ground.subject, ground.closed, ground.least = subject, sorted({*closed}), least
    ground.save(update_fields=["subject", "closed", "least"])
    return contract


@act(
    "compute.conclude",
    duty=duties.TRADE_LAWFUL,
    subject="computation",
    surface={Surface.SYSTEM},
)
def conclude(*, actor: Actor, computation: Computation, found: Found) -> Computation:
    """Let an answer out that passed, with its receipt, or say that there is none (结果出域检查).

    Raises ``OutOfTurn`` where it was called off, another attempt counts by now, or another answer
    left meanwhile against which this one was not held; ``Refused`` where the right has ended.
    """
    del actor
    ground = Ground.objects.select_for_update().get(pk=computation.ground_id)
    if computation.attempt != found.by:
        raise OutOfTurn("Another attempt counts by now.")
    if found.answer is None:
        _end(computation, found.state, found.says)
        return computation
    if found.earlier != len(answers(ground)):
        raise OutOfTurn("Another answer left meanwhile.")
    decision = right_of(computation)
    computation.answer = found.answer.plain()
    computation.shown = [list(label) for label in found.answer.shown]
    computation.receipt = _counted(decision, computation, len(found.answer.lines))
    _end(computation, State.ANSWERED)
    return computation


def right_of(computation: Computation) -> Decision:
    """Return the decision by which whoever asked may have the answer now. Raises ``Refused``."""
    entry = computation.ground.entry
    decision = gate.decide(Actor.of(computation.seat), "resource.ask", entry)
    return decision.must_allow("resource.ask", entry.pk)


def ground_of(contract: Contract, entry: Entry) -> Ground:
    """Return the ground of a contract's buyer, held until the end of the act."""
    found = reads.ground(contract, entry)
    if found is None:
        found, _made = Ground.objects.get_or_create(consumer=contract.consumer, entry=entry)
    rows = Ground.objects.select_for_update(of=["self"]).select_related("release__sealed_by")
    return rows.get(pk=found.pk)


def queue(computation: Computation) -> None:
    """Have a question answered after those about the same ground that were asked before it."""
    job = app.configure_task(
        "market.compute",
        lock=f"compute:{computation.ground_id}",
        queueing_lock=f"compute:{computation.pk}",
    )
    queued.once(job, computation=str(computation.pk))


def _counted(decision: Decision, computation: Computation, rows: int) -> UUID | None:
    """Count the answer as a delivery by its grant, and return its receipt."""
    release = computation.ground.release
    assert release is not None  # noqa: S101 - it was asked of one
    said = {"question": computation.commitment(computation.asked)}
    delivery = meter.named(decision, release, Channel.COMPUTE, said, purpose="")
    meter.count_page(computation.ground.entry, delivery, rows)
    return delivery.pk if delivery else None


def _table_of(contract: Contract, entry: Entry) -> Release:
    found = reads.release_of(contract, entry)
    if found is None or not found.is_table:
        raise OutOfTurn("There is no table yet that could be asked.")
    return found


def _require_room(ground: Ground) -> None:
    if ground.computations.count() >= MOST_QUESTIONS:
        raise OutOfTurn("As many questions were asked about this data as may be.")
    if ground.computations.filter(state=State.ANSWERED).count() >= MOST_ANSWERS:
        raise OutOfTurn("As many answers left about this data as may.")


def _unknown(names: set[str], subject: str, closed: tuple[str, ...], least: int) -> Iterator[Fault]:
    for place, each in (("subject", subject), *(("closed", name) for name in closed)):
        if each and each not in names:
            of: dict[str, Any] = {"name": each}
            yield Fault(place, "There is no item called {name}.", _DUTY, of)
    if not 0 <= least <= 10_000:
        yield Fault("least", "Name a number from 0 to 10,000.", _DUTY)


def _end(computation: Computation, state: State, says: str = "") -> None:
    if computation.state != State.WAITING:
        raise OutOfTurn("This question waits for no answer any more.")
    computation.state, computation.says, computation.ended_at = state.value, says, clock.now()
    computation.save(update_fields=["state", "says", "ended_at", "answer", "shown", "receipt"])
