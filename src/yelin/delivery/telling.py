"""What a subscriber is told of a new release: which it is and where it is had, none of its rows."""

from typing import Any

from yelin.config import config
from yelin.warehouse.models import Release


def of(release: Release) -> dict[str, Any]:
    """Return the words by which a program learns of ``release``."""
    base = f"{config.url}/api/v1/resources/{release.entry.slug}"
    return {
        "type": "release.published",
        "timestamp": release.released_at.isoformat(),
        "data": {
            "resource": release.entry.code,
            "release": release.number,
            "rows": release.rows,
            "digest": release.digest_text,
            "mode": release.mode,
            "changes_url": f"{base}/changes",
            "rows_url": f"{base}/rows?release={release.number}",
            "download_url": f"{base}/download?release={release.number}",
        },
    }
