"""What a subscriber is told of a release: which it is and where it is had, and of the way to it."""

from typing import Any

from yelin.config import config
from yelin.delivery.models import Subscription
from yelin.delivery.steps import Step
from yelin.notices.events import event
from yelin.warehouse.models import Release

STANDS = event(
    "subscription.stands",
    "The subscription to {code} stands still: version {release} was not taken.",
    urgent=True,
)


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
            "changes_url": f"{base}/changes?since={release.number - 1}",
            "rows_url": f"{base}/rows?release={release.number}",
            "download_url": f"{base}/download?release={release.number}",
        },
    }


def part(subscription: Subscription, step: Step, name: str, number: int, of: int) -> dict[str, Any]:
    """Return by what a part of a step is known; ``since`` is none where the release is whole."""
    return {
        "type": "release.part",
        "subscription": str(subscription.pk),
        "resource": subscription.entry.code,
        "release": step.release.number,
        "since": step.before.number if step.before else None,
        "step": name[:32],
        "part": number,
        "of": of,
        "complete": number == of,
    }
