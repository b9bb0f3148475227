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
    from yelin.parties.models import Body
    from yelin.things.models import Subject

# So many characters somebody may write into one part of what is asked or answered.
MOST = 4000


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the work that another body does meanwhile, beside others, within its own term.

    ``handler`` finds that body for the thing that the case is about; where there is none, or it
    handles the case itself, there is no such step.
    """

    name: str
    says: str
    duty: Duty
    handler: Callable[[Any], "Body | None"]


@dataclass(frozen=True, eq=False)
class Procedure:
    """One kind of case.

    ``asked`` is what the applicant says, ``given`` what an approval gives. ``faults`` says what is
    wrong with what is asked of the thing, ``lacks`` whether less is given than asked; ``filled``
    says what is given where that was not named but is as asked; ``approve`` carries an approval
    out inside the decision. ``handler`` finds the body that handles the case,
    for the thing that it is about; ``examiner`` the one that examines whether it is complete, where
    that is another, ``reviewer`` the one to which an appeal goes, where that is not the body above
    in general. ``letters`` begin its number; ``followed_by_all`` says whether everybody may see how
    one goes, without what was asked. ``moved`` hears of every move, within it.
    """

    kind: str
    letters: str
    says: str
    asked: type[BaseModel]
    given: type[BaseModel]
    handler: Callable[[Any], "Body"]
    apply: Duty
    answer: Duty
    faults: Callable[[Any, Any], Iterable[Fault]]
    lacks: Callable[[Any, Any], bool]
    approve: Callable[["Case", Any, Any], None]
    filled: Callable[[Any, Any], Any] = lambda _asked, given: given
    steps: tuple[Step, ...] = ()
    examine: Duty = duties.CASES_EXAMINE
    examiner: Callable[[Any], "Body | None"] = lambda _about: None
    review: Duty = duties.CASES_REVIEW
    reviewer: Callable[["Case"], "Body | None"] | None = None
    followed_by_all: bool = True
    moved: Callable[["Case"], None] = lambda _case: None

    def own_duty(self, duty: Duty) -> Duty:
        """Return the duty that stands in this kind for one of cases in general."""
        own = {
            duties.CASES_EXAMINE: self.examine,
            duties.CASES_DECIDE: self.answer,
            duties.CASES_REVIEW: self.review,
        }
        return own.get(duty, duty)

    def step(self, name: str) -> Step:
        """Return the step called ``name``. Raises ``StopIteration`` where there is none."""
        return next(step for step in self.steps if step.name == name)

    @property
    def terms(self) -> Mapping[Runs, Duty]:
        """By which duty each term runs; the term in the pack is called as its duty."""
        return {
            Runs.EXAMINE: self.examine,
            Runs.COMPLETE: duties.CASES_COMPLETE,
            Runs.ANSWER: self.answer,
            Runs.HEAR: duties.CASES_HEAR,
            Runs.APPEAL: duties.CASES_APPEAL,
            Runs.REVIEW: self.review,
        }

    def running(self, state: State) -> frozenset[Duty]:
        """Return the duties whose terms run in a case of this state."""
        return frozenset(self.terms[each] for each in RUNNING[state])

    def is_offered(self, on: "date | None" = None) -> bool:
        """Whether the law of the day orders everything that this kind of case rests on."""
        law = packs.active()
        steps = (step.duty for step in self.steps)
        return all(law.orders(duty, on) for duty in (self.apply, *self.terms.values(), *steps))

    def read(self, asked: Mapping[str, Any], about: "Subject") -> BaseModel:
        """Return what is asked of a thing in its shape. Raises ``Incomplete`` with every fault."""
        content = read_as(self.asked, asked, self.apply)
        if faults := list(self.faults(content, about)):
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
