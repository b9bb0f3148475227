"""Where a transfer stands, who may move it where, and what a contract's policy says of it.

The states are those of the Dataspace Protocol's transfer process (2025-1), in one table; what is
not in it is an error. Pure: no database, no clock.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from yelin.law import duties
from yelin.law.refusals import Fault, OutOfTurn
from yelin.market.contract import odrl
from yelin.market.contract.odrl import Ask
from yelin.market.contract.rules import Side
from yelin.market.contract.terms import Terms, ways_of
from yelin.market.listing.content import DeliveryMode

PULL = "HttpData-PULL"
PUSH = "HttpData-PUSH"
# Of the ways that a contract agrees on, those in which data leaves for whoever comes for it.
LEAVES = (DeliveryMode.FILE, DeliveryMode.API)
_DUTY = duties.CONTRACT_WHOLE


class State(StrEnum):
    """Where a transfer stands; while it is ``STARTED`` the data may be taken."""

    REQUESTED = "requested"
    STARTED = "started"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    TERMINATED = "terminated"


class Move(StrEnum):
    """What moves a transfer."""

    START = "start"
    SUSPEND = "suspend"
    COMPLETE = "complete"
    TERMINATE = "terminate"


# The platform moves as the provider does, for it keeps the data.
_PROVIDES = (Side.PROVIDER, Side.PLATFORM)
MOVES: Mapping[tuple[State, Move, Side], State] = {
    **{(State.REQUESTED, Move.START, side): State.STARTED for side in _PROVIDES},
    **{(State.SUSPENDED, Move.START, side): State.STARTED for side in Side},
    **{(State.STARTED, Move.SUSPEND, side): State.SUSPENDED for side in Side},
    **{(State.STARTED, Move.COMPLETE, side): State.COMPLETED for side in Side},
    **{
        (state, Move.TERMINATE, side): State.TERMINATED
        for state in (State.REQUESTED, State.STARTED, State.SUSPENDED)
        for side in Side
    },
}
OPEN = (State.REQUESTED, State.STARTED, State.SUSPENDED)


def moved(state: State, move: Move, by: Side, last: Side) -> State:
    """Return where a move leads from where the side ``last`` had moved it.

    Raises ``OutOfTurn`` for one that the table has not, and for what another side stopped.
    """
    try:
        then = MOVES[state, move, by]
    except KeyError:
        raise OutOfTurn("This transfer is not where this could be done by you.") from None
    if state is State.SUSPENDED and move is Move.START and by is not last:
        raise OutOfTurn("Whoever suspended this transfer starts it again.")
    return then


def allowed(policy: Mapping[str, Any], terms: Terms, on: date, purpose: str = "") -> bool:
    """Whether a contract's policy lets its consumer take the data on a day.

    For the ``purpose`` that is named, or for one of the contract's own.
    """
    purposes = [purpose] if purpose else list(terms.use.purposes if terms.use else ())
    return any(
        odrl.allows(
            policy,
            Ask(
                action="read",
                target=odrl.target_of(terms),
                assignee=odrl.party_of(terms.consumer.code),
                on=on,
                purpose=each,
                territory=terms.territory,
                way=way.value,
            ),
        )
        for way in LEAVES
        if way in ways_of(terms)
        for each in purposes
    )


def faults(
    way: str, policy: Mapping[str, Any], terms: Terms, on: date, purpose: str
) -> Iterator[Fault]:
    """Yield why a transfer is not begun in this ``way`` for this ``purpose``."""
    if way == PUSH:
        says = "Data is pushed to subscribers at an address of their body. Fetch it instead."
        yield Fault("format", says, _DUTY)
        return
    if way != PULL:
        yield Fault("format", "The catalog offers no such format.", _DUTY)
        return
    if not {*LEAVES} & {*ways_of(terms)}:
        yield Fault("format", "By this contract the data is not fetched.", _DUTY)
    elif purpose and not (terms.use and purpose in terms.use.purposes):
        yield Fault("purpose", "The contract does not name this purpose.", _DUTY)
    elif not allowed(policy, terms, on, purpose):
        yield Fault("agreementId", "The contract's policy does not allow this today.", _DUTY)
