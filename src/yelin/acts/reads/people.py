"""Who sits and acts in a body, as those may know who see to it."""

from uuid import UUID

from django.db.models import Prefetch

from yelin import gate
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Deputy, Invitation, Person, Seat


def seats(actor: Actor, body: Body) -> list[Seat]:
    """Return the living seats of a body that the actor may see, with who deputes today."""
    found = Seat.objects.live().filter(body=body).select_related("person__user", "body")
    deputing = Prefetch(
        "deputies",
        Deputy.objects.live(clock.today()).select_related("person"),
        to_attr="acting",
    )
    seen = gate.visible_to(actor, "seat.see", found.prefetch_related(deputing))
    return list(seen.order_by("role", "person__name", "pk"))


def seat(actor: Actor, pk: UUID) -> Seat:
    """Return a living seat. Raises ``Unseen``."""
    living = Seat.objects.live().select_related("person__user", "body")
    return gate.one_of(gate.visible_to(actor, "seat.see", living).filter(pk=pk))


def deputies(actor: Actor, of: Seat) -> list[Deputy]:
    """Return the deputies of a seat, today's and those to come, that the actor may end."""
    coming = of.deputies.filter(ended_at=None, until__gte=clock.today()).select_related(
        "person", "seat__body"
    )
    return list(gate.visible_to(actor, "parties.end_deputy", coming).order_by("since", "pk"))


def invitations(actor: Actor, body: Body) -> list[Invitation]:
    """Return the open invitations of a body that the actor may take back."""
    waiting = body.invitations.filter(answered_at=None, until__gte=clock.today())
    seen = gate.visible_to(actor, "parties.decline", waiting.select_related("person"))
    return list(seen.order_by("until", "pk"))


def account(actor: Actor, pk: UUID) -> Person:
    """Return a person with a login that the actor may know of. Raises ``Unseen``."""
    people = Person.objects.select_related("user").exclude(user=None)
    return gate.one_of(gate.visible_to(actor, "person.see", people).filter(pk=pk))
