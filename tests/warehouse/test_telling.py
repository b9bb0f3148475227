from datetime import timedelta

import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_body, make_seat
from tests.warehouse.makers import make_upload

from yelin.law import duties
from yelin.law.models import Clock
from yelin.notices.models import Notice
from yelin.warehouse import tasks

pytestmark = pytest.mark.django_db


def told(person, event):
    return Notice.objects.filter(to=person.person_id, event=event)


def test_stewards_are_told_that_a_file_is_ready_or_of_no_use_and_once():
    body = make_body()
    steward = make_seat(body)
    entry = make_entry(body, "registered")
    ready = make_upload(entry)
    notice = told(steward, "upload.ready").get()
    assert notice.about_id == ready.pk
    assert notice.params == {"code": entry.code, "rows": 3, "rejected": 0}
    make_upload(entry, b"\x00\x01\x02")
    assert told(steward, "upload.failed").count() == 1
    tasks.prepare(str(ready.pk))
    assert told(steward, "upload.ready").count() == 1


@pytest.mark.duty("aggregation.bring_in")
def test_stewards_are_told_when_a_term_comes_near_and_when_it_lapses_each_once(today):
    today("2026-01-05")
    body = make_body()
    steward = make_seat(body)
    entry = make_entry(body, "confirmed", update_cycle="monthly")
    due = Clock.objects.running().get(thing=entry.pk, duty=duties.BRING_IN.name).due
    tasks.warn_of_terms.func(timestamp=0)
    assert not told(steward, "term.due_soon").exists()
    today(due.isoformat())
    for _ in range(2):
        tasks.warn_of_terms.func(timestamp=0)
        tasks.sweep_terms.func(timestamp=0)
    assert told(steward, "term.due_soon").get().params == {
        "code": entry.code,
        "due": due.isoformat(),
    }
    assert not told(steward, "term.lapsed").exists()
    today((due + timedelta(days=1)).isoformat())
    for _ in range(2):
        tasks.sweep_terms.func(timestamp=0)
    assert told(steward, "term.lapsed").count() == 1
