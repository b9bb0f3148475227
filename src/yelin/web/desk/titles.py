"""What notices are about, by its name: codes alone say little to whoever reads them."""

from collections.abc import Collection
from uuid import UUID

from yelin import gate
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.delivery import reads as deliveries
from yelin.opening.models import Demand
from yelin.parties.actor import Actor
from yelin.talking.models import Comment, Reuse
from yelin.warehouse.models import Upload


def titles_of(actor: Actor, things: Collection[UUID]) -> dict[UUID, str]:
    """Return the titles of those entries, and of what belongs to one, that this actor may see."""
    entries = gate.visible_to(actor, "entry.see", Entry.objects.filter(pk__in=things))
    cases = gate.visible_to(actor, "case.see", Case.objects.filter(pk__in=things))
    uploads = gate.visible_to(actor, "upload.see", Upload.objects.filter(pk__in=things))
    comments = gate.visible_to(actor, "comment.see", Comment.objects.filter(pk__in=things))
    reuses = gate.visible_to(actor, "reuse.see", Reuse.objects.filter(pk__in=things))
    demands = gate.visible_to(actor, "demand.see", Demand.objects.filter(pk__in=things))
    subscribed = deliveries.subscriptions_of(actor).filter(pk__in=things)
    return {
        **dict(entries.values_list("pk", "title")),
        **dict(subscribed.values_list("pk", "entry__title")),
        **dict(cases.filter(about__kind="entry").values_list("pk", "about__entry__title")),
        **dict(uploads.values_list("pk", "entry__title")),
        **dict(comments.values_list("pk", "entry__title")),
        **dict(reuses.values_list("pk", "title")),
        **dict(demands.values_list("pk", "title")),
    }
