"""One's subscriptions for programs: what is sent, how far it has come, what was not taken.

To subscribe, end or replay one is an act: `delivery.subscribe` and its like.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import NinjaAPI, Query

from yelin import gate
from yelin.api import schemas
from yelin.delivery import reads
from yelin.delivery.models import Subscription
from yelin.surface import actor as asking


def register(api: NinjaAPI) -> None:
    """Give subscriptions their addresses in ``api``."""
    path, page = "/subscriptions", schemas.SubscriptionPage
    api.get(path, response=page, tags=["Data"])(find_subscriptions)
    one = f"{path}/{{subscription_id}}"
    api.get(one, response=schemas.SubscriptionOut, tags=["Data"])(get_subscription)


def find_subscriptions(
    request: HttpRequest, asked: Query[schemas.PageIn]
) -> schemas.SubscriptionPage:
    """Return the subscriptions of your body, those that run first."""
    rows = reads.subscriptions_of(asking.of_request(request).actor)
    return schemas.SubscriptionPage(
        items=[schemas.SubscriptionLine(**_line(each)) for each in asked.cut(rows)],
        total=rows.count(),
    )


def get_subscription(request: HttpRequest, subscription_id: UUID) -> schemas.SubscriptionOut:
    """Return one subscription with the messages that were not taken."""
    rows = reads.subscriptions_of(asking.of_request(request).actor)
    found = gate.one_of(rows.filter(pk=subscription_id))
    names = schemas.DeadLetterOut.model_fields
    letters = [
        schemas.DeadLetterOut(**{name: getattr(each, name) for name in names})
        for each in found.letters.all()
    ]
    return schemas.SubscriptionOut(**_line(found), dead_letters=letters)


_OWN = (
    "wants",
    "purpose",
    "address",
    "told",
    "part",
    "tries",
    "failure",
    "opened_at",
    "ended_at",
    "answered_at",
    "succeeded_at",
)


def _line(row: Subscription) -> dict[str, Any]:
    return {
        "id": row.pk,
        "resource": row.entry.code,
        "standing": row.standing.value,
        **{name: getattr(row, name) for name in _OWN},
    }
