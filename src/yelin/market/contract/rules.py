"""Where a negotiation stands, and who may move it where: one table, whose states are a protocol's.

The states are those of the Dataspace Protocol's contract negotiation (2025-1), so that a door for
it only has to translate messages. What is not in the table is an error.
"""

from collections.abc import Mapping
from enum import StrEnum

from yelin.law.refusals import OutOfTurn


class State(StrEnum):
    """Where a negotiation stands.

    ``REQUESTED``: the consumer's offer awaits the provider; ``OFFERED``: the other way round;
    ``ACCEPTED``: the consumer took the provider's offer; ``AGREED``: the contract is drawn up;
    ``VERIFIED``: the consumer has signed it; ``FINALIZED``: both have, and it is sealed.
    """

    REQUESTED = "requested"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    AGREED = "agreed"
    VERIFIED = "verified"
    FINALIZED = "finalized"
    TERMINATED = "terminated"


class Side(StrEnum):
    """Who moves: whoever has the data, whoever wants it, or the platform between them."""

    PROVIDER = "provider"
    CONSUMER = "consumer"
    PLATFORM = "platform"

    @property
    def other(self) -> "Side":
        """The opposite side of a party's."""
        return Side.CONSUMER if self is Side.PROVIDER else Side.PROVIDER


class Move(StrEnum):
    """What moves a negotiation."""

    OFFER = "offer"
    ACCEPT = "accept"
    AGREE = "agree"
    VERIFY = "verify"
    FINALIZE = "finalize"
    TERMINATE = "terminate"
    LAPSE = "lapse"


_OPEN = (State.REQUESTED, State.OFFERED, State.ACCEPTED, State.AGREED, State.VERIFIED)
MOVES: Mapping[tuple[State | None, Move, Side], State] = {
    (None, Move.OFFER, Side.CONSUMER): State.REQUESTED,
    (None, Move.OFFER, Side.PROVIDER): State.OFFERED,
    # Only whoever is asked answers: nobody changes an offer that the other side may be accepting.
    (State.REQUESTED, Move.OFFER, Side.PROVIDER): State.OFFERED,
    (State.OFFERED, Move.OFFER, Side.CONSUMER): State.REQUESTED,
    (State.OFFERED, Move.ACCEPT, Side.CONSUMER): State.ACCEPTED,
    (State.REQUESTED, Move.ACCEPT, Side.PROVIDER): State.AGREED,
    (State.ACCEPTED, Move.AGREE, Side.PLATFORM): State.AGREED,
    (State.AGREED, Move.VERIFY, Side.CONSUMER): State.VERIFIED,
    (State.VERIFIED, Move.FINALIZE, Side.PLATFORM): State.FINALIZED,
    **{
        (state, Move.TERMINATE, side): State.TERMINATED
        for state in _OPEN
        for side in (Side.PROVIDER, Side.CONSUMER)
    },
    **{
        (state, Move.LAPSE, Side.PLATFORM): State.TERMINATED
        for state in (State.REQUESTED, State.OFFERED)
    },
}


def moved(state: State | None, move: Move, by: Side) -> State:
    """Return where a move leads. Raises ``OutOfTurn`` for one that the table has not."""
    try:
        return MOVES[state, move, by]
    except KeyError:
        raise OutOfTurn("This negotiation is not where this could be done by you.") from None


def awaited(state: State) -> Side | None:
    """Return which side an open offer waits for."""
    return {State.REQUESTED: Side.PROVIDER, State.OFFERED: Side.CONSUMER}.get(state)


class Standing(StrEnum):
    """Where a contract stands; ``SIGNED`` by both and sealed, it awaits its filing (备案)."""

    DRAWN = "drawn"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    ENDED = "ended"
    DROPPED = "dropped"
