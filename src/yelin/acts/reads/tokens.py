"""The tokens for programs that somebody has."""

from django.db.models import QuerySet

from yelin import gate
from yelin.parties.actor import Actor
from yelin.parties.models import Token


def tokens(actor: Actor) -> QuerySet[Token]:
    """Return the tokens of the seat in which the actor acts, or of the citizen."""
    return gate.visible_to(
        actor, "parties.revoke_token", Token.objects.select_related("seat__body")
    ).order_by("-issued_at")
