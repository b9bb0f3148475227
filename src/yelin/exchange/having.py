"""Which bodies have a record on paper: by extracts that were issued of it and hold."""

from collections.abc import Iterable
from uuid import UUID

from yelin.delivery import checking, holders
from yelin.delivery.models import Check
from yelin.exchange.extract import Sought
from yelin.exchange.models import Extract


def _by_extract(check: Check) -> Iterable[UUID]:
    issued = Extract.objects.filter(
        entry=check.entry_id, issued_at__isnull=False, revoked_at=None
    ).select_related("seat", "sealed_by", "release__entry", "release__sealed_by")
    for extract in issued.iterator(chunk_size=500):
        assert extract.release is not None  # noqa: S101 - what was issued is of a release
        if checking.touches(check, extract.release, Sought(**extract.sought).question()):
            yield extract.seat.body_id


holders.declare(_by_extract)
