"""Read a table or view of a PostgreSQL server, as CSV that the server itself writes."""

import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from typing import Any

import psycopg
from psycopg import errors, sql

from yelin.outbound import sending
from yelin.pulling.asking import (
    BLOCK_BYTES,
    STEP_SECONDS,
    Asked,
    Found,
    Steps,
    Unreadable,
    answered,
    broken_off,
    mistrusted,
    no_column,
    no_database,
    no_relation,
    no_right,
    not_let_in,
    unanswered,
    unencrypted,
)
from yelin.pulling.content import PullContent

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

# Values in one form, whatever the server is set to; and, as long as nothing changes, the same rows
# in the same order, so that what is unchanged is seen to be.
_SET = (
    "SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL TimeZone = 'Asia/Shanghai';"
    " SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL extra_float_digits = 1;"
    " SET LOCAL bytea_output = 'hex'; SET LOCAL synchronize_seqscans = off;"
    " SET LOCAL max_parallel_workers_per_gather = 0"
)


def look(asked: Asked) -> Found:
    """Return the columns that are there. Raises ``Unreadable``."""
    with _opened(asked) as (connection, _, steps):
        return Found(columns=steps.take(_columns(connection, _question(asked.content))))


def fetch(asked: Asked) -> Iterator[bytes]:
    """Yield the rows as CSV with a header. Raises ``Unreadable``."""
    copied = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(_question(asked.content))
    with _opened(asked) as (connection, stack, steps):
        rows = steps.take(stack.enter_async_context(connection.cursor().copy(copied)))
        while block := steps.take(_block(rows)):
            yield block


async def _columns(connection: Connection, question: sql.Composed) -> tuple[str, ...]:
    cursor = await connection.execute(question + sql.SQL(" LIMIT 0"))
    return tuple(column.name for column in cursor.description or ())


async def _block(rows: psycopg.AsyncCopy) -> bytes:
    block = bytearray()
    while len(block) < BLOCK_BYTES and (row := await rows.read()):
        block += row
    return bytes(block)


def _question(content: PullContent) -> sql.Composed:
    columns = [sql.Identifier(name) for name in content.columns]
    return sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(columns) if columns else sql.SQL("*"),
        sql.Identifier(*content.relation.split(".")),
    )


@contextmanager
def _opened(asked: Asked) -> Iterator[tuple[Connection, AsyncExitStack, Steps]]:
    """Open a transaction that only reads; what is put on the stack is left before it ends."""
    with ExitStack() as outer:
        trust = outer.enter_context(_trust(asked.content))
        steps, stack = outer.enter_context(Steps()), AsyncExitStack()
        outer.callback(_leave, steps, stack)
        try:
            connection = steps.take(_connecting(asked, trust))
            stack.push_async_callback(connection.close)
            steps.take(_begin(connection))
            yield connection, stack, steps
        except psycopg.Error as error:
            raise _told(error, asked.content) from None


def _leave(steps: Steps, stack: AsyncExitStack) -> None:
    with suppress(psycopg.Error, Unreadable):
        steps.take(stack.aclose())


async def _begin(connection: Connection) -> None:
    await connection.set_read_only(True)
    await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
    await connection.execute(_SET)


def _connecting(asked: Asked, trust: str) -> Awaitable[Connection]:
    content = asked.content
    there = content.there
    addresses = sending.addresses(there.host, there.port, asked.way, inside=not content.encrypted)
    return psycopg.AsyncConnection.connect(
        # The driver connects to the very addresses that were checked; the name is for TLS alone.
        hostaddr=",".join(map(str, addresses)),
        host=",".join([there.host] * len(addresses)),
        port=there.port,
        dbname=content.database,
        user=content.user,
        password=asked.secret,
        passfile=os.devnull,
        sslmode="verify-full" if content.encrypted else "disable",
        sslrootcert=trust,
        gssencmode="disable",
        connect_timeout=10,
        tcp_user_timeout=1000 * STEP_SECONDS,
        client_encoding="utf8",
        application_name="Yelin",
    )


@contextmanager
def _trust(content: PullContent) -> Iterator[str]:
    """Yield the file of certificates that the driver asks for; they are no secret."""
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(content.authority)
        file.flush()
        yield file.name


_MEANINGS: dict[type[psycopg.Error], Callable[[], Unreadable]] = {
    errors.UndefinedTable: no_relation,
    errors.InvalidSchemaName: no_relation,
    errors.InsufficientPrivilege: no_right,
    errors.UndefinedColumn: no_column,
    errors.InvalidCatalogName: no_database,
}


def _told(error: psycopg.Error, content: PullContent) -> Unreadable:
    if meant := _MEANINGS.get(type(error)):
        return meant()
    if error.sqlstate:
        return answered(error.sqlstate)
    is_unconnected = isinstance(error, psycopg.OperationalError)
    return _unconnected(str(error), content) if is_unconnected else broken_off()


def _unconnected(said: str, content: PullContent) -> Unreadable:
    """Tell why no connection came about; the driver says it in words alone, its own in English."""
    if "does not support SSL" in said:
        return unencrypted(content)
    if "certificate" in said:
        return mistrusted(content)
    if any(word in said for word in ("timeout", "refused", "unreachable")):
        return unanswered(content)
    # What the server itself says may be in any language; then it did answer.
    is_answer = "failed: " in said and "unexpectedly" not in said
    return not_let_in() if is_answer else broken_off()
