"""Questions about deliveries: the receipt of one, and who all has what of a resource."""

from uuid import UUID

from yelin import gate
from yelin.delivery.models import Delivery, DeliveryQuerySet
from yelin.ledger import batches
from yelin.ledger.batch import CallReceipt
from yelin.parties.actor import Actor


class NotListed(Exception):
    """The delivery has not ended, or its minute is not closed: there is no receipt of it yet."""


def seen_by(actor: Actor) -> DeliveryQuerySet:
    """Return the deliveries of which ``actor`` may know."""
    found: DeliveryQuerySet = gate.visible_to(actor, "delivery.see", Delivery.objects.all())  # type: ignore[assignment]  # a filtered set is of the same kind
    return found


def receipt(actor: Actor, delivery_id: UUID) -> CallReceipt:
    """Return the receipt of a delivery of which ``actor`` may know.

    Raises ``Unseen``, the same for one that is missing and one that is hidden; ``NotListed``.
    """
    delivery = seen_by(actor).select_related("docket__thing").filter(pk=delivery_id).first()
    if delivery is None:
        raise gate.Unseen
    if delivery.docket is None or delivery.h is None:
        raise NotListed
    return batches.receipt(
        delivery.docket, bytes(delivery.h), payload=delivery.payload, salt=bytes(delivery.salt)
    )
