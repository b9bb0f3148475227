"""Acts about legal terms: what a term owes, when the calendar by which it is counted changes."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from yelin.acts.frame import act
from yelin.law import clock, duties
from yelin.law.models import Clock
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor, Surface
from yelin.things.models import Evidence, Thing


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock that was counted anew, and the day on which its term ended before."""

    running: Clock
    was: date
    KIND: ClassVar[str] = "clock"

    @property
    def pk(self) -> int:
        """The clock's own number."""
        return self.running.pk

    def evidence(self) -> Evidence:
        """Return what the leaf says beside the thing: the term, and how it moved."""
        return {
            "duty": self.running.duty,
            "term": self.running.term,
            "was": self.was.isoformat(),
            "due": self.running.due.isoformat(),
            "provisional": self.running.provisional,
        }


@act("terms.recount", duty=duties.COUNT_TERMS, subject="thing", surface={Surface.SYSTEM})  # type: ignore[type-var]  # a clock is no thing, but says of itself what a leaf asks
def recount(*, actor: Actor, thing: Thing, running: Clock) -> Moved:
    """Count a running term anew, because a notice on days off came or was changed (节假日安排).

    A lapse is taken back where the new day has not passed. Raises ``OutOfTurn`` where the term has
    ended, or nothing about it changes.
    """
    del actor
    found = clock.running(thing).filter(pk=running.pk).first()
    if found is None or clock.recount(found) == found.end:
        raise OutOfTurn("This term ends on the day that it says.")
    was = found.due
    clock.settle(found)
    return Moved(found, was)
