"""Every door is asked by everybody about everything: none tells more than the house plan gives.

``make test`` asks a part of the same questions.
"""

import os
import subprocess
import sys


def main(scale: float = 1.0) -> None:
    """Ask all, or one in so many. Raises ``CalledProcessError`` where a door tells too much."""
    environ = os.environ | {"DOORS_EVERY": str(max(1, round(1 / scale)))}
    call = [sys.executable, "-m", "pytest", "-q", "tests/leaks"]
    subprocess.run(call, check=True, env=environ)
