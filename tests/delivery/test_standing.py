"""What was decided for anyone stands until a row changes that it rests on, no moment longer."""

import threading
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import make_entry
from tests.delivery.makers import make_closed, make_taker
from tests.gate.makers import make_hold
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.catalog.models import Entry
from yelin.catalog.reads import Withdrawn
from yelin.config import config
from yelin.delivery import ahead, standing, tasks
from yelin.delivery.handing import Unchanged
from yelin.delivery.models import Pace, Tally
from yelin.delivery.opening import Call, NothingYet
from yelin.delivery.pace import TooOften
from yelin.keys.models import Destroyed
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.warehouse.models import Release
from yelin.warehouse.query import Filter, Question, UnknownColumn

# What is decided stands for its day, and what is counted is counted by the hour.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("still")]

ALL = Question()


def ask(entry, question=ALL, actor=None, **over):
    return standing.rows(actor or Actor.anyone(), entry.code, question, **{"call": Call()} | over)


@contextmanager
def asked_once():
    with CaptureQueriesContext(connection) as asked:
        yield
    assert len(asked) == 1


@pytest.fixture
def entry():
    """A resource of which anyone was answered twice: the second time at once."""
    entry = make_release().entry
    ask(entry)
    with asked_once():
        assert ask(entry).page.total == 3
    return entry


def hold(entry):
    make_hold(entry, "resource.read")


def withdraw(entry):
    Entry.objects.filter(pk=entry.pk).update(
        state="withdrawn", withdrawn_on=clock.today(), withdrawn_reason="職能調整"
    )


def close_it(entry):
    Entry.objects.filter(pk=entry.pk).update(opening_type="none")


def unconfirm(entry):
    Entry.objects.filter(pk=entry.pk).update(state="returned", returned_reason="x")


def destroy(entry):
    Release.objects.filter(entry=entry).update(destroyed_at=clock.now())


@pytest.mark.drawn(1)
@pytest.mark.duty("opening.free")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (hold, gate.Refused),
        (withdraw, Withdrawn),
        (close_it, gate.Refused),
        (unconfirm, gate.Unseen),
        (destroy, Destroyed),
    ],
)
@pytest.mark.parametrize("moment", ["before", "meanwhile"])
def test_what_is_stopped_goes_to_nobody_from_that_moment_on(entry, change, told, moment):
    def meanwhile(_tag):
        change(entry)
        return False

    if moment == "before":
        change(entry)
    with pytest.raises(told):
        ask(entry, call=Call(known=meanwhile) if moment == "meanwhile" else Call())
    assert Tally.objects.get().queries == 2


@pytest.mark.duty("opening.free")
def test_what_changes_is_handed_out_as_it_is_now(entry):
    Entry.objects.filter(pk=entry.pk).update(open_items=["年份"])
    assert [column.name for column in ask(entry).page.columns] == ["年份"]
    Entry.objects.filter(pk=entry.pk).update(open_items=None)
    make_release(entry, "年份,海口港,代码\n2012,7217,007\n")
    for _ in range(2):
        assert (ask(entry).page.total, ask(entry).release.number) == (1, 2)
    assert ask(entry, number=1).page.total == 3
    with pytest.raises(NothingYet):
        ask(entry, number=3)
    # Nothing of it changed; it is decided anew all the same.
    Body.objects.filter(pk=entry.provider_id).update(name="海口市統計局")
    assert ask(entry).page.total == 1
    with asked_once():
        ask(entry)
    with clock.standing_at(clock.now() + timedelta(days=1)), CaptureQueriesContext(connection) as q:
        ask(entry)
    assert len(q) > 1


@pytest.mark.long
def test_a_bad_question_is_told_and_what_is_known_already_is_not_sent(entry):
    with pytest.raises(UnknownColumn):
        ask(entry, Question(columns=("沒有這一列",)))
    tag = ask(entry).tag
    with pytest.raises(Unchanged):
        ask(entry, call=Call(known=lambda each: each == tag))
    assert Tally.objects.get().queries == 3
    assert Pace.objects.get().used == 5


@pytest.mark.long
def test_whoever_is_known_is_asked_about_anew(entry):
    citizen, _ = make_taker(make_closed())
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            ask(entry, actor=citizen)
        assert len(asked) > 1
    closed = make_closed()
    for _ in range(2):
        with pytest.raises(gate.Refused):
            ask(closed)


@pytest.mark.long
def test_pages_follow_one_another_and_are_each_of_the_question(entry):
    question = Question((Filter("年份", "gte", "2013"),), limit=1)
    first = ask(entry, question)
    second = ask(entry, question, cursor=first.cursor)
    assert [row["代码"] for row in (*first.page.rows, *second.page.rows)] == ["008", "009"]
    assert (first.page.total, second.page.total, second.cursor) == (2, 2, "")


@pytest.mark.duty("trace.whole")
def test_every_answer_is_counted_once_whoever_asks_at_once(entry, at_once, monkeypatch):
    monkeypatch.setitem(vars(config), "fair_use_per_hour", 30)
    # What was counted ahead for the last who asked may be left when the others were refused: how
    # that is given back has a test of its own.
    monkeypatch.setattr(ahead, "WARM", 1_000)

    def some():
        answered = 0
        for _ in range(6):
            try:
                ask(entry)
            except TooOften:
                continue
            answered += 1
        return answered

    assert sum(at_once([some] * 6)) == 28
    assert (Tally.objects.get().queries, Pace.objects.get().used) == (30, 30)
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        assert ask(entry).notes.left.left == 29
        assert ask(entry).notes.left.left == 28
        tasks.close_hours.func(timestamp=0)
    assert sorted(Tally.objects.values_list("queries", flat=True)) == [2, 30]


@pytest.fixture
def early(monkeypatch):
    """Who asks is never said to have paused; and the hour is young."""
    monkeypatch.setattr(ahead, "PAUSE_SECONDS", 60)
    monkeypatch.setattr(ahead, "SECONDS", 600)
    with clock.standing_at(clock.this_hour() + timedelta(minutes=5)):
        yield


def given_back():
    """Return what is counted once nothing is counted ahead any more."""
    standing._ahead.give_back()
    return Tally.objects.get().queries, sum(Pace.objects.values_list("used", flat=True))


@pytest.mark.long
@pytest.mark.duty("trace.whole")
@pytest.mark.parametrize("limit", [36_000, 0])
def test_whoever_asks_for_many_is_counted_ahead_and_exactly(early, entry, monkeypatch, limit):
    monkeypatch.setitem(vars(config), "fair_use_per_hour", limit)
    asked = []

    def seen(execute, sql, *rest):
        asked.append("UPDATE delivery_tally" in sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(seen):
        lefts = [ask(entry).notes.left for _ in range(300)]
    # One statement for each; few of them write.
    assert len(asked) == 300
    assert 16 <= sum(asked) < 100
    # Each was counted when it left, and each found one less.
    assert Tally.objects.get().queries >= 302
    assert not limit or [each.left for each in lefts] == [*range(limit - 3, limit - 303, -1)]
    assert given_back() == (302, 302 if limit else 2)


@pytest.mark.long
@pytest.mark.duty("opening.free")
@pytest.mark.parametrize(
    ("change", "told"), [(hold, gate.Refused), (withdraw, Withdrawn), (close_it, gate.Refused)]
)
def test_what_is_stopped_goes_to_nobody_who_is_counted_ahead(early, entry, change, told):
    for _ in range(105):
        ask(entry)
    assert Tally.objects.get().queries > 107
    change(entry)
    for _ in range(3):
        with pytest.raises(told):
            ask(entry)
    assert given_back() == (107, 107)


@pytest.mark.duty("trace.whole")
def test_no_limit_is_passed_by_who_is_counted_ahead(early, entry, at_once, monkeypatch):
    monkeypatch.setitem(vars(config), "fair_use_per_hour", 500)

    def some():
        answered = 0
        for _ in range(150):
            with suppress(TooOften):
                ask(entry)
                answered += 1
        return answered

    assert sum(at_once([some] * 4)) == 498
    assert given_back() == (500, 500)


@pytest.mark.long
def test_whoever_is_told_to_stop_gives_back_first(early, entry):
    """Threads of the server are daemons, and so would be each that they start."""
    many = 20

    def some():
        for _ in range(many):
            ask(entry)
        connection.close()

    answering = threading.Thread(target=some, daemon=True)
    answering.start()
    answering.join()
    (giving,) = (each for each in threading.enumerate() if each.name == "counted-ahead")
    assert not giving.daemon
    assert given_back() == (2 + many, 2 + many)


@pytest.mark.long
def test_close_to_the_end_of_an_hour_nothing_is_counted_ahead(entry):
    with clock.standing_at(clock.this_hour() + timedelta(minutes=59, seconds=55)):
        for _ in range(40):
            ask(entry)
        assert Tally.objects.get().queries == 42


@pytest.mark.long
def test_without_a_limit_answers_are_counted_too(monkeypatch):
    monkeypatch.setitem(vars(config), "fair_use_per_hour", 0)
    entry = make_release(make_entry()).entry
    for _ in range(3):
        assert ask(entry).notes.left is None
    assert Tally.objects.get().queries == 3
    assert not Pace.objects.exists()
