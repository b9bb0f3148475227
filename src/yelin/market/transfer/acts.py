"""What is done with transfers: asked for, started, suspended, completed, terminated."""

from typing import Annotated

from procrastinate.contrib.django import app
from pydantic import Field

from yelin.acts.frame import act
from yelin.cases.models import NumberCounter
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.market.contract import callbacks
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Side
from yelin.market.transfer import reads, rules
from yelin.market.transfer.models import Transfer, TransferKey
from yelin.market.transfer.rules import Move, State
from yelin.parties.actor import OUTSIDE, Actor, ActorKind, Surface
from yelin.things import queued

LETTERS = "CD"
BEGIN = "market.begin_transfer"
_DUTY = duties.CONTRACT_WHOLE
_ANYWHERE = OUTSIDE | {Surface.SYSTEM}


@act(
    "transfer.request",
    duty=_DUTY,
    subject="contract",
    surface={Surface.API},
    makes=True,
    clashes={
        "market_transfer_known_once": Fault(
            "known_as", "Something else is transferred under this name.", _DUTY
        )
    },
)
def request(
    *,
    actor: Actor,
    contract: Contract,
    known_as: Annotated[str, Field(min_length=1, max_length=200)],
    way: Annotated[str, Field(max_length=40)] = rules.PULL,
    purpose: Annotated[str, Field(max_length=200)] = "",
    callback: Annotated[str, Field(max_length=2000)] = "",
) -> Transfer:
    """Ask to take what a contract in force gives, as its consumer (请求传输).

    ``known_as`` is what the consumer's own system calls it, by which it asks once; messages go to
    the address ``callback`` where a way out of its body leads there. Raises ``OutOfTurn`` for a
    contract that is not in force, ``Incomplete`` for a way or purpose that its policy has not.
    """
    if not contract.runs():
        raise OutOfTurn("This contract is not in force.")
    if wrong := [*rules.faults(way, contract.policy, contract.terms, clock.today(), purpose)]:
        raise Incomplete(wrong)
    if not reads.gives(contract):
        raise OutOfTurn("This contract gives nothing at present.")
    now = clock.now()
    asked = Transfer(
        contract=contract,
        consumer=contract.consumer,
        number=NumberCounter.next_number(LETTERS, clock.day_of(now)),
        known_as=known_as,
        way=way,
        purpose=purpose,
        seat_id=actor.seat_id,
        deputy_id=actor.deputy_id,
        person_id=actor.person_id,
        token_id=actor.token_id,
        requested_at=now,
        since=now,
    )
    asked.save()
    asked.take_code(asked.number)
    callbacks.lay(asked.thing, contract.consumer, callback)
    queued.once(app.configure_task(BEGIN, queueing_lock=f"{BEGIN}:{asked.pk}"), of=str(asked.pk))
    return asked


@act("transfer.start", duty=_DUTY, subject="transfer", surface=_ANYWHERE)
def start(*, actor: Actor, transfer: Transfer) -> Transfer:
    """Let the data be taken: at first, or again after it was suspended (开始传输).

    Raises ``OutOfTurn`` where that is not so, or the contract's policy does not allow it now.
    """
    if not reads.is_allowed(transfer) or not reads.gives(transfer.contract):
        raise OutOfTurn("The contract does not give this now.")
    _move(actor, transfer, Move.START)
    transfer.begun += 1
    transfer.save(update_fields=["begun"])
    return transfer


@act("transfer.suspend", duty=_DUTY, subject="transfer", surface=_ANYWHERE)
def suspend(*, actor: Actor, transfer: Transfer, reason: str = "") -> Transfer:
    """Stop a transfer for a while; what is on its way is cut off (暂停传输).

    Whoever suspends it starts it again. Raises ``OutOfTurn`` for one that is not started.
    """
    return _move(actor, transfer, Move.SUSPEND, reason)


@act("transfer.complete", duty=_DUTY, subject="transfer", surface={Surface.API})
def complete(*, actor: Actor, transfer: Transfer) -> Transfer:
    """Say that all was taken (完成传输). Raises ``OutOfTurn`` for one that is not started."""
    return _move(actor, transfer, Move.COMPLETE)


@act("transfer.terminate", duty=_DUTY, subject="transfer", surface=_ANYWHERE)
def terminate(*, actor: Actor, transfer: Transfer, reason: str = "") -> Transfer:
    """End a transfer for good; what is on its way is cut off (终止传输).

    Raises ``OutOfTurn`` for one that has ended.
    """
    return _move(actor, transfer, Move.TERMINATE, reason)


def _move(actor: Actor, transfer: Transfer, move: Move, reason: str = "") -> Transfer:
    side = _side_of(actor, transfer)
    last = Side(transfer.by)
    transfer.state = rules.moved(State(transfer.state), move, side, last)
    transfer.by, transfer.because, transfer.since = side, reason.strip()[:500], clock.now()
    transfer.save(update_fields=["state", "by", "because", "since"])
    if transfer.state != State.STARTED:
        TransferKey.objects.filter(transfer=transfer).delete()
    callbacks.later(transfer.pk)
    return transfer


def _side_of(actor: Actor, transfer: Transfer) -> Side:
    if actor.kind is ActorKind.SYSTEM:
        return Side.PLATFORM
    return transfer.contract.side_of(actor.body_id)
