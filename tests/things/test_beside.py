"""Half of a question asked beside is answered as of the same moment, or not at all."""

import os
import threading

import pytest
from django.db import connection, transaction

from yelin.things import beside, prepared

HOW_MANY = "SELECT count(*) FROM told WHERE half = %s"
HALVES = ((HOW_MANY, [1]), (HOW_MANY, [2]))


@pytest.fixture
def told(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE told (half int)")
        cursor.execute("INSERT INTO told VALUES (1), (1), (2)")
    yield
    beside.let_go()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE told")


def test_both_halves_are_answered(told):
    assert beside.both(*HALVES) == ([(2,)], [(1,)])
    assert beside.both(*HALVES) == ([(2,)], [(1,)])
    assert connection.get_autocommit()


def test_both_are_of_one_moment(told, monkeypatch):
    asked = prepared.by_one_plan
    other = connection.copy()

    def after_a_move(sql, values, **told):
        found = asked(sql, values, **told)
        if "export" in sql:
            # A row moves from one half to the other before either is asked.
            with other.cursor() as cursor:
                cursor.execute("UPDATE told SET half = 3 - half")
        return found

    other.inc_thread_sharing()
    monkeypatch.setattr(prepared, "by_one_plan", after_a_move)
    try:
        assert beside.both(*HALVES) == ([(2,)], [(1,)])
        assert beside.both(*HALVES) == ([(1,)], [(2,)])
    finally:
        other.close()


def test_nothing_is_asked_beside_what_was_not_committed(told):
    with transaction.atomic():
        assert beside.both(*HALVES) is None


def test_nobody_waits_for_a_busy_connection(told):
    with beside._hand(os.getpid()).free:
        assert beside.both(*HALVES) is None
    assert beside.both(*HALVES) is not None


def test_a_connection_that_was_cut_is_asked_again_later(told):
    assert beside.both(*HALVES)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid != pg_backend_pid()"
        )
    # Cut while nobody asked, it is opened anew.
    assert beside.both(*HALVES) == ([(2,)], [(1,)])


def test_a_connection_that_is_cut_in_the_middle_answers_nothing(told):
    cut = "SELECT pg_terminate_backend(pg_backend_pid())"
    assert beside.both(HALVES[0], (cut, [])) is None
    assert beside.both(*HALVES) == ([(2,)], [(1,)])


def test_what_is_wrong_with_ones_own_half_is_said(told):
    with pytest.raises(Exception, match="division"):
        beside.both(("SELECT 1 / %s", [0]), HALVES[1])
    assert beside.both(*HALVES) == ([(2,)], [(1,)])


def test_a_process_that_was_split_off_has_a_connection_of_its_own(told):
    assert beside.both(*HALVES)
    child = os.fork()
    if not child:
        os._exit(0 if beside._hand(os.getpid()).thread._threads == set() else 1)
    _, status = os.waitpid(child, 0)
    assert status == 0
    assert threading.active_count() < 50
