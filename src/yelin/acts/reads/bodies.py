"""The register of bodies, for whoever keeps it."""

from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, When

from yelin import gate
from yelin.parties.actor import Actor
from yelin.parties.kinds import SOCIAL
from yelin.parties.models import Body, Succession


def keeps_register(actor: Actor) -> bool:
    """Whether the actor enters and changes bodies."""
    return gate.visible_to(actor, "register.see", Body.objects.all()).exists()


def bodies(actor: Actor, words: str) -> QuerySet[Body]:
    """Return the bodies that the actor may change, living and unverified ones first."""
    found = gate.visible_to(actor, "register.see", Body.objects.all())
    for word in words.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(name_en__icontains=word)
            | Q(credit_code__iexact=word)
            | Q(former_names__name__icontains=word)
        )
    waits = Q(verified_at=None, kind__in=SOCIAL, until=None)
    rank = Case(
        When(waits, then=0), When(until=None, then=1), default=2, output_field=IntegerField()
    )
    return found.annotate(rank=rank).order_by("rank", "division", "name", "pk").distinct()


def body(actor: Actor, pk: UUID) -> Body:
    """Return a body of the register. Raises ``Unseen``."""
    found: Body | None = (
        gate.visible_to(actor, "register.see", Body.objects.all()).filter(pk=pk).first()
    )
    if found is None:
        raise gate.Unseen
    return found


def successions(of: Body) -> list[Succession]:
    """Return what passed from a body and to it, newest first."""
    both = Succession.objects.filter(Q(body=of) | Q(successor=of))
    return list(both.select_related("body", "successor").order_by("-on", "-pk"))
