"""Government systems for programs: which there are, and when data last passed."""

from django.http import HttpRequest
from ninja import NinjaAPI, Query

from yelin.api import schemas
from yelin.registers import reads
from yelin.surface import actor as asking


def register(api: NinjaAPI) -> None:
    """Give systems their address in ``api``."""
    api.get("/systems", response=schemas.SystemPage, tags=["Registers"])(find_systems)


def find_systems(request: HttpRequest, asked: Query[schemas.PageIn]) -> schemas.SystemPage:
    """Return the systems that you may know of, those from which nothing ever came first."""
    rows = reads.systems(asking.of_request(request).actor)
    return schemas.SystemPage(
        items=[
            schemas.SystemOut(
                id=row.pk,
                name=row.name,
                body=row.body.credit_code,
                state=row.state,
                succeeded_at=row.succeeded_at,
            )
            for row in asked.cut(rows)
        ],
        total=rows.count(),
    )
