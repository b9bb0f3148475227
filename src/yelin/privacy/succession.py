"""What a body's successor takes over of this room: its notices; what goes with an account."""

from uuid import UUID

from yelin.law import clock
from yelin.parties import succession
from yelin.privacy import agreeing
from yelin.privacy.models import CollectionNotice, Consent


def _forget(person: UUID) -> None:
    """Withdraw what a person agreed to, who could not do so any more, and forget of whom it was."""
    given = Consent.objects.filter(person=person)
    for consent in given.living().select_related("purpose"):
        agreeing.withdraw(consent, clock.now())
    given.update(digest="", masked="")


succession.moves(CollectionNotice, "body")
succession.forgets(_forget)
