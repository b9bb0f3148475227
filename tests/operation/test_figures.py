"""The figures say how the installation stands, to whoever is allowed to the port, and no names."""

import logging
import socket
import urllib.request
from datetime import timedelta

import pytest
from django.db import DatabaseError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families as parsed
from tests.notices.makers import make_channel
from tests.parties.makers import make_seat
from tests.warehouse.makers import make_release

from yelin.config import config
from yelin.law import clock
from yelin.ledger import sequencer
from yelin.operation import figures

pytestmark = pytest.mark.django_db(transaction=True)


def standing():
    registry = CollectorRegistry()
    registry.register(figures.Standing())
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in parsed(generate_latest(registry).decode())
        for sample in family.samples
    }


def test_what_waits_to_be_signed_is_counted_with_its_age():
    with clock.standing_at(clock.now() - timedelta(minutes=2)):
        make_release()
    found = standing()
    assert found["yelin_leaves_pending",] > 0
    assert found["yelin_leaves_pending_seconds",] >= 120
    sequencer.integrate()
    # Integrated is not signed yet.
    assert standing()["yelin_leaves_pending_seconds",] >= 120
    sequencer.settle()
    found = standing()
    assert found["yelin_leaves_pending",] == 0
    assert found["yelin_leaves_signed",] > 0


def test_jobs_notices_and_files_are_counted_by_kind():
    make_release()
    make_channel(make_seat(), confirmed=False)
    found = standing()
    assert found["yelin_jobs", "notices.deliver", "sending", "waiting"] == 1
    assert found["yelin_notices_unsent", "mail", "waiting"] == 1
    assert found["yelin_store_bytes", "sealed", "uploads"] > 0
    assert found["yelin_store_bytes", "plain", "releases"] > 0
    assert found["yelin_database_connections", "active"] >= 1
    assert found["yelin_database_answers",] == 1


def test_without_the_database_the_figures_say_only_that(monkeypatch):
    def away():
        raise DatabaseError("away")

    monkeypatch.setattr(figures.jobs, "queues", away)
    assert standing()["yelin_database_answers",] == 0


def test_they_are_told_on_a_port_of_their_own_and_only_if_one_is_set(monkeypatch):
    registry = CollectorRegistry()
    monkeypatch.setattr(figures, "REGISTRY", registry)
    monkeypatch.setattr(figures, "config", config)
    figures.tell()
    assert figures.address() == ""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    monkeypatch.setattr(figures, "config", config.model_copy(update={"metrics_port": port}))
    figures.tell()
    with urllib.request.urlopen(figures.address(), timeout=10) as answer:  # noqa: S310 - our own
        assert b"yelin_leaves_pending" in answer.read()


def test_a_port_that_is_taken_stops_no_process(monkeypatch, caplog):
    monkeypatch.setattr(figures, "REGISTRY", CollectorRegistry())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(figures, "config", config.model_copy(update={"metrics_port": port}))
        with caplog.at_level(logging.ERROR):
            figures.tell()
    assert "figures_not_told" in caplog.text
