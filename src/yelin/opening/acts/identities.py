"""How one asks to be known by the real name, or to act for the enterprise that one registered."""

from django.db.models import Q

from yelin.acts.attaching import hang
from yelin.acts.frame import act
from yelin.cases.filing import file
from yelin.cases.models import Case
from yelin.files.examined import Files
from yelin.law import duties
from yelin.law.refusals import Incomplete
from yelin.opening.identity import IDENTITY
from yelin.parties.actor import Actor, Surface
from yelin.parties.models import Body, Person


@act(
    "opening.identify",
    duty=duties.IDENTITY_ASK,
    subject="whom",
    surface={Surface.PAGE},
    makes=True,
)
def identify(
    *, actor: Actor, whom: Person | Body, name: str, number: str, attached: Files = ()
) -> Case:
    """Ask to be known by the real name, or for the enterprise that one registered (实名核验).

    The number is kept by a keyed digest and its ends alone. Raises ``Incomplete`` where it cannot
    be one, and while another such case waits for its answer.
    """
    alike = Case.objects.undecided().filter(kind=IDENTITY.kind, about=whom.pk)
    if before := alike.first():
        says = "This is looked into already, under the number {number}."
        raise Incomplete.at("number", says, duties.IDENTITY_ASK, {"number": before.number})
    # After a refusal it may be asked anew at once: what was wrong may have been the papers.
    asked = {"name": name, "number": number}
    case = file(IDENTITY, about=whom, applicant=actor.person_id, asked=asked, alike=Q(pk__in=alike))
    hang(case, actor, attached)
    return case
