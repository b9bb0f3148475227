"""Ending with the process that started us, so that a ``kill -9`` leaves nothing behind that serves.

``YELIN_IN_DEMO`` is how ``yelin demo`` tells its parts whom they belong to: its process id.
"""

import os
import signal
import sys
import threading
import time

IN_DEMO = "YELIN_IN_DEMO"
POLL_SECONDS = 0.5
GRACE_SECONDS = 15


def joins_a_demo() -> bool:
    """Say whether a demo started this process, and if so, end with it, and in order."""
    demo = os.environ.get(IN_DEMO)
    if demo:
        # Told while it starts, or told twice, it lets the embedded database go all the same.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        end_with(int(demo))
    return bool(demo)


def end_with(parent: int) -> None:
    """Have this process stop when ``parent``, which started it, dies: in order, or else at once."""
    watching = threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True)
    watching.start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    # A job may take its time, and whoever waits for it is gone: it is simply run again.
    time.sleep(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
