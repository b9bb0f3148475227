"""Where a dispute stands, and who may move it where: one table, which acts, pages and tests read.

Nobody judges here: what ends it is what both sides agree to, that it is withdrawn, or that it goes
to whomever the contract names. What is not in the table is an error.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from yelin.law.refusals import OutOfTurn

# How many years after its last day a contract may still be disputed over: as long as what is owed
# under it can be claimed at all (Civil Code 188). What is older, no court would hear either.
YEARS = 3


class About(StrEnum):
    """What a dispute is about."""

    QUALITY = "quality"
    DELIVERY = "delivery"
    PRICE = "price"
    USE = "use"
    SECURITY = "security"
    OTHER = "other"


class State(StrEnum):
    """Where a dispute stands; of the last three each has ended it."""

    ANSWERING = "answering"
    MEDIATING = "mediating"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    REFERRED = "referred"


class By(StrEnum):
    """Who moves a dispute: whoever opened it, the other side, who mediates, or the clock."""

    OPENER = "opener"
    OTHER = "other"
    MEDIATOR = "mediator"
    CLOCK = "clock"


class Move(StrEnum):
    """What moves a dispute."""

    OPEN = "open"
    ANSWER = "answer"
    SAY = "say"
    PROPOSE = "propose"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"
    REFER = "refer"
    LAPSE = "lapse"


OPEN = (State.ANSWERING, State.MEDIATING)
_SIDES = (By.OPENER, By.OTHER)
MOVES: Mapping[tuple[State | None, Move, By], State] = {
    (None, Move.OPEN, By.OPENER): State.ANSWERING,
    (State.ANSWERING, Move.ANSWER, By.OTHER): State.MEDIATING,
    # Whoever says nothing in time is not taken to agree: it is mediated without an answer.
    (State.ANSWERING, Move.LAPSE, By.CLOCK): State.MEDIATING,
    (State.ANSWERING, Move.SAY, By.OPENER): State.ANSWERING,
    (State.ANSWERING, Move.SAY, By.MEDIATOR): State.ANSWERING,
    **{(State.MEDIATING, Move.SAY, by): State.MEDIATING for by in (*_SIDES, By.MEDIATOR)},
    **{(state, Move.PROPOSE, by): state for state in OPEN for by in _SIDES},
    **{(state, Move.ACCEPT, by): State.SETTLED for state in OPEN for by in _SIDES},
    **{(state, Move.WITHDRAW, By.OPENER): State.WITHDRAWN for state in OPEN},
    # Mediation is of one's own free will: either side may leave it for court or arbitration.
    **{(State.MEDIATING, Move.REFER, by): State.REFERRED for by in (*_SIDES, By.MEDIATOR)},
    (State.MEDIATING, Move.LAPSE, By.CLOCK): State.REFERRED,
}


def moved(state: State | None, move: Move, by: By) -> State:
    """Return where a move leads. Raises ``OutOfTurn`` for one that the table has not."""
    try:
        return MOVES[state, move, by]
    except KeyError:
        raise OutOfTurn("This dispute is not where this could be done by you.") from None


def is_possible(state: State, move: Move, by: By) -> bool:
    """Whether somebody may move a dispute of this state so."""
    return (state, move, by) in MOVES


def last_day(until: date) -> date:
    """Return the last day on which a contract that ended on ``until`` may be disputed over."""
    year = until.year + YEARS
    try:
        return until.replace(year=year)
    except ValueError:
        # Of a leap day, the last day of that month (Civil Code 202).
        return until.replace(year=year, day=28)
