import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def _no_jobs(transactional_db):
    """Begin and end with an empty queue: its tables are not among those that tests empty."""
    del transactional_db
    _empty()
    yield
    _empty()


def _empty():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")
