"""Several resources in one file, for programs: the same file that people take."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import NinjaAPI, Query

from yelin.api import schemas
from yelin.delivery import batches
from yelin.delivery.batches import Asked
from yelin.surface import actor as asking
from yelin.surface.sending import lead_to_batch

_LEADS = {
    "responses": {
        307: {"description": "The ZIP is had at the address in `Location`, for a few minutes."}
    }
}


def register(api: NinjaAPI) -> None:
    """Give the interface this operation."""
    api.get("/batch", tags=["Data"], openapi_extra=_LEADS)(take_batch)


def take_batch(request: HttpRequest, asked: Query[schemas.BatchIn]) -> HttpResponse:
    """Take several resources in one ZIP: `resource` is given once for each.

    Each is decided when its turn comes, and counts as if it was taken alone. `datapackage.json`
    has the columns and digest of every file, and a line for what was refused.
    """
    actor = asking.of_request(request).actor
    wanted = Asked(
        tuple(asked.resource),
        asked.kept_as,
        for_excel=asked.audience == "excel",
        language=get_language() or "zh-hans",
    )
    batches.plan(actor, wanted).must_be_had()
    return lead_to_batch(batches.issue(actor, wanted))
