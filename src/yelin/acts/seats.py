"""Acts about seats: leaving, handing over, deputies, invitations, new passwords."""

from datetime import date, timedelta

from yelin.acts.frame import act
from yelin.acts.seating import hold_body, require_another_lead, seat_in
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties import succession
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.kinds import Role
from yelin.parties.models import Body, Deputy, Invitation, Person, Seat

INVITATION_DAYS = 14


def _require_held(seat: Seat) -> None:
    if seat.until is not None:
        raise OutOfTurn("This seat has ended.")


@act("parties.leave", duty=duties.GOVERN, subject="seat", surface=OUTSIDE)
def leave(*, actor: Actor, seat: Seat) -> Seat:
    """End a seat with its tokens and deputies, now.

    Raises ``OutOfTurn`` for one that has ended, and for the last that answers for its body.
    """
    del actor
    require_another_lead(seat)
    seat.refresh_from_db()
    _require_held(seat)
    Seat.objects.filter(pk=seat.pk).end(clock.now())
    seat.refresh_from_db()
    return seat


@act("parties.hand_over", duty=duties.GOVERN, subject="seat", surface={Surface.PAGE}, makes=True)
def hand_over(*, actor: Actor, seat: Seat, person: Person) -> Seat:
    """Give a seat, and what waits there, to another person; its tokens and deputies end (交接).

    Raises ``OutOfTurn`` for a seat that has ended, ``Incomplete`` for a person who cannot sit.
    """
    del actor
    hold_body(seat.body)
    seat.refresh_from_db()
    _require_held(seat)
    successor = seat_in(seat.body, person, seat.role)
    Seat.objects.filter(pk=seat.pk).end(clock.now())
    succession.pass_on(seat, successor)
    return successor


@act("parties.depute", duty=duties.GOVERN, subject="seat", surface={Surface.PAGE}, makes=True)
def depute(*, actor: Actor, seat: Seat, person: Person, since: date, until: date) -> Deputy:
    """Let a colleague act in this seat between two days, both included (代理).

    Raises ``OutOfTurn`` for a seat that has ended, ``Incomplete`` with every fault.
    """
    del actor
    _require_held(seat)
    faults = []
    if until < since:
        faults.append(Fault("until", "The last day lies before the first."))
    elif until < clock.today():
        faults.append(Fault("until", "This day has passed."))
    if person == seat.person:
        faults.append(Fault("person", "You cannot be your own deputy."))
    elif not seat.body.seats.live().filter(person=person).exists():
        faults.append(Fault("person", "A deputy holds a seat in the same body."))
    if faults:
        raise Incomplete(faults)
    return Deputy.objects.create(seat=seat, person=person, since=since, until=until)


@act("parties.end_deputy", duty=duties.GOVERN, subject="deputy", surface={Surface.PAGE})
def end_deputy(*, actor: Actor, deputy: Deputy) -> Deputy:
    """End a deputy's acting, now; raises ``OutOfTurn`` where it has ended."""
    del actor
    if deputy.ended_at is not None:
        raise OutOfTurn("This deputy acts no longer.")
    deputy.ended_at = clock.now()
    deputy.save(update_fields=["ended_at"])
    return deputy


@act("parties.invite", duty=duties.GOVERN, subject="body", surface={Surface.PAGE}, makes=True)
def invite(*, actor: Actor, body: Body, person: Person) -> Invitation:
    """Offer a person a representative's seat in a social body, for two weeks.

    Raises ``Incomplete`` for someone who sits there or is invited, ``OutOfTurn`` for a body that
    has ended.
    """
    del actor
    if body.until is not None:
        raise OutOfTurn("This body has ended.")
    if body.seats.live().filter(person=person).exists():
        raise Incomplete.at("person", "This person holds this seat already.")
    today = clock.today()
    body.invitations.filter(person=person, answered_at=None, until__lt=today).update(
        answered_at=clock.now()
    )
    if body.invitations.filter(person=person, answered_at=None).exists():
        raise Incomplete.at("person", "This person is invited already.")
    return Invitation.objects.create(
        body=body, person=person, until=today + timedelta(days=INVITATION_DAYS)
    )


@act("parties.accept", duty=duties.GOVERN, subject="invitation", surface={Surface.PAGE}, makes=True)
def accept(*, actor: Actor, invitation: Invitation) -> Seat:
    """Take the seat that an invitation offers.

    Raises ``OutOfTurn`` for one that was answered or has run out, or whose body has ended.
    """
    del actor
    hold_body(invitation.body)
    _answer(invitation)
    if invitation.until < clock.today():
        raise OutOfTurn("This invitation has run out. Ask for a new one.")
    return seat_in(invitation.body, invitation.person, Role.REPRESENTATIVE)


@act("parties.decline", duty=duties.GOVERN, subject="invitation", surface={Surface.PAGE})
def decline(*, actor: Actor, invitation: Invitation) -> Invitation:
    """Leave an invitation, or take it back; raises ``OutOfTurn`` for one that was answered."""
    del actor
    return _answer(invitation)


def _answer(invitation: Invitation) -> Invitation:
    if invitation.answered_at is not None:
        raise OutOfTurn("This invitation was answered.")
    invitation.answered_at = clock.now()
    invitation.save(update_fields=["answered_at"])
    return invitation


@act("parties.give_link", duty=duties.GOVERN, subject="seat", surface={Surface.PAGE})
def give_link(*, actor: Actor, seat: Seat) -> Seat:
    """Let the holder of a seat choose a new password by a one-time link.

    Raises ``OutOfTurn`` for a seat that has ended, and where the holder sits in another body too:
    then no head alone may open the login.
    """
    _require_held(seat)
    elsewhere = seat.person.seats.live().exclude(body=seat.body)
    if actor.body_id == seat.body_id and elsewhere.exists():
        raise OutOfTurn(
            "This person has seats in other bodies: whoever keeps the register of bodies gives"
            " the new password."
        )
    return seat
