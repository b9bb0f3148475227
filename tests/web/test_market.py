"""The register of market-based operation, as its bodies keep it and as everyone reads it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import make_entry
from tests.market.makers import make_arrangement, make_draft
from tests.opening.makers import make_conditional
from tests.parties.makers import make_actor, make_body, make_enterprise, make_seat
from tests.web.makers import sign_in, text_of

from yelin.law import clock
from yelin.market import acts
from yelin.market.models import Arrangement

pytestmark = [pytest.mark.django_db, pytest.mark.duty("market.operate")]


def said(whom, **over) -> dict[str, str]:
    today = clock.today()
    fields = {
        "operator": whom.credit_code.lower(),
        "way": "authorized",
        "title": "气象数据授权运营",
        "purpose": "为农业保险提供指数",
        "basis": "琼数〔2026〕5号",
        "since": today.isoformat(),
        "until": (today + timedelta(days=90)).isoformat(),
    } | over
    own = {f"market_arrange-{name}": value for name, value in fields.items()}
    return {"do": "market.arrange", **own}


def test_a_steward_drafts_publishes_and_ends_an_arrangement_on_its_pages(client):
    body, operator = make_body(), make_enterprise()
    entry = make_conditional(body)
    sign_in(client, make_seat(body))
    wrong = client.post("/arrangements/", said(operator, operator="91460000MA5TXXXX0X"))
    assert wrong.status_code == 422
    assert "没有使用该代码的存续单位" in text_of(wrong)
    assert not Arrangement.objects.exists()
    made = client.post("/arrangements/", said(operator), follow=True)
    arrangement = Arrangement.objects.get()
    url = f"/arrangements/{arrangement.number}/"
    assert made.redirect_chain[-1][0] == url
    assert "草稿" in text_of(made)
    nothing = client.post(url, {"do": "market.publish"})
    assert nothing.status_code == 422
    reach = {"do": "market.reach", "market_reach-entry": entry.code}
    assert client.post(url, reach).status_code == 302
    assert client.post(url, {"do": "market.publish"}).status_code == 302
    client.logout()
    listed, page = text_of(client.get("/arrangements/")), text_of(client.get(url))
    for words in ("气象数据授权运营", operator.name, "授权运营", "进行中"):
        assert words in listed
        assert words in page
    assert entry.title in page
    assert "提前终止" not in page
    sign_in(client, make_seat(body))
    ended = {"do": "market.end", "market_end-reason": "超出约定用途"}
    assert client.post(url, ended).status_code == 302
    client.logout()
    assert "超出约定用途" in text_of(client.get(url))


def test_a_draft_is_hidden_from_everyone_else(client):
    made = make_draft()
    url = f"/arrangements/{made.number}/"
    for seat in (None, make_seat(), make_seat(made.operator, "representative")):
        if seat:
            sign_in(client, seat)
        assert client.get(url).status_code == 404
        assert client.get(f"/api/v1{url[:-1]}").status_code == 404
        assert made.title not in text_of(client.get("/arrangements/"))
        assert client.get("/api/v1/arrangements").json()["total"] == 0


def test_what_it_reaches_is_named_only_to_whoever_may_know_of_it(client):
    open_ = make_conditional()
    steward = make_actor(open_.provider)
    made = make_arrangement(open_)
    later = make_entry(open_.provider, title="之后撤下的数据")
    acts.reach(actor=steward, arrangement=made, entry=later)
    type(later).objects.filter(pk=later.pk).update(
        state="returned", returned_reason="x", published_on=None
    )
    url = f"/arrangements/{made.number}"
    page = text_of(client.get(f"{url}/"))
    assert open_.title in page
    assert later.title not in page
    told = client.get(f"/api/v1{url}").json()
    assert told["resources"] == [open_.slug]
    assert (told["standing"], told["operator"]) == ("runs", made.operator.credit_code)
    listed = client.get("/api/v1/arrangements").json()
    assert (listed["total"], listed["items"]) == (1, [told])


@pytest.mark.long
def test_a_list_asks_no_more_often_for_more_arrangements(client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/arrangements/").status_code == 200
        return len(queries)

    make_arrangement()
    asked()
    few = asked()
    for _ in range(4):
        make_arrangement()
    assert asked() == few
