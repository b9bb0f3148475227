"""Applications for conditionally open data (数据使用申请): what is asked, what is given."""

from collections.abc import Iterator
from datetime import date
from operator import attrgetter

from pydantic import BaseModel, ConfigDict, Field

from yelin import gate
from yelin.cases.models import Case
from yelin.cases.procedure import MOST, Procedure
from yelin.catalog.models import Entry
from yelin.catalog.states import State
from yelin.gate import Obligations
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn


class Application(BaseModel):
    """The four parts that an application has (duty opening.apply), none empty."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    purpose: str = Field(max_length=MOST)
    scenario: str = Field(max_length=MOST)
    until: date
    safeguards: str = Field(max_length=MOST)


class Approval(BaseModel):
    """What an approval gives: until when, and which items (none named: all)."""

    model_config = ConfigDict(extra="forbid")

    until: date
    items: tuple[str, ...] = ()


def faults(asked: Application, entry: Entry) -> Iterator[Fault]:
    """Yield every part that is empty, and a term of use that is over before it began."""
    del entry
    for place in ("purpose", "scenario", "safeguards"):
        if not getattr(asked, place):
            yield Fault(place, "This part of an application is required.", duties.OPENING_APPLY)
    if asked.until <= clock.today():
        yield Fault("until", "Name a day after today.", duties.OPENING_APPLY)


def lacks(asked: Application, given: Approval) -> bool:
    """Whether less is given than was asked: fewer items, or a shorter term."""
    return bool(given.items) or given.until < asked.until


def approve(case: Case, asked: Application, given: Approval) -> None:
    """Give the applicant the rows until the last day of use, for the purpose that it stated.

    Raises ``Incomplete`` for more than was asked, a day that has passed, or items that are not.
    """
    entry = Entry.objects.get(pk=case.about_id)
    if entry.state != State.CONFIRMED:
        raise OutOfTurn("This resource was withdrawn. Refuse the application, and say so.")
    known = entry.opened_items()
    wrong = []
    if not clock.today() <= given.until <= asked.until:
        wrong.append(Fault("until", "Give it until a day from today on, no later than was asked."))
    if unknown := [name for name in given.items if name not in known]:
        wrong.append(Fault("items", "There is no item called {name}.", params={"name": unknown[0]}))
    if wrong:
        raise Incomplete(wrong)
    gate.grant(
        case.applicant,
        entry,
        "resource.read",
        duty=duties.OPENING_ANSWER,
        purposes=[case.purpose],
        bears=Obligations(
            shown_items=frozenset(given.items) or None, until=clock.end_of(given.until)
        ),
        given_in=case,
    )


APPLICATION = Procedure(
    kind="opening.application",
    letters="KF",
    says="it is an application for conditionally open data",
    asked=Application,
    given=Approval,
    handler=attrgetter("provider"),
    apply=duties.OPENING_APPLY,
    answer=duties.OPENING_ANSWER,
    faults=faults,
    lacks=lacks,
    approve=approve,
)
