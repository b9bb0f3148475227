"""What may be done about lists of who agreed: named, taken anew, objected to, ended."""

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.privacy import agreeing, listing
from yelin.privacy.listed import ConsentList
from yelin.privacy.models import Purpose
from yelin.warehouse.models import Release
from yelin.warehouse.subjects import SubjectSet


@act(
    "privacy.list_consents",
    duty=duties.CONSENT_ASK,
    subject="purpose",
    surface=OUTSIDE,
    makes=True,
)
def list_consents(*, actor: Actor, purpose: Purpose, entry: Entry, item: str) -> ConsentList:
    """Name the resource that lists who agreed to a purpose elsewhere (报送同意名录).

    ``item`` holds their identity numbers; each new version of it counts for the one before.
    Raises ``Incomplete``, and ``OutOfTurn`` where the purpose has its list already.
    """
    del actor
    if wrong := list(listing.faults(purpose, entry, item)):
        raise Incomplete(wrong)
    if purpose.consent_lists.filter(ended_at=None).exists():
        raise OutOfTurn("Who agreed to this purpose is listed already. End that list first.")
    now = clock.now()
    subjects = SubjectSet(entry=entry, item=item, lets_out=False, changed_at=now)
    subjects.save()
    listed = ConsentList(purpose=purpose, entry=entry, subjects=subjects, begun_at=now)
    listed.save()
    return listed


@act(
    "privacy.take_list",
    duty=duties.CONSENT_ASK,
    subject="listed",
    # Whoever agrees or withdraws at this moment is counted before, or after.
    locks=("listed", "purpose"),
    surface={Surface.SYSTEM},
)
def take_list(
    *, actor: Actor, listed: ConsentList, purpose: Purpose, release: Release
) -> ConsentList:
    """Let those agree whom the newest version of a list names, and by it nobody else (更新名录).

    Raises ``OutOfTurn`` where it has ended or counts already.
    """
    del actor
    if listed.ended_at is not None or (listed.taken_id == release.pk and not listed.behind):
        raise OutOfTurn("This list has ended, or counts already.")
    listed.purpose = purpose
    listing.take(listed, release)
    listed.save(update_fields=["taken", "counted", "behind"])
    return listed


@act("privacy.object", duty=duties.CONSENT_WITHDRAW, subject="listed", surface=OUTSIDE)
def object_to(*, actor: Actor, listed: ConsentList) -> ConsentList:
    """Say that one does not agree, whatever a list says: no row leaves by it from now on (撤回).

    Raises ``Incomplete`` where one's name is not verified, ``OutOfTurn`` for one who is not on it.
    """
    subject = agreeing.verified(actor)
    # Whoever takes the list anew meanwhile has counted this before, or finds it.
    listed.purpose.read_again(hold=True)
    listing.object_to(listed, subject, clock.now())
    return listed


@act(
    "privacy.object_for_child",
    duty=duties.CONSENT_GUARDIAN,
    subject="listed",
    surface={Surface.PAGE},
)
def object_for_child(*, actor: Actor, listed: ConsentList, number: str) -> ConsentList:
    """Say that a child under 14 whose parent or guardian one is does not agree (监护人撤回).

    Whether the child is on the list is told to nobody. Raises ``Incomplete`` for a number that is
    none, or is of nobody under 14, ``OutOfTurn`` where the list has ended.
    """
    child = agreeing.child(agreeing.verified(actor), number)
    if listed.ended_at is not None:
        raise OutOfTurn("This list has ended already.")
    listed.purpose.read_again(hold=True)
    listing.strike(listed, child, clock.now())
    return listed


@act("privacy.end_list", duty=duties.CONSENT_ASK, subject="listed", surface=OUTSIDE)
def end_list(*, actor: Actor, listed: ConsentList) -> ConsentList:
    """Let nobody agree by a list any more; who agreed here goes on agreeing (停用名录).

    Raises ``OutOfTurn`` where it has ended.
    """
    del actor
    if listed.ended_at is not None:
        raise OutOfTurn("This list has ended already.")
    listed.purpose.read_again(hold=True)
    listing.end(listed, clock.now())
    return listed
