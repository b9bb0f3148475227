"""Questions about releases and uploads that span many."""

from collections.abc import Iterable
from uuid import UUID

from yelin import gate
from yelin.catalog.models import Entry
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
