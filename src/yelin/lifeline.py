"""Ending with the process that started us, so that a ``kill -9`` leaves nothing behind that serves.

``YELIN_IN_DEMO`` is how ``yelin demo`` tells its parts whom they belong to: its process id.
"""

import ctypes
import os
import signal
import sys

IN_DEMO = "YELIN_IN_DEMO"
_PR_SET_PDEATHSIG = 1  # prctl(2)


def joins_a_demo() -> bool:
    """Say whether a demo started this process, and if so, end with it, and in order."""
    demo = os.environ.get(IN_DEMO)
    if demo:
        # Told while it starts, or told twice, it lets the embedded database go all the same.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        end_with(int(demo))
    return bool(demo)


def end_with(parent: int) -> None:
    """Have this process told to stop, by SIGTERM, when ``parent``, which started it, dies.

    Only Linux tells; elsewhere a parent that is killed leaves its children behind.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        # It died before we asked to be told.
        os.kill(os.getpid(), signal.SIGTERM)
