"""Government systems for programs: which there are, and when data last passed."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI, Query

from yelin.api import schemas
from yelin.registers import reads
from yelin.surface import actor as asking


def register(api: NinjaAPI, also: Mapping[Any, Any]) -> None:
    """Give systems their address in ``api``; ``also`` are the answers of every route."""
    answers = {200: schemas.SystemPage, **also}
    api.get("/systems", response=answers, tags=["Registers"])(find_systems)


def find_systems(request: HttpRequest, asked: Query[schemas.PageIn]) -> schemas.SystemPage:
    """Return the systems that you may know of, those from which nothing ever came first."""
    rows = reads.systems(asking.of_request(request).actor)
    first = (asked.page - 1) * asked.page_size
    return schemas.SystemPage(
        items=[
            schemas.SystemOut(
                id=row.pk,
                name=row.name,
                body=row.body.credit_code,
                state=row.state,
                succeeded_at=row.succeeded_at,
            )
            for row in rows[first : first + asked.page_size]
        ],
        total=rows.count(),
    )
