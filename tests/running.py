"""What runs in a process of its own while a test looks: when the test is done, it is gone."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE_SECONDS = 60


@contextmanager
def running(
    command: list[Any], *, patience: float = PATIENCE_SECONDS, **options: Any
) -> Iterator[subprocess.Popen]:
    """Run a command for the block, by whose end it has ended or is about to.

    Whatever goes wrong in the block, or takes longer to end, is killed: ``Popen`` alone would
    wait for it without a word and without an end.
    """
    with subprocess.Popen(command, **options) as process:
        try:
            yield process
            if process.stdin is not None:
                process.stdin.close()
            process.wait(patience)
        finally:
            process.kill()
