"""What every test may ask for."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time

import pytest

from yelin.config import Config
from yelin.law import clock


@pytest.fixture
def today() -> Iterator[Callable[[str], None]]:
    """Let the clock stand at noon of a day, until the test ends."""
    held = []

    def stand(day: str) -> None:
        moment = datetime.combine(date.fromisoformat(day), time(12), clock.SHANGHAI)
        standing = clock.standing_at(moment)
        standing.__enter__()
        held.append(standing)

    yield stand
    for standing in reversed(held):
        standing.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    """Give each test a home of its own, so that files and checkpoints of tests never meet."""
    monkeypatch.setattr(Config, "root", property(lambda _: tmp_path / "home"))
