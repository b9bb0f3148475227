"""Finished files: made once for all who ask the same and bear the same, then kept for a while."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from procrastinate.contrib.django import app

from yelin import __version__
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery.models import Kept
from yelin.files.kinds import CONTENTS
from yelin.files.places import Place, size_of
from yelin.files.store import sha256, store
from yelin.gate import Decision, Obligations
from yelin.keys.digests import keyed
from yelin.keys.models import DataKey
from yelin.law import clock
from yelin.ledger.entry import canonical
from yelin.things import queued
from yelin.things.models import Evidence
from yelin.warehouse import engine, fingerprints, opened
from yelin.warehouse.formats import DUMPS, MEDIA_TYPES
from yelin.warehouse.models import DATA, REJECTED, Copy, Release, Upload, UploadState
from yelin.warehouse.opened import KEPT
from yelin.warehouse.query import Filter, Question, Table

UNUSED_DAYS = 7
# What is written from so few bytes of Parquet is written in no time.
SMALL_BYTES = 256 << 10
# A maker writes on, so a file that nobody names and nobody has written to is a dead one's.
ORPHANED = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that somebody asks for: rows of a release, or the rejected ones of an upload.

    Of these each cell is told, or they are given ``whole``, to be mended. Or one of the release's
    own files, by its ``number``, where the release is no table; or what differs in a release
    ``since`` another.
    """

    of: Release | Upload
    question: Question
    format: str
    for_excel: bool = False
    since: Release | None = None
    number: int = 0
    whole: bool = False

    @property
    def content(self) -> dict[str, Any]:
        """What the manifest says of the release's own file that is asked for."""
        assert isinstance(self.of, Release)  # noqa: S101 - only a release has files
        return self.of.contents[self.number - 1]

    @property
    def entry(self) -> Entry:
        """The entry whose data it is."""
        return self.of.entry

    @property
    def action(self) -> str:
        """What the gate is asked for."""
        return "resource.read" if isinstance(self.of, Release) else "resource.inspect"

    @property
    def sealed_by(self) -> DataKey | None:
        """The key that the file is sealed by."""
        return self.of.sealed_by or (self.since.sealed_by if self.since else None)

    @property
    def is_small(self) -> bool:
        """Whether what it is made from is little, so that making it takes no time."""
        if self.number:
            return bool(self.content["bytes"] <= SMALL_BYTES)
        if isinstance(self.of, Release):
            name, files = DATA, [*self.of.files, *(self.since.files if self.since else [])]
        else:
            name, files = REJECTED, self.of.report["files"]
        return all(file["bytes"] <= SMALL_BYTES for file in files if file["name"] == name)

    @property
    def filename(self) -> str:
        """What the file is called where it is saved."""
        if self.number:
            return PurePosixPath(self.content["path"]).name
        rejected = "to-mend" if self.whole else "rejected"
        part = f"{self.of.number}" if isinstance(self.of, Release) else rejected
        if self.since:
            part = f"{self.since.number}-{part}"
        return f"{self.entry.title}-{part}.{self.format}"

    @property
    def form(self) -> str:
        """In which form it is of its release or upload, as people are told of a file they have."""
        if self.number:
            return str(self.content["path"])
        return f"{self.since.number}-{self.format}" if self.since else self.format

    @property
    def content_type(self) -> str:
        """The media type."""
        if self.number:
            return CONTENTS[self.content["kind"]].media_type
        return (MEDIA_TYPES | DUMPS)[self.format]

    def table(self, decision: Decision) -> Table:
        """Return the rows as ``decision`` opens them; raises what ``opened`` does.

        A difference, and rows to be mended, are made first, in whole, and are those of that file.
        """
        first = replace(self, question=Question(), format="parquet", for_excel=False)
        if isinstance(self.of, Release) and self.since:
            return opened.compared(decision, self.since, self.of, made(first, decision).place)
        if isinstance(self.of, Release):
            return opened.table(decision, self.of)
        if self.whole:
            return opened.to_mend(decision, self.of, made(first, decision).place)
        return opened.rejected(decision, self.of)

    def own_file(self, decision: Decision) -> Copy | None:
        """Return the release's own file where just that is wanted: its digest is published."""
        if self.number:
            return self.of.copies[self.content["name"]]
        if not isinstance(self.of, Release) or self.since or not self.is_all:
            return None
        return self.of.copy(DATA) if decision.obligations.is_whole else None

    @property
    def is_all(self) -> bool:
        """Whether it is Parquet with every row and column, in their own order."""
        is_all = self.question.whole == Question().whole
        return is_all and self.format == "parquet"

    def name(self, decision: Decision) -> str:
        """Return the name of the very bytes that ``decision`` gives: it says nothing itself.

        The same bytes are written for it each time, so it is an entity tag, too.
        """
        said = {
            "writer": f"{__version__} {engine.VERSION}",
            "of": _state_of(self.of),
            **({"since": _state_of(self.since)} if self.since else {}),
            # A file has every page.
            "question": said_of(self.question.whole),
            "format": self.format,
            "excel": self.for_excel,
            "bears": digest_of(decision.obligations),
            "mark": opened.mark_of(decision),
        }
        said |= {"number": self.number} if self.number else {}
        said |= {"whole": True} if self.whole else {}
        return _keyed("delivery.kept", said)


def _state_of(of: Release | Upload) -> str:
    """Return what tells these rows from those that a release or upload had before."""
    again = (of.redactions or "") if isinstance(of, Release) else of.attempt
    return f"{of.pk} {again}"


def said_of(question: Question) -> Evidence:
    """Return a question as plain data, the same however it was asked."""
    # What older receipts did not know is named only where it is asked.
    more = {
        "either": [[_said(group) for group in groups] for groups in question.either],
        "words": list(question.words),
        "number": question.number,
        "distinct": question.distinct,
        "failing": question.failing,
        "groups": list(question.groups),
        "aggregates": [[each.function, each.column] for each in question.aggregates],
        "after": [None if value is None else str(value) for value in question.after],
    }
    return {
        "filters": _said(question.filters),
        "sort": [list(pair) for pair in question.sort],
        "columns": None if question.columns is None else list(question.columns),
        "limit": question.limit,
        "offset": question.offset,
    } | {name: value for name, value in more.items() if value}


def _said(filters: Iterable[Filter]) -> list[list[Any]]:
    return [
        [each.column, each.operator, each.value if isinstance(each.value, str) else [*each.value]]
        for each in filters
    ]


@lru_cache
def digest_of(bears: Obligations) -> str:
    """Return a keyed digest of what shapes the rows that somebody gets."""
    said = {
        "shown": None if bears.shown_items is None else sorted(bears.shown_items),
        "hidden": sorted(bears.hidden_items),
        "masks": {item: mask.name for item, mask in bears.masks.items()},
        "rows": sorted(str(asdict(each)) for each in bears.row_filters),
        **({"thinned": str(bears.thinned.normalize())} if bears.thinned else {}),
    }
    return _keyed("delivery.bears", said)


def tag_of(release: Release, question: Question, decision: Decision) -> str:
    """Return by what all pages are known that answer ``question``: the same rows, the same form."""
    bears, mark = digest_of(decision.obligations), opened.mark_of(decision)
    said = (__version__, engine.VERSION, _state_of(release), question.whole, bears, mark)
    return keyed("delivery.rows", repr(said)).hex()


def tag_of_page(of: str, question: Question) -> str:
    """Return the entity tag of one page of what is known by a tag."""
    return keyed("delivery.page", repr((of, question.page))).hex()


def _keyed(purpose: str, said: Evidence) -> str:
    return keyed(purpose, canonical(said)).hex()


def found(wanted: Wanted, decision: Decision) -> Kept | None:
    """Return the finished file where it is kept, whole and sealed as it must be today."""
    kept = Kept.objects.select_related("sealed_by").filter(name=wanted.name(decision)).first()
    if (
        kept is None
        or kept.sealed_by != wanted.sealed_by
        or not store().has(kept.key, kept.sealed_by)
    ):
        return None
    now = clock.now()
    if kept.used_at < now - _MINUTE:
        Kept.objects.filter(pk=kept.pk).update(used_at=now)
    return kept


@dataclass(slots=True)
class Making:
    """A file that is being made, for those who read it meanwhile: where it lies so far."""

    place: Place | None = None


def made(wanted: Wanted, decision: Decision, making: Making | None = None) -> Kept:
    """Return the finished file, made now unless it is kept; of all who ask at once, one makes it.

    Raises what the table's ``export`` says, and ``Destroyed``; then nothing is left behind.
    """
    name = wanted.name(decision)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Whoever is killed lets it go.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if kept := found(wanted, decision):
            return kept
        Kept.objects.filter(name=name).delete()
        return _make(wanted, decision, name, making or Making())


def sha256_of(kept: Kept) -> str:
    """Return the SHA-256 of a finished file, noted in its row where that says nothing sealed."""
    if kept.digest and kept.file:
        return kept.digest
    digest = sha256(kept.place)
    if kept.sealed_by_id is None:
        kept.digest = digest
    kept.file = fingerprints.fingerprint(digest)
    Kept.objects.filter(pk=kept.pk).update(digest=kept.digest, file=kept.file)
    of = kept.release or kept.upload
    assert of is not None  # noqa: S101 - a constraint of the table
    fingerprints.note(of, {kept.form: digest})
    return digest


def file_of(kept: Kept) -> bytes:
    """Return the fingerprint of a finished file, by which it is known when somebody has it."""
    if kept.file is None:
        sha256_of(kept)
    assert kept.file is not None  # noqa: S101 - it was made just now
    return bytes(kept.file)


def make_ready(entry: Entry) -> None:
    """Let what is open to all be made in a while, with its digest, unless that waits already."""
    key = f"delivery.make_ready:{entry.pk}"
    task = app.configure_task("delivery.make_ready", lock=key, queueing_lock=key)
    queued.once(task, entry=str(entry.pk))


def _make(wanted: Wanted, decision: Decision, name: str, making: Making) -> Kept:
    kept = Kept(
        name=name,
        release=wanted.of if isinstance(wanted.of, Release) else None,
        upload=wanted.of if isinstance(wanted.of, Upload) else None,
        sealed_by=wanted.sealed_by,
        form=wanted.form,
    )
    place = making.place = store().draft(kept.key, kept.sealed_by)
    try:
        kept.rows = _write(wanted, decision, place)
        kept.size = size_of(place)
        # The row says that it is whole, after a power cut too.
        store().keep(kept.key)
        kept.made_at = kept.used_at = clock.now()
        kept.save(force_insert=True)
    except BaseException:
        place.unlink(missing_ok=True)
        store().delete(kept.key)
        raise
    return kept


def _write(wanted: Wanted, decision: Decision, place: Place) -> int:
    if isinstance(wanted.of, Release) and wanted.since and wanted.is_all:
        return opened.comparing(decision, wanted.since, wanted.of).write(place)
    if isinstance(wanted.of, Upload) and wanted.whole and wanted.is_all:
        return opened.mendable(decision, wanted.of).write(place)
    own = wanted.own_file(decision)
    if own is None:
        table = wanted.table(decision)
        return table.export(wanted.question, wanted.format, place, for_excel=wanted.for_excel)
    with place.open("wb") as target:
        for piece in own.read():
            target.write(piece)
    return wanted.of.rows or 0


def clear(now: datetime) -> None:
    """Remove what may be kept no more: sealed otherwise by now, unused, or above the limit.

    Then remove what killed makers left. Whoever reads such a file now reads it to its end.
    """
    stale = (
        Q(sealed_by__destroyed_at__isnull=False)
        | Q(used_at__lt=now - timedelta(days=UNUSED_DAYS))
        | Q(release__isnull=False) & _differs("release__sealed_by")
        | Q(upload__isnull=False) & (_differs("upload__sealed_by") | _unprepared())
        | Q(Exists(_ended_since()))
    )
    _remove(list(Kept.objects.filter(stale)))
    held, above = 0, []
    for kept in Kept.objects.order_by("-used_at"):
        held += kept.size
        if held > config.kept_limit_mb * 1_000_000:
            above.append(kept)
    _remove(above)
    _clear_orphans(now)


def _differs(key: str) -> Q:
    return ~Q(sealed_by=F(key)) & ~Q(**{"sealed_by": None, key: None})


def _ended_since() -> "QuerySet[Release]":
    """Return the releases of a file's entry of which something was erased since it was made."""
    made = OuterRef("made_at")
    ended = Q(redacted_at__gte=made) | Q(destroyed_at__gte=made)
    return Release.objects.filter(ended, entry=OuterRef("release__entry"))


def _unprepared() -> Q:
    waiting = Q(upload__state__in=[UploadState.READY, UploadState.PUBLISHED])
    return ~waiting | Q(upload__emptied_at__isnull=False)


def _remove(every: list[Kept]) -> None:
    for kept in every:
        # The row first: what no row names is removed later, what one names must be there.
        Kept.objects.filter(pk=kept.pk).delete()
        store().delete(kept.key)


def _clear_orphans(now: datetime) -> None:
    for stale in store().stale(KEPT, now - ORPHANED):
        known = Kept.objects.in_bulk({uuid.UUID(key.split("/")[1]) for key in stale})
        store().delete(*({*stale} - {kept.key for kept in known.values()}))
