"""Queries that are composed once and asked many times.

Django composes a query anew each time, and for a row or two that takes several times as long as
the answer. So what every act and every decision of the gate asks is prepared, and by the database
too, which parses and plans it once a connection.
"""

import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from typing import Any, Generic, TypeAlias, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

_ONE_PLAN = (
    "SELECT set_config('plan_cache_mode', 'force_generic_plan', true),"
    " set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true)"
)
M = TypeVar("M", bound=Model)
Ask: TypeAlias = Callable[[str, Any], CursorWrapper]


def _was_spoken_to(known: Any) -> bool:
    """Say whether the database said anything unasked, as it does when it goes."""
    if known is None or known.closed:
        return True
    poll = select.poll()
    poll.register(known.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def asking() -> Iterator[CursorWrapper]:
    """Yield a cursor whose statements the database prepares; their values go beside them."""
    be_there()
    with _cursor() as cursor:
        yield cursor


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a short statement for which an answer waits; values are ``%(name)s``.

    Where it is a transaction of its own it is sent as it was prepared, by the library of the
    database alone: a cursor takes as long to send it as the database to answer. Nothing can break
    it off, so it must wait for no lock of a long transaction. Raises what a cursor does.
    """
    own = be_there()
    known = own.connection
    # A cursor begins a transaction, and is what is seen by whoever looks on.
    if not known.autocommit or own.execute_wrappers or own.queries_logged:
        with _cursor() as cursor:
            cursor.execute(sql, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found
    with own.wrap_database_errors:
        try:
            return _sent(known, sql, values)
        except InvalidSqlStatementName:
            # Whatever was prepared is forgotten where a transaction is rolled back.
            known.prepared_by_name[1].clear()
            return _sent(known, sql, values)


def _sent(known: Any, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    if (had := known.__dict__.get("prepared_by_name")) is None:
        # How values are written and read is looked up once a connection, too.
        had = known.prepared_by_name = (Transformer(known), {})
    turning, names = had
    dumped = turning.dump_sequence([*values.values()], [PyFormat.TEXT] * len(values))
    # Values of other types make another statement.
    asked = (sql, turning.types)
    if asked not in names:
        name = b"yelin_%d" % len(names)
        numbered = sql % {each: f"${place}" for place, each in enumerate(values, start=1)}
        _done(known, known.pgconn.prepare(name, numbered.encode(), turning.types))
        names[asked] = name
    found = _done(known, known.pgconn.exec_prepared(names[asked], dumped, turning.formats))
    turning.set_pgresult(found)
    made: list[tuple[Any, ...]] = turning.load_rows(0, found.ntuples, tuple)
    return made


def _done(known: Any, result: PGresult) -> PGresult:
    if result.status not in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        raise error_from_result(result, known.info.encoding)
    return result


@contextmanager
def at_once() -> Iterator[Ask]:
    """Send several questions to the database at once, prepared as well.

    Whoever asks gets a cursor, which has its rows once the block is over.
    """
    be_there()
    with connection.connection.pipeline():

        def ask(sql: str, values: Any) -> CursorWrapper:
            cursor = _cursor()
            cursor.execute(sql, values)
            return cursor

        yield ask


def by_one_plan(sql: str, values: Any, *, first: Sequence[str] = ()) -> list[Any]:
    """Return what the database answers, in binary, by a plan made once for whatever values.

    It is made for one process and not compiled. Left to itself the database compares what it
    expects, and plans anew for each value or starts more processes, which takes longer than an
    answer that is soon found. What is said ``first`` goes in the same message.
    """
    be_there()
    with connection.connection.pipeline():
        for said in first:
            # What is said once is not prepared: it would put out what is asked again.
            connection.connection.execute(said, prepare=False)
        # Until the end of the transaction that the pipeline is, or of the one that is open.
        _cursor().execute(_ONE_PLAN)
        cursor = _cursor()
        cursor.cursor.format = Format.BINARY
        cursor.execute(sql, values)
    found: list[Any] = cursor.fetchall()
    return found


def be_there() -> Any:
    """Have a connection, asked whether it holds only where the database said anything.

    Return it as this thread has it: ``connection`` looks for that at each word.
    """
    own = connections[DEFAULT_DB_ALIAS]
    if _was_spoken_to(own.connection):
        own.close_if_health_check_failed()
        own.ensure_connection()
    # It says so itself when it goes, and has not.
    own.health_check_done = True  # type: ignore[attr-defined]  # missing in the stubs
    # Django lets it prepare nothing; what is asked otherwise never is.
    own.connection.prepare_threshold = 0
    return own


def _cursor() -> CursorWrapper:
    bare = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]  # missing in the stubs
    # Wrapped as Django's own are, so that errors and counts of statements are the same.
    return connection._prepare_cursor(bare)  # type: ignore[attr-defined,no-any-return]  # the same


class Prepared(Generic[M]):
    """A query whose values are given when it is asked, in the order in which its SQL has them.

    ``rows`` gives the query with any values in their places; it is called when it is first asked,
    since a query that locks can be composed only within a transaction.
    """

    def __init__(self, rows: Callable[[], QuerySet[M]]) -> None:
        self._rows = rows

    @cached_property
    def _composed(self) -> "Composed[M]":
        return Composed(self._rows())

    def ask(self, *values: Any) -> list[M]:
        """Return the rows for these values, with those that the query selects along with them."""
        with asking() as cursor:
            return self._composed.read(cursor, values)


class Composed(Generic[M]):
    """A query as SQL with its values, and how its rows become models as Django makes them.

    Raises ``EmptyResultSet`` for one that finds nothing whatever there is.
    """

    def __init__(self, rows: QuerySet[M]) -> None:
        compiler = rows.query.get_compiler(rows.db)
        self.sql, self.params = compiler.as_sql()
        own = compiler.klass_info["select_fields"]
        self._model = rows.model
        self._own = slice(own[0], own[-1] + 1)
        self._names = [column.target.attname for column, *_ in compiler.select[self._own]]
        self._annotations = compiler.annotation_col_map
        self._along = get_related_populators(compiler.klass_info, compiler.select, rows.db)  # type: ignore[call-arg]  # the stubs know a later Django only
        self._converters = compiler.get_converters(chain(column for column, *_ in compiler.select))

    def read(self, cursor: CursorWrapper, values: Any) -> list[M]:
        """Return the rows for these values, with those that the query selects along with them."""
        cursor.execute(self.sql, values)
        return [self._made_of(list(row)) for row in cursor]

    def _made_of(self, row: list[Any]) -> M:
        for place, (converters, expression) in self._converters.items():
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        made = self._model.from_db(connection.alias, self._names, row[self._own])
        for along in self._along:
            along.populate(row, made)
        for name, place in self._annotations.items():
            setattr(made, name, row[place])
        return made
