"""The web process: granian with a fixed number of threads."""

import sys

from granian import Granian
from granian.constants import Interfaces

from yelin import lifeline, logs, postgres
from yelin.config import config

THREADS = 8


def serve() -> None:
    """Answer on ``host`` and ``port`` until told to stop.

    Exits with words where only the embedded database is at hand: it is for trials, and a province
    keeps its data in a PostgreSQL of its own.
    """
    if lifeline.joins_a_demo():
        postgres.ensure(config.root)
    elif not config.database_url:
        sys.exit(
            "yelin serve needs DATABASE_URL; for a trial with everything in it use: yelin demo"
        )
    elif config.database_url == postgres.address(config.root / "postgres"):
        sys.exit("yelin serve does not run on the embedded PostgreSQL; use: yelin demo")
    Granian(
        "yelin.wsgi:application",
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        log_dictconfig=logs.configured(config.log_level),
        log_access=False,
        websockets=False,
    ).serve()
