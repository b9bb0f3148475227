"""Read a table or view of a MySQL or MariaDB server, every value as the server writes it."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import pymysql
from pymysql.constants import CR, ER
from pymysql.cursors import SSCursor

from yelin.outbound import sending
from yelin.pulling.asking import (
    BLOCK_BYTES,
    STEP_SECONDS,
    Asked,
    Found,
    Unreadable,
    answered,
    broken_off,
    mistrusted,
    no_column,
    no_database,
    no_relation,
    no_right,
    not_let_in,
    silent,
    unencrypted,
)
from yelin.pulling.content import PullContent

ROWS_AT_ONCE = 1000
_BEGIN = (
    "SET SESSION time_zone = '+08:00'",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)


def look(asked: Asked) -> Found:
    """Return the columns that are there. Raises ``Unreadable``."""
    with _opened(asked) as cursor:
        cursor.execute(f"{_question(asked.content)} LIMIT 0")
        return Found(columns=_names(cursor))


def fetch(asked: Asked) -> Iterator[bytes]:
    """Yield the rows as CSV with a header. Raises ``Unreadable``."""
    with _opened(asked) as cursor:
        cursor.execute(_question(asked.content))
        block = bytearray(_line(_names(cursor)))
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                block += _line(row)
            if len(block) >= BLOCK_BYTES:
                yield bytes(block)
                block.clear()
        yield bytes(block)


def _names(cursor: SSCursor) -> tuple[str, ...]:
    return tuple(column[0] for column in cursor.description or ())


def _line(values: Sequence[Any]) -> bytes:
    return (",".join(map(_cell, values)) + "\r\n").encode()


def _cell(value: str | bytes | None) -> str:
    """Write a value as PostgreSQL does: nothing for NULL, quotes around what is empty."""
    if value is None:
        return ""
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else value
    if not text or any(mark in text for mark in ',"\r\n') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def _question(content: PullContent) -> str:
    columns = ", ".join(map(_quoted, content.columns)) or "*"
    relation = ".".join(map(_quoted, content.relation.split(".")))
    return f"SELECT {columns} FROM {relation}"  # noqa: S608 - names, each quoted


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


@contextmanager
def _opened(asked: Asked) -> Iterator[SSCursor]:
    """Open a transaction that only reads, whose rows come as they are asked for."""
    content = asked.content
    there = content.there
    line = sending.connected(there.host, there.port, asked.way, inside=not content.encrypted)
    connection: pymysql.Connection[SSCursor] = pymysql.Connection(
        host=there.host,
        user=content.user,
        password=asked.secret.encode(),
        database=content.database,
        ssl=asked.trust if content.encrypted else None,
        ssl_disabled=not content.encrypted,
        charset="utf8mb4",
        # Numbers and times stay the text that the server wrote.
        conv={},
        cursorclass=SSCursor,
        read_timeout=STEP_SECONDS,
        write_timeout=STEP_SECONDS,
        autocommit=None,
        defer_connect=True,
    )
    try:
        connection.connect(line)
        with closing(connection):
            cursor = connection.cursor()
            for statement in _BEGIN:
                cursor.execute(statement)
            try:
                yield cursor
            finally:
                # Left early, the driver would wait for all the rows that nobody wants any more.
                if result := getattr(cursor, "_result", None):
                    result.unbuffered_active = False
    except pymysql.Error as error:
        raise _told(error, content) from None
    finally:
        line.close()


_MEANINGS = {
    ER.NO_SUCH_TABLE: no_relation,
    ER.TABLEACCESS_DENIED_ERROR: no_right,
    ER.COLUMNACCESS_DENIED_ERROR: no_right,
    ER.BAD_FIELD_ERROR: no_column,
    ER.BAD_DB_ERROR: no_database,
    ER.DBACCESS_DENIED_ERROR: no_database,
    ER.ACCESS_DENIED_ERROR: not_let_in,
    ER.HOST_NOT_PRIVILEGED: not_let_in,
}


def _told(error: pymysql.Error, content: PullContent) -> Unreadable:
    code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if code in _MEANINGS:
        return _MEANINGS[code]()
    match getattr(error, "original_exception", None):
        case ssl.SSLError():
            meant = mistrusted(content)
        case TimeoutError():
            meant = silent()
        case _ if code == CR.CR_SSL_CONNECTION_ERROR:
            meant = unencrypted(content)
        case _ if 1000 <= code < 2000:
            meant = answered(str(code))
        case _:
            meant = broken_off()
    return meant
