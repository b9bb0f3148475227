"""Extracts on pages: issued, verified by whoever has one, taken back; the seal of a body."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.exchange.extracts import PASSPHRASE, container, make_extract, make_known
from tests.parties.makers import make_seat
from tests.warehouse.makers import PORTS, make_release
from tests.web.makers import prove, seated, sign_in, text_of

from yelin.exchange.models import Extract, Seal
from yelin.ledger import sequencer

pytestmark = [pytest.mark.django_db, pytest.mark.duty("sharing.extract")]

SOUGHT = {
    "need": "港口经营许可审批",
    "basis": "《条例》第十二条",
    "column": "年份",
    "operator": "eq",
}


@pytest.mark.long
def test_an_official_issues_one_and_whoever_has_it_sees_how_it_stands(client):
    seat = seated(client)
    entry = make_known(seat.body)
    resource = f"/resources/{entry.slug}/"
    assert "签发电子凭证" in text_of(client.get(resource))
    at = f"{resource}extract/"
    assert client.get(at).status_code == 200
    for wrong in ({}, SOUGHT | {"value": "1900"}, SOUGHT | {"value": "x"}):
        assert client.post(at, wrong).status_code == 422
    issued = client.post(at, SOUGHT | {"value": "2013"}, follow=True)
    extract = Extract.objects.get()
    assert extract.number in text_of(issued)
    desk = f"/desk/extracts/{extract.pk}/"
    early = client.get(f"{desk}extract.pdf", follow=True)
    assert "账本尚未完成签名" in text_of(early)
    sequencer.settle()
    pdf, jws = (client.get(f"{desk}extract.{kind}") for kind in ("pdf", "jws"))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert (jws["Content-Type"], jws["Cache-Control"]) == ("application/jose", "private, no-store")
    assert entry.title in text_of(client.get("/desk/extracts/"))

    client.logout()
    digest = bytes(extract.digest).hex()
    for blob in (pdf.content, jws.content):
        found = client.post("/verify/files/", {"file": SimpleUploadedFile("x.pdf", blob)})
        assert found["Location"] == f"/verify/{digest}/"
    assert client.post("/verify/files/", {"digest": digest.upper()})["Location"] == (
        f"/verify/{digest}/"
    )
    changed = SimpleUploadedFile("x.pdf", pdf.content + b"\n")
    unknown = client.post("/verify/files/", {"file": changed})
    assert unknown.status_code == 404
    assert "此处没有您可以知悉的这一文件" in text_of(unknown)
    for other in (extract.number, "0" * 64, str(extract.pk)):
        assert client.get(f"/verify/{other}/").status_code == 404
    assert client.post("/verify/files/").status_code == 422
    assert client.get(desk).status_code == 302
    stands = client.get(f"/verify/{digest}/")
    assert "该凭证有效" in text_of(stands)
    assert "港口经营许可审批" not in text_of(stands)
    make_release(entry, PORTS.replace("8292.8851", "8292.9"))
    assert "第 2 版的内容已经不同" in text_of(client.get(f"/verify/{digest}/"))
    assert b"BEGIN CERTIFICATE" in client.get("/verify/seal.pem").content
    assert "这是什么文件？" in text_of(client.get("/verify/"))

    sign_in(client, seat)
    gone = {"do": "exchange.revoke_extract", "exchange_revoke_extract-reason": "记录有误"}
    assert "已作废" in text_of(client.post(desk, gone, follow=True))
    english = text_of(client.get(f"/verify/{digest}/", {"lang": "en"}))
    assert "The issuing body took it back" in english
    seated(client)
    assert client.get(desk).status_code == 404
    assert client.get(f"{desk}extract.pdf").status_code == 404


@pytest.mark.long
def test_data_of_the_highest_grade_goes_by_the_proposals(client):
    seat = seated(client)
    entry = make_known(seat.body, grade=4)
    asked = SOUGHT | {"value": "2013", "holder": "王秀英", "holder_number": "460100199003078888"}
    proposed = client.post(f"/resources/{entry.slug}/extract/", asked, follow=True)
    assert entry.title in text_of(proposed)
    extract = Extract.objects.get()
    assert "等待他人复核" in text_of(client.get(f"/desk/extracts/{extract.pk}/"))
    proposal = proposed.redirect_chain[-1][0]
    sign_in(client, make_seat(seat.body, "officer"))
    client.post(proposal, {"approve": "1"})
    extract.refresh_from_db()
    assert extract.number is not None
    assert "王秀英" in text_of(client.get(f"/desk/extracts/{extract.pk}/"))


def test_others_are_told_why_they_issue_none(client):
    entry = make_known()
    at = f"/resources/{entry.slug}/extract/"
    assert "/accounts/login/" in client.get(at)["Location"]
    seated(client, role="auditor")
    refused = client.get(at)
    assert refused.status_code == 403
    assert "第十八条" in refused.content.decode()


@pytest.mark.long
def test_a_head_brings_the_seal_of_the_body_and_proves_to_be_there(client):
    head = seated(client, role="head")

    def bring(passphrase):
        file = SimpleUploadedFile("seal.p12", container())
        said = {"container": file, "passphrase": passphrase}
        asked = {f"exchange_bring_seal-{name}": value for name, value in said.items()}
        return client.post("/desk/seals/", {"do": "exchange.bring_seal", **asked}, follow=True)

    assert "口令不正确" in text_of(bring("another"))
    prove(client, head.person, ago=timedelta(hours=9))
    assert "须先确认是您本人操作" in text_of(bring(PASSPHRASE))
    assert not Seal.objects.exists()
    prove(client, head.person)
    assert "海南省交通运输厅" in text_of(bring(PASSPHRASE))
    entry = make_known(head.body)
    assert make_extract(entry).seal == Seal.objects.get()
    client.post("/desk/seals/", {"do": "exchange.end_seal"})
    assert Seal.objects.get().ended_at is not None
    seated(client)
    assert client.get("/desk/seals/").status_code == 403
