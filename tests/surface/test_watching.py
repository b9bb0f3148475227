"""What the operator learns of a request: its id everywhere, its route, and no word of its asker."""

import json
import logging
from datetime import date

import pytest
import structlog
from django.http import StreamingHttpResponse
from prometheus_client import REGISTRY
from structlog.stdlib import ProcessorFormatter
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor

from yelin import gate, logs
from yelin.acts.tasks import recount
from yelin.catalog import acts
from yelin.surface import watching

pytestmark = pytest.mark.django_db

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def formatter():
    """What writes the lines of the log."""
    return next(
        handler.formatter
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, logs.Lines)
    )


@pytest.fixture
def lines(formatter):
    """Return the lines of the log as they are written, from now on."""
    root, written = logging.getLogger(), []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(json.loads(formatter.format(record)))

    kept = Kept()
    root.addHandler(kept)
    yield lambda event: [line for line in written if line["event"] == event]
    root.removeHandler(kept)


def figure(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0


def test_a_request_is_one_line_that_names_its_route_and_never_its_address(client, lines):
    told = {"X-Request-ID": TRACE}
    answer = client.get("/resources/307010001-000009/?q=secret", headers=told)
    assert answer["X-Request-ID"] == TRACE
    (line,) = lines("request")
    assert line["request"] == TRACE
    assert (line["method"], line["status"]) == ("GET", 404)
    assert line["route"] == "/resources/<slug:slug>/"
    assert "secret" not in json.dumps(line)
    assert "000009" not in json.dumps(line)


def test_a_line_of_our_own_is_written_at_once_as_it_would_be_step_by_step(formatter):
    written = []

    class Both(logging.Handler):
        def emit(self, record):
            whole = ProcessorFormatter.format(formatter, record)
            written.append((formatter.format(record), whole))

    both = Both()
    logging.getLogger().addHandler(both)
    try:
        logs.told_of(request=TRACE)
        structlog.get_logger("yelin.trial").warning("a day", day=date(2026, 11, 28), of={1: None})
        structlog.get_logger("yelin.trial").error("failed", exc_info=ValueError("x"))
    finally:
        logging.getLogger().removeHandler(both)
        logs.told_of()
    assert len(written) == 2
    for line, whole in written:
        assert line == whole
        assert json.loads(line)["request"] == TRACE


@pytest.mark.parametrize("sent", ["", "13800138000", "110101199003070011", "x" * 32, "a" * 33])
def test_an_id_of_another_shape_is_not_taken_over(client, sent):
    answer = client.get("/healthz", headers={"X-Request-ID": sent})
    assert answer["X-Request-ID"] != sent
    assert watching._ID.fullmatch(answer["X-Request-ID"])


def test_a_problem_document_names_the_request(client):
    answer = client.get("/api/v1/resources/307010001-999999")
    assert answer.json()["request_id"] == answer["X-Request-ID"]


def test_an_address_that_fits_no_route_makes_no_new_label(client, lines):
    for path in ("/no/such/place", "/nor/this"):
        client.get(path)
    assert {line["route"] for line in lines("request")} == {""}


def test_a_method_of_ones_own_making_makes_no_new_label(client, lines):
    client.generic("SPY", "/")
    assert [line["method"] for line in lines("request")] == ["other"]


def test_a_stream_is_told_of_once_it_ends(rf, lines):
    watched = watching.Watched(lambda _: StreamingHttpResponse([b"a", b"b"]))
    answer = watched(rf.get("/"))
    assert lines("request") == []
    assert b"".join(answer) == b"ab"
    answer.close()
    answer.close()
    assert len(lines("request")) == 1


def test_a_fault_is_logged_with_its_trace_and_without_its_address(client, lines, monkeypatch):
    client.raise_request_exception = False

    def broken(*_, **__):
        raise RuntimeError("out of order")

    monkeypatch.setattr("yelin.surface.problems.of", broken)
    told = {"X-Request-ID": TRACE}
    answer = client.get("/api/v1/resources/307010001-999999?q=secret", headers=told)
    assert answer.status_code == 500
    assert TRACE in answer.content.decode()
    (line,) = lines("request_failed")
    assert "out of order" in line["exception"]
    assert line["request"] == TRACE
    assert "secret" not in json.dumps(line)


def test_a_job_that_a_request_defers_is_found_by_its_id(client, lines):
    watching.logs.told_of(request=TRACE)
    number = recount.defer()
    watching.logs.told_of()
    recount.configure(queueing_lock="another").defer()
    (line,) = lines(f"deferred terms.recount[{number}]")
    assert line["request"] == TRACE


@pytest.mark.django_db(transaction=True)
def test_acts_and_refusals_are_counted_by_name_and_duty():
    entry = make_entry(state="registered")
    submitted = {"act": "catalog.submit", "outcome": "done"}
    refused = {"act": "catalog.confirm", "outcome": "refused"}
    before = figure("yelin_acts_total", **submitted), figure("yelin_acts_total", **refused)
    duty = {"duty": "catalog.confirm"}
    refusals = figure("yelin_gate_refusals_total", **duty)
    acts.submit(actor=make_actor(entry.provider), entry=entry)
    with pytest.raises(gate.Refused):
        acts.confirm(actor=make_actor(entry.provider), entry=entry)
    after = figure("yelin_acts_total", **submitted), figure("yelin_acts_total", **refused)
    assert after == (before[0] + 1, before[1] + 1)
    assert figure("yelin_gate_refusals_total", **duty) == refusals + 1


def test_the_last_hour_is_counted_and_older_minutes_are_forgotten(monkeypatch):
    hour = watching.LastHour()
    now = [0.0]
    monkeypatch.setattr(watching.time, "monotonic", lambda: now[0])
    for minute, status in ((0, 200), (0, 500), (30, 200), (59, 404)):
        now[0] = minute * 60
        hour.count(status)
    assert hour.answered() == watching.Answered(4, 1)
    now[0] = 61 * 60
    assert hour.answered() == watching.Answered(2, 0)
