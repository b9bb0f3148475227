"""What the tests draw by chance is drawn many times, what they try in part is tried whole.

``make test`` does a part of the same, always that one.
"""

import os
import subprocess
import sys


def main(scale: float = 1.0) -> None:
    """Run those tests, each as often as told. Raises ``CalledProcessError`` where one fails."""
    call = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal"]
    call += ["-m", "hypothesis or thorough"]
    subprocess.run(call, check=True, env=os.environ | {"THOROUGH": str(scale)})
