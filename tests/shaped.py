"""Databases that are ready at once: one is brought to shape by all migrations, others copy it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from yelin import postgres
from yelin.config import config

ROOT = Path(__file__).parent.parent
PREFIX = "yelin_shaped_"


def at(name: str) -> str:
    """Return where the database ``name`` of the server under test is found."""
    return urlsplit(postgres.ensure(config.root))._replace(path=f"/{name}").geturl()


def template() -> str:
    """Return the name of the database that has all migrations, made where nobody made it yet."""
    name = PREFIX + _digest()
    with psycopg.connect(at("postgres"), autocommit=True) as server:
        # Several runners begin together; the lock makes one of them the founder.
        server.execute("SELECT pg_advisory_lock(7035)")
        known = dict(
            server.execute(
                "SELECT datname, datistemplate FROM pg_database WHERE starts_with(datname, %s)",
                [PREFIX],
            ).fetchall()
        )
        if known.get(name):
            return name
        for stale in known:
            server.execute(_sql("ALTER DATABASE {} IS_TEMPLATE false", stale))
            server.execute(_sql("DROP DATABASE {} WITH (FORCE)", stale))
        server.execute(_sql("CREATE DATABASE {}", name))
        subprocess.run(
            [sys.executable, "-m", "yelin.cli", "migrate"],
            env=os.environ | {"DATABASE_URL": at(name), "DJANGO_SETTINGS_MODULE": "yelin.settings"},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        server.execute(_sql("ALTER DATABASE {} IS_TEMPLATE true", name))
    return name


@contextmanager
def copy() -> Iterator[str]:
    """Give a database of its own to whoever asks, and take it back."""
    name = f"yelin_copy_{uuid4().hex}"
    shaped = template()
    with psycopg.connect(at("postgres"), autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(shaped)
            )
        )
        try:
            yield at(name)
        finally:
            server.execute(_sql("DROP DATABASE {} WITH (FORCE)", name))


def _digest() -> str:
    found = sha256((ROOT / "uv.lock").read_bytes())
    for path in sorted(ROOT.glob("src/yelin/**/migrations/*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _sql(text: str, name: str) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(name))
