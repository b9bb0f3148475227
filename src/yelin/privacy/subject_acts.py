"""What is done about what is held of a person: asked for, looked for, deleted, told, proved.

How a request is handled and decided is the procedure of every case.
"""

from yelin.acts.attaching import hang
from yelin.acts.frame import act
from yelin.cases.filing import file
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.files.examined import Files
from yelin.files.places import Place
from yelin.files.store import store
from yelin.keys.models import DataKey
from yelin.law import clock, duties
from yelin.law.models import Clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Body
from yelin.privacy import agreeing, subject_telling
from yelin.privacy.agreeing import Subject
from yelin.privacy.models import Consent
from yelin.privacy.requested import MOST_SAID, Kind, State, SubjectRequest, Target
from yelin.privacy.requesting import SUBJECT_REQUEST, Wish, begin
from yelin.warehouse.endings import Erasure
from yelin.warehouse.models import Leaving, Release
from yelin.warehouse.tombstones import Tombstones

SYSTEM = {Surface.SYSTEM}


@act(
    "privacy.ask",
    duty=duties.SUBJECT_ASK,
    subject="body",
    surface=OUTSIDE,
    makes=True,
)
def ask(
    *,
    actor: Actor,
    body: Body,
    wish: Wish,
    entry: Entry | None = None,
    attached: Files = (),
) -> Case:
    """Ask a body what it holds of oneself, for a copy, a correction or deletion (查阅、更正、删除).

    Of one resource, or of all (``entry`` not named). Raises ``Incomplete`` where one's name is not
    verified, and for what is not said of a correction.
    """
    case = _ask(body, entry, _verified(actor), wish)
    hang(case, actor, attached)
    return case


@act(
    "privacy.ask_for_child",
    duty=duties.CONSENT_GUARDIAN,
    subject="body",
    surface={Surface.PAGE},
    makes=True,
)
def ask_for_child(
    *,
    actor: Actor,
    body: Body,
    wish: Wish,
    number: str,
    entry: Entry | None = None,
    attached: Files = (),
) -> Case:
    """Ask the same about a child under 14 whose parent or guardian one is (监护人请求).

    Of the child's identity number a keyed digest and its ends are kept. Raises ``Incomplete``.
    """
    case = _ask(body, entry, agreeing.child(_verified(actor), number), wish)
    hang(case, actor, attached)
    return case


def _verified(actor: Actor) -> Subject:
    found = agreeing.known(actor)
    if found is None:
        says = "Have your name verified first: only then is it known whose data this is about."
        raise Incomplete.at("", says, duties.SUBJECT_ASK)
    return found


def _ask(body: Body, entry: Entry | None, subject: Subject, wish: Wish) -> Case:
    if entry is not None and entry.provider_id != body.pk:
        raise Incomplete.at("entry", "Another body provides this resource.", duties.SUBJECT_ASK)
    asked = wish.model_dump(mode="json")
    asked |= {"masked": subject.masked, "for_child": subject.for_child}
    about = entry or body
    case = file(SUBJECT_REQUEST, about=about, applicant=subject.person_id, asked=asked)
    SubjectRequest(
        case=case,
        person_id=subject.person_id,
        what=wish.what,
        for_child=subject.for_child,
        digest=subject.digest,
        masked=subject.masked,
    ).save()
    return case


@act("privacy.list_places", duty=duties.SUBJECT_ANSWER, subject="request", surface=SYSTEM)
def list_places(*, actor: Actor, request: SubjectRequest, targets: list[Target]) -> SubjectRequest:
    """Note every place that holds the subject, for whoever decides. Raises ``OutOfTurn``."""
    del actor
    if request.found_at is not None:
        raise OutOfTurn("The places are listed already.")
    request.found_at = clock.now()
    request.save(update_fields=["found_at"])
    for target in targets:
        target.since = request.found_at
        target.save()
    return request


@act(
    "privacy.bury",
    duty=duties.ERASE,
    subject="entry",
    locks=("entry", "target"),
    surface=SYSTEM,
    makes=True,
)
def bury(*, actor: Actor, entry: Entry, target: Target, tombstones: Tombstones) -> Erasure:
    """Let rows of the subject come back in no release of a resource (删除标记)."""
    del actor
    reason = target.request.case.number
    return Erasure.bury(entry, tombstones, reason=reason, at=clock.now())


@act("privacy.settle", duty=duties.ERASE, subject="target", surface=SYSTEM)
def settle(*, actor: Actor, target: Target, state: State) -> Target:
    """Note that a place holds the subject no more (删除完成). Raises ``OutOfTurn``."""
    del actor
    if target.is_settled:
        raise OutOfTurn("This is settled already.")
    target.settle(state, clock.now())
    clock.stop(target, duties.ERASE)
    return target


@act("privacy.end_consent", duty=duties.ERASE, subject="consent", surface=SYSTEM)
def end_consent(*, actor: Actor, consent: Consent) -> Consent:
    """Let nothing go out by a consent any more whose subject had everything deleted (终止同意).

    Raises ``OutOfTurn`` for what was withdrawn.
    """
    del actor
    agreeing.withdraw(consent, clock.now())
    return consent


@act("privacy.tell", duty=duties.SUBJECT_CONFIRM, subject="target", surface=SYSTEM)
def tell(*, actor: Actor, target: Target) -> Target:
    """Tell a recipient to delete what it has, and let the term to confirm it run (通知接收方)."""
    del actor
    if target.is_settled or target.state == State.TOLD:
        raise OutOfTurn("This is settled already.")
    target.state, target.next_at, target.failure = State.TOLD, None, ""
    target.save()
    clock.run(target, duties.SUBJECT_CONFIRM.name)
    subject_telling.tell_recipient(subject_telling.DELETE, target)
    return target


@act("privacy.confirm", duty=duties.SUBJECT_CONFIRM, subject="target", surface=OUTSIDE)
def confirm(*, actor: Actor, target: Target, says: str = "") -> Target:
    """Confirm, as a recipient, that one has deleted what one had of the subject (确认删除).

    Raises ``OutOfTurn`` where one was not told or has confirmed, ``Incomplete`` for too many words.
    """
    del actor
    if target.state != State.TOLD:
        raise OutOfTurn("There is nothing to confirm here, or it is confirmed.")
    if len(says.strip()) > MOST_SAID:
        told = {"limit": MOST_SAID}
        raise Incomplete.at("says", "Write at most {limit} characters.", params=told)
    target.settle(State.CONFIRMED, clock.now(), says.strip())
    clock.stop(target, duties.SUBJECT_CONFIRM)
    subject_telling.tell_subject(subject_telling.CONFIRMED, target.request)
    return target


@act("privacy.miss", duty=duties.SUBJECT_CONFIRM, subject="target", surface=SYSTEM)
def miss(*, actor: Actor, target: Target, running: Clock) -> Target:
    """Record that a recipient did not confirm in time, and tell it, the body and the agency.

    The term runs on: what is owed stays owed. Raises ``OutOfTurn``.
    """
    del actor
    told = Clock.objects.running().filter(pk=running.pk, lapsed_at=None)
    if not told.update(lapsed_at=clock.now()):
        raise OutOfTurn("This term was ended or its lapse already recorded.")
    subject_telling.tell_recipient(subject_telling.DELETE_LATE, target)
    subject_telling.tell_overseers(target)
    return target


@act(
    "privacy.widen",
    duty=duties.ERASE,
    subject="request",
    surface=SYSTEM,
)
def widen(*, actor: Actor, request: SubjectRequest, release: Release, rows: int) -> SubjectRequest:
    """Delete from a version, too, that came meanwhile or was taken for done."""
    del actor
    found = request.targets.filter(kind=Kind.RELEASE, release=release).first()
    target = found or Target(
        request=request, kind=Kind.RELEASE, entry=release.entry, release=release
    )
    target.rows, target.since, target.settled_at = rows, clock.now(), None
    begin(target)
    copies = request.targets.get(kind=Kind.COPIES, entry=release.entry)
    copies.settled_at = None
    begin(copies)
    return request


@act("privacy.prove", duty=duties.ERASE, subject="request", surface=SYSTEM)
def prove(*, actor: Actor, request: SubjectRequest, scanned: int) -> SubjectRequest:
    """Note that no version holds the subject any more, of so many looked through (复查无残留).

    Raises ``OutOfTurn`` where that is noted, or a place of the platform is not settled.
    """
    del actor
    open_ones = request.targets.on_the_platform().filter(settled_at=None)
    if request.proved_at is not None or open_ones.exists():
        raise OutOfTurn("This has moved on meanwhile.")
    request.proved_at, request.scanned = clock.now(), scanned
    request.save(update_fields=["proved_at", "scanned"])
    subject_telling.tell_subject(subject_telling.PROVED, request)
    return request


@act("privacy.copy", duty=duties.SUBJECT_ANSWER, subject="request", surface=SYSTEM)
def copy(*, actor: Actor, request: SubjectRequest, made: Place) -> SubjectRequest:
    """Keep what was made for the subject for its term, sealed by a key of its own (提供副本)."""
    del actor
    if request.copied_at is not None or request.copy_until is None:
        raise OutOfTurn("This has moved on meanwhile.")
    request.copy_key = DataKey.objects.of(request.thing, at=clock.now())
    request.copied_at = clock.now()
    request.save(update_fields=["copy_key", "copied_at"])
    with made.open("rb") as content:
        store().put(request.copy_name, iter(lambda: content.read(1 << 20), b""), request.copy_key)
    subject_telling.tell_subject(subject_telling.COPIED, request)
    return request


@act("privacy.forget_copy", duty=duties.ERASE, subject="request", surface=SYSTEM)
def forget_copy(*, actor: Actor, request: SubjectRequest) -> SubjectRequest:
    """Destroy a copy whose term is over, with its key. Raises ``OutOfTurn``."""
    del actor
    if request.copy_key is None or not request.copy_until or request.copy_until > clock.now():
        raise OutOfTurn("This copy lies there still, or is destroyed already.")
    request.copy_key.destroy(clock.now())
    Leaving.leave([request.copy_name])
    request.copy_key = None
    request.save(update_fields=["copy_key"])
    return request
