"""Where subscribers of this room's tests are."""

import ipaddress

import pytest
from tests.outbound.servers import site

from yelin.config import config


@pytest.fixture
def served(monkeypatch):
    """A subscriber's own server, on loopback, to which a way out may lead."""
    own = config.model_copy(update={"outbound_networks": (ipaddress.ip_network("127.0.0.1/32"),)})
    monkeypatch.setattr("yelin.outbound.sending.config", own)
    with site() as served:
        yield served
