"""What a successor takes over of this room, and what goes with an account."""

from uuid import UUID

from django.db.models import Q

from yelin.law import clock
from yelin.parties import succession
from yelin.privacy import agreeing
from yelin.privacy.models import CollectionNotice, Consent, Objection, SubjectRequest, Target


def _forget(person: UUID) -> None:
    """Withdraw what a person agreed to, who could not do so any more, and forget of whom it was."""
    given = Consent.objects.filter(person=person)
    for consent in given.living().select_related("purpose"):
        agreeing.withdraw(consent, clock.now())
    given.update(digest="", masked="")
    Objection.objects.filter(person=person).update(person=None)
    SubjectRequest.objects.filter(person=person).update(digest="", masked="")


succession.moves(CollectionNotice, "body")
succession.moves(Target, "party", done=lambda: Q(settled_at__isnull=False))
succession.forgets(_forget)
