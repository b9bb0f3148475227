"""Negotiations and contracts for programs: read by both sides alone, and acted on by token."""

import base64
import json

import pytest
from tests.keys.signers import certificate_of, signature
from tests.market.contract.makers import (
    make_certificate,
    make_negotiation,
    make_sides,
    terms,
)
from tests.parties.makers import make_enterprise, make_seat, make_token

from yelin.documents import sealed
from yelin.market.contract.models import Contract, Negotiation

pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]


def by(body) -> dict[str, str]:
    token = make_token(make_seat(body, "representative"))
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def test_a_program_offers_accepts_signs_and_settles_by_token(client, tmp_path):
    provider, consumer, sells, buys = make_sides()
    seller, buyer = by(provider), by(consumer)

    def act(name, said, who, status=200):
        done = client.post(f"/api/v1/acts/{name}", said, content_type="application/json", **who)
        assert done.status_code == status, done.content
        return done.json()

    act(
        "contract.propose",
        {
            "body": consumer.credit_code,
            "other": provider.credit_code,
            "side": "consumer",
            "terms": terms(provider, consumer).plain(),
        },
        buyer,
    )
    (line,) = client.get("/api/v1/negotiations", **seller).json()["items"]
    assert (line["state"], line["contract"]) == ("requested", None)
    told = client.get(f"/api/v1/negotiations/{line['number']}", **seller).json()
    (offer,) = told["offers"]
    said = {"negotiation": line["number"], "digest": offer["digest"]}
    act("contract.accept", said | {"digest": "0" * 64}, seller, 422)
    act("contract.accept", said, seller)
    (contract,) = client.get("/api/v1/contracts", **buyer).json()["items"]
    assert (contract["digest"], contract["standing"]) == (offer["digest"], "drawn")
    url = f"/api/v1/contracts/{contract['number']}"
    assert client.get(f"{url}/file?format=sealed", **buyer).status_code == 404
    for body, actor, who in ((provider, sells, seller), (consumer, buys, buyer)):
        certificate = certificate_of(body.credit_code)
        make_certificate(body, actor, certificate)
        paper = client.get(f"{url}/file", **who).content
        words = signature(tmp_path, body.credit_code, certificate, paper)
        act("contract.sign", {"contract": contract["number"], "signature": words}, who)
    content = {"what": "invoice", "key": "1", "amount": "12800.00", "tax": "724.53",
               "currency": "CNY", "document": "发票1", "day": contract["since"]}  # fmt: skip
    for _twice in range(2):
        act("contract.record", {"contract": contract["number"], "content": content}, seller)
    told = client.get(url, **buyer).json()
    assert told["standing"] == "signed"
    assert [each["side"] for each in told["signatures"]] == ["provider", "consumer"]
    assert ([each["amount"] for each in told["settlements"]], told["due"]) == (
        ["12800.00"],
        "12800",
    )
    statement = client.get(f"{url}/file?format=statement", **buyer).content
    words = json.loads(sealed.statement(statement).words)
    assert len([base64.b64decode(each["cms"]) for each in words["signatures"]]) == 2
    policy = client.get(f"{url}/policy", **buyer)
    assert policy["Content-Type"] == "application/ld+json"
    assert policy.json() == words["policy"]


def test_nobody_else_reads_them(client):
    sides = make_sides()
    made = make_negotiation(sides)
    for who in ({}, by(make_enterprise())):
        for kind in ("negotiations", "contracts"):
            assert client.get(f"/api/v1/{kind}", **who).json()["total"] == 0
        assert client.get(f"/api/v1/negotiations/{made.number}", **who).status_code == 404
    assert Negotiation.objects.count() == 1
    assert not Contract.objects.exists()
