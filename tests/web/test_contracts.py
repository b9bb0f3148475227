"""Negotiations and contracts as both sides see them: offers, what they change, signatures."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import agency
from tests.keys.signers import certificate_of, signature
from tests.market.contract.makers import (
    make_certificate,
    make_contract,
    make_negotiation,
    make_sides,
    make_signed,
    record,
    terms,
)
from tests.market.makers import make_listing
from tests.parties.makers import make_enterprise, make_seat
from tests.web.makers import sign_in, text_of

from yelin.keys.detached import pem_of
from yelin.market.contract.models import Contract, Negotiation, PartyCertificate, Signature
from yelin.market.contract.terms import Terms, facts
from yelin.web.portal.term_forms import name_of

pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]


def written(said: Terms, **over) -> dict:
    """Terms as a form sends them."""
    fields = {}
    for path, value in facts(said).items():
        if path.split(".")[0] in {"kind", "provider", "consumer"} or value in (None, False):
            continue
        fields[name_of(path)] = _typed(path, value)
    return fields | over


def _typed(path, value):
    if path == "quality.measures":
        return "\n".join(f"{each['code']}={each['least']}" for each in value)
    return "，".join(value) if path in {"use.purposes", "use.forbidden"} else value


def test_a_first_offer_is_written_in_a_form_and_waits_for_the_other_side(client):
    provider, consumer, _sells, _buys = make_sides()
    sign_in(client, make_seat(consumer, "representative"))
    assert client.get("/negotiations/").status_code == 200
    said = terms(provider, consumer)
    head = {"kind": "provision", "side": "consumer", "other": provider.credit_code}
    wrong = client.post("/negotiations/new/", written(said, **head, **{"price-amount": "十元"}))
    assert wrong.status_code == 422
    assert not Negotiation.objects.exists()
    made = client.post("/negotiations/new/", written(said, **head, says="盼复"), follow=True)
    (found,) = Negotiation.objects.all()
    kept = found.stands.terms
    assert kept.matter.product == ""
    assert kept.model_copy(update={"matter": said.matter}) == said
    assert "盼复" in text_of(made)
    assert "对方" in text_of(made)
    sign_in(client, make_seat(provider, "representative"))
    assert "等待您处理" in text_of(client.get("/negotiations/"))


def test_a_counter_offer_shows_what_it_changes_before_it_is_made(client):
    sides = provider, _consumer, _sells, _buys = make_sides()
    made = make_negotiation(sides)
    sign_in(client, make_seat(provider, "representative"))
    url = f"/negotiations/{made.number}/offer/"
    assert 'value="12800.00"' in client.get(url).content.decode()
    other = written(made.stands.terms, **{"price-amount": "15000"})
    looked = client.post(url, other | {"look": "1"})
    page = looked.content.decode()
    assert "<del>12800.00</del>" in page
    assert "<ins>15000.00</ins>" in page
    assert page.count("<del>") == 1
    assert made.offers.count() == 1
    done = client.post(url, other, follow=True)
    assert "<ins>15000.00</ins>" in done.content.decode()
    stands = Negotiation.objects.get().stands
    assert (stands.place, stands.terms.price.amount) == (2, 15000)
    # What the form does not ask is kept as it was.
    assert stands.terms.matter == made.offers.first().terms.matter
    assert client.get(url).status_code == 302


def test_an_offer_is_accepted_by_the_digest_that_the_page_showed(client):
    sides = provider, _consumer, _sells, _buys = make_sides()
    made = make_negotiation(sides)
    sign_in(client, make_seat(provider, "representative"))
    url = f"/negotiations/{made.number}/"
    page = client.get(url).content.decode()
    assert made.stands.digest_text in page
    name = "contract_accept"
    accept = {"do": "contract.accept", f"{name}-read": "on"}
    altered = client.post(url, accept | {f"{name}-digest": "00" * 32})
    assert altered.status_code == 422
    assert "另一份要约" in text_of(altered)
    done = client.post(url, accept | {f"{name}-digest": made.stands.digest_text}, follow=True)
    drawn = Contract.objects.get()
    assert done.redirect_chain[-1][0] == f"/contracts/{drawn.number}/"
    assert "yelin sign" in text_of(done)


def test_what_the_law_asks_for_and_an_offer_leaves_open_is_named_on_its_page(client):
    sides = make_sides()
    made = make_negotiation(sides, price=None)
    sign_in(client, make_seat(sides[0], "representative"))
    page = text_of(client.get(f"/negotiations/{made.number}/"))
    assert "写明价款" in page
    assert "第四十三条" in page


def test_an_offer_for_a_listing_names_it_by_number_and_digest(client):
    listing, buyer = make_listing(), make_enterprise()
    sign_in(client, make_seat(buyer, "representative"))
    url = f"/negotiations/new/?listing={listing.registration}"
    assert listing.registration in text_of(client.get(url))
    said = written(terms(listing.product.owner, buyer), kind="provision")
    assert client.post(url, said).status_code == 302
    found = Negotiation.objects.get()
    assert found.listing == listing
    assert found.stands.terms.matter.described == bytes(listing.digest).hex()


def test_both_sign_by_files_and_the_sealed_paper_is_handed_to_both_alone(client, tmp_path):
    sides = provider, consumer, sells, buys = make_sides()
    drawn = make_contract(sides)
    url = f"/contracts/{drawn.number}/"
    for body, actor in ((provider, sells), (consumer, buys)):
        certificate = certificate_of(body.credit_code)
        make_certificate(body, actor, certificate)
        sign_in(client, make_seat(body, "representative"))
        paper = client.get(f"{url}paper")
        assert paper["Content-Type"] == "application/pdf"
        words = signature(tmp_path, body.credit_code, certificate, paper.content)
        other = signature(tmp_path, body.credit_code, certificate, paper.content + b" ")
        for text, status in ((other, 422), (words, 302)):
            file = SimpleUploadedFile("x.p7s", text.encode())
            sent = {"do": "contract.sign", "contract_sign-signature": file}
            assert client.post(url, sent).status_code == status
    assert Signature.objects.count() == 2
    for which in ("paper", "translation", "sealed", "statement", "policy.jsonld"):
        assert client.get(f"{url}{which}").status_code == 200
    assert client.get(f"{url}content").status_code == 404
    page = text_of(client.get(url))
    assert "双方已签署" in page
    for seat in (None, make_seat(make_enterprise(), "representative")):
        client.logout()
        if seat:
            sign_in(client, seat)
        for each in (
            url,
            f"{url}paper",
            f"{url}policy.jsonld",
            f"/negotiations/{drawn.negotiation.number}/",
        ):
            assert client.get(each).status_code in ({404} if seat else {302}), each
    sign_in(client, make_seat(agency(), "officer"))
    assert client.get(url).status_code == 200
    assert client.post(url, {"do": "contract.sign"}).status_code == 200


def test_certificates_are_registered_by_their_body_and_approved_by_the_register(client):
    provider, _consumer, _sells, _buys = make_sides()
    sign_in(client, make_seat(provider, "representative"))
    url = "/contracts/certificates/"
    text = pem_of(certificate_of("甲公司签章"))
    for content, status in (("junk", 422), (text, 302)):
        file = SimpleUploadedFile("a.pem", content.encode())
        sent = {
            "do": "contract.bring_certificate",
            "contract_bring_certificate-certificate": file,
        }
        assert client.post(url, sent).status_code == status
    assert "待核验" in text_of(client.get(url))
    brought = PartyCertificate.objects.get()
    sign_in(client, make_seat(agency(), "officer"))
    assert "甲公司签章" in text_of(client.get(url))
    assert client.post(url, {"do": f"approve-{brought.pk}"}).status_code == 302
    brought.refresh_from_db()
    assert brought.state() == "counts"


def test_invoices_and_payments_are_kept_for_both(client, tmp_path):
    sides = provider, _consumer, _sells, buys = make_sides()
    contract = make_signed(tmp_path, sides)
    record(contract, buys, what="payment", amount="100.10", tax="0", document="回单")
    sign_in(client, make_seat(provider, "representative"))
    url = f"/contracts/{contract.number}/"
    said = {"what": "invoice", "key": "1", "document": "发票1", "amount": "12800", "tax": "724.53",
            "day": contract.since.isoformat()}  # fmt: skip
    sent = {f"contract_record-{name}": value for name, value in said.items()}
    for _twice in range(2):
        assert client.post(url, {"do": "contract.record", **sent}).status_code == 302
    page = text_of(client.get(url))
    assert re.search(r"12,800\.00\s*CNY", page)
    assert "12,699.90" in page
    assert contract.settlements.count() == 2


def test_a_list_asks_no_more_often_for_more_negotiations(client):
    sides = make_sides()
    sign_in(client, make_seat(sides[0], "representative"))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/negotiations/").status_code == 200
        return len(queries)

    make_negotiation(sides)
    make_contract(sides)
    asked()
    few = asked()
    for _ in range(2):
        make_negotiation(sides)
        make_contract(sides)
    assert asked() == few
