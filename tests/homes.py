"""Where files and checkpoints under test lie."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from yelin.config import Config


@contextmanager
def at(folder: Path) -> Iterator[None]:
    """Let the home lie in ``folder``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Config, "root", property(lambda _: folder / "home"))
        yield
