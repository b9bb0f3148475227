"""How a demand goes: its states, and what may be done in each; acts, arms and pages read it."""

from enum import StrEnum

from yelin.law import duties
from yelin.law.duties import Duty
from yelin.law.refusals import Fault, Incomplete, OutOfTurn

# So much somebody may write of what is wanted, and so many may lie unread of one party.
LONGEST_TITLE = 120
LONGEST_WORDS = 2000
MOST_UNREAD = 5


class State(StrEnum):
    """Where a demand stands (需求状态)."""

    SUBMITTED = "submitted"
    OPEN = "open"
    OVERDUE = "overdue"
    PLANNED = "planned"
    DECLINED = "declined"
    FULFILLED = "fulfilled"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


PUBLIC = (State.OPEN, State.OVERDUE, State.PLANNED, State.DECLINED, State.FULFILLED, State.MERGED)
UNANSWERED = (State.OPEN, State.OVERDUE)
# What may still become of it something else, so that voices for it count.
LIVING = (*UNANSWERED, State.PLANNED)
UNSETTLED = (State.SUBMITTED, *LIVING)
# Of what becomes of it those who support it are told.
TOLD = (State.PLANNED, State.DECLINED, State.FULFILLED)

POSSIBLE: dict[str, tuple[State, ...]] = {
    "publish": (State.SUBMITTED,),
    "return": (State.SUBMITTED,),
    "merge": (State.SUBMITTED, *LIVING),
    "assign": UNANSWERED,
    "withdraw": (State.SUBMITTED, *UNANSWERED),
    "support": LIVING,
    "unsupport": LIVING,
    "plan": LIVING,
    "decline": LIVING,
    "release": (*LIVING, State.DECLINED),
    "lapse": (State.SUBMITTED, State.OPEN),
    "fulfil": (State.PLANNED,),
}


def require(what: str, state: str) -> None:
    """Raise ``OutOfTurn`` unless this has its place in a demand of this state."""
    if state not in POSSIBLE[what]:
        raise OutOfTurn("This demand has moved on since you opened it. Look at its present state.")


def in_words(place: str, words: str, says: str, duty: Duty) -> str:
    """Return ``words`` without blanks around them. Raises ``Incomplete`` where none are left."""
    if not words.strip():
        raise Incomplete.at(place, says, duty)
    return words.strip()


def wanted(title: str, purpose: str) -> list[Fault]:
    """Return what is wrong with what somebody says to want."""
    duty, faults = duties.OPENING_DEMAND, []
    if not title.strip():
        faults.append(Fault("title", "Say which data you want.", duty))
    elif len(title.strip()) > LONGEST_TITLE:
        faults.append(Fault("title", "Say it shorter; the rest belongs below.", duty))
    if not purpose.strip():
        faults.append(Fault("purpose", "Say what it is for.", duty))
    elif len(purpose.strip()) > LONGEST_WORDS:
        faults.append(Fault("purpose", "Say it shorter.", duty))
    return faults
