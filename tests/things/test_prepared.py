import threading
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DataError, ProgrammingError, close_old_connections, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import make_entry
from tests.gate.makers import make_grant, make_hold
from tests.parties.makers import make_body, make_seat
from tests.warehouse.makers import make_upload

from yelin.catalog.models import Entry
from yelin.gate.models import Grant
from yelin.things import prepared
from yelin.things.models import Subject
from yelin.things.prepared import Prepared

pytestmark = pytest.mark.django_db


def said(row: Model) -> dict[str, object]:
    """The values of a row and of those read along with it."""
    fields = row._meta.concrete_fields
    values = {field.attname: getattr(row, field.attname) for field in fields}
    led_to = [field for field in fields if field.is_relation and field.is_cached(row)]
    along = {field.name: getattr(row, field.name) for field in led_to}
    return values | {name: said(other) if other else None for name, other in along.items()}


def make_each() -> list[Subject]:
    entry = make_entry()
    return [entry, make_upload(), make_grant(make_body(), entry), make_hold(entry), make_seat()]


@pytest.mark.parametrize("hold", [True, False])
def test_what_is_prepared_is_read_as_django_reads_it(hold):
    for row in make_each():
        plain = type(row)._default_manager.select_related("thing", *row.ALONG).get(pk=row.pk)
        row.read_again(hold=hold)
        assert said(row) == said(plain)
        assert row._state.adding is False
        assert row._state.db == plain._state.db


def test_what_goes_along_is_read_in_the_same_query():
    entry = make_entry()
    with CaptureQueriesContext(connection) as asked:
        entry.read_again(hold=True)
        assert entry.provider.credit_code
        assert entry.thing.code == entry.code
    assert len(asked) == 1


def test_one_plan_answers_for_whatever_values():
    make_entry(title="一"), make_entry(title="二")
    asked = "SELECT count(*), %s::bytea FROM catalog_entry WHERE title = ANY(%s)"
    for titles in (["一"], ["一", "二"], []):
        assert prepared.by_one_plan(asked, [b"\x00", titles]) == [(len(titles), b"\x00")]
    plans = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"
    with connection.cursor() as cursor:
        cursor.execute(plans, ["SELECT count(*), $1%"])
        assert cursor.fetchall() == [(3, 0)]


@pytest.mark.django_db(transaction=True)
def test_what_one_plan_is_made_by_ends_with_its_question():
    prepared.by_one_plan("SELECT %s", ["x"])
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("auto",)


def test_it_is_asked_anew_each_time():
    body, other = make_body(), make_body()
    entry, of_other = make_entry(body), make_entry(other)
    of_body = Prepared(lambda: Entry.objects.filter(provider=body))
    assert of_body.ask(body.pk) == [entry]
    assert of_body.ask(other.pk) == [of_other]
    make_entry(body, title="另一目录")
    assert len(of_body.ask(body.pk)) == 2
    assert of_body.ask(entry.pk) == []


def test_what_is_annotated_comes_along():
    grant = make_grant(make_body(), make_entry())
    make_hold(grant)
    make_hold(grant, "resource.read", "entry.read")
    read = Prepared(lambda: Grant.objects.with_holds().filter(pk=grant.pk)).ask(grant.pk)
    assert sorted(read[0].held_actions) == [[], ["entry.read", "resource.read"]]


def test_a_row_that_is_gone_is_missing():
    hold = make_hold(make_entry())
    type(hold).objects.filter(pk=hold.pk).delete()
    with pytest.raises(type(hold).DoesNotExist):
        hold.read_again(hold=True)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_went_between_two_requests_is_found_again():
    entry = make_entry()
    rows = Prepared(lambda: Entry.objects.filter(code=""))
    close_old_connections()
    assert rows.ask(entry.code)
    pid = connection.connection.info.backend_pid

    def restart():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        connection.close()

    thread = threading.Thread(target=restart)
    thread.start()
    thread.join()
    # As each request begins.
    close_old_connections()
    assert rows.ask(entry.code)
    assert connection.connection.info.backend_pid != pid


def test_the_database_prepares_what_is_asked_as_prepared_and_nothing_else():
    with prepared.asking() as cursor:
        cursor.execute("SELECT %s::text", ["asked"])
        assert cursor.fetchone() == ("asked",)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text || 'otherwise'", ["asked"])
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        found = [statement for (statement,) in cursor]
    assert any("$1::text" in statement for statement in found)
    assert not any("otherwise" in statement for statement in found)


@pytest.mark.django_db(transaction=True)
def test_a_short_statement_is_prepared_and_answered_in_the_types_of_its_values():
    hour = datetime(2026, 11, 28, 9, tzinfo=UTC)
    asked = (
        "SELECT %(text)s::text, %(hour)s, %(of)s, %(many)s + 1, %(none)s::int, '%%', %(text)s || ''"
    )
    for text, many in (("一", 1), ("'; --", 2**40), ("一", 3)):
        values = {"text": text, "hour": hour, "of": b"\x00\xff", "many": many, "none": None}
        assert prepared.rows(asked, **values) == [
            (text, hour, b"\x00\xff", many + 1, None, "%", text)
        ]
    with connection.cursor() as cursor:
        # One for numbers that are small, one for those that are not.
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'yelin%%'")
        assert cursor.fetchone() == (2,)
    assert prepared.rows("SELECT 1 WHERE %(not)s", **{"not": False}) == []


@pytest.mark.django_db(transaction=True)
def test_a_short_statement_belongs_to_the_transaction_in_which_it_is_asked():
    writes = "UPDATE catalog_entry SET title = %(title)s RETURNING title"
    entry = make_entry(title="原名")

    with transaction.atomic():
        # The first of its transaction, and one within it.
        for title in ("一", "二"):
            assert prepared.rows(writes, title=title) == [(title,)]
        transaction.set_rollback(True)
    entry.refresh_from_db()
    assert entry.title == "原名"
    assert prepared.rows(writes, title="新名") == [("新名",)]
    entry.refresh_from_db()
    assert entry.title == "新名"


@pytest.mark.django_db(transaction=True)
def test_a_short_statement_fails_as_any_other_and_is_seen_by_who_looks_on():
    with pytest.raises(DataError):
        prepared.rows("SELECT 1 / %(by)s", by=0)
    with pytest.raises(ProgrammingError):
        prepared.rows("SELECT %(x)s FROM nowhere", x=1)
    assert prepared.rows("SELECT 6 / %(by)s", by=2) == [(3,)]
    with CaptureQueriesContext(connection) as asked:
        assert prepared.rows("SELECT 6 / %(by)s", by=3) == [(2,)]
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_a_short_statement_finds_a_database_that_went_again():
    assert prepared.rows("SELECT %(x)s::int", x=1) == [(1,)]
    with psycopg.connect(**connection.get_connection_params()) as other:
        own = connection.connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [own])
    close_old_connections()
    assert prepared.rows("SELECT %(x)s::int", x=2) == [(2,)]
