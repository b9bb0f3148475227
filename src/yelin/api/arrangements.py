"""The register of market-based operation for programs."""

from datetime import date

from django.http import HttpRequest
from ninja import NinjaAPI, Query, Schema
from pydantic import Field

from yelin.api.schemas import PageIn
from yelin.catalog import reads as catalog
from yelin.market import reads
from yelin.market.models import Arrangement
from yelin.parties.actor import Actor
from yelin.surface import actor as asking


class ArrangementOut(Schema):
    """An arrangement: who works with whose data, how it was chosen, for what, until when."""

    number: str
    title: str
    body: str = Field(description="Credit code of the body whose data it is.")
    operator: str = Field(description="Credit code of whoever develops and uses it.")
    way: str
    purpose: str
    basis: str
    since: date
    until: date
    trades: bool = Field(description="Whether the operator may trade what it makes of it.")
    standing: str = Field(description="`coming`, `runs`, `over`, `ended`; a draft is `draft`.")
    published_on: date | None
    ended_on: date | None
    ended_because: str
    resources: list[str] = Field(description="What it reaches, as far as you may know of it.")


class ArrangementPage(Schema):
    """One page of arrangements, and how many there are."""

    items: list[ArrangementOut]
    total: int


def register(api: NinjaAPI) -> None:
    """Give the register its addresses in ``api``."""
    tags = ["Market"]
    api.get("/arrangements", response=ArrangementPage, tags=tags)(find_arrangements)
    api.get("/arrangements/{arrangement_number}", response=ArrangementOut, tags=tags)(
        get_arrangement
    )


def find_arrangements(request: HttpRequest, asked: Query[PageIn]) -> ArrangementPage:
    """Return the public arrangements, the newest first."""
    actor = asking.of_request(request).actor
    rows = reads.public(actor)
    found = list(asked.cut(rows))
    return ArrangementPage(items=_told(actor, found), total=rows.count())


def get_arrangement(request: HttpRequest, arrangement_number: str) -> ArrangementOut:
    """Return one arrangement by its number."""
    actor = asking.of_request(request).actor
    return _told(actor, [reads.one(actor, arrangement_number)])[0]


def _told(actor: Actor, rows: list[Arrangement]) -> list[ArrangementOut]:
    entries = {row.pk: [each.entry for each in reads.reached_of(row)] for row in rows}
    codes = {each.code for some in entries.values() for each in some if each.code}
    seen = catalog.codes_seen(actor, codes)
    return [
        ArrangementOut(
            number=row.number,
            title=row.title,
            body=row.body.credit_code,
            operator=row.operator.credit_code,
            way=row.way,
            purpose=row.purpose,
            basis=row.basis,
            since=row.since,
            until=row.until,
            trades=row.trades,
            standing=row.standing(),
            published_on=row.published_on,
            ended_on=row.ended_on,
            ended_because=row.ended_because,
            resources=[each.slug for each in entries[row.pk] if each.code in seen],
        )
        for row in rows
    ]
