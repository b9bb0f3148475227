"""A long question in two halves: one is asked on a second connection while the other is answered.

A process has one such connection, kept open: what the database learns on it, its plans among them,
it keeps. Whoever finds it busy asks the whole by himself, so that nobody waits for it.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import Any, TypeAlias

import psycopg
import structlog
from django.db import Error, close_old_connections, connection, connections, transaction

from yelin.things import prepared

_SAME = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# A statement with its values.
Asked: TypeAlias = tuple[str, Any]
log = structlog.get_logger(__name__)


def both(own: Asked, other: Asked) -> tuple[list[Any], list[Any]] | None:
    """Return what the database answers to each, both of one moment, or nothing where it cannot.

    It cannot where the second connection is busy or failed, and where a transaction is open, whose
    changes are its own. Both are asked as ``prepared.by_one_plan`` asks.
    """
    hand = _hand(os.getpid())
    if connection.in_atomic_block or not hand.free.acquire(blocking=False):
        return None
    try:
        prepared.be_there()
        with transaction.atomic():
            snapshot = prepared.by_one_plan("SELECT pg_export_snapshot()", (), first=[_SAME])[0][0]
            answer = hand.thread.submit(_answered, other, snapshot)
            try:
                found = prepared.by_one_plan(*own)
            finally:
                # The moment lasts as long as this transaction.
                asked = answer.result()
        return None if asked is None else (found, asked)
    finally:
        hand.free.release()


def let_go() -> None:
    """Close the second connection, before the database goes. It is opened when asked again."""
    hand = _hand(os.getpid())
    with hand.free:
        hand.thread.submit(connections.close_all).result()


class _Hand:
    def __init__(self) -> None:
        self.free = Lock()
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="asked-beside")


@cache
def _hand(process: int) -> _Hand:
    """Return that of this process: one that was split off has no threads of the one before it."""
    del process
    return _Hand()


def _answered(asked: Asked, snapshot: str) -> list[Any] | None:
    # A question is to this thread what a request is to others.
    close_old_connections()
    try:
        prepared.be_there()
        with transaction.atomic():
            then = f"SET TRANSACTION SNAPSHOT '{snapshot}'"
            return prepared.by_one_plan(*asked, first=[_SAME, then])
    # A pipeline that breaks says so in the words of its library.
    except (Error, psycopg.Error) as error:
        connection.close()
        log.warning("not asked beside", error=type(error).__name__)
        return None
