"""What may be done with data: bring in, prepare again, publish, discard, seal, let a term lapse."""

from dataclasses import asdict

from django.db import transaction
from procrastinate.contrib.django import app

from yelin.acts.frame import act
from yelin.catalog.models import Entry, State
from yelin.catalog.telling import tell_stewards
from yelin.files.store import store
from yelin.keys.models import DataKey
from yelin.law import clock, duties
from yelin.law.models import Clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.warehouse import manifest, telling
from yelin.warehouse.models import Leaving, Release, Upload, UploadState, lies_in_plain
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import Received


def _prepare_later(upload: Upload) -> None:
    # In the act's own transaction: no upload without its job, no job without its upload.
    app.configure_task("warehouse.prepare", lock=upload.folder).defer(upload=str(upload.pk))


@act(
    "warehouse.receive",
    duty=duties.BRING_IN,
    subject="entry",
    surface={Surface.PAGE, Surface.ROUTE},
)
def receive(*, actor: Actor, entry: Entry, received: Received, options: Options) -> Upload:
    """Take a file in for a registered resource and have it prepared (匯聚).

    Raises ``OutOfTurn`` for a draft, which has no code yet.
    """
    if entry.state == State.DRAFT:
        raise OutOfTurn("Register the entry first; data is brought in from then on.")
    upload = Upload(
        entry=entry,
        sealed_by=DataKey.objects.of(entry.thing, at=clock.now()),
        filename=received.filename,
        size=received.size,
        options=asdict(options),
        token_id=actor.token_id,
        received_at=clock.now(),
    )
    upload.received = {"sha256": received.sha256.hex()}
    upload.report = upload.error = {}
    upload.save()
    # The bytes lie under their key before the row is committed; a crash between the two leaves
    # bytes without a row, which the sweep removes, never a row without bytes.
    upload.original.take(received.path)
    transaction.on_commit(lambda: received.path.unlink(missing_ok=True))
    _prepare_later(upload)
    return upload


@act("warehouse.prepare", duty=duties.KEEP_ACCURATE, subject="upload", surface=OUTSIDE)
def prepare(*, actor: Actor, upload: Upload, options: Options) -> Upload:
    """Have a file prepared again, by other options or against the entry's present items.

    Raises ``OutOfTurn`` while it is being prepared, or once it was published or discarded.
    """
    del actor
    if upload.state not in {UploadState.READY, UploadState.FAILED}:
        raise OutOfTurn("This file is not waiting for you any more. Look at its present state.")
    upload.options = asdict(options)
    upload.state = UploadState.RECEIVED
    # What was found by the older options counts no more, nor does a worker still at it.
    upload.attempt, upload.rows, upload.rejected = "", None, None
    upload.report, upload.error = {}, {}
    upload.save()
    _prepare_later(upload)
    return upload


@act(
    "warehouse.publish",
    duty=duties.BRING_IN,
    subject="entry",
    surface=OUTSIDE,
    locks=("entry", "upload"),
    ends=duties.BRING_IN,
    starts=duties.BRING_IN,
)
def publish(
    *,
    actor: Actor,
    entry: Entry,
    upload: Upload,
    without_rejected: bool,
    as_changed: bool = False,
) -> Release:
    """Make a prepared file the entry's next release, immutable from now on (發布).

    Raises ``OutOfTurn`` where the file is not ready or was prepared for an older version of the
    entry; ``Incomplete`` while something is asked about the file, where its columns differ from
    those of the last release and nobody accepted that, or rows were rejected and nobody said to go
    without them.
    """
    del actor
    if upload.state != UploadState.READY or upload.entry_id != entry.pk:
        raise OutOfTurn("This file is not ready to publish. Look at its present state.")
    if upload.report["entry_version"] != entry.version:
        raise OutOfTurn("The entry has changed since the file was prepared. Prepare it again.")
    if any(upload.report.get("asked", {}).values()):
        raise Incomplete.at(
            "options",
            "Something is asked about this file. Answer it, then the file is checked again.",
            duties.KEEP_ACCURATE,
        )
    if not upload.report["data"]:
        raise Incomplete.at(
            "items",
            "Describe the items first, then prepare the file again.",
            duties.CATALOG_COMPILE,
        )
    if not upload.rows:
        raise Incomplete.at(
            "file", "No row conforms, so there is nothing to publish.", duties.KEEP_ACCURATE
        )
    if upload.rejected and not without_rejected:
        raise Incomplete.at(
            "without_rejected",
            "Rows were rejected: mend and resend the file, or publish without them.",
            duties.KEEP_ACCURATE,
        )
    if upload.report.get("changed") and not as_changed:
        raise Incomplete.at(
            "as_changed",
            "The columns differ from those of the last version. Accept that, or choose otherwise.",
            duties.KEEP_ACCURATE,
        )
    release = manifest.release_of(
        entry, upload, sealed_by=None if lies_in_plain(entry) else upload.sealed_by, at=clock.now()
    )
    release.save()
    for name, copy in release.copies.items():
        copy.take(upload.prepared(name).place)
    upload.state = UploadState.PUBLISHED
    upload.save(update_fields=["state"])
    entry.changed_at = clock.now()
    entry.save(update_fields=["changed_at"])
    return release


@act("warehouse.discard", duty=duties.BRING_IN, subject="upload", surface=OUTSIDE)
def discard(*, actor: Actor, upload: Upload) -> Upload:
    """Give up a file that was not published; its bytes are removed.

    Raises ``OutOfTurn`` while it is being prepared, or once it was published.
    """
    del actor
    if upload.state not in {UploadState.READY, UploadState.FAILED}:
        raise OutOfTurn("This file is not waiting for you any more. Look at its present state.")
    Leaving.leave(store().keys(upload.folder))
    upload.state = UploadState.DISCARDED
    upload.save(update_fields=["state"])
    return upload


@act(
    "warehouse.reseal",
    duty=duties.STORE_SAFELY,
    subject="entry",
    locks=("entry", "upload"),
    surface={Surface.SYSTEM},
)
def reseal(*, actor: Actor, entry: Entry, upload: Upload) -> Upload:
    """Keep an upload and its release as the entry asks now, every copy of them (存儲與級別相適應).

    Sealed, but for the data of a release that has become open to all; what lay otherwise is
    removed. Raises ``OutOfTurn`` while the file is being prepared.
    """
    del actor
    if not upload.is_settled:
        raise OutOfTurn("This file is being prepared. It is sealed once that is done.")
    key = DataKey.objects.of(entry.thing, at=clock.now())
    release = Release.objects.filter(upload=upload).first()
    moving: list[tuple[Upload | Release, DataKey | None]] = [(upload, key)]
    if release:
        release.upload = upload
        moving.append((release, None if lies_in_plain(entry) else key))
    before = [copy for kept, _ in moving for copy in kept.copies.values()]
    said = [kept.said for kept, _ in moving]
    for (kept, sealed_by), words in zip(moving, said, strict=True):
        kept.sealed_by = sealed_by
        kept.said = words
        kept.save()
    after = [copy for kept, _ in moving for copy in kept.copies.values()]
    moved = [(old, new) for old, new in zip(before, after, strict=True) if old.key != new.key]
    for old, new in moved:
        new.take(old.place)
    Leaving.leave(old.key for old, _ in moved)
    return upload


@act("warehouse.lapse", duty=duties.BRING_IN, subject="entry", surface={Surface.SYSTEM})
def lapse(*, actor: Actor, entry: Entry, running: Clock) -> Entry:
    """Record that the term to bring in the next release has passed (逾期未匯聚).

    The clock runs on: what is owed stays owed.
    """
    del actor
    told = Clock.objects.running().filter(pk=running.pk, lapsed_at=None)
    if not told.update(lapsed_at=clock.now()):
        raise OutOfTurn("This term was ended or its lapse already recorded.")
    tell_stewards(telling.LAPSED, entry)
    return entry
