"""How a list of who agreed counts: its newest release is read, and each set told what changed.

Whoever objected, or withdrew here, is brought back by no list; whoever agreed here alone stays.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from yelin.catalog.models import Entry
from yelin.law import duties
from yelin.law.refusals import Fault, OutOfTurn
from yelin.privacy import agreeing
from yelin.privacy.agreeing import Subject
from yelin.privacy.listed import ConsentList
from yelin.privacy.models import Consent, Purpose
from yelin.warehouse import agreed, marks
from yelin.warehouse.models import Release
from yelin.warehouse.subjects import SubjectSet


def faults(purpose: Purpose, entry: Entry, item: str) -> Iterator[Fault]:
    """Yield what stands against taking ``entry`` as the list of who agreed to ``purpose``."""
    if purpose.notice.body_id != entry.provider_id:
        says = "Whoever asked people keeps the list: name a resource of the notice's own body."
        yield Fault("entry", says, duties.CONSENT_ASK)
    yield from agreeing.data_faults(entry, purpose, item, duties.CONSENT_ASK)
    if purpose.coverings.filter(ended_at=None, entry=entry).exists():
        says = "This resource goes out by the purpose itself. Name one that lists who agreed."
        yield Fault("entry", says, duties.CONSENT_ASK)


def due() -> Iterator[tuple[ConsentList, Release]]:
    """Yield each living list that was not taken as it is now, with its newest release."""
    living = ConsentList.objects.filter(ended_at=None).select_related(*ConsentList.ALONG)
    for listed in living.order_by("begun_at", "pk"):
        newest = Release.objects.with_files().filter(entry=listed.entry_id, columns__gt=0)
        release = newest.select_related("sealed_by", "upload").order_by("-number").first()
        if release is not None and (listed.behind or release.pk != listed.taken_id):
            release.entry = listed.entry
            yield listed, release


def make_ready(listed: ConsentList, release: Release) -> None:
    """Have the marks of a release made for each set that is told, before anything is held."""
    for subjects in _told(listed):
        agreed.numbers_in(release, listed.subjects.item, subjects)


def take(listed: ConsentList, release: Release) -> None:
    """Let those on ``release`` agree from now on, and nobody else by this list; it is not saved."""
    against, keep = _said_here(listed)
    for subjects in _told(listed):
        found = agreed.marks_of(release, listed.subjects.item, subjects)
        own = subjects == listed.subjects
        subjects.take(
            found,
            against=[subjects.mark_of(each) for each in against],
            keep=() if own else [subjects.mark_of(each) for each in keep],
        )
        if own:
            listed.counted = len(found)
    listed.taken, listed.behind = release, False


def end(listed: ConsentList, at: datetime) -> None:
    """Let nobody agree by this list any more; it is saved."""
    _, keep = _said_here(listed)
    for subjects in agreeing.let_out(listed.purpose):
        subjects.take(marks.NOBODY, keep=[subjects.mark_of(each) for each in keep])
    listed.subjects.end(at)
    listed.ended_at = at
    listed.save(update_fields=["ended_at"])


def object_to(listed: ConsentList, subject: Subject, at: datetime) -> None:
    """Note that ``subject`` does not agree, and let its rows out no more by this list.

    Raises ``OutOfTurn`` for one who is not on it.
    """
    if listed.ended_at is not None or not is_on(listed, subject.digest):
        raise OutOfTurn("You are not on this list, or no more.")
    strike(listed, subject, at)


def strike(listed: ConsentList, subject: Subject, at: datetime) -> None:
    """Let nothing about ``subject`` out by a list, whether it is on it or comes to be."""
    listed.strike(subject.digest, subject.person_id, at)
    if not listed.purpose.consents.living().filter(digest=subject.digest).exists():
        agreeing.tell(listed.purpose, subject.digest, agrees=False)


def is_on(listed: ConsentList, digest: str) -> bool:
    """Whether whoever has this ``digest`` is on a list, and has not objected."""
    own = listed.subjects
    return own.marks.filter(mark=own.mark_of(digest), agrees=True).exists()


def _told(listed: ConsentList) -> Sequence[SubjectSet]:
    """Return the sets that hear of a list: its own, and those of all data that goes out by it."""
    return [listed.subjects, *agreeing.let_out(listed.purpose)]


def _said_here(listed: ConsentList) -> tuple[set[str], set[str]]:
    """Return the digests of those who said here that they do not agree, and that they do."""
    keep = {*listed.purpose.consents.living().values_list("digest", flat=True)}
    withdrew = Consent.objects.filter(purpose=listed.purpose, withdrawn_at__isnull=False)
    against = {*withdrew.values_list("digest", flat=True)}
    against |= {*listed.objections.values_list("digest", flat=True)}
    return against - keep, keep
