"""Disputes as their sides, the mediator and the agency see them, and as nobody else does."""

import io
import re
import zipfile

import pytest
from tests.catalog.makers import agency
from tests.market.contract.makers import record
from tests.market.dispute.makers import (
    actor_of,
    claim,
    contract_of,
    make_dispute,
    make_mediated,
    proposal,
    side_actor,
)
from tests.market.filing.makers import make_filed
from tests.parties.makers import make_body, make_enterprise, make_seat, make_token
from tests.web.makers import sign_in, text_of

from yelin.ledger import sequencer
from yelin.market.contract.rules import Side
from yelin.market.dispute import acts, proving
from yelin.market.dispute.models import Dispute
from yelin.market.dispute.rules import By

pytestmark = [pytest.mark.django_db, pytest.mark.duty("dispute.mediate")]


def seat_of(dispute, by):
    body = dispute.mediator if by is By.MEDIATOR else dispute.contract.body_of(dispute.side_of(by))
    role = "officer" if body == agency() else "representative"
    return make_seat(body, role)


def sent(prefix, **fields):
    return {"do": prefix} | {
        f"{prefix.replace('.', '_')}-{name}": value for name, value in fields.items()
    }


def test_a_dispute_is_opened_answered_and_settled_on_its_pages(client, tmp_path):
    contract = contract_of(tmp_path)
    url = f"/contracts/{contract.number}/"
    sign_in(client, make_seat(contract.consumer, "representative"))
    empty = client.post(url, sent("dispute.open"))
    assert empty.status_code == 422
    fields = {"about": "quality", "clauses": ["quality"], "words": "<b>缺行</b>", "sum": "6400"}
    page = client.post(url, sent("dispute.open", **fields), follow=True)
    made = Dispute.objects.get()
    assert page.redirect_chain[-1][0] == f"/disputes/{made.number}/"
    assert "&lt;b&gt;缺行&lt;/b&gt;" in page.content.decode()
    assert "6,400.00 CNY" in text_of(page)
    assert made.number in text_of(client.get(url))
    sign_in(client, make_seat(contract.provider, "representative"))
    here = f"/disputes/{made.number}/"
    assert made.number in text_of(client.get("/disputes/"))
    assert "dispute_withdraw" not in client.get(here).content.decode()
    client.post(here, sent("dispute.answer", words="已补齐"))
    client.post(here, sent("dispute.propose", words="退还一半", sum="3200"))
    sign_in(client, make_seat(contract.consumer, "representative"))
    digest = made.stands.digest_text
    unread = client.post(here, sent("dispute.accept", digest=digest))
    assert unread.status_code == 422
    # What stands by now is shown with its own digest, and is still to be read.
    other = client.post(here, sent("dispute.accept", digest="0" * 64, read="on"))
    assert other.status_code == 422
    assert f'value="{digest}"' in other.content.decode()
    assert "checked" not in other.content.decode()
    client.post(here, sent("dispute.accept", digest=digest, read="on"))
    made.refresh_from_db()
    assert made.state == "settled"
    assert "#contract_record" not in client.get(here).content.decode()
    sign_in(client, make_seat(contract.provider, "representative"))
    page = client.get(here).content.decode()
    assert f"{url}#contract_record" in page
    assert "3,200.00 CNY" in page


@pytest.mark.parametrize("by", [By.OPENER, By.OTHER, By.MEDIATOR])
def test_both_sides_and_the_mediator_take_the_evidence(client, tmp_path, by):
    made = make_mediated(contract_of(tmp_path))
    url = f"/disputes/{made.number}/evidence.zip"
    seat = seat_of(made, by)
    sign_in(client, seat)
    assert client.get(url).status_code == 404
    sequencer.settle()
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    blob = b"".join(answer.streaming_content)
    assert len(blob) == int(answer["Content-Length"])
    assert proving.check(io.BytesIO(blob)).faults == []
    token = make_token(seat)
    again = client.get(
        f"/api/v1/disputes/{made.number}/evidence", HTTP_AUTHORIZATION=f"Bearer {token}"
    )
    with zipfile.ZipFile(io.BytesIO(b"".join(again.streaming_content))) as archive:
        assert "dispute.json" in archive.namelist()


def test_to_everybody_else_there_is_no_dispute(client, tmp_path):
    filing = make_filed(tmp_path)
    contract = filing.contract
    made = make_dispute(contract, words="独一无二的主张")
    record(contract, side_actor(contract, "provider"))
    sequencer.settle()
    addresses = (f"/disputes/{made.number}/", f"/disputes/{made.number}/evidence.zip")
    lists = ("/disputes/", "/ledger/", "/market/trades/", "/desk/")
    strangers = [
        make_seat(make_enterprise(), "representative"),
        make_seat(make_body(), "officer"),
        make_seat(make_body(), "steward"),
        make_seat(agency(), "steward"),
        make_seat(agency(), "auditor"),
    ]
    for seat in strangers:
        sign_in(client, seat)
        assert [client.get(each).status_code for each in addresses] == [404, 404]
        for each in lists:
            page = client.get(each).content.decode()
            assert made.number not in page
            assert "独一无二的主张" not in page
        token = make_token(seat)
        headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
        assert client.get(f"/api/v1/disputes/{made.number}", **headers).status_code == 404
        told = client.get(f"/api/v1/disputes/{made.number}/evidence", **headers)
        assert told.status_code == 404
        assert client.get("/api/v1/disputes", **headers).json() == {"items": [], "total": 0}
        done = client.post(
            "/api/v1/acts/dispute.say",
            {"dispute": made.number, "words": "旁人"},
            content_type="application/json",
            **headers,
        )
        assert done.status_code == 404
    client.logout()
    for each in addresses:
        assert client.get(each).status_code == 302
    assert client.get(f"/api/v1/disputes/{made.number}").status_code == 404
    assert made.statements.count() == 1


def test_the_agency_reads_and_the_operator_writes(client, tmp_path):
    made = make_mediated(make_filed(tmp_path).contract)
    url = f"/disputes/{made.number}/"
    sign_in(client, make_seat(agency(), "officer"))
    page = client.get(url).content.decode()
    assert "dispute_say" not in page
    assert url not in client.get("/desk/").content.decode()
    sign_in(client, make_seat(made.mediator, "representative"))
    assert url in client.get("/desk/").content.decode()
    page = client.get(url).content.decode()
    assert "dispute_say" in page
    assert f'href="/contracts/{made.contract.number}/"' not in page
    client.post(url, sent("dispute.say", words="请补充检测报告"))
    assert made.statements.last().side == "platform"
    client.post(url, sent("dispute.refer", reason="无法达成一致"))
    assert "海口市" in text_of(client.get(url))


def test_programs_open_read_propose_and_accept(client, tmp_path):
    contract = contract_of(tmp_path)

    def asks(side):
        token = make_token(make_seat(contract.body_of(side), "representative"))
        return {"HTTP_AUTHORIZATION": f"Bearer {token}"}

    buys, sells = asks(Side.CONSUMER), asks(Side.PROVIDER)

    def do(act, who, **said):
        return client.post(f"/api/v1/acts/{act}", said, content_type="application/json", **who)

    opened = do(
        "dispute.open", buys, contract=contract.number, claim=claim().model_dump(mode="json")
    )
    assert opened.status_code == 200, opened.content
    number = Dispute.objects.get().number
    do("dispute.answer", sells, dispute=number, words="答复")
    do("dispute.propose", sells, dispute=number, proposal=proposal().model_dump(mode="json"))
    told = client.get(f"/api/v1/disputes/{number}", **buys).json()
    assert (told["state"], told["side"], len(told["statements"])) == ("mediating", "consumer", 3)
    wrong = do("dispute.accept", buys, dispute=number, digest="0" * 64)
    assert wrong.status_code == 422
    assert do("dispute.accept", buys, dispute=number, digest=told["stands"]).status_code == 200
    told = client.get(f"/api/v1/disputes/{number}", **sells).json()
    assert (told["state"], told["agreed"]) == ("settled", told["statements"][2]["digest"])
    listed = client.get("/api/v1/disputes", **sells).json()
    assert [each["number"] for each in listed["items"]] == [number]


def test_an_answer_waits_on_the_contract_s_page_and_in_the_list(client, tmp_path):
    made = make_dispute(contract_of(tmp_path))
    acts.propose(actor=actor_of(made, By.OPENER), dispute=made, proposal=proposal())
    sign_in(client, seat_of(made, By.OTHER))
    page = text_of(client.get("/disputes/"))
    assert "等待您处理" in page
    assert f"/disputes/{made.number}/" in client.get("/desk/").content.decode()
    page = client.get(f"/disputes/{made.number}/").content.decode()
    assert page.index('id="dispute_answer"') < page.index('id="dispute_accept"')
    # Whoever has yet to answer answers first.
    assert 'id="dispute_say"' not in page


def test_a_notice_leads_to_the_dispute_and_to_the_contract(client, tmp_path):
    contract = contract_of(tmp_path)
    seat = make_seat(contract.provider, "representative")
    record(contract, side_actor(contract, "consumer"), what="payment", tax="0")
    made = make_dispute(contract)
    sign_in(client, seat)
    inbox = client.get("/desk/notices/").content.decode()
    places = [
        client.get(f"/desk/notices/{pk}/").headers["Location"]
        for pk in re.findall(r"/desk/notices/(\d+)/", inbox)
    ]
    assert {f"/disputes/{made.number}/", f"/contracts/{contract.number}/"} <= {*places}
