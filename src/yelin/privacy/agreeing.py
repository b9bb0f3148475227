"""How somebody agrees to a purpose, withdraws that, and which rows it lets out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from yelin.catalog.models import Entry
from yelin.law import clock, duties
from yelin.law.duties import Duty
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties import identity
from yelin.parties.actor import Actor
from yelin.parties.identity import Identity
from yelin.privacy.content import Basis
from yelin.privacy.models import Consent, Covering, Purpose
from yelin.warehouse.subjects import SubjectSet

# A child up to the day before this birthday agrees by a guardian (duty personal.guardian).
OF_AGE = 14


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a consent is of: by the digest of an identity number and its ends; who agreed."""

    person_id: UUID
    digest: str
    masked: str
    for_child: bool = False


def verified(actor: Actor) -> Subject:
    """Return the person who acts, as verified. Raises ``Incomplete`` for one who is not."""
    found = known(actor)
    if found is None:
        says = "Have your name verified first: only then is it known whose data may leave."
        raise Incomplete.at("", says, duties.CONSENT_ASK)
    return found


def known(actor: Actor) -> Subject | None:
    """Return the person who acts, as verified, or nothing."""
    found = Identity.objects.living(clock.now()).filter(person=actor.person_id).first()
    return Subject(found.person_id, found.digest, found.masked) if found else None


def child_of(guardian: Subject, purpose: Purpose, number: str) -> Subject:
    """Return the child who has this identity number, for whom ``guardian`` agrees.

    Raises ``Incomplete``.
    """
    if not purpose.guardians:
        says = "By this notice nothing is collected of children under 14."
        raise Incomplete.at("number", says, duties.CONSENT_GUARDIAN)
    return child(guardian, number)


def child(guardian: Subject, number: str) -> Subject:
    """Return the child under 14 who has this identity number. Raises ``Incomplete``."""
    plain = identity.plain(number)
    born = identity.born(plain)
    if born is None or born > clock.today():
        raise Incomplete.at("number", "This is no identity number.")
    if _is_of_age(born, clock.today()):
        says = "Whoever is 14 or older agrees alone."
        raise Incomplete.at("number", says, duties.CONSENT_GUARDIAN)
    digest, masked = identity.digest_of(plain), identity.masked(plain)
    return Subject(guardian.person_id, digest, masked, for_child=True)


def _is_of_age(born: date, today: date) -> bool:
    birthday = (born.month, born.day) <= (today.month, today.day)
    return today.year - born.year - (not birthday) >= OF_AGE


def give(purpose: Purpose, subject: Subject, at: datetime) -> Consent:
    """Note that ``subject`` agrees to ``purpose``, and let its rows out. Raises ``OutOfTurn``."""
    if purpose.basis != Basis.CONSENT:
        raise OutOfTurn("This purpose rests on no consent, so there is nothing to agree to.")
    if purpose.ended_at is not None:
        raise OutOfTurn("This purpose has ended, or has become another. Read the notice anew.")
    if purpose.consents.living().filter(digest=subject.digest).exists():
        raise OutOfTurn("This is agreed to already.")
    version = purpose.notice.told
    assert version is not None  # noqa: S101 - a purpose comes to be by publication
    consent = Consent(
        purpose=purpose,
        version=version,
        person_id=subject.person_id,
        for_child=subject.for_child,
        digest=subject.digest,
        masked=subject.masked,
        given_at=at,
    )
    consent.save()
    tell(purpose, subject.digest, agrees=True)
    return consent


def withdraw(consent: Consent, at: datetime) -> None:
    """Note that the subject agrees no more, and let its rows out no more. Raises ``OutOfTurn``."""
    if consent.withdrawn_at is not None:
        raise OutOfTurn("This was withdrawn already.")
    # Whoever covers data meanwhile has entered this consent before, or finds it withdrawn.
    consent.purpose.read_again(hold=True)
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])
    for listed in consent.purpose.consent_lists.filter(ended_at=None).select_related("subjects"):
        listed.strike(consent.digest, consent.person_id, at)
    tell(consent.purpose, consent.digest, agrees=False)


def let_out(purpose: Purpose) -> list[SubjectSet]:
    """Return the sets of all data that goes out by ``purpose``."""
    coverings = purpose.coverings.filter(ended_at=None).select_related("subjects")
    return [each.subjects for each in coverings.order_by("pk")]


def tell(purpose: Purpose, digest: str, *, agrees: bool) -> None:
    """Let the rows of whoever has this ``digest`` out by ``purpose``, or no more."""
    for subjects in let_out(purpose):
        subjects.say(digest, agrees=agrees)


def enter(covering: Covering) -> None:
    """Let out the rows of all who agreed before their data was covered."""
    subjects = covering.subjects
    digests = covering.purpose.consents.living().values_list("digest", flat=True)
    subjects.put(map(subjects.mark_of, digests), agrees=True)


def covering_faults(
    entry: Entry, purpose: Purpose, item: str, uses: Sequence[str]
) -> Iterator[Fault]:
    """Yield what stands against covering ``entry`` by ``purpose``."""
    if purpose.notice.body_id != entry.provider_id:
        says = "Whoever provides the data has collected it: name a purpose of its own notices."
        yield Fault("purpose", says, duties.HAND_OVER)
    yield from data_faults(entry, purpose, item, duties.HAND_OVER)
    if not purpose.content_kept["recipients"]:
        says = "The notice names nobody to whom this purpose gives the data. Name them there."
        yield Fault("purpose", says, duties.HAND_OVER)
    for known in entry.subject_sets.filter(ended_at=None, lets_out=True):
        if set(known.uses) & set(uses) or (not known.uses and not uses):
            says = "Another purpose covers this use already. End that first, or name other uses."
            yield Fault("uses", says, duties.HAND_OVER)


def data_faults(entry: Entry, purpose: Purpose, item: str, duty: Duty) -> Iterator[Fault]:
    """Yield what stands against tying ``entry`` to ``purpose`` by whom ``item`` names."""
    if purpose.basis != Basis.CONSENT or purpose.ended_at is not None:
        yield Fault("purpose", "Name a purpose that is agreed to, and goes on.", duty)
    if not entry.items.filter(name=item).exists():
        yield Fault("item", "There is no item called {name}.", params={"name": item})
    known = entry.subject_sets.filter(ended_at=None).exclude(item=item).first()
    if known is not None:
        says = "The subjects of this resource are known by {name} already."
        yield Fault("item", says, duty, {"name": known.item})
