"""Which trading platforms there are, by which rules, and who takes part, for whoever asks."""

from django.db.models import QuerySet

from yelin import gate
from yelin.acts import references
from yelin.market.platform.models import Membership, Part, Platform, Rulebook
from yelin.parties.actor import Actor


def platforms(actor: Actor) -> QuerySet[Platform]:
    """Return the platforms that ``actor`` may know of, those that run first."""
    rows = Platform.objects.select_related("operator", "thing").order_by("closed_on", "number")
    return gate.visible_to(actor, "platform.see", rows).prefetch_related("rulebooks")


def platform(actor: Actor, number: str) -> Platform:
    """Return a platform by its number. Raises ``Unseen``."""
    return gate.one_of(platforms(actor).filter(number=number))


def members(actor: Actor, platform: Platform) -> QuerySet[Membership]:
    """Return who takes part in a platform, as far as ``actor`` may know, the asking ones first."""
    rows = platform.memberships.exclude(state=Part.ENDED).select_related(
        "body", "rules", "thing", "platform__operator"
    )
    return references.seen(actor, rows).order_by("-state", "body__name", "capacity")


def rulebook(actor: Actor, number: str, kind: str, version: int) -> Rulebook:
    """Return one version of a platform's rules. Raises ``Unseen``."""
    rows = Rulebook.objects.select_related("platform__operator", "thing")
    found = rows.filter(platform__number=number, kind=kind, number=version)
    one: Rulebook = gate.one_of(references.seen(actor, found))
    return one
