"""Hand out a file that hangs on something, to whoever may read it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from yelin.surface import attaching
from yelin.web.asking import actor_of


@require_safe
def file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Send one attachment."""
    return attaching.send(attaching.get(actor_of(request), pk))
