"""What all acts about seats share: who may sit where, and that no body loses its last head."""

from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.kinds import Role
from yelin.parties.models import Body, Person, Seat
from yelin.things.models import Thing


def seat_in(body: Body, person: Person, role: str, reason: str = "") -> Seat:
    """Give ``person`` a seat; the caller is an act and holds the body.

    Raises ``Incomplete`` with what does not fit, ``OutOfTurn`` for a body that has ended.
    """
    if body.until is not None:
        raise OutOfTurn("This body has ended.")
    faults = []
    fits = (role == Role.REPRESENTATIVE) is not body.is_official and role in Role.values
    if not fits:
        faults.append(Fault("role", "A body of this kind has no such seat."))
    if person.user is None:
        faults.append(Fault("person", "This person has no login any more."))
    if body.seats.live().filter(person=person, role=role).exists():
        faults.append(Fault("person", "This person holds this seat already."))
    if faults:
        raise Incomplete(faults)
    return Seat.objects.create(person=person, body=body, role=role, reason=reason)


def require_another_lead(seat: Seat) -> None:
    """Raise ``OutOfTurn`` where the body would be left without head or representative."""
    hold_body(seat.body)
    body = seat.body
    if body.until is not None or seat.role != body.leading_role:
        return
    if not body.seats.live().filter(role=seat.role).exclude(pk=seat.pk).exists():
        raise OutOfTurn("This is the last seat that answers for the body: hand it over instead.")


def hold_body(body: Body) -> None:
    """Hold a body's seats until commit, so that its last two heads cannot leave at once."""
    Thing.objects.select_for_update(no_key=True).get(pk=body.pk)
    body.refresh_from_db()
