"""Questions about releases and uploads that span many."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.apps import apps

from yelin import gate
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.law import clock
from yelin.parties.actor import Actor
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
