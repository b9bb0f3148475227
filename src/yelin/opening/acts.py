"""What may be done on the open portal: apply for data, and say that something is wrong with it."""

from datetime import date

from yelin.acts.attaching import hang
from yelin.acts.frame import act
from yelin.cases.filing import file
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.files.examined import Files
from yelin.law import duties
from yelin.opening.application import APPLICATION
from yelin.opening.doubt import DOUBT, Fails
from yelin.parties.actor import OUTSIDE, Actor


@act(
    "opening.apply",
    duty=duties.OPENING_APPLY,
    subject="entry",
    surface=OUTSIDE,
    makes=True,
)
def apply(
    *,
    actor: Actor,
    entry: Entry,
    purpose: str,
    scenario: str,
    until: date,
    safeguards: str,
    attached: Files = (),
) -> Case:
    """Apply for conditionally open data: for what, in which setting, until when, how kept safe.

    Raises ``Incomplete`` for every part that is empty.
    """
    asked = {"purpose": purpose, "scenario": scenario, "until": until, "safeguards": safeguards}
    case = file(APPLICATION, about=entry, applicant=actor.party_id, asked=asked)
    hang(case, actor, attached)
    return case


@act(
    "opening.doubt",
    duty=duties.QUALITY_DOUBT,
    subject="entry",
    surface=OUTSIDE,
    makes=True,
)
def doubt(
    *,
    actor: Actor,
    entry: Entry,
    fails: Fails,
    says: str,
    items: list[str] | None = None,
    known_from: str = "",
    attached: Files = (),
) -> Case:
    """Say that opened data is wrong, incomplete, unusable or not up to date (提出疑義).

    ``items`` are those in doubt; none named means all. Raises ``Incomplete`` with every fault.
    """
    asked = {"fails": fails, "items": items or [], "says": says, "known_from": known_from}
    case = file(DOUBT, about=entry, applicant=actor.party_id, asked=asked)
    hang(case, actor, attached)
    return case
