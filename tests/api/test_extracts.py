"""Extracts by REST: issued by an act, had as files, revoked; how one stands is anyone's to ask."""

import json

import pytest
from tests.exchange.extracts import make_known
from tests.parties.makers import make_seat, make_token

from yelin.exchange.models import Extract
from yelin.ledger import sequencer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.duty("sharing.extract")]

SOUGHT = {
    "need": "港口经营许可审批",
    "basis": "《条例》第十二条",
    "rows": [{"column": "年份", "value": "2013"}],
}


def bearer(seat):
    return {"Authorization": f"Bearer {make_token(seat)}"}


def test_a_program_issues_an_extract_has_its_files_and_takes_it_back(client):
    entry = make_known()
    seat = make_seat(entry.provider)
    by = bearer(seat)

    def do(name, **sent):
        path, kind = f"/api/v1/acts/{name}", "application/json"
        return client.post(path, json.dumps(sent), content_type=kind, headers=by)

    def ask(path, **query):
        return client.get(f"/api/v1/extracts{path}", query, headers=by)

    issued = do("exchange.extract", entry=entry.code, sought=SOUGHT)
    assert issued.status_code in {200, 201}, issued.content.decode()
    (line,) = ask("").json()["items"]
    assert (line["resource"], line["rows"], line["sealed_by"]) == (entry.code, 1, "platform")
    at = f"/{line['id']}"
    assert ask(f"{at}/file").status_code == 202
    sequencer.settle()
    pdf, jws = ask(f"{at}/file"), ask(f"{at}/file", format="jws")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert jws["Content-Type"] == "application/jose"
    one = ask(at).json()
    assert one["standing"] == "valid"
    assert one["verify_url"].endswith(f"/verify/{one['digest']}/")

    stands = f"/api/v1/extracts/standing/{one['digest']}"
    said = client.get(stands).json()
    assert (said["number"], said["standing"], said["doubts"]) == (line["number"], "valid", [])
    assert "港口经营许可审批" not in str(said)
    revoked = do("exchange.revoke_extract", extract=line["id"], reason="记录有误")
    assert revoked.status_code in {200, 201}, revoked.content.decode()
    assert client.get(stands).json()["standing"] == "revoked"
    assert ask(f"{at}/file").status_code == 409
    assert ask(at).json()["revoked_because"] == "记录有误"


def test_nobody_else_has_it_and_no_number_finds_it(client):
    entry = make_known()
    seat = make_seat(entry.provider)
    sent = json.dumps({"entry": entry.code, "sought": SOUGHT})
    path, kind = "/api/v1/acts/exchange.extract", "application/json"
    client.post(path, sent, content_type=kind, headers=bearer(seat))
    found = Extract.objects.get()
    for by in ({}, bearer(make_seat())):
        assert client.get("/api/v1/extracts", headers=by).json()["total"] == 0
        for path in (f"/{found.pk}", f"/{found.pk}/file", f"/standing/{found.number}"):
            assert client.get(f"/api/v1/extracts{path}", headers=by).status_code == 404
