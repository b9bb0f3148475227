"""What a room above declares of its kind of case; everything else is the same for all kinds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from yelin.cases.rules import RUNNING, Runs, State
from yelin.law import duties, packs
from yelin.law.duties import Duty
from yelin.law.refusals import Fault, Incomplete

if TYPE_CHECKING:
    from datetime import date

    from yelin.cases.models import Case


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the work that another body does meanwhile, beside others, within its own term.

    ``handler`` leads from the thing that the case is about to that body.
    """

    name: str
    says: str
    duty: Duty
    handler: str


@dataclass(frozen=True, eq=False)
class Procedure:
    """One kind of case.

    ``asked`` is what the applicant says, ``given`` what an approval gives; ``faults`` says what is
    wrong with what is asked, ``lacks`` whether less is given than asked, and ``approve`` carries an
    approval out inside the decision. ``handler`` leads from the thing that the case is about to the
    body that handles it. ``letters`` begin its number.
    """

    kind: str
    letters: str
    says: str
    asked: type[BaseModel]
    given: type[BaseModel]
    handler: str
    apply: Duty
    answer: Duty
    faults: Callable[[Any], Iterable[Fault]]
    lacks: Callable[[Any, Any], bool]
    approve: Callable[["Case", Any, Any], None]
    steps: tuple[Step, ...] = ()

    @property
    def terms(self) -> Mapping[Runs, Duty]:
        """By which duty each term runs; the term in the pack is called as its duty."""
        return {
            Runs.EXAMINE: duties.CASES_EXAMINE,
            Runs.COMPLETE: duties.CASES_COMPLETE,
            Runs.ANSWER: self.answer,
            Runs.HEAR: duties.CASES_HEAR,
            Runs.APPEAL: duties.CASES_APPEAL,
            Runs.REVIEW: duties.CASES_REVIEW,
        }

    def running(self, state: State) -> frozenset[Duty]:
        """Return the duties whose terms run in a case of this state."""
        return frozenset(self.terms[each] for each in RUNNING[state])

    def is_offered(self, on: "date | None" = None) -> bool:
        """Whether the law of the day orders everything that this kind of case rests on."""
        law = packs.active()
        steps = (step.duty for step in self.steps)
        return all(law.orders(duty, on) for duty in (self.apply, *self.terms.values(), *steps))

    def read(self, asked: Mapping[str, Any]) -> BaseModel:
        """Return what is asked in its shape. Raises ``Incomplete`` with every fault."""
        content = read_as(self.asked, asked, self.apply)
        if faults := list(self.faults(content)):
            raise Incomplete(faults)
        return content


def read_as(shape: type[BaseModel], said: Mapping[str, Any], duty: Duty) -> BaseModel:
    """Return ``said`` in this shape. Raises ``Incomplete`` with the place of every fault."""
    try:
        return shape.model_validate(said)
    except ValidationError as error:
        places = (".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
        raise Incomplete(
            [Fault(place, "This is missing or cannot be read.", duty) for place in places]
        ) from None


_declared: dict[str, Procedure] = {}


def enter(procedure: Procedure) -> None:
    """Enter a kind of case. Raises ``ValueError`` for a kind or letters that another has."""
    taken = {each.letters for each in _declared.values()}
    if procedure.kind in _declared or procedure.letters in taken:
        raise ValueError(f"the kind of case {procedure.kind} is declared twice")
    _declared[procedure.kind] = procedure


def kinds() -> Mapping[str, Procedure]:
    """Return every kind of case by its name."""
    return dict(_declared)


def of(kind: str) -> Procedure:
    """Return the procedure of a kind of case. Raises ``KeyError``."""
    return _declared[kind]
