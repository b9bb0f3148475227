"""A contract's page shows what was measured beside what was agreed, and takes what one does."""

import pytest
from tests.market.acceptance.makers import make_inspection
from tests.parties.makers import make_seat, make_token
from tests.web.makers import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]


def test_the_buyer_sees_what_was_measured_and_refuses_it(client, tmp_path):
    made = make_inspection(tmp_path, [("03", "100"), ("99", "1")])
    url = f"/contracts/{made.contract.number}/"
    sign_in(client, make_seat(made.contract.consumer, "representative"))
    page = text_of(client.get(url))
    assert "验收中" in page
    assert "未能测评" in page
    empty = client.post(url, {"do": "trade.refuse"})
    assert empty.status_code == 422
    told = client.post(url, {"do": "trade.refuse", "trade_refuse-says": "缺少2015年"}, follow=True)
    page = text_of(told)
    assert "验收不合格" in page
    assert "缺少2015年" in page
    sign_in(client, make_seat(made.contract.provider, "representative"))
    page = client.get(url).content.decode()
    assert 'name="trade_mend-says"' in page
    assert "#contract_record" in page
    assert "trade_accept" not in page


def test_programs_read_what_was_measured(client, tmp_path):
    made = make_inspection(tmp_path)
    token = make_token(make_seat(made.contract.consumer, "representative"))
    told = client.get(
        f"/api/v1/contracts/{made.contract.number}", HTTP_AUTHORIZATION=f"Bearer {token}"
    ).json()
    (round_,) = told["inspections"]
    assert (round_["id"], round_["state"], round_["round"]) == (str(made.pk), "open", 1)
    assert round_["measured"][0]["code"] == "02"


@pytest.mark.duty("trade.rules")
def test_what_the_buyer_says_stands_on_the_listing_without_a_name(client, tmp_path):
    made = make_inspection(tmp_path)
    contract = made.contract
    url = f"/contracts/{contract.number}/"
    sign_in(client, make_seat(contract.consumer, "representative"))
    client.post(url, {"do": "trade.accept"})
    rating = {"trade_rate-stars": "4", "trade_rate-says": "<b>按月准时</b>"}
    assert client.post(url, {"do": "trade.rate", **rating}).status_code == 302
    client.logout()
    listing = f"/market/listings/{contract.negotiation.listing.registration}/"
    page = client.get(listing).content.decode()
    assert "&lt;b&gt;按月准时&lt;/b&gt;" in page
    assert "4 / 5" in page
    assert contract.consumer.name not in page
    told = client.get(f"/api/v1{listing}ratings").json()
    assert (told["total"], told["mean"], told["items"][0]["stars"]) == (1, 4.0, 4)
    assert contract.consumer.credit_code not in str(told)
