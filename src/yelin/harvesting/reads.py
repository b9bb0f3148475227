"""Questions about sources: whose they are, how they were read, where an entry is from."""

from django.db.models import Count, Q, QuerySet

from yelin import gate
from yelin.catalog.models import Entry
from yelin.harvesting.models import Origin, Outcome, Source
from yelin.parties.actor import Actor
from yelin.parties.models import Body


def sources_of(actor: Actor, body: Body) -> "QuerySet[Source]":
    """Return the sources of ``body`` of which ``actor`` may know, with how much each lists."""
    seen = gate.visible_to(actor, "source.see", body.sources.all())
    listed = Count("origins", filter=~Q(origins__outcome=Outcome.GONE))
    refused = Count("origins", filter=Q(origins__outcome=Outcome.REFUSED))
    return seen.annotate(listed=listed, refused=refused).order_by("next_at", "pk")


def to_look_at(source: Source) -> "QuerySet[Origin]":
    """Return what of a source could not be entered, is listed twice or no more, by title."""
    wrong = Q(outcome__in=[Outcome.REFUSED, Outcome.GONE]) | Q(repeated__gt=0)
    return source.origins.filter(wrong).select_related("entry").order_by("title", "pk")


def origin_of(entry: Entry) -> Origin | None:
    """Return where an entry is from, if it was harvested."""
    return Origin.objects.filter(entry=entry).select_related("source").first()
