"""Both sides sign with keys of their own; what does not hold, or is of others, counts nothing."""

import io
import json
from base64 import b64decode
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pikepdf import Pdf
from pyhanko.pdf_utils.reader import PdfFileReader
from tests.catalog.makers import agency
from tests.keys.signers import certificate_of, signature
from tests.market.contract.makers import (
    make_certificate,
    make_contract,
    make_sides,
    make_signed,
    sign,
    terms,
)
from tests.parties.makers import make_actor, make_enterprise

from yelin import gate
from yelin.documents import sealed
from yelin.gate.giving import hold
from yelin.keys import detached
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.market.contract import acts, signing_acts
from yelin.market.contract.models import Contract, Negotiation, Signature
from yelin.market.contract.rules import Standing, State
from yelin.market.contract.terms import Terms

pytestmark = [pytest.mark.duty("contract.whole"), pytest.mark.duty("signature.use")]


def fault_of(told) -> str:
    (fault,) = told.value.faults
    return fault.says


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["provider", "consumer"])
def test_it_is_sealed_once_both_have_signed_in_whichever_order(tmp_path, first):
    sides = provider, consumer, sells, buys = make_sides()
    drawn = make_contract(sides)
    order = [(provider, sells), (consumer, buys)]
    one, other = order if first == "provider" else order[::-1]
    half = sign(tmp_path, drawn, *one)
    assert (half.standing, half.sealed) == (Standing.DRAWN, None)
    with pytest.raises(OutOfTurn):
        sign(tmp_path, drawn, *one)
    whole = sign(tmp_path, drawn, *other)
    assert whole.standing == Standing.SIGNED
    assert not whole.runs()
    assert Negotiation.objects.get().state == State.FINALIZED
    leaf = Leaf.objects.filter(subject=drawn.pk, act="contract.sign").latest("pk")
    assert set(leaf.payload["facts"]["signed"]) == {"provider", "consumer"}
    with pytest.raises(OutOfTurn):
        acts.terminate(actor=sells, negotiation=Negotiation.objects.get(), reason="后悔")
    whole.take_effect(clock.now())
    assert whole.runs()
    assert not whole.runs(whole.until + timedelta(days=1))


@pytest.mark.django_db
def test_the_sealed_paper_begins_with_what_both_signed_and_carries_terms_and_policy(tmp_path):
    contract = make_signed(tmp_path)
    paper, whole = bytes(contract.paper), bytes(contract.sealed)
    assert whole.startswith(paper)
    (seal,) = PdfFileReader(io.BytesIO(whole)).embedded_signatures
    assert seal.compute_integrity_info() is None
    said = json.loads(sealed.statement(bytes(contract.statement)).words)
    assert said["digest"] == Terms.model_validate(said["terms"]).digest.hex()
    for each in said["signatures"]:
        found = detached.verified(paper, b64decode(each["cms"]), clock.now())
        assert found.fingerprint.hex() == each["certificate"]
        with pytest.raises(detached.Unsound):
            detached.verified(whole, b64decode(each["cms"]), clock.now())
    with Pdf.open(io.BytesIO(paper)) as opened:
        held = json.loads(opened.attachments["contract.json"].get_file().read_bytes())
    assert Terms.model_validate(held["terms"]) == contract.terms
    assert held["policy"] == contract.policy


@pytest.mark.django_db
def test_a_signature_that_is_none_or_anothers_is_not_taken(tmp_path):
    sides = provider, consumer, sells, buys = make_sides()
    drawn, other = make_contract(sides), make_contract(sides)
    own, theirs = certificate_of(provider.credit_code), certificate_of(consumer.credit_code)
    make_certificate(provider, sells, own)
    make_certificate(consumer, buys, theirs)
    paper = bytes(drawn.paper)

    def give(text: str):
        with pytest.raises(Incomplete) as told:
            signing_acts.sign(actor=sells, contract=drawn, signature=text)
        return fault_of(told)

    for content in (bytes(other.paper), paper + b" ", bytes(drawn.translation)):
        words = signature(tmp_path, provider.credit_code, own, content)
        assert give(words) == signing_acts.WHY["file"].says
    for junk in ("", "x", "-----BEGIN CMS-----\nAAAA\n-----END CMS-----\n", "\ud55c" * 9):
        assert give(junk) == signing_acts.WHY["form"].says
    by_other = signature(tmp_path, consumer.credit_code, theirs, paper)
    assert "no certificate that your body registered" in give(by_other)
    fresh = certificate_of(provider.credit_code)
    assert "no certificate" in give(signature(tmp_path, provider.credit_code, fresh, paper))
    passed = certificate_of(provider.credit_code, since=-9, until=-1)
    assert (
        give(signature(tmp_path, provider.credit_code, passed, paper))
        == signing_acts.WHY["day"].says
    )
    assert not Signature.objects.exists()


@pytest.mark.django_db
def test_a_certificate_counts_once_it_is_approved_and_until_it_is_ended(tmp_path):
    sides = provider, _consumer, sells, _buys = make_sides()
    drawn = make_contract(sides)
    certificate = certificate_of(provider.credit_code)
    words = signature(tmp_path, provider.credit_code, certificate, bytes(drawn.paper))
    brought = make_certificate(provider, sells, certificate, approved=False)
    officer = make_actor(agency(), "officer")
    with pytest.raises(Incomplete):
        signing_acts.sign(actor=sells, contract=drawn, signature=words)
    with pytest.raises(gate.Refused):
        signing_acts.approve_certificate(actor=sells, certificate=brought)
    signing_acts.approve_certificate(actor=officer, certificate=brought)
    signing_acts.end_certificate(actor=sells, certificate=brought)
    with pytest.raises(Incomplete):
        signing_acts.sign(actor=sells, contract=drawn, signature=words)
    again = make_certificate(provider, sells, certificate)
    assert again.state() == "counts"
    assert again.state(again.until) == "passed"
    signing_acts.sign(actor=sells, contract=drawn, signature=words)
    for wrong in ("", "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n"):
        with pytest.raises(Incomplete):
            signing_acts.bring_certificate(actor=sells, body=provider, certificate=wrong)
    with pytest.raises(Incomplete):
        make_certificate(provider, sells, certificate_of("x", since=2, until=9))


@pytest.mark.django_db
def test_who_is_barred_or_no_side_does_not_sign(tmp_path):
    sides = provider, consumer, sells, buys = make_sides()
    drawn = make_contract(sides)
    stranger = make_enterprise()
    for actor in (make_actor(stranger, "representative"), make_actor(agency(), "officer")):
        with pytest.raises(gate.Refused):
            signing_acts.sign(actor=actor, contract=drawn, signature="x")
    with transaction.atomic():
        hold(consumer, duty=duties.CONTRACT_WHOLE, reason="限制交易")
    with pytest.raises(gate.Refused) as refused:
        signing_acts.sign(actor=buys, contract=drawn, signature="x")
    assert refused.value.decision.duty == duties.CONTRACT_WHOLE
    assert sign(tmp_path, drawn, provider, sells).standing == Standing.DRAWN


@pytest.mark.django_db
@pytest.mark.parametrize("lacks", ["quality", "price", "delivery", "use"])
def test_a_contract_without_one_of_the_four_terms_cannot_be_signed(tmp_path, lacks, monkeypatch):
    sides = provider, _consumer, sells, _buys = make_sides()
    drawn = make_contract(sides)
    # The database itself lets nobody take a term out of what was agreed, so it is read otherwise.
    monkeypatch.setattr(Contract, "terms", property(lambda _self: terms(**{lacks: None})))
    with pytest.raises(Incomplete) as told:
        sign(tmp_path, drawn, provider, sells)
    assert [(each.place, each.duty.name) for each in told.value.faults] == [
        (lacks, "contract.whole")
    ]


@pytest.mark.django_db
def test_signatures_and_the_seal_never_change(tmp_path):
    make_signed(tmp_path)
    for change in (
        lambda: Signature.objects.update(words=b"x"),
        lambda: Signature.objects.all().delete(),
        lambda: Contract.objects.update(sealed=b"x"),
        lambda: Contract.objects.update(statement=b"x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
