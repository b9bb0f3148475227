"""Questions about releases and uploads that span many."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID

from django.apps import apps

from yelin import gate
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.files.store import sha256
from yelin.keys.master import MasterGone
from yelin.keys.models import Destroyed
from yelin.keys.sealing import SealBroken
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.warehouse import manifest
from yelin.warehouse.changed import Last
from yelin.warehouse.models import Release, Upload


def latest_releases(entries: Iterable[Entry]) -> dict[UUID, Release]:
    """Return the newest release of each of ``entries`` that has one, in one query."""
    releases = (
        Release.objects.filter(entry__in=[entry.pk for entry in entries])
        .order_by("entry", "-number")
        .distinct("entry")
        .defer("manifest_kept")
    )
    return {release.entry_id: release for release in releases}


def last_of(entry: Entry) -> Last | None:
    """Return what the file of the newest release had, where that is still known."""
    release = (
        Release.objects.filter(entry=entry)
        .select_related("upload__sealed_by")
        .order_by("-number")
        .first()
    )
    try:
        report = release.upload.report if release else {}
    except Destroyed:
        return None
    return Last.of(release.number, report) if release and report.get("mapping") else None


def upload(actor: Actor, upload_id: UUID) -> Upload:
    """Return an upload that ``actor`` may see. Raises ``Unseen``."""
    seen = gate.visible_to(actor, "upload.see", Upload.objects.select_related("entry__provider"))
    found: Upload | None = seen.filter(pk=upload_id).first()
    if found is None:
        raise gate.Unseen
    return found


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
            if sha256(release.copy(name).place) != file["sha256"]:
                yield f"{release}: {name} is not the file that was published"
        except FileNotFoundError:
            yield f"{release}: {name} is missing"
        except (SealBroken, MasterGone) as broken:
            yield f"{release}: {name}: {broken}"
