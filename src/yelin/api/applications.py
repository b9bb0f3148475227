"""The public register of applications for programs: what, when, outcome, days; nobody's words."""

from django.http import HttpRequest
from ninja import NinjaAPI, Query

from yelin.api import schemas
from yelin.opening import reads
from yelin.opening.application import APPLICATION
from yelin.opening.reads import Filter
from yelin.surface import actor as asking


def register(api: NinjaAPI) -> None:
    """Give the register its addresses in ``api``."""
    tags = ["Applications"]
    api.get("/applications", response=schemas.ApplicationPage, tags=tags)(find_applications)
    api.get("/applications/statistics", response=list[schemas.RecordOut], tags=tags)(statistics)


def find_applications(
    request: HttpRequest, asked: Query[schemas.ApplicationsIn]
) -> schemas.ApplicationPage:
    """Return how applications for conditionally open data go, the newest first."""
    actor = asking.of_request(request).actor
    rows = asked.filter().of(reads.followed_by(actor, APPLICATION))
    return schemas.ApplicationPage(
        items=[
            schemas.ApplicationLine(
                number=row.number,
                resource=row.about.entry.slug,
                by=row.applicant.kind,
                handler=row.handler.credit_code,
                state=row.state,
                outcome=row.outcome or None,
                submitted_on=row.submitted_on,
                accepted_on=row.accepted_on,
                decided_on=row.decided_on,
                working_days=reads.days_used(row),
            )
            for row in asked.cut(rows)
        ],
        total=rows.count(),
    )


def statistics(request: HttpRequest, asked: Query[schemas.YearIn]) -> list[schemas.RecordOut]:
    """Return how each body answers applications: how many, in time or late, how fast."""
    actor = asking.of_request(request).actor
    years = [asked.year] if asked.year else []
    cases = Filter(years=years).of(reads.followed_by(actor, APPLICATION))
    return [
        schemas.RecordOut(
            handler=each.of.handler.credit_code,
            name=each.of.handler.name,
            received=each.of.received,
            answered=each.of.answered,
            in_time=each.of.in_time,
            late=each.of.late,
            median_working_days=each.of.days,
            opened=each.opened,
            refused=each.refused,
        )
        for each in reads.records(cases)
    ]
