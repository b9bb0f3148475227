"""Stop an answer that somebody waits for, from whichever process hears of it first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


class Stopped(Exception):
    """Whoever asked does not want the answer any more."""


@contextmanager
def heard(run: UUID) -> Iterator[Callable[[], None]]:
    """Yield what raises ``Stopped`` once somebody stopped ``run``; nobody can guess what it is."""
    connection.ensure_connection()
    line = connection.connection

    def hear() -> None:
        if any(notice.channel == _channel(run) for notice in line.notifies(timeout=0)):
            raise Stopped

    with connection.cursor() as cursor:
        cursor.execute(f'LISTEN "{_channel(run)}"')
        try:
            yield hear
        finally:
            cursor.execute(f'UNLISTEN "{_channel(run)}"')


def stop(run: UUID) -> None:
    """Stop ``run``, wherever it is; one that is over, or never was, is not missed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [_channel(run)])


def _channel(run: UUID) -> str:
    return f"run_{run.hex}"
