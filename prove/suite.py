"""Every test, the long ones too: what is drawn by chance many times, what is tried in part whole.

``make test`` does a part of the same, always that one.
"""

import os
import subprocess
import sys


def main(scale: float = 1.0) -> None:
    """Run all tests, each as often as told. Raises ``CalledProcessError`` where one fails."""
    call = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal"]
    subprocess.run(call, check=True, env=os.environ | {"THOROUGH": str(scale)})
