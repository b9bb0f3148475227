"""Who is told what of a collection form: officers who review it, stewards whose it is."""

from yelin.acts.telling import officers_holding, who_may
from yelin.collecting.models import CollectionForm
from yelin.law import clock
from yelin.notices.events import Event, event
from yelin.notices.telling import tell
from yelin.parties.models import Seat

SUBMITTED = event("form.submitted", "A collection form awaits your review.", urgent=True)
APPROVED = event("form.approved", "Your collection form is approved.")
RETURNED = event(
    "form.returned", "Your collection form was returned. Mend it and hand it in again."
)


def tell_officers(form: CollectionForm) -> None:
    """Tell those who may approve the form."""
    officers = officers_holding("catalog.confirm", over=form.body.division)
    people = who_may("collecting.approve", form, officers)
    tell(SUBMITTED, to=people, about=form, at=clock.now(), params={})


def tell_stewards(of: Event, form: CollectionForm) -> None:
    """Tell those who may amend the form."""
    people = who_may("collecting.amend", form, Seat.objects.filter(body=form.body_id))
    tell(of, to=people, about=form, at=clock.now(), params={})
