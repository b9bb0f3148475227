"""Who acts stands where they stood when they began: real threads against the end of a seat."""

import threading
import time

import pytest
from django.db import connection, transaction
from tests.catalog.makers import make_content
from tests.opening.makers import make_application, make_conditional
from tests.parties.makers import make_actor, make_citizen, make_deputy, make_seat

from yelin import gate
from yelin.acts import accounts, seats
from yelin.cases.models import Case
from yelin.catalog import acts
from yelin.catalog.models import Entry
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor
from yelin.parties.models import Person, Seat

pytestmark = pytest.mark.django_db(transaction=True)


class Beside(threading.Thread):
    """Do something in a thread with a connection of its own, and keep what came of it."""

    def __init__(self, do):
        super().__init__()
        self.do, self.raised, self.pid = do, None, None

    def run(self):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (self.pid,) = cursor.fetchone()
            self.do()
        except (OutOfTurn, gate.Refused) as error:
            self.raised = error
        finally:
            connection.close()

    def wait_for_a_lock(self):
        for _ in range(500):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted", [self.pid])
                if cursor.fetchone():
                    return
            time.sleep(0.02)
        raise AssertionError("it did not wait")


def draft(actor, body):
    return acts.draft(actor=actor, provider=body, content=make_content())


@pytest.mark.duty("governance.powers")
def test_an_act_that_meets_the_end_of_its_seat_waits_and_changes_nothing():
    seat = make_seat()
    beside = Beside(lambda: draft(Actor.of(seat), seat.body))
    with transaction.atomic():
        Seat.objects.filter(pk=seat.pk).end(clock.now())
        beside.start()
        beside.wait_for_a_lock()
    beside.join()
    assert isinstance(beside.raised, OutOfTurn)
    assert not Entry.objects.exists()


def test_a_seat_ends_after_what_was_begun_in_it():
    seat, head = make_seat(), make_seat(role="head")
    head.body = seat.body
    head.save()
    ends = Beside(lambda: seats.leave(actor=Actor.of(head), seat=seat))
    with transaction.atomic():
        # As an act of the seat holds it from its beginning until it commits.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM parties_seat WHERE thing_id = %s FOR KEY SHARE", [seat.pk]
            )
        ends.start()
        ends.wait_for_a_lock()
        assert Seat.objects.get(pk=seat.pk).until is None
    ends.join()
    assert ends.raised is None
    assert Seat.objects.get(pk=seat.pk).until is not None


def test_nothing_more_is_done_in_a_seat_once_it_has_ended():
    for _ in range(3):
        seat, head = make_seat(), make_seat(role="head")
        head.body = seat.body
        head.save()
        actor = Actor.of(seat)

        def on_and_on(actor=actor, body=seat.body):
            while True:
                draft(actor, body)

        threads = [Beside(on_and_on) for _ in range(3)]
        for thread in threads:
            thread.start()
        while Entry.objects.filter(provider=seat.body).count() < 3:
            time.sleep(0.01)
        seats.leave(actor=Actor.of(head), seat=seat)
        done = Entry.objects.filter(provider=seat.body).count()
        for thread in threads:
            thread.join()
        assert all(isinstance(thread.raised, OutOfTurn) for thread in threads)
        assert Entry.objects.filter(provider=seat.body).count() == done


def test_a_deputy_whose_time_was_ended_does_nothing_more():
    seat = make_seat()
    deputy = make_deputy(seat)
    actor = Actor.of(seat, deputy)
    seats.end_deputy(actor=Actor.of(seat), deputy=deputy)
    with pytest.raises(OutOfTurn):
        draft(actor, seat.body)


def test_no_case_is_asked_for_by_an_account_that_is_just_being_deleted():
    citizen, entry = make_citizen(), make_conditional()
    person = Person.objects.get(pk=citizen.person_id)
    threads = [
        Beside(lambda: make_application(entry, citizen)),
        Beside(lambda: accounts.delete(actor=citizen, person=person)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    person.refresh_from_db()
    # One of the two came first; the other was told so.
    assert Case.objects.exists() is (person.user is not None)
    assert sum(thread.raised is not None for thread in threads) == 1


def test_two_heads_who_end_each_others_seats_at_once_do_not_both_go():
    first = make_seat(role="head")
    second = make_seat(first.body, "head")
    make_actor(first.body, "steward")
    # Known before either begins: whoever has left is nobody any more.
    one, other = Actor.of(first), Actor.of(second)
    threads = [
        Beside(lambda: seats.leave(actor=one, seat=second)),
        Beside(lambda: seats.leave(actor=other, seat=first)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first.body.seats.live().filter(role="head").count() == 1
