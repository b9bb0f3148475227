"""Leaves that may be shredded, and those that were."""

from django.db.models import QuerySet

from yelin.ledger import log
from yelin.ledger.models import Leaf


def signed_leaf(index: int) -> Leaf | None:
    """Return the leaf of this number, once it is under a signed checkpoint."""
    return Leaf.objects.filter(index=index, index__lt=log.published_size()).first()


def shredded_leaves() -> QuerySet[Leaf]:
    """Return the leaves that were shredded, the newest first; that they were is public."""
    return (
        Leaf.objects.exclude(shredded_at=None).select_related("shredding").order_by("-shredded_at")
    )
