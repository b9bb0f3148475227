"""Whose name was verified, and where that is asked for: conditions of the gate."""

from dataclasses import dataclass

from django.db.models import Exists, Model, OuterRef, Q
from django.utils.translation import gettext as _

from yelin.gate import Predicate
from yelin.gate.asked import EVERYTHING, NOTHING, Asked, value_at
from yelin.law import clock, duties, packs
from yelin.parties.identity import Identity
from yelin.parties.models import Seat

# From this grade on; no text says so, and the duty stands in the pack as unconfirmed.
GRADE = 3


@dataclass(frozen=True)
class Verified(Predicate):
    """The actor's name is verified, or the grade of the thing asks for no such thing.

    Who acts for a body acts for one that was verified: ``OfKind`` sees to that.
    """

    path: str = "grade"

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether a name is verified, or need not be."""
        return value_at(thing, self.path) < GRADE or _is_free(asked)

    def q(self, asked: Asked) -> Q:
        """Return it as a filter."""
        return EVERYTHING if _is_free(asked) else Q(**{f"{self.path}__lt": GRADE})

    def describe(self) -> str:
        """Say it."""
        return _("is known by a verified name, where the grade of the data asks for one")


def _is_free(asked: Asked) -> bool:
    """Whether whoever asks may have data of any grade."""
    actor = asked.actor
    if actor.body_id is not None or not packs.active().orders(duties.IDENTITY_REQUIRE):
        return True
    return Identity.objects.living(clock.now()).filter(person=actor.person_id).exists()


@dataclass(frozen=True)
class StandsFor(Predicate):
    """The person who acts holds a seat in the body at ``path``, whether it may act or not."""

    path: str

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether there is such a seat."""
        person, body = asked.actor.person_id, value_at(thing, self.path)
        return person is not None and Seat.objects.live().filter(person=person, body=body).exists()

    def q(self, asked: Asked) -> Q:
        """Return the seat's existence as a filter."""
        person = asked.actor.person_id
        if person is None:
            return NOTHING
        seats = Seat.objects.live().filter(person=person, body=OuterRef(self.path))
        return Q(Exists(seats))

    def describe(self) -> str:
        """Say it."""
        return _("stands for the body")
