"""Questions about releases and uploads that span many."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, OuterRef, QuerySet

from yelin import gate
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.files.digests import digests_of
from yelin.keys.master import MasterGone
from yelin.keys.sealing import SealBroken
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import Actor
from yelin.warehouse import manifest, tombstones
from yelin.warehouse.endings import Erasure, Keeping
from yelin.warehouse.measuring.asking import is_stale
from yelin.warehouse.models import Release, ReleaseQuerySet, Upload

# To find so many entries that one may have so many times as many releases are looked at, and where
# they are too few so many times more.
_WALKED, _FURTHER = 4, 8


def latest_releases(entries: Iterable[Entry]) -> dict[UUID, Release]:
    """Return the newest release of each of ``entries`` that has one, in one query."""
    releases = Release.objects.newest_of(entries).defer("manifest_kept")
    return {release.entry_id: release for release in releases}


def last_released(among: QuerySet[Entry], limit: int) -> list[Entry]:
    """Return ``limit`` of the entries ``among`` these with the newest releases, newest first.

    Releases are walked from the newest on: to know the newest of every entry takes longer.
    """
    releases = Release.objects.order_by("-released_at", "-pk").values_list("entry", flat=True)
    found: list[Entry] = []
    first, many = 0, _WALKED * limit
    while len(found) < limit and (walked := list(releases[first : first + many])):
        known = {entry.pk for entry in found}
        ids = [pk for pk in dict.fromkeys(walked) if pk not in known]
        rows = among.in_bulk(ids)
        found += [rows[pk] for pk in ids if pk in rows]
        first, many = first + many, _FURTHER * many
    return found[:limit]


def upload(actor: Actor, upload_id: UUID) -> Upload:
    """Return an upload that ``actor`` may see. Raises ``Unseen``."""
    seen = gate.visible_to(actor, "upload.see", Upload.objects.select_related("entry__provider"))
    found: Upload | None = seen.filter(pk=upload_id).first()
    if found is None:
        raise gate.Unseen
    return found


def stale(upload: Upload) -> OutOfTurn | None:
    """Return why a prepared file must be prepared again before it is published, if it must."""
    entry, report = upload.entry, upload.report
    if report["entry_version"] != entry.version:
        return OutOfTurn("The entry has changed since the file was prepared. Prepare it again.")
    latest = Release.objects.latest_of(entry)
    if upload.base is not None and upload.base != (latest.number if latest else 0):
        return OutOfTurn(
            "Another version was published since the file was prepared. Prepare it again."
        )
    if report.get("erasures", 0) != Erasure.objects.filter(entry=entry).count():
        return OutOfTurn("Rows were erased since the file was prepared. Prepare it again.")
    measured = report.get("quality")
    if report["data"] and (measured is None or is_stale(entry, measured)):
        return OutOfTurn(
            "The rules of quality changed since the file was prepared. Prepare it again."
        )
    return None


def plain_keys(entry: Entry, keys: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the names of the key items, and keys that somebody wrote as the engine writes them.

    Raises ``Incomplete`` where the entry has no key, or one does not fit it.
    """
    items = list(entry.items.filter(key=True))
    if not items:
        says = "Rows are erased by their key, and no item of the entry is one."
        raise Incomplete.at("keys", says, duties.ERASE)
    if not keys:
        raise Incomplete.at("keys", "Name the rows by their keys.", duties.ERASE)
    found = []
    for place, key in enumerate(keys, start=1):
        try:
            found.append(
                [
                    tombstones.plain(text.strip(), item.type)
                    for text, item in zip(key, items, strict=True)
                ]
            )
        except ValueError:
            names = [item.name for item in items]
            says = "Key {place} does not fit: give {names}, as the data has them."
            raise Incomplete.at(
                "keys", says, duties.ERASE, {"place": place, "names": names}
            ) from None
    return [item.name for item in items], found


def shortest_keeping() -> int:
    """Return how many months older releases are kept at least."""
    term = packs.active().keeping(duties.RELEASES_KEEP, clock.today())
    return term.months if term else 0


def past_keeping(entry: Entry) -> ReleaseQuerySet:
    """Return the releases of ``entry`` whose files are there and whose term is over."""
    keeping = Keeping.objects.filter(entry=entry).first()
    before = keeping.before(clock.today()) if keeping else None
    if keeping is None or before is None:
        return Release.objects.none()
    newest = Release.objects.filter(entry=entry).order_by("-number")[: keeping.least]
    later = Release.objects.filter(
        entry=entry, number__gt=OuterRef("number"), released_at__lt=before
    )
    rows = (
        Release.objects.with_files()
        .filter(entry=entry)
        .exclude(pk__in=[release.pk for release in newest])
    )
    return rows.filter(Exists(later))


def a_worker_lives() -> bool:
    """Say whether any worker was heard of lately."""
    workers = apps.get_model("procrastinate", "ProcrastinateWorker")
    since = clock.now() - timedelta(seconds=config.stalled_seconds)
    return bool(workers.objects.filter(last_heartbeat__gt=since).exists())


def faults_of(release: Release) -> Iterator[str]:
    """Say what of a release, whose key lives, is not as it was published, read from the store."""
    try:
        if manifest.digest(release.manifest) != bytes(release.digest):
            yield f"{release}: the manifest is not the one that was published"
        files = release.files
    except (SealBroken, MasterGone) as broken:
        yield f"{release}: the manifest does not open: {broken}"
        return
    for file in files:
        name = file["name"]
        try:
            found = digests_of(release.copy(name).read()).as_dict()
            # Files of older releases have no SM3.
            if any(file.get(kind, digest) != digest for kind, digest in found.items()):
                yield f"{release}: {name} is not the file that was published"
        except FileNotFoundError:
            yield f"{release}: {name} is missing"
        except (SealBroken, MasterGone) as broken:
            yield f"{release}: {name}: {broken}"
