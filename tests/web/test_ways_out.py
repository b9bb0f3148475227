"""Ways out on their pages: asked for by the body, allowed by another, closed by either."""

from datetime import timedelta

import pytest
from tests.catalog.makers import agency
from tests.outbound.makers import make_rule
from tests.parties.makers import make_body, make_enterprise
from tests.web.makers import seated, text_of

from yelin.law import clock
from yelin.outbound.models import EgressRule

pytestmark = pytest.mark.django_db(transaction=True)


def asks(client, **over):
    said = {
        "host": "hooks.example.cn",
        "port": "443",
        "purpose": "notice",
        "until": (clock.today() + timedelta(days=30)).isoformat(),
    } | over
    sent = {f"outbound_ask_host-{name}": value for name, value in said.items()}
    return client.post("/desk/ways-out/", {"do": "outbound.ask_host"} | sent)


@pytest.mark.long
def test_a_way_out_goes_from_asked_to_closed_by_the_pages(client):
    body = make_body()
    seated(client, body, "officer")
    wide = asks(client, host="*.gov.cn")
    assert wide.status_code == 422
    assert "第四十六条" in text_of(wide)
    assert asks(client).status_code == 302
    rule = EgressRule.objects.get()
    page = f"/desk/ways-out/{rule.pk}/"
    assert client.post(page, {"do": "outbound.allow_host"}).status_code == 403
    seated(client, agency(), "officer")
    assert "hooks.example.cn:443" in text_of(client.get("/desk/ways-out/"))
    assert client.post(page, {"do": "outbound.allow_host"}).status_code == 302
    rule.refresh_from_db()
    assert rule.state == "allowed"
    seated(client, body, "officer")
    assert client.post(page, {"do": "outbound.forbid_host"}).status_code == 302
    rule.refresh_from_db()
    assert rule.state == "ended"
    assert "已关闭" in text_of(client.get(page))


def test_the_list_tells_the_last_use_and_what_has_run_out(client):
    body = make_body()
    used, idle = make_rule(body, host="a.example.cn"), make_rule(body, host="b.example.cn")
    EgressRule.objects.filter(pk=used.pk).update(used_on="2026-11-20")
    EgressRule.objects.filter(pk=idle.pk).update(until=clock.today() - timedelta(days=1))
    seated(client, body)
    shown = text_of(client.get("/desk/ways-out/"))
    assert "2026年11月20日" in shown
    assert "从未" in shown
    assert "已到期" in text_of(client.get(f"/desk/ways-out/{idle.pk}/"))


def test_another_body_knows_of_none(client):
    rule = make_rule()
    seated(client, make_body(), "officer")
    assert client.get(f"/desk/ways-out/{rule.pk}/").status_code == 404
    assert rule.host not in text_of(client.get("/desk/ways-out/"))


def test_whoever_represents_an_enterprise_asks_for_its_ways_out_too(client):
    firm = make_enterprise()
    seated(client, firm, "representative")
    assert "出站许可" in text_of(client.get("/desk/"))
    assert asks(client, purpose="delivery").status_code == 302
    rule = EgressRule.objects.get()
    assert rule.body_id == firm.pk
    page = f"/desk/ways-out/{rule.pk}/"
    assert client.post(page, {"do": "outbound.allow_host"}).status_code == 403
    seated(client, agency(), "officer")
    assert client.post(page, {"do": "outbound.allow_host"}).status_code == 302
    rule.refresh_from_db()
    assert rule.state == "allowed"
