"""Complaints that data touches somebody's rights (权益申诉), and the hold that may go with one."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from uuid import UUID

from procrastinate.contrib.django import app
from pydantic import BaseModel, ConfigDict, Field

from yelin import gate
from yelin.cases.models import Case
from yelin.cases.procedure import MOST, Procedure
from yelin.cases.reads import nearest
from yelin.cases.rules import Outcome, State
from yelin.catalog.models import Entry
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete
from yelin.parties.models import Body
from yelin.talking.models import Stop

# What stands still while it is looked into; that the resource exists stays known.
STOPPED = ("resource.read", "resource.verify", "service.call")
_SAYS = "A complaint about rights in this data is being looked into; its delivery stands still."
_ENDED = (State.DECIDED, State.CLOSED)


class Right(StrEnum):
    """Which right is touched."""

    PRIVACY = "privacy"
    TRADE_SECRET = "trade_secret"  # noqa: S105 - a kind of right
    INTELLECTUAL_PROPERTY = "intellectual_property"
    OTHER = "other"


class Measure(StrEnum):
    """What follows where the complaint is right: delivery goes on mended, or stays stopped."""

    GOES_ON = "goes_on"
    STAYS_STOPPED = "stays_stopped"


class Complaint(BaseModel):
    """Which right is touched by what, and what is wanted."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    right: Right
    says: str = Field(max_length=MOST)
    wants: str = Field(default="", max_length=MOST)


class Remedy(BaseModel):
    """What was found and done, whether delivery goes on, and whether a part is not remedied."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    says: str = Field(max_length=MOST)
    measure: Measure
    partly: bool = False


def faults(asked: Complaint, entry: Entry) -> Iterator[Fault]:
    """Yield what is not said."""
    del entry
    if not asked.says:
        says = "Say what of yours is touched, and by which part of the data."
        yield Fault("says", says, duties.RIGHTS_COMPLAIN)


def lacks(asked: Complaint, given: Remedy) -> bool:
    """Whether a part of what was complained of is not remedied."""
    del asked
    return given.partly


def approve(case: Case, asked: Complaint, given: Remedy) -> None:
    """See that it is said what was done, and stop delivery where it is to stay stopped.

    Raises ``Incomplete``.
    """
    del asked
    if not given.says:
        raise Incomplete.at("says", "Say what was found and done.", duties.RIGHTS_ANSWER)
    if given.measure is Measure.STAYS_STOPPED and not live(case):
        stop(case, "", case.handler_id)


def live(case: Case) -> list[Stop]:
    """Return the holds of a complaint that are not lifted."""
    return list(case.stops.filter(hold__lifted_at=None).select_related("hold"))


def stop(case: Case, reason: str, by: UUID) -> Stop:
    """Let delivery of what the complaint is about stand still; ``reason`` is told to everyone."""
    held = gate.hold(
        case.matter,
        duty=duties.RIGHTS_COMPLAIN,
        reason=reason or _SAYS,
        actions=STOPPED,
        placed_by=by,
    )
    tell_later(case, stopped=True)
    return Stop.objects.create(case=case, hold=held)


def let_go(case: Case) -> Iterable[Stop]:
    """Let delivery go on, as far as it stood still by this complaint."""
    lifted = live(case)
    for each in lifted:
        each.hold.lifted_at = clock.now()
        each.hold.save(update_fields=["lifted_at"])
    if lifted:
        tell_later(case, stopped=False)
    return lifted


def moved(case: Case) -> None:
    """Let delivery go on where the complaint has ended, unless it was right and nothing mended."""
    if case.state not in _ENDED:
        return
    right = case.outcome in {Outcome.APPROVED, Outcome.PARTLY}
    if not right or (case.given or {}).get("measure") == Measure.GOES_ON:
        let_go(case)


def tell_later(case: Case, *, stopped: bool) -> None:
    """Have everyone told who uses the data, in this very transaction or not at all."""
    tell_on(case, stopped=stopped, at=clock.now().isoformat(), after="")


def tell_on(case: Case, *, stopped: bool, at: str, after: str) -> None:
    """Have those told who come after this one."""
    task = app.configure_task("talking.tell_of_stop", lock=f"talking.stop:{case.pk}")
    task.defer(case=str(case.pk), stopped=stopped, at=at, after=after)


def _provider(entry: Entry) -> Body:
    """Return who answers: its provider; of what is no government's, the agency that shows it."""
    agency = nearest("operate", entry.provider.division) if entry.social else None
    return agency or entry.provider


COMPLAINT = Procedure(
    kind="rights.complaint",
    letters="QY",
    says="it is a complaint about rights in data",
    asked=Complaint,
    given=Remedy,
    handler=_provider,
    apply=duties.RIGHTS_COMPLAIN,
    answer=duties.RIGHTS_ANSWER,
    faults=faults,
    lacks=lacks,
    approve=approve,
    examiner=lambda entry: nearest("operate", entry.provider.division),
    moved=moved,
)
