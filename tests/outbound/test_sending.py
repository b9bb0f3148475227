import ipaddress
from datetime import timedelta
from itertools import product

import pytest
from tests.outbound.makers import make_rule
from tests.outbound.servers import site
from tests.parties.makers import make_actor, make_body

from yelin.acts import outbound
from yelin.config import Config, config
from yelin.law import clock
from yelin.outbound.door import Request
from yelin.outbound.models import EgressRule, Purpose
from yelin.outbound.rules import NotSent, Stop
from yelin.outbound.sending import reaches, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _named_network(monkeypatch):
    own = config.model_copy(update={"outbound_networks": (ipaddress.ip_network("127.0.0.1/32"),)})
    monkeypatch.setattr("yelin.outbound.sending.config", own)


@pytest.fixture
def served():
    with site() as served:
        yield served


def ask(url, body, purpose="notice", on=None):
    return send(Request("GET", url), body=body.pk, purpose=purpose, on=on or clock.today())


def stop_of(*args, **kwargs):
    with pytest.raises(NotSent) as stopped:
        ask(*args, **kwargs)
    return stopped.value.stop


@pytest.mark.duty("security.protect")
def test_nothing_leaves_without_a_rule(served):
    url = f"http://127.0.0.1:{served.port}/"
    assert stop_of(url, make_body()) is Stop.RULE
    assert served.asked == []


def test_what_was_asked_for_leads_nowhere_until_it_is_allowed(served):
    body = make_body()
    make_rule(body, host="127.0.0.1", port=served.port, allowed=False)
    assert stop_of(f"http://127.0.0.1:{served.port}/", body) is Stop.RULE


def test_a_rule_knows_the_day_of_its_last_use_and_one_that_led_nowhere_has_none(served):
    body = make_body()
    used = make_rule(body, host="127.0.0.1", port=served.port)
    idle = make_rule(body, host="127.0.0.2", port=served.port)
    ask(f"http://127.0.0.1:{served.port}/", body)
    assert EgressRule.objects.get(pk=used.pk).used_on == clock.today()
    later = clock.today() + timedelta(days=1)
    ask(f"http://127.0.0.1:{served.port}/", body, on=later)
    assert EgressRule.objects.get(pk=used.pk).used_on == later
    assert EgressRule.objects.get(pk=idle.pk).used_on is None


def test_a_rule_holds_for_its_body_host_port_purpose_and_days_and_for_nothing_else(served):
    body = make_body()
    rule = make_rule(body, host="127.0.0.1", port=served.port)
    url = f"http://127.0.0.1:{served.port}/"
    assert ask(url, body).status == 200
    assert ask(url, body, on=rule.until).status == 200
    assert stop_of(url, make_body()) is Stop.RULE
    assert stop_of(url, body, purpose="harvest") is Stop.RULE
    assert stop_of(url, body, on=rule.until + timedelta(days=1)) is Stop.RULE
    assert stop_of(f"http://127.0.0.1:{served.port + 1}/", body) is Stop.RULE
    assert stop_of(f"http://127.0.0.9:{served.port}/", body) is Stop.RULE


def test_a_redirect_needs_a_rule_of_its_own(served):
    body = make_body()
    make_rule(body, host="127.0.0.1", port=served.port)
    with site() as other:
        url = f"http://127.0.0.1:{served.port}/redirect?302&http://127.0.0.1:{other.port}/hello"
        assert stop_of(url, body) is Stop.RULE
        make_rule(body, host="127.0.0.1", port=other.port)
        assert ask(url, body).content == b"hello"


def test_a_rule_opens_no_private_network_that_the_operator_did_not_name(served, monkeypatch):
    body = make_body()
    make_rule(body, host="127.0.0.1", port=served.port)
    monkeypatch.setattr("yelin.outbound.sending.config", Config())
    assert stop_of(f"http://127.0.0.1:{served.port}/", body) is Stop.ADDRESS


INSIDE = (
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://0x7f.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://2130706433:{port}/",
    "http://a@127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_GET",
)


def test_no_address_of_the_inside_is_sent_to_however_it_is_written(served, monkeypatch):
    """B-32: for notices, data that is pushed and harvests alike, though a rule was allowed."""
    monkeypatch.setattr("yelin.outbound.sending.config", Config())
    body = make_body()
    for purpose, host in product(Purpose.values, ("127.0.0.1", "::1", "::ffff:7f00:1")):
        make_rule(body, host=host, port=served.port, purpose=purpose)
    make_rule(body, host="169.254.169.254", port=80, purpose="harvest")
    for purpose, url in product(Purpose.values, INSIDE):
        assert stop_of(url.format(port=served.port), body, purpose) in {
            Stop.URL, Stop.RULE, Stop.ADDRESS,
        }  # fmt: skip
    assert served.asked == []


def test_a_closed_way_is_closed_at_once(served):
    body = make_body()
    rule = make_rule(body, host="127.0.0.1", port=served.port)
    url = f"http://127.0.0.1:{served.port}/"
    assert reaches(url, body=body.pk, purpose="notice", on=clock.today())
    outbound.forbid_host(actor=make_actor(body, "officer"), rule=rule)
    assert stop_of(url, body) is Stop.RULE
    assert not reaches(url, body=body.pk, purpose="notice", on=clock.today())
