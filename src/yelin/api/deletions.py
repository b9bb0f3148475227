"""Deletions that one was told of, for programs: what was taken, until when it is confirmed."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import NinjaAPI, Query, Schema
from pydantic import Field

from yelin.api import schemas
from yelin.law import duties
from yelin.law.models import Clock
from yelin.privacy import finding
from yelin.surface import actor as asking


class DeletionOut(Schema):
    """One deletion: somebody had their rows deleted from a resource that you took."""

    id: UUID = Field(description="Send it as `target` to the act `privacy.confirm`.")
    resource: str
    provider: str
    state: str = Field(description="`told` or `confirmed`.")
    told_at: datetime
    due: date | None = Field(description="The last day to confirm; null once it is confirmed.")
    confirmed_at: datetime | None


class DeletionPage(Schema):
    """One page of deletions, and how many there are."""

    items: list[DeletionOut]
    total: int


def register(api: NinjaAPI) -> None:
    """Give deletions their address in ``api``."""
    api.get("/deletions", response=DeletionPage, tags=["Personal data"])(find_deletions)


def find_deletions(request: HttpRequest, asked: Query[schemas.PageIn]) -> DeletionPage:
    """Return what you were told to delete, the newest first: the rows of a person, of whom nothing.

    The newest release lacks them: take it in the place of what you have, or delete that. Then
    confirm it (`privacy.confirm`).
    """
    actor = asking.of_request(request).actor
    rows = finding.told(actor.party_id)
    found = list(asked.cut(rows))
    running = Clock.objects.running().filter(
        thing__in=[row.pk for row in found], duty=duties.SUBJECT_CONFIRM.name
    )
    due = dict(running.values_list("thing", "due"))
    items = [
        DeletionOut(
            id=row.pk,
            resource=row.entry.slug,
            provider=row.entry.provider.credit_code,
            state=row.state,
            told_at=row.since,
            due=due.get(row.pk),
            confirmed_at=row.settled_at,
        )
        for row in found
    ]
    return DeletionPage(items=items, total=rows.count())
