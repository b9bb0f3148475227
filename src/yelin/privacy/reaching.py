"""How each target of a deletion is reached, alone: what fails keeps no other waiting."""

from contextlib import suppress

from yelin.delivery import kept
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor
from yelin.privacy import finding, subject_acts
from yelin.privacy.requested import TRIED, Kind, State, SubjectRequest, Target
from yelin.warehouse import agreed, erasing, serving
from yelin.warehouse.endings import Erasure
from yelin.warehouse.models import Release
from yelin.warehouse.tombstones import Tombstones

ERASER = Actor.system("erasure")


class NotYet(Exception):
    """Something else comes first; ``code`` says what."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def reach(target: Target) -> None:
    """Reach a target that waits. Killed at any moment, it is simply done again.

    Raises ``NotYet``, and what opening its data does.
    """
    if target.state in TRIED:
        _WAYS[Kind(target.kind)](target)


def _release(target: Target) -> None:
    release = _read(target)
    held = finding.held_in(release, target.request) if release else None
    if held:
        held.require_there()
    if release and held and (keys := held.keys()):
        erased = Erasure.of(release.entry)
        new = [key for key in keys if not any(each.has(held.of.item, key) for each in erased)]
        if new:
            tombstones = Tombstones.of([held.of.item], [[key] for key in new])
            subject_acts.bury(
                actor=ERASER, entry=release.entry, target=target, tombstones=tombstones
            )
        erasing.leave_out(release, Erasure.of(release.entry))
        left = _read(target)
        after = finding.held_in(left, target.request) if left else None
        if after and after.rows():
            raise NotYet("still_there")
    elif release and target.rows and not _was_redacted(release, target):
        # Marks are made by a secret of this installation: with another nothing would be found.
        raise NotYet("not_found_again")
    subject_acts.settle(actor=ERASER, target=target, state=State.DONE)


def _was_redacted(release: Release, target: Target) -> bool:
    return release.redacted_at is not None and release.redacted_at >= target.since


def _read(target: Target) -> Release | None:
    """Return the release of a target as it is now, as long as its files are there."""
    rows = Release.objects.with_files().select_related("entry", "sealed_by", "upload")
    return rows.filter(pk=target.release_id).first()


def _copies(target: Target) -> None:
    """Remove what lies beside releases, and finished files, of what is no more as it was."""
    serving.clear(clock.now())
    kept.clear(clock.now())
    agreed.clear(target.entry)
    others = target.request.targets.filter(kind=Kind.RELEASE, entry=target.entry_id)
    if others.filter(settled_at=None).exists():
        # Of the versions that were reached nothing lies there any more; of the others it does.
        raise NotYet("versions_first")
    subject_acts.settle(actor=ERASER, target=target, state=State.DONE)


def _consent(target: Target) -> None:
    assert target.consent is not None  # noqa: S101 - the database asks for it
    with suppress(OutOfTurn):
        # The subject may have been quicker.
        subject_acts.end_consent(actor=ERASER, consent=target.consent)
    subject_acts.settle(actor=ERASER, target=target, state=State.DONE)


def _recipient(target: Target) -> None:
    subject_acts.tell(actor=ERASER, target=target)


_WAYS = {
    Kind.RELEASE: _release,
    Kind.COPIES: _copies,
    Kind.CONSENT: _consent,
    Kind.RECIPIENT: _recipient,
}


def prove(request: SubjectRequest) -> bool:
    """Look once more through every version, and note that none holds the subject; whether so.

    A version that came meanwhile and does is a target from then on. Raises ``NotYet`` where one
    cannot be opened.
    """
    own = request.targets.on_the_platform()
    if request.proved_at or not own.exists() or own.filter(settled_at=None).exists():
        return False
    scanned = 0
    for target in own.filter(kind=Kind.COPIES, state=State.DONE).select_related("entry"):
        for release in finding.releases_of(target.entry):
            rows = finding.rows_in(release, request)
            if rows is None:
                raise NotYet("not_opened")
            if rows:
                subject_acts.widen(actor=ERASER, request=request, release=release, rows=rows)
                return False
            scanned += 1
    subject_acts.prove(actor=ERASER, request=request, scanned=scanned)
    return True
