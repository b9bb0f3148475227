"""How a grant is used, for programs."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import NinjaAPI, Schema
from pydantic import Field

from yelin.acts import references
from yelin.delivery import lineage
from yelin.gate.models import Grant
from yelin.surface import actor as asking


class UseOut(Schema):
    """What was had by a grant for one purpose."""

    purpose: str
    releases: list[int] = Field(description="The first and the last of them, by number.")
    delivered: int
    in_ledger: int = Field(description="How many of them a leaf of the ledger stands for.")
    rows: int
    first: datetime
    last: datetime


class WayOut(Schema):
    """How often something was had in one way in thirty days, and by how many people."""

    channel: str
    delivered: int
    people: int
    last: datetime


class GrantUseOut(Schema):
    """How a grant is used, for those who gave it and who has it."""

    uses: list[UseOut]
    lately: list[WayOut]


def register(api: NinjaAPI) -> None:
    """Give the use of grants its address in ``api``."""
    api.get("/grants/{grant_id}/use", response=GrantUseOut, tags=["Data"])(get_use)


def get_use(request: HttpRequest, grant_id: UUID) -> GrantUseOut:
    """Say for what a grant is used, how often, and in which ways in the last thirty days."""
    actor = asking.of_request(request).actor
    uses, lately = lineage.of_grant(actor, references.one(actor, Grant, grant_id))
    return GrantUseOut(
        uses=[
            UseOut(
                purpose=use.purpose,
                releases=[use.since, use.newest],
                delivered=use.delivered,
                in_ledger=use.listed,
                rows=use.rows,
                first=use.first,
                last=use.last,
            )
            for use in uses
        ],
        lately=[
            WayOut(channel=way.channel, delivered=way.delivered, people=way.people, last=way.last)
            for way in lately
        ],
    )
