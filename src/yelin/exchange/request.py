"""Requests to share (共享申请): what a department needs of a resource, and what it is given."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from yelin import gate
from yelin.cases.models import Case
from yelin.cases.procedure import MOST, Procedure
from yelin.cases.reads import REVIEWS, nearest
from yelin.catalog.content import Line
from yelin.catalog.limits import Limits, Rows, item_faults, use_faults
from yelin.catalog.models import Entry
from yelin.catalog.states import State
from yelin.exchange.services import Service
from yelin.gate.models import Grant
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.models import Body

COORDINATES = "sharing.coordinate"


class Mode(StrEnum):
    """How it is wanted (共享方式): rows and files, only answers whether it matches, or calls."""

    TAKE = "take"
    VERIFY = "verify"
    CALL = "call"

    @property
    def action(self) -> str:
        """What a grant for this mode lets its party do."""
        return {
            Mode.TAKE: "resource.read",
            Mode.VERIFY: "resource.verify",
            Mode.CALL: "service.call",
        }[self]


class Wanted(BaseModel):
    """What is asked for: on which basis, in which work, which items and rows, how, until when.

    ``purpose`` is one of the uses for which the resource is shared.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    basis: str = Field(max_length=MOST)
    scenario: str = Field(max_length=MOST)
    purpose: str = Field(max_length=80)
    items: tuple[Line, ...] = ()
    rows: tuple[Rows, ...] = ()
    mode: Mode = Mode.TAKE
    until: date
    safeguards: str = Field(max_length=MOST)


class Request(Wanted):
    """The same as a case has it; ``renews`` is the grant that it goes on from."""

    renews: UUID | None = None


def faults(asked: Request, entry: Entry) -> Iterator[Fault]:
    """Yield what is not said, items and rows that are not, a use that is not stated."""
    if not asked.basis:
        says = "Name the law, or the functions, on which you need the data."
        yield Fault("basis", says, duties.SHARING_ASK)
    if not asked.scenario:
        yield Fault("scenario", "Say in which work the data is used.", duties.SHARING_ASK)
    if not asked.safeguards:
        yield Fault("safeguards", "Say how the data is kept safe.", duties.SHARING_ASK)
    if asked.mode is Mode.CALL:
        yield from _call_faults(asked, entry)
    elif not asked.items:
        yield Fault("items", "Name the items that you need, and only those.", duties.SHARING_ASK)
    if asked.until <= clock.today():
        yield Fault("until", "Name a day after today.", duties.SHARING_ASK)
    yield from item_faults(asked.items, asked.rows, known=entry.items_for_departments())
    yield from use_faults([asked.purpose], "purpose", stated=entry.sharing_requirements)


def _call_faults(asked: Request, entry: Entry) -> Iterator[Fault]:
    if not Service.objects.live().filter(entry=entry).exists():
        yield Fault("mode", "This resource has no service that could be called.")
    if asked.items or asked.rows:
        # What a service answers is its own: no item of it can be kept back by us.
        yield Fault("items", "A service is called as a whole: name no items and no rows.")


def lacks(asked: Request, given: Limits) -> bool:
    """Whether less is given than was asked: items, as they are, rows, or time."""
    return (
        bool(given.items and set(given.items) < set(asked.items))
        or bool(given.veils)
        or bool(set(given.rows) - set(asked.rows))
        or given.until < asked.until
    )


def filled(asked: Request, given: Limits) -> Limits:
    """Return what is given: the items that were asked for unless some are named, no other rows."""
    rows = tuple(dict.fromkeys((*asked.rows, *given.rows)))
    return given.model_copy(update={"items": given.items or asked.items, "rows": rows})


def approve(case: Case, asked: Request, given: Limits) -> None:
    """Give the department what was asked, or less of it, for the use that it stated.

    What goes on from an earlier grant begins where that ends. Raises ``Incomplete`` for more than
    was asked, a day that has passed, items that are not; ``OutOfTurn`` for what is shared no more.
    """
    entry = Entry.objects.get(pk=case.about_id)
    if entry.state != State.CONFIRMED or entry.sharing_type == "none":
        raise OutOfTurn("This resource is not shared any more. Refuse the request, and say so.")
    wrong = []
    if asked.mode is Mode.CALL and (given.items or given.veils or given.rows):
        says = "A service is called as a whole: name no items and no rows."
        wrong.append(Fault("items", says))
    if not clock.today() <= given.until <= asked.until:
        wrong.append(Fault("until", "Give it until a day from today on, no later than was asked."))
    if more := [name for name in given.items if name not in asked.items]:
        says = "{name} was not asked for."
        wrong.append(Fault("items", says, duties.SHARING_ANSWER, {"name": more[0]}))
    known = entry.items_for_departments()
    wrong += item_faults(given.items, given.rows, known=known, veils=given.veils)
    if wrong:
        raise Incomplete(wrong)
    gate.grant(
        case.applicant,
        entry,
        asked.mode.action,
        duty=duties.SHARING_ANSWER,
        purposes=[asked.purpose],
        bears=given.obligations(),
        since=_since(case, asked, given),
        given_in=case,
    )


def _since(case: Case, asked: Request, given: Limits) -> datetime | None:
    """Return when what is renewed ends; ``None`` where nothing is, or it ended already."""
    before = Grant.objects.filter(pk=asked.renews, party=case.applicant_id, on=case.about_id)
    ends = before.filter(revoked_at=None).values_list("until", flat=True).first()
    later = ends is not None and clock.now() < ends < clock.end_of(given.until)
    return ends if later else None


def coordinates(case: Case) -> Body | None:
    """Return who settles what the two sides disagree about; nobody does so for itself."""
    over, handler = case.handler.division, case.handler_id
    return nearest(COORDINATES, over, besides=handler) or nearest(REVIEWS, over, besides=handler)


REQUEST = Procedure(
    kind="exchange.request",
    letters="GX",
    says="it is a request to share",
    asked=Request,
    given=Limits,
    handler=attrgetter("provider"),
    apply=duties.SHARING_ASK,
    answer=duties.SHARING_ANSWER,
    faults=faults,
    lacks=lacks,
    approve=approve,
    filled=filled,
    examine=duties.SHARING_EXAMINE,
    examiner=lambda entry: nearest(COORDINATES, entry.provider.division),
    review=duties.SHARING_COORDINATE,
    reviewer=coordinates,
    followed_by_all=False,
)
