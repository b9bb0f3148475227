"""Loopback stands for the world here, where a setting says that it may."""

import ipaddress

import pytest
from prove.portals import portal

from yelin.config import config


@pytest.fixture(autouse=True)
def _named_network(monkeypatch):
    own = config.model_copy(update={"outbound_networks": (ipaddress.ip_network("127.0.0.1/32"),)})
    monkeypatch.setattr("yelin.outbound.sending.config", own)


@pytest.fixture
def site(transactional_db):
    del transactional_db
    with portal() as served:
        yield served
