"""What may be done with data: bring in, prepare again, publish, discard, seal, let a term lapse.

And what ends it: roll back, erase, keep for a term, destroy.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace

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
from yelin.warehouse import agreed, disclosing, fingerprints, manifest, reads, telling
from yelin.warehouse.endings import Erasure, Keeping
from yelin.warehouse.fit import require_rows
from yelin.warehouse.grounded import Ground, StandingGround
from yelin.warehouse.merged import BY_KEY, Mode
from yelin.warehouse.models import DATA, Leaving, Release, Upload, UploadState, lies_in_plain
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import Received
from yelin.warehouse.standing import Rest
from yelin.warehouse.tombstones import Tombstones

# A term beyond these is as good as none.
MOST_MONTHS = 1_200
MOST_KEPT = 10_000


def _prepare_later(upload: Upload) -> None:
    # In the act's own transaction: no upload without its job, no job without its upload.
    app.configure_task("warehouse.prepare", lock=upload.folder).defer(upload=str(upload.pk))


def _require_mode(entry: Entry, options: Options, *, restores: Release | None) -> None:
    if (options.mode == Mode.RESTORE) != (restores is not None):
        raise Incomplete.at("mode", "An older version is restored by rolling back to it.")
    if options.mode in BY_KEY and not entry.items.filter(key=True).exists():
        raise Incomplete.at(
            "mode",
            "Rows are found by their key, and no item of the entry is one. Name its key items, or"
            " replace all rows.",
            duties.CATALOG_COMPILE,
        )


@act(
    "warehouse.receive",
    duty=duties.BRING_IN,
    subject="entry",
    surface={Surface.PAGE, Surface.ROUTE},
)
def receive(*, actor: Actor, entry: Entry, received: Received, options: Options) -> Upload:
    """Take a file in for a registered resource and have it prepared (汇聚).

    Raises ``OutOfTurn`` for a draft, which has no code yet; ``Incomplete`` for rows to be found by
    a key where the entry has none.
    """
    if entry.state == State.DRAFT:
        raise OutOfTurn("Register the entry first; data is brought in from then on.")
    _require_mode(entry, options, restores=None)
    upload = Upload(
        entry=entry,
        sealed_by=DataKey.objects.of(entry.thing, at=clock.now()),
        filename=received.filename,
        size=received.size,
        options=asdict(options),
        token_id=actor.token_id,
        received_at=clock.now(),
    )
    upload.received = received.said
    upload.report = upload.error = {}
    upload.save()
    # The bytes lie under their key before the row is committed; a crash between the two leaves
    # bytes without a row, which the sweep removes, never a row without bytes.
    upload.original.take(received.path)
    fingerprints.note(upload, {fingerprints.SENT: received.digests.sha256})
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
    if upload.restores:
        options = replace(options, mode=Mode.RESTORE)
    _require_mode(upload.entry, options, restores=upload.restores)
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
    grounds: tuple[Ground, ...] = (),
) -> Release:
    """Make a prepared file the entry's next release, immutable from now on (发布).

    What it holds of persons goes out to everyone only on ``grounds``, or on those that stand.

    Raises ``OutOfTurn`` where the file is not ready or was prepared for an older version of the
    entry, by older rules, or before another version or an erasure; ``Incomplete`` while something
    is asked about the file, where its columns differ from those of the last release and nobody
    accepted that, rows were rejected and nobody said to go without them, the data scores less
    than the resource asks for, or everyone would have a column of persons without a ground.
    """
    del actor
    if upload.state != UploadState.READY or upload.entry_id != entry.pk:
        raise OutOfTurn("This file is not ready to publish. Look at its present state.")
    if stale := reads.stale(upload):
        raise stale
    if not upload.contents:
        require_rows(upload, without_rejected=without_rejected, as_changed=as_changed)
    said = disclosing.grounded(entry, upload.report, grounds)
    release = manifest.release_of(
        entry,
        upload,
        sealed_by=None if lies_in_plain(entry) else upload.sealed_by,
        at=clock.now(),
        grounds=said,
    )
    release.save()
    fingerprints.note_files(release, release.files)
    for name, copy in release.copies.items():
        copy.take(upload.prepared(name))
    upload.state = UploadState.PUBLISHED
    if "erased" in upload.report.get("reasons", {}):
        # What was sent holds rows of which nothing may be kept.
        upload.empty(clock.now())
    upload.save()
    entry.changed_at = clock.now()
    entry.holds_persons = entry.holds_persons or bool(release.personal)
    entry.save(update_fields=["changed_at", "holds_persons"])
    for subjects in entry.subject_sets.filter(ended_at=None):
        agreed.expect(release, subjects)
    StandingGround.objects.stand(entry, said, clock.now())
    disclosing.flag(entry)
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
    """Keep an upload and its release as the entry asks now, every copy of them (存储与级别相适应).

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
        new.take(old)
    Leaving.leave(old.key for old, _ in moved)
    return upload


@act("warehouse.lapse", duty=duties.BRING_IN, subject="entry", surface={Surface.SYSTEM})
def lapse(*, actor: Actor, entry: Entry, running: Clock) -> Entry:
    """Record that the term to bring in the next release has passed (逾期未汇聚).

    The clock runs on: what is owed stays owed.
    """
    del actor
    told = Clock.objects.running().filter(pk=running.pk, lapsed_at=None)
    if not told.update(lapsed_at=clock.now()):
        raise OutOfTurn("This term was ended or its lapse already recorded.")
    tell_stewards(telling.LAPSED, entry)
    return entry


@act("warehouse.roll_back", duty=duties.KEEP_ACCURATE, subject="entry", surface=OUTSIDE)
def roll_back(*, actor: Actor, entry: Entry, number: int) -> Upload:
    """Have an older release prepared as the next, but for rows that were erased since (回滚).

    Nothing changes until that is published. Raises ``Incomplete`` for a release that is not there
    any more, or is the latest.
    """
    older = (
        Release.objects.filter(entry=entry, number=number)
        .select_related("entry", "sealed_by")
        .first()
    )
    if older is None or older.is_destroyed:
        raise Incomplete.at("number", "There is no such version, or its data was destroyed.")
    if older == Release.objects.latest_of(entry):
        raise Incomplete.at("number", "This is the newest version already.")
    name, size, digests = _sent_before(older)
    upload = Upload(
        entry=entry,
        restores=older,
        sealed_by=DataKey.objects.of(entry.thing, at=clock.now()),
        filename=name,
        size=size,
        options=asdict(Options(mode=Mode.RESTORE)),
        token_id=actor.token_id,
        received_at=clock.now(),
    )
    upload.received = digests
    upload.report = upload.error = {}
    upload.save()
    _prepare_later(upload)
    return upload


def _sent_before(older: Release) -> tuple[str, int, dict[str, str]]:
    """Return name, size and digests of what an older release is made of again."""
    said = older.manifest["source"]
    name, size = said["filename"], said["size_bytes"]
    if older.is_table:
        # Not of what was sent then, but of what it became.
        said = next(file for file in older.files if file["name"] == DATA)
        name, size = f"{older.entry.title}-{older.number}.parquet"[-255:], said["bytes"]
    return name, size, {kind: said[kind] for kind in ("sha256", "sm3") if kind in said}


@act("warehouse.erase", duty=duties.ERASE, subject="entry", surface=OUTSIDE)
def erase(*, actor: Actor, entry: Entry, keys: Sequence[Sequence[str]], reason: str) -> Erasure:
    """Erase the rows with these keys from every release, for good (删除).

    A key has its values in the order of the key items. Of it nothing is kept but a salted digest,
    by which it is known should it come again. Raises ``Incomplete`` where the entry has no key, a
    key does not fit it, or no reason is given.
    """
    del actor
    if not reason.strip():
        raise Incomplete.at("reason", "Say why these rows are erased.", duties.ERASE)
    tombstones = Tombstones.of(*reads.plain_keys(entry, keys))
    erasure = Erasure.bury(entry, tombstones, reason=reason.strip(), at=clock.now())
    app.configure_task("warehouse.redact", lock=f"redact/{entry.pk}").defer(entry=str(entry.pk))
    return erasure


@act(
    "warehouse.redact",
    duty=duties.ERASE,
    subject="entry",
    locks=("entry", "release"),
    surface={Surface.SYSTEM},
)
def redact(*, actor: Actor, entry: Entry, release: Release, rest: Rest) -> Release:
    """Let a release be what was left of it by an erasure; every other copy is removed.

    That goes for what was sent, too, of whatever release: nobody can tell any more what it holds.
    Raises ``OutOfTurn`` where the release has changed meanwhile.
    """
    del actor
    if release.redactions != rest.of or release.is_destroyed:
        raise OutOfTurn("This version has changed meanwhile.")
    Leaving.leave(copy.key for copy in release.copies.values())
    manifest.redact(release, rest, clock.now())
    release.copy(DATA).take(rest.place)
    release.save()
    fingerprints.note_files(release, release.files)
    for upload in Upload.objects.filter(entry=entry, state=UploadState.PUBLISHED, emptied_at=None):
        upload.empty(clock.now())
        upload.save()
    # Streams of what lay there ask the gate again.
    entry.changed_at = clock.now()
    entry.save(update_fields=["changed_at"])
    return release


@act("warehouse.keep", duty=duties.RELEASES_KEEP, subject="entry", surface=OUTSIDE)
def keep(*, actor: Actor, entry: Entry, months: int | None = None, least: int = 1) -> Keeping:
    """Choose how long older releases are kept, and how many of the newest in any case (保存期限).

    Without ``months`` all are. Raises ``Incomplete`` for less than the law asks.
    """
    del actor
    shortest = reads.shortest_keeping()
    if months is not None and not shortest <= months <= MOST_MONTHS:
        raise Incomplete.at(
            "months",
            "Older versions are kept for {shortest} to {longest} months, or for good.",
            duties.RELEASES_KEEP,
            {"shortest": shortest, "longest": MOST_MONTHS},
        )
    if not 1 <= least <= MOST_KEPT:
        raise Incomplete.at(
            "least",
            "Of the newest versions, 1 to {most} are kept in any case.",
            duties.RELEASES_KEEP,
            {"most": MOST_KEPT},
        )
    keeping = Keeping.objects.filter(entry=entry).first() or Keeping(entry=entry)
    keeping.months, keeping.least = months, least
    keeping.save()
    return keeping


@act(
    "warehouse.destroy",
    duty=duties.RELEASES_KEEP,
    subject="entry",
    locks=("entry", "release"),
    surface={Surface.SYSTEM},
)
def destroy(*, actor: Actor, entry: Entry, release: Release) -> Release:
    """Destroy the files of a release whose term is over; its manifest and digest stay (销毁).

    Raises ``OutOfTurn`` for one that is to be kept, or destroyed already.
    """
    del actor
    if release.destroyed_at or not reads.past_keeping(entry).filter(pk=release.pk).exists():
        raise OutOfTurn("This version is kept still, or was destroyed already.")
    Leaving.leave(copy.key for copy in release.copies.values())
    release.destroyed_at = clock.now()
    release.save(update_fields=["destroyed_at"])
    upload = release.upload
    if upload.emptied_at is None:
        upload.empty(clock.now())
        upload.save()
    return release
