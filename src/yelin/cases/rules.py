"""The states of a case, who may do what in each, and which terms run there: one table for all.

Acts, arms, pages and tests read it; a case cannot be in a state in which no term runs, but closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from yelin.law import duties
from yelin.law.duties import Duty
from yelin.law.refusals import Fault, OutOfTurn


class State(StrEnum):
    """Where a case stands (办理状态)."""

    SUBMITTED = "submitted"
    COMPLETING = "completing"
    ACCEPTED = "accepted"
    HEARING = "hearing"
    OVERDUE = "overdue"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What came of a case."""

    APPROVED = "approved"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ABANDONED = "abandoned"
    DISMISSED = "dismissed"


class By(StrEnum):
    """Who acts in a case."""

    APPLICANT = "applicant"
    EXAMINER = "examiner"
    HANDLER = "handler"
    HEARD = "heard"
    REVIEWER = "reviewer"
    STEP = "step"
    CLOCK = "clock"


class Runs(StrEnum):
    """The terms of a case, by what is owed; its kind says by which duty."""

    EXAMINE = "examine"
    COMPLETE = "complete"
    ANSWER = "answer"
    HEAR = "hear"
    APPEAL = "appeal"
    REVIEW = "review"


RUNNING: Mapping[State, frozenset[Runs]] = {
    State.SUBMITTED: frozenset({Runs.EXAMINE}),
    State.COMPLETING: frozenset({Runs.COMPLETE}),
    State.ACCEPTED: frozenset({Runs.ANSWER}),
    # The term to answer stands still, and the one within which to be heard runs in its place.
    State.HEARING: frozenset({Runs.ANSWER, Runs.HEAR}),
    State.OVERDUE: frozenset({Runs.ANSWER}),
    State.DECIDED: frozenset({Runs.APPEAL}),
    State.APPEALED: frozenset({Runs.REVIEW}),
    State.CLOSED: frozenset(),
}

WAITS_FOR: Mapping[State, By] = {
    State.SUBMITTED: By.EXAMINER,
    State.COMPLETING: By.APPLICANT,
    State.ACCEPTED: By.HANDLER,
    State.HEARING: By.HEARD,
    State.OVERDUE: By.HANDLER,
    State.DECIDED: By.APPLICANT,
    State.APPEALED: By.REVIEWER,
}

OPEN = tuple(state for state in State if state is not State.CLOSED)
_UNDECIDED = (State.SUBMITTED, State.COMPLETING, State.ACCEPTED, State.HEARING, State.OVERDUE)
_ANSWERABLE = (State.ACCEPTED, State.OVERDUE)
_HEARABLE = (State.ACCEPTED, State.HEARING)


@dataclass(frozen=True, slots=True)
class Move:
    """One act in a case: by whom, in which states, carrying out which duty."""

    act: str
    by: By
    states: tuple[State, ...]
    duty: Duty


MOVES = (
    Move("ask_completion", By.EXAMINER, (State.SUBMITTED,), duties.CASES_EXAMINE),
    Move("complete", By.APPLICANT, (State.COMPLETING,), duties.CASES_COMPLETE),
    Move("accept", By.EXAMINER, (State.SUBMITTED,), duties.CASES_EXAMINE),
    Move("deem_accepted", By.CLOCK, (State.SUBMITTED,), duties.CASES_EXAMINE),
    Move("abandon", By.CLOCK, (State.COMPLETING,), duties.CASES_COMPLETE),
    Move("suspend", By.HANDLER, _HEARABLE, duties.CASES_HEAR),
    Move("hear_person", By.HANDLER, _HEARABLE, duties.CASES_HEAR),
    Move("give_opinion", By.HEARD, (State.HEARING,), duties.CASES_HEAR),
    Move("resume", By.HANDLER, (State.HEARING,), duties.CASES_HEAR),
    Move("go_on", By.CLOCK, (State.HEARING,), duties.CASES_HEAR),
    Move("extend", By.HANDLER, (State.ACCEPTED,), duties.CASES_DECIDE),
    Move("decide", By.HANDLER, _ANSWERABLE, duties.CASES_DECIDE),
    Move("lapse", By.CLOCK, (State.ACCEPTED, State.APPEALED), duties.CASES_DECIDE),
    Move("withdraw", By.APPLICANT, _UNDECIDED, duties.CASES_COMPLETE),
    Move("appeal", By.APPLICANT, (State.DECIDED, State.OVERDUE), duties.CASES_APPEAL),
    Move("decide_appeal", By.REVIEWER, (State.APPEALED,), duties.CASES_REVIEW),
    Move("close", By.CLOCK, (State.DECIDED,), duties.CASES_APPEAL),
    Move("say", By.APPLICANT, OPEN, duties.CASES_DECIDE),
    Move("say", By.EXAMINER, OPEN, duties.CASES_EXAMINE),
    Move("say", By.HANDLER, OPEN, duties.CASES_DECIDE),
    Move("say", By.HEARD, OPEN, duties.CASES_HEAR),
    Move("say", By.REVIEWER, OPEN, duties.CASES_REVIEW),
)

_OFFICIALS = frozenset({By.EXAMINER, By.HANDLER})
_ALL = _OFFICIALS | {By.APPLICANT, By.HEARD, By.REVIEWER, By.STEP}

# Whose attachments each reads beside their own: who is heard has no right to what others handed in.
READS: Mapping[By, frozenset[By]] = {
    By.APPLICANT: _ALL - {By.HEARD},
    By.EXAMINER: _ALL,
    By.HANDLER: _ALL,
    By.REVIEWER: _ALL,
    By.STEP: _OFFICIALS | {By.APPLICANT, By.STEP},
    By.HEARD: frozenset({By.HANDLER}),
}

# Until when each may take back what they attached; a mistake of the handler may harm longer.
TAKES_BACK: Mapping[By, tuple[State, ...]] = {
    By.APPLICANT: _UNDECIDED,
    By.HEARD: _UNDECIDED,
    By.STEP: _UNDECIDED,
    By.EXAMINER: OPEN,
    By.HANDLER: OPEN,
    By.REVIEWER: OPEN,
}

# Which act of the clock answers for a term that has passed.
LAPSES: Mapping[Runs, str] = {
    Runs.EXAMINE: "deem_accepted",
    Runs.COMPLETE: "abandon",
    Runs.HEAR: "go_on",
    Runs.ANSWER: "lapse",
    Runs.APPEAL: "close",
    Runs.REVIEW: "lapse",
}


def is_possible(act: str, state: str) -> bool:
    """Whether ``act`` has its place in a case of this state, whoever does it."""
    return any(move.act == act and state in move.states for move in MOVES)


def require(act: str, state: str) -> None:
    """Raise ``OutOfTurn`` unless ``act`` has its place in a case of this state."""
    if not is_possible(act, state):
        raise OutOfTurn("This case has moved on since you opened it. Look at its present state.")


def ungrounded(reason: str, legal_basis: str, duty: Duty = duties.CASES_DECIDE) -> list[Fault]:
    """Return what a refusal lacks by ``duty``: it says why, and on what legal basis."""
    lacking = []
    if not reason.strip():
        lacking.append(Fault("reason", "A refusal says why.", duty))
    if not legal_basis.strip():
        lacking.append(Fault("legal_basis", "A refusal names its legal basis.", duty))
    return lacking
