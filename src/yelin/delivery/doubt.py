"""Doubts about data (疑义校核): what seems wrong with it, or with one record, and what was done."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from operator import attrgetter

from pydantic import BaseModel, ConfigDict, Field

from yelin.cases.models import Case
from yelin.cases.procedure import MOST, Procedure, Step
from yelin.cases.reads import nearest
from yelin.catalog.models import Entry, Item
from yelin.delivery import checking
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete
from yelin.warehouse.models import Release


class Fails(StrEnum):
    """Which of the four qualities the data lacks that the law asks of it (duty quality.keep)."""

    ACCURATE = "accurate"
    COMPLETE = "complete"
    USABLE = "usable"
    UP_TO_DATE = "up_to_date"


class Doubt(BaseModel):
    """What seems wrong, with which items (none named: all), and how one came to know it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    fails: Fails
    items: tuple[str, ...] = ()
    says: str = Field(max_length=MOST)
    known_from: str = Field(default="", max_length=MOST)


class Correction(BaseModel):
    """What was found and corrected: in which items (none named: all in doubt), in which release."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    says: str = Field(max_length=MOST)
    items: tuple[str, ...] = ()
    release: int | None = None


def faults(asked: Doubt, entry: Entry) -> Iterator[Fault]:
    """Yield what is not said, and the first item that the entry does not have."""
    if not asked.says:
        yield Fault("says", "Say what is wrong, and where.", duties.QUALITY_DOUBT)
    yield from unknown(asked.items, {*entry.opened_items(), *entry.items_for_departments()})


def lacks(asked: Doubt, given: Correction) -> bool:
    """Whether less is corrected than was in doubt."""
    return bool(given.items) and not (asked.items and set(asked.items) <= set(given.items))


def approve(case: Case, asked: Doubt, given: Correction) -> None:
    """See that what is called corrected is so: in a release that came after the doubt.

    Where a record is named it differs there. Data that could not be used may have been mended
    without a release. Raises ``Incomplete``.
    """
    wrong = list(unknown(given.items, asked.items or _items_of(case)))
    if not given.says:
        wrong.append(Fault("says", "Say what was found and corrected.", duties.QUALITY_CHECK))
    if given.release is None and asked.fails is not Fails.USABLE:
        wrong.append(Fault("release", "Name the version that corrects it.", duties.QUALITY_CHECK))
    if given.release is not None and not _corrects(case, given.release):
        wrong.append(
            Fault("release", "This version did not come after the doubt.", duties.QUALITY_CHECK)
        )
    elif given.release is not None and checking.is_the_same_in(case.doubted, given.release):
        says = "In this version the record says the same as before."
        wrong.append(Fault("release", says, duties.QUALITY_CHECK))
    if wrong:
        raise Incomplete(wrong)


def _items_of(case: Case) -> Iterable[str]:
    return Item.objects.filter(entry=case.about_id).values_list("name", flat=True)


def unknown(named: Iterable[str], known: Iterable[str]) -> Iterator[Fault]:
    """Yield the first item that is named and not ``known``."""
    known = set(known)
    if strange := [name for name in named if name not in known]:
        yield Fault("items", "There is no item called {name}.", params={"name": strange[0]})


def _corrects(case: Case, number: int) -> bool:
    since = clock.beginning_of(case.submitted_on)
    return Release.objects.filter(
        entry=case.about_id, number=number, released_at__gte=since
    ).exists()


DOUBT = Procedure(
    kind="data.doubt",
    letters="YY",
    says="it is a doubt about data",
    asked=Doubt,
    given=Correction,
    handler=attrgetter("provider"),
    apply=duties.QUALITY_DOUBT,
    answer=duties.QUALITY_CHECK,
    faults=faults,
    lacks=lacks,
    approve=approve,
    moved=checking.moved,
    steps=(
        Step(
            name="compare",
            says="The platform compares the data with what was brought in",
            duty=duties.QUALITY_COMPARE,
            handler=lambda entry: nearest("operate", entry.provider.division),
        ),
    ),
)
