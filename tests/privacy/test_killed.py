"""A worker is killed in the middle of a deletion; the next one goes on where it was."""

import signal

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from tests.cli.test_ingesting import address
from tests.operation.test_tasks import start, until
from tests.privacy.makers import NUMBERS
from tests.privacy.test_requests import ask, decide, make_held, states, texts

from yelin.config import config
from yelin.privacy.models import SubjectRequest
from yelin.warehouse.models import Erasure

pytestmark = pytest.mark.django_db(transaction=True)


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


@pytest.mark.long
@pytest.mark.duty("personal.erase")
def test_what_a_killed_worker_was_deleting_is_deleted_by_the_next():
    # Marks are made by the secret of the installation, which the worker has as we do.
    config.private("keys/django", settings.SECRET_KEY.encode)
    entry, subject, _takers = make_held()
    case = ask(subject, entry)
    decide(case)
    first = entry.releases.get(number=1)
    with psycopg.connect(address()) as holder:
        # Whoever writes this version again waits here: its number is buried, its rows are not gone.
        holder.execute("SELECT 1 FROM things_thing WHERE id = %s FOR UPDATE", [first.pk])
        with start("-m", "yelin.cli", "worker") as killed:
            until(
                lambda: waits_for_a_lock() and Erasure.objects.exists(),
                lambda: str(states(case)),
            )
            killed.send_signal(signal.SIGKILL)
        holder.rollback()
    assert NUMBERS[0] in texts(entry)
    assert SubjectRequest.objects.get(case=case).proved_at is None
    with start("-m", "yelin.cli", "worker") as worker:
        until(
            lambda: SubjectRequest.objects.get(case=case).proved_at is not None,
            lambda: str(states(case)),
        )
        worker.send_signal(signal.SIGTERM)
    assert states(case) == {
        "release": ["done", "done"],
        "copies": ["done"],
        "consent": ["done"],
        "recipient": ["told", "told"],
    }
    assert NUMBERS[0] not in texts(entry).upper()
    # Buried once, however often it was begun.
    assert Erasure.objects.filter(entry=entry).count() == 1
