"""Loopback stands for the department's network here, where a setting says that it may."""

import ipaddress

import pytest
from tests.pulling import servers

from yelin.config import config


@pytest.fixture(autouse=True)
def _named_network(monkeypatch):
    own = config.model_copy(update={"outbound_networks": (ipaddress.ip_network("127.0.0.1/32"),)})
    monkeypatch.setattr("yelin.outbound.sending.config", own)


@pytest.fixture(scope="session")
def postgresql():
    with servers.postgresql() as port:
        yield port


@pytest.fixture(scope="session")
def postgresql_under_tls():
    with servers.postgresql(tls=True) as port:
        yield port


@pytest.fixture(scope="session")
def mariadb():
    with servers.mariadb() as port:
        yield port


@pytest.fixture(scope="session")
def sftp():
    with servers.sftp() as server:
        yield server


@pytest.fixture(scope="session")
def web():
    with servers.web() as site:
        yield site
