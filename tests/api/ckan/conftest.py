import pytest

from yelin.config import Config


@pytest.fixture
def site(live_server, monkeypatch):
    """A site that real clients reach, under the address that it names itself by."""
    monkeypatch.setattr(Config, "url", property(lambda _: live_server.url))
    return live_server.url
