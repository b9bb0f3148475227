"""How one applies for data that is open on conditions."""

from datetime import date

from yelin.acts.attaching import hang
from yelin.acts.frame import act
from yelin.cases.filing import file
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.files.examined import Files
from yelin.law import duties
from yelin.opening import drafts
from yelin.opening.application import APPLICATION
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
    drafted: bool = False,
    attached: Files = (),
) -> Case:
    """Apply for conditionally open data: for what, in which setting, until when, how kept safe.

    Where it was ``drafted``, the files of the draft are handed in with it. Raises ``Incomplete``
    for every part that is empty.
    """
    asked = {"purpose": purpose, "scenario": scenario, "until": until, "safeguards": safeguards}
    case = file(APPLICATION, about=entry, applicant=actor.party_id, asked=asked)
    if drafted:
        drafts.hand_over(actor, entry, case)
    hang(case, actor, attached)
    # What was written of it until now is said by it.
    drafts.throw_away(actor, entry)
    return case
