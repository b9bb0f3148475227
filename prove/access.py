"""Every page in every look, by whoever is led to it: axe-core finds nothing on any.

``make test`` looks at a part of the same pages.
"""

import os
import subprocess
import sys


def main(scale: float = 1.0) -> None:
    """Look at all, or at one in so many. Raises ``CalledProcessError`` where something is found."""
    environ = os.environ | {"ACCESS_EVERY": str(max(1, round(1 / scale)))}
    call = [sys.executable, "-m", "pytest", "-q", "tests/access"]
    subprocess.run(call, check=True, env=environ)
