"""Extracts under seal: issued, verified anywhere, out of date, revoked; by two people where due."""

import io
import json
import os
import subprocess
import sys
from base64 import b64decode

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey
from pypdf import PdfReader
from tests.exchange.extracts import (
    PASSPHRASE,
    container,
    made,
    make_extract,
    make_known,
    sought,
)
from tests.exchange.makers import CONDITIONS
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor, make_body, make_citizen
from tests.warehouse.makers import PORTS, make_release

from yelin import gate
from yelin.acts import gate as rights
from yelin.acts import proposals
from yelin.acts.frame import AwaitsSecond
from yelin.delivery.models import Delivery
from yelin.documents.sealed import REGISTRY
from yelin.exchange import acts, standing
from yelin.exchange.extract import MOST_ROWS
from yelin.exchange.issuing import papers
from yelin.exchange.models import Extract
from yelin.exchange.standing import Standing
from yelin.gate import Obligations
from yelin.gate.obligations import Mask
from yelin.keys import seals
from yelin.keys.models import Destroyed
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger import log, note, proving
from yelin.ledger.issued import NotSigned
from yelin.ledger.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.duty("sharing.extract")]


def keys() -> list[note.VerifierKey]:
    return [log.verifier_key()]


def judged(path) -> tuple[int, str]:
    """What poppler says of a signature."""
    ran = subprocess.run(["pdfsig", "-nocert", path], check=False, capture_output=True)
    return ran.returncode, ran.stdout.decode()


def offline(path, key: str) -> subprocess.CompletedProcess:
    """Run the command where there is neither a database nor a home, as in another house."""
    here = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "YELIN_HOME": "/nowhere"}
    command = [sys.executable, "-m", "yelin.cli", "verify", str(path), "--key", key]
    return subprocess.run(command, check=False, capture_output=True, env=here, text=True)


def test_an_extract_is_a_sealed_paper_that_others_verify(tmp_path):
    extract = make_extract()
    with pytest.raises(NotSigned):
        papers(extract)
    issued = made(extract)
    assert made(extract) == issued
    path = tmp_path / "extract.pdf"
    path.write_bytes(issued.pdf)
    status, says = judged(path)
    assert status == 0
    assert "Signature is Valid." in says
    assert "Total document signed" in says
    assert "ETSI.CAdES.detached" in says
    with pikepdf.open(io.BytesIO(issued.pdf)) as pdf:
        claims = pdf.open_metadata()
        assert (claims["pdfaid:part"], claims["pdfaid:conformance"]) == ("3", "A")
        (attached,) = pdf.Root.AF
        assert attached.AFRelationship == pikepdf.Name.Data
        assert pdf.attachments["extract.jws"].get_file().read_bytes() == issued.jws
        fonts = [
            each
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all("/FontFile3" in each or "/FontFile2" in each for each in fonts)
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(issued.pdf)).pages)
    for each in ("8292.8851", extract.number, "电子凭证", bytes(extract.digest).hex()[:20]):
        assert each in words
    proved = proving.prove(issued.pdf, keys())
    assert proved == proving.prove(issued.jws, keys())
    assert proved.says["rows"] == [["2013", "8292.8851", "008"]]
    assert proved.seal == "海南省公共数据平台 (the platform)"

    # On a machine that has nothing of the platform but the key of its ledger.
    ran = offline(path, str(keys()[0]))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert extract.number in ran.stdout
    assert "ok: sealed by 海南省公共数据平台" in ran.stdout


def test_the_statement_verifies_by_the_public_key_alone():
    issued = made(make_extract())
    found = jws.extract_compact(issued.jws, registry=REGISTRY)
    certificate = x509.load_der_x509_certificate(b64decode(found.headers()["x5c"][0]))
    public = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    said = jws.deserialize_compact(issued.jws, ECKey.import_key(public), registry=REGISTRY)
    assert json.loads(said.payload)["extract"]["columns"] == ["年份", "海口港", "代码"]


@pytest.mark.long
def test_what_was_changed_since_it_was_sealed_proves_nothing(tmp_path):
    issued = made(make_extract())
    at = issued.pdf.index(b"/StructTreeRoot")
    changed = issued.pdf[:at] + b"/structTreeRoot" + issued.pdf[at + 15 :]
    for blob in (
        changed,
        issued.pdf + b"\n%more\n",
        issued.pdf[: len(issued.pdf) // 2],
        issued.jws[:-8] + b"AAAAAAAA",
        issued.jws.replace(issued.jws.split(b".")[1], made(make_extract()).jws.split(b".")[1]),
        b"%PDF-1.7\n",
        b"eyJ.e.e",
    ):
        with pytest.raises(proving.NotProved):
            proving.prove(blob, keys())
    path = tmp_path / "changed.pdf"
    path.write_bytes(changed)
    assert "Signature is Valid." not in judged(path)[1]
    stranger = note.VerifierKey(keys()[0].name, bytes(32))
    with pytest.raises(proving.NotProved):
        proving.prove(issued.pdf, [stranger])


@pytest.mark.long
def test_whoever_seals_what_the_ledger_does_not_know_proves_nothing(monkeypatch):
    """A stolen seal is not enough: the leaf must say the same digest and the same certificate."""
    extract = make_extract()
    other = seals._of_pem(seals._made("冒充的平台", clock.now()))
    with monkeypatch.context() as stolen:
        stolen.setattr("yelin.exchange.issuing._seal_of", lambda _extract: other)
        issued = made(extract)
    with pytest.raises(proving.NotProved, match="another certificate"):
        proving.prove(issued.pdf, keys())
    extract = make_extract()
    extract.says |= {"rows": [["2013", "1", "008"]]}
    extract.save()
    with pytest.raises(proving.NotProved, match="another digest"):
        proving.prove(made(extract).jws, keys())


@pytest.mark.long
def test_a_newer_release_makes_it_out_of_date_only_where_its_own_rows_changed(
    django_assert_num_queries,
):
    entry = make_known()
    extract = make_extract(entry)
    assert standing.of(extract) is Standing.VALID
    make_release(entry, PORTS.replace("7217", "7218"))
    assert standing.of(standing.by_digest(extract.digest)) is Standing.VALID
    with django_assert_num_queries(2):
        standing.of(Extract.objects.select_related("entry").get(pk=extract.pk))
    make_release(entry, PORTS.replace("8292.8851", "8292.9"))
    found = standing.by_digest(extract.digest)
    assert standing.of(found) is Standing.OUTDATED
    assert found.changed_in == 3


@pytest.mark.long
def test_whether_it_is_out_of_date_is_not_told_from_rows_that_its_seat_has_no_more():
    entry = make_known(**CONDITIONS)
    body = make_body()
    asks = make_actor(body)
    grant = make_grant(body, entry)
    extract = make_extract(entry, asks)
    make_release(entry, PORTS.replace("8292.8851", "8292.9"))
    rights.revoke(actor=make_actor(entry.provider), grant=grant, reason="用途已变更")
    assert standing.of(extract) is Standing.UNCERTAIN


@pytest.mark.long
def test_what_was_revoked_says_nothing_more_and_that_it_was_issued_stays():
    entry = make_known()
    owner = make_actor(entry.provider)
    extract = make_extract(entry, owner)
    issued = made(extract)
    with pytest.raises(Incomplete):
        acts.revoke_extract(actor=owner, extract=extract, reason=" ")
    acts.revoke_extract(actor=owner, extract=extract, reason="记录有误")
    assert standing.of(standing.by_file(issued.pdf)) is Standing.REVOKED
    with pytest.raises(OutOfTurn):
        papers(extract)
    with pytest.raises(Destroyed):
        Extract.objects.get(pk=extract.pk).says  # noqa: B018 - reading is what fails
    # Offline it proves what it proved: who wants to know more asks the platform.
    assert proving.prove(issued.pdf, keys()).says["number"] == extract.number
    with pytest.raises(OutOfTurn):
        acts.revoke_extract(actor=owner, extract=extract, reason="再次作废")


@pytest.mark.long
def test_data_of_the_highest_grade_is_issued_by_two_people_and_read_by_neither_before():
    entry = make_known(grade=4)
    first, second = make_actor(entry.provider), make_actor(entry.provider, role="officer")
    own = {"holder": "王秀英", "holder_number": "460100199003078888"}
    extract = make_extract(entry, first, basis="当事人本人申请", **own)
    assert (extract.number, extract.issued_at) == (None, None)
    with pytest.raises(OutOfTurn):
        papers(extract)
    assert not Delivery.objects.exists()
    with pytest.raises(AwaitsSecond) as awaits:
        acts.issue_extract(actor=first, extract=extract)
    proposal = awaits.value.proposal
    assert "王秀英" not in str(proposal.arguments)
    for other in (first, make_actor()):
        with pytest.raises(gate.Refused):
            proposals.approve(actor=other, proposal=proposal)
    proposals.approve(actor=second, proposal=proposal)
    extract.refresh_from_db()
    said = proving.prove(made(extract).pdf, keys()).says
    assert said["holder"] == {"name": "王秀英", "number": "460100199003078888"}
    leaf = Leaf.objects.get(act="exchange.issue_extract", refused=False)
    assert leaf.payload["facts"]["second"]["seat"] == str(second.seat_id)
    with pytest.raises(AwaitsSecond) as again:
        acts.issue_extract(actor=first, extract=extract)
    with pytest.raises(OutOfTurn):
        proposals.approve(actor=second, proposal=again.value.proposal)


@pytest.mark.long
def test_a_body_seals_with_its_own_certificate_as_long_as_it_has_one():
    entry = make_known()
    head, steward = (make_actor(entry.provider, role=role) for role in ("head", "steward"))
    own = seals.brought(container(), PASSPHRASE)
    for stranger in (steward, make_actor(role="head")):
        with pytest.raises(gate.Refused):
            acts.bring_seal(actor=proved(stranger), body=entry.provider, seal=own)
    seal = acts.bring_seal(actor=proved(head), body=entry.provider, seal=own)
    assert own.secret not in bytes(seal.key)
    with pytest.raises(Incomplete):
        acts.bring_seal(actor=proved(head), body=entry.provider, seal=own)
    extract = make_extract(entry, steward)
    found = proving.prove(made(extract).pdf, keys())
    assert found.seal == "海南省交通运输厅 (the issuing body)"
    acts.end_seal(actor=proved(head), seal=seal)
    with pytest.raises(Destroyed):
        seal.opened()
    # What it sealed stays sealed, and what comes now is under the platform's.
    assert made(extract).pdf
    assert proving.prove(made(make_extract(entry, steward)).jws, keys()).says["seal"]["of"] == (
        "platform"
    )


def proved(actor):
    return actor.proved(clock.now())


def test_a_seal_that_verifiers_do_not_know_is_not_taken():
    with pytest.raises(seals.Unusable):
        seals.brought(container(), "another")
    with pytest.raises(seals.Unusable):
        seals.brought(b"no container", PASSPHRASE)


@pytest.mark.long
def test_rows_come_into_it_as_the_gate_gives_them():
    entry = make_known(**CONDITIONS)
    body = make_body()
    asks = make_actor(body)
    with pytest.raises(gate.Refused):
        make_extract(entry, asks)
    bears = Obligations(shown_items=frozenset({"年份", "代码"}), masks={"代码": Mask.NULL})
    make_grant(body, entry, purposes=["verification"], bears=bears)
    with pytest.raises(gate.Refused):
        make_extract(entry, asks, purpose="reference")
    extract = make_extract(entry, asks, purpose="verification")
    assert extract.says["columns"] == ["年份", "代码"]
    assert extract.says["rows"] == [["2013", None]]
    delivery = Delivery.objects.get(entry=entry)
    assert (delivery.purpose, delivery.rows) == ("verification", 1)
    for stranger in (make_citizen(), make_actor(entry.provider, role="auditor")):
        with pytest.raises(gate.Refused):
            make_extract(entry, stranger)


def test_numbers_have_no_gaps_and_nothing_is_issued_that_says_too_little_or_too_much():
    many = "年份,海口港,代码\n" + "".join(f"{n},1,007\n" for n in range(MOST_ROWS + 1))
    entry = make_known(text=many)
    owner = make_actor(entry.provider)
    for over in (
        {"rows": []},
        {"rows": [{"column": "年份", "value": "-1"}]},
        {"need": " "},
        {"basis": ""},
        {"holder": "王秀英", "rows": []},
        {"holder_number": "460100199003078888"},
    ):
        with pytest.raises(Incomplete):
            acts.extract(actor=owner, entry=entry, sought=sought(**over))
    whole = [{"column": "年份", "operator": "gte", "value": "1"}]
    numbers = [
        acts.extract(actor=owner, entry=entry, sought=sought(**over)).number
        for over in ({"rows": whole}, {"rows": [{"column": "年份", "value": "7"}]})
    ]
    year = clock.today().year
    assert numbers == [f"PZ-{year}-000001", f"PZ-{year}-000002"]


def test_who_has_no_extract_finds_none():
    extract = make_extract()
    for digest in (bytes(32), bytes(extract.pk.bytes * 2)):
        with pytest.raises(gate.Unseen):
            standing.by_digest(digest)
    with pytest.raises(gate.Unseen):
        standing.by_file(b"")
    assert not standing.extracts_of(make_actor()).exists()
