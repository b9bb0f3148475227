"""The web process: granian with a fixed number of threads."""

import os
import sys

from granian import Granian
from granian.constants import Interfaces

from yelin import postgres
from yelin.config import config

THREADS = 8
IN_DEMO = "YELIN_IN_DEMO"


def serve() -> None:
    """Answer on ``host`` and ``port`` until told to stop.

    Exits with words where only the embedded database is at hand: it is for trials, and a province
    keeps its data in a PostgreSQL of its own.
    """
    if not os.environ.get("DATABASE_URL"):
        sys.exit(
            "yelin serve needs DATABASE_URL; for a trial with everything in it use: yelin demo"
        )
    if config.database_url == postgres.address(config.root / "postgres") and not os.environ.get(
        IN_DEMO
    ):
        sys.exit("yelin serve does not run on the embedded PostgreSQL; use: yelin demo")
    Granian(
        "yelin.wsgi:application",
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        log_access=False,
        websockets=False,
    ).serve()
