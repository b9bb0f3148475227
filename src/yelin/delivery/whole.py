"""The whole catalog as one file: written in turn, and had only while all in it may be known.

What everyone may know of a hundred thousand entries takes too long to be written for each who asks.
So it lies ready; and before it is handed out, each entry in it is held to what the gate says of it
in that very moment. Where one was withdrawn, closed, held, or keeps an item back since, the file is
not given any more, to nobody, and is written anew at once.
"""

import gzip
import shutil
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from procrastinate.contrib.django import app

from yelin.catalog.listing import ALWAYS, READABLE, Clause, Listing, Sought
from yelin.catalog.models import Entry
from yelin.compiling import writing
from yelin.config import config
from yelin.delivery.models import CATALOGS, CatalogFile
from yelin.files.places import size_of
from yelin.files.store import sha256, store
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.things import queued

WRITE = "delivery.write_catalog"
# An act's moment is told before its row is seen, and many acts may be one transaction.
_BEFORE = timedelta(minutes=10)
# A writer writes on, so what no row names and nobody has written to is a dead one's.
_ORPHANED = timedelta(hours=1)
_NOW = Clause(f"entry_id, changed_at, {READABLE.sql} AS readable")
# What is told of in a version that is no more, and keeps items back now, may have told of them.
_COMPARED = """
    WITH now AS ({now}),
    told AS (
        SELECT of.* FROM delivery_catalogfile AS file
         CROSS JOIN LATERAL unnest(file.entries, file.versions, file.reads)
               AS of (entry_id, version, reads)
         WHERE file.id = %s
    ),
    each AS (
        SELECT now.entry_id, told.entry_id AS told_id, told.version,
               now.entry_id IS NULL OR (told.reads AND NOT now.readable) AS is_gone,
               told.reads AND now.readable AND now.changed_at >= %s AS may_be_less,
               told.entry_id IS NULL OR now.changed_at >= %s
               OR (now.readable AND NOT told.reads) AS is_more
          FROM told FULL JOIN now USING (entry_id)
    )
    SELECT count(*) FILTER (WHERE is_gone)
           + (SELECT count(*) FROM each JOIN catalog_entry AS entry ON thing_id = entry_id
               WHERE may_be_less AND entry.version <> each.version
                 AND CASE opening_type WHEN 'unconditional' THEN open_items
                     ELSE applied_items END IS NOT NULL),
           count(*) FILTER (WHERE is_more)
      FROM each
"""


class NotReady(Exception):
    """The file is being written: there was none, or what is in it may be had no more."""


@dataclass(frozen=True, slots=True)
class Since:
    """How many entries of a file may not be told so any more, and how many are otherwise now."""

    lost: int
    changed: int


def address(form: str) -> str:
    """Return where it is had, whole and in parts."""
    return config.streams + CatalogFile.path(form)


def newest() -> CatalogFile | None:
    """Return the file that was written last, without what it says of its entries."""
    return CatalogFile.objects.defer("entries", "versions", "reads").order_by("-begun_at").first()


def since(file: CatalogFile) -> Since:
    """Return what became of the entries of ``file`` since it was written, as the gate stands."""
    now = Listing(Actor.anyone()).all_of(Sought((ALWAYS,)), _NOW)
    moment = file.begun_at - _BEFORE
    asked = Clause(_COMPARED.format(now=now.sql), (*now.params, file.pk, moment, moment))
    ((lost, changed),) = asked.rows()
    return Since(lost, changed)


def had() -> CatalogFile:
    """Return the file for whoever asks for it now, or raise ``NotReady`` and have one written."""
    file = newest()
    if file is not None and not since(file).lost:
        return file
    queued.once(app.configure_task(WRITE, lock=WRITE, queueing_lock=WRITE), timestamp=0)
    raise NotReady


def gone(files: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of ``files`` that are on their way and may be had no more."""
    kept = CatalogFile.objects.defer("entries", "versions", "reads").filter(pk__in=files)
    return {*files} - {file.pk for file in kept if not since(file).lost}


def renew() -> None:
    """Write the file where there is none that may be had, or where it is time and more to tell."""
    file = newest()
    if file is not None:
        became = since(file)
        is_time = file.begun_at <= clock.now() - timedelta(minutes=config.catalog_file_minutes)
        if not became.lost and not (became.changed and is_time):
            return
    write()


def write() -> CatalogFile:
    """Write the whole catalog as everyone may know of it, in the place of what there was."""
    file, told = CatalogFile(id=uuid.uuid4(), begun_at=clock.now()), _Told()
    keys = [file.key(form) for form in CatalogFile.FORMS]
    try:
        plain, packed = (Path(str(store().draft(key, None))) for key in keys)
        with plain.open("wb") as target:
            writing.write(target, "csv", Actor.anyone(), Entry.objects.all(), told)
        with plain.open("rb") as source, packed.open("wb") as target:
            _pack(source, target)
        made = dict(zip(CatalogFile.FORMS, (plain, packed), strict=True))
        file.sizes = {form: size_of(each) for form, each in made.items()}
        file.digests = {form: sha256(each) for form, each in made.items()}
        for key in keys:
            store().keep(key)
        file.entries, file.versions, file.reads = told.entries, told.versions, told.reads
        file.made_at = clock.now()
        file.save(force_insert=True)
    except BaseException:
        store().delete(*keys)
        raise
    _clear(file)
    return file


@dataclass(slots=True)
class _Told:
    """Hears of which entries a file tells."""

    entries: list[uuid.UUID] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    reads: list[bool] = field(default_factory=list)

    def __call__(self, told: Sequence[tuple[Entry, bool]]) -> None:
        self.entries += [entry.pk for entry, _ in told]
        self.versions += [entry.version for entry, _ in told]
        self.reads += [is_read for _, is_read in told]


def _pack(source: BinaryIO, target: BinaryIO) -> None:
    # Neither name nor moment in it: the same catalog is the same file.
    with gzip.GzipFile("", "wb", fileobj=target, mtime=0) as packed:
        shutil.copyfileobj(source, packed, 1 << 20)


def _clear(file: CatalogFile) -> None:
    """Remove what was written before, and what killed writers left.

    The one before stays for those to whom it is on its way, while it may be had.
    """
    others = CatalogFile.objects.exclude(pk=file.pk).defer("entries", "versions", "reads")
    for place, old in enumerate(others.order_by("-begun_at")):
        if place or since(old).lost:
            # The row first: what no row names is removed later, what one names must be there.
            CatalogFile.objects.filter(pk=old.pk).delete()
            store().delete(*(old.key(form) for form in CatalogFile.FORMS))
    known = {str(pk) for pk in CatalogFile.objects.values_list("pk", flat=True)}
    for stale in store().stale(CATALOGS, clock.now() - _ORPHANED):
        store().delete(*(key for key in stale if key.split("/")[1] not in known))
