"""``flush``, as tests call it after each of theirs that commits."""

from functools import cache
from typing import Any

from django.core.management.commands import flush
from django.db import connection
from psycopg import sql

EMPTY = """
DO $$
DECLARE name text;
BEGIN
    SET LOCAL session_replication_role = replica;
    LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE;
    FOREACH name IN ARRAY ARRAY[{names}] LOOP
        IF pg_relation_size(quote_ident(name)::regclass) > 0 THEN
            EXECUTE format('DELETE FROM %I', name);
        END IF;
    END LOOP;
END $$
"""


# Models that Django does not manage stand behind these, so it does not name them.
QUEUE = [
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
]


class Command(flush.Command):
    """Delete the few rows that a test left, instead of making each table anew.

    ``TRUNCATE`` costs the same for an empty table as for a full one, and there are over a hundred;
    and nothing here asks for the permissions of Django, which its own command writes again.
    """

    def handle(self, **_: Any) -> None:
        """Empty all tables, those of the queue too, once nobody writes to them any more."""
        connection.cursor().execute(_statement())


@cache
def _statement() -> sql.Composed:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables += QUEUE
    return sql.SQL(EMPTY).format(
        tables=sql.SQL(", ").join(map(sql.Identifier, tables)),
        names=sql.SQL(", ").join(map(sql.Literal, tables)),
    )
