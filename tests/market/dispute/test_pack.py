"""A pack of evidence proves itself offline; whatever is changed in it is named by its file."""

import base64
import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from tests.delivery.makers import close, make_call
from tests.market.acceptance.makers import make_inspection
from tests.market.contract.makers import record
from tests.market.dispute.makers import actor_of, claim, proposal, side_actor
from tests.parties.makers import make_representative

from yelin.cli import judging
from yelin.keys import messages
from yelin.ledger import log, sequencer
from yelin.ledger.bundling import NothingSigned
from yelin.ledger.note import VerifierKey
from yelin.market.dispute import acts, packing, proving
from yelin.market.dispute.models import Dispute
from yelin.market.dispute.rules import By
from yelin.market.listing.trading import sources_of

pytestmark = [pytest.mark.django_db, pytest.mark.duty("dispute.mediate")]


@pytest.fixture
def dispute(tmp_path, still) -> Dispute:
    """Return one over a contract that was filed, delivered, inspected, invoiced and answered."""
    contract = make_inspection(tmp_path).contract
    buyer = make_representative(contract.consumer)
    (source,) = sources_of(contract.negotiation.listing)
    for _ in range(3):
        make_call(buyer, source.entry)
    close()
    record(contract, side_actor(contract, "provider"))
    made = acts.open_(actor=buyer, contract=contract, claim=claim())
    acts.answer(actor=actor_of(made, By.OTHER), dispute=made, words="停机检修。")
    acts.propose(actor=buyer, dispute=made, proposal=proposal())
    sequencer.settle()
    return made


def packed(dispute) -> bytes:
    return b"".join(packing.pieces(dispute, packing.made_at()))


def own_keys():
    return {messages.key_id(messages.own_key()): messages.own_key()}


def judged(blob: bytes):
    return proving.check(io.BytesIO(blob), str(log.verifier_key()), own_keys())


def parts(blob: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def put_together(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def named(blob: bytes) -> set[str]:
    return {fault.path for fault in judged(blob).faults}


def named_or_said(blob: bytes) -> set[str] | str:
    """Return the files at fault, or the words with which it is judged not at all."""
    try:
        found = named(blob)
    except proving.NotProved as fault:
        return str(fault)
    # A manifest that can be read still is not the one that was signed.
    return found | ({"manifest.json"} if "manifest.sig.json" in found else set())


def test_it_holds_everything_and_proves_itself(dispute):
    blob = packed(dispute)
    verdict = judged(blob)
    assert verdict.faults == []
    assert (verdict.calls, verdict.is_known) == (3, True)
    assert {*parts(blob)} == {
        "README.txt",
        "dispute.json",
        "contract/contract.json",
        "contract/terms.json",
        "contract/policy.jsonld",
        "contract/paper.pdf",
        "contract/translation.pdf",
        "contract/sealed.pdf",
        "contract/statement.jws",
        *(f"signatures/{side}.{end}" for side in ("provider", "consumer")
          for end in ("json", "p7s", "pem")),
        "offers/01.json",
        "filing.json",
        "inspections.json",
        "settlements.json",
        "deliveries/grants.json",
        "deliveries/sums.json",
        "deliveries/calls-000001.json",
        "ledger.json",
        "manifest.json",
        "manifest.sig.json",
    }  # fmt: skip
    said = json.loads(parts(blob)["dispute.json"])
    words = [each["content"]["words"] for each in said["statements"]]
    assert words == [each.words for each in dispute.statements.all()]
    assert len(words) == 3


def test_for_the_same_moment_the_bytes_are_the_same(dispute):
    assert packed(dispute) == packed(dispute)


def test_a_changed_file_of_any_kind_is_named(dispute):
    files = parts(packed(dispute))
    for name, content in files.items():
        middle = len(content) // 2
        changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        assert name in named_or_said(put_together(files | {name: changed})), name


def test_a_missing_and_an_added_file_are_named(dispute):
    files = parts(packed(dispute))
    without = {name: content for name, content in files.items() if name != "filing.json"}
    assert "filing.json" in named(put_together(without))
    assert named(put_together(files | {"extra.pdf": b"%PDF-"})) == {"extra.pdf"}


def _edited(content: bytes, edit) -> bytes:
    said = json.loads(content)
    edit(said)
    return rfc8785.dumps(said)


FORGERIES = {
    "dispute.json": lambda said: said["statements"][0]["content"].update(words="另一番话"),
    "contract/contract.json": lambda said: said["facts"].update(digest="0" * 64),
    "contract/terms.json": lambda said: said["price"].update(amount="1.00"),
    "contract/policy.jsonld": lambda said: said.update(permission=[]),
    "offers/01.json": lambda said: said["terms"]["price"].update(amount="1.00"),
    "filing.json": lambda said: said["rows"][0]["facts"].update(number="BA-2026-999999"),
    "inspections.json": lambda said: said["rows"][0]["facts"].update(state="accepted"),
    "settlements.json": lambda said: said["rows"][0]["facts"].update(amount="1.00"),
    "deliveries/grants.json": lambda said: said.update(rows=[]),
    "deliveries/calls-000001.json": lambda said: said["calls"][0]["payload"].update(rows=9),
    "ledger.json": lambda said: said["leaves"][0]["payload"].update(act="contract.end"),
}


def forged(files: dict[str, bytes], changed: dict[str, bytes]) -> dict[str, bytes]:
    """Write the manifest anew, and sign it by a key of one's own."""
    files = files | changed
    manifest = json.loads(files["manifest.json"])
    for each in manifest["files"]:
        content = files[each["path"]]
        each |= {"bytes": len(content), "sha256": sha256(content).hexdigest()}
    files["manifest.json"] = rfc8785.dumps(manifest)
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    made = key.sign(proving.signed_words(files["manifest.json"]))
    said = {"kid": messages.key_id(public), "signature": base64.b64encode(made).decode()}
    files["manifest.sig.json"] = rfc8785.dumps(said | messages.key_set([public]))
    return files


@pytest.mark.parametrize("path", FORGERIES)
def test_who_writes_the_manifest_anew_is_found_out_by_the_ledger(dispute, path):
    files = parts(packed(dispute))
    made = forged(files, {path: _edited(files[path], FORGERIES[path])})
    # Even whoever trusts the pack's own key of the platform.
    verdict = proving.check(io.BytesIO(put_together(made)), str(log.verifier_key()))
    assert path in {fault.path for fault in verdict.faults}
    assert not verdict.is_known


@pytest.mark.parametrize("path", ["contract/paper.pdf", "signatures/provider.p7s"])
def test_another_paper_or_signature_is_found_out_too(dispute, path):
    files = parts(packed(dispute))
    other = files["signatures/consumer.p7s"] if path.endswith("p7s") else files[path] + b"%"
    made = forged(files, {path: other})
    verdict = proving.check(io.BytesIO(put_together(made)), str(log.verifier_key()))
    assert path in {fault.path for fault in verdict.faults}


def test_a_pack_signed_by_another_key_is_none_of_the_platform(dispute):
    made = put_together(forged(parts(packed(dispute)), {}))
    assert named(made) == {"manifest.sig.json"}


def test_another_log_is_not_taken_for_the_one_that_is_trusted(dispute):
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    other = str(VerifierKey(log.verifier_key().name, public))
    verdict = proving.check(io.BytesIO(packed(dispute)), other, own_keys())
    assert {"ledger.json", "deliveries/calls-000001.json"} <= {each.path for each in verdict.faults}


def test_what_the_ledger_has_not_signed_yet_is_said_to_await_it(dispute):
    acts.say(actor=actor_of(dispute, By.OTHER), dispute=dispute, words="补充说明")
    blob = packed(dispute)
    assert judged(blob).faults == []
    (waits,) = judged(blob).manifest["awaiting"]
    assert waits["act"] == "dispute.say"


def test_nothing_is_packed_before_the_ledger_signed_anything(dispute, monkeypatch):
    monkeypatch.setattr(log, "newest_checkpoint", lambda: None)
    with pytest.raises(NothingSigned):
        packed(dispute)


def test_the_command_judges_it_and_names_what_was_changed(dispute, capsys):
    blob = packed(dispute)
    keys = json.dumps(messages.key_set([messages.own_key()])).encode()
    assert judging.judge_pack(io.BytesIO(blob), str(log.verifier_key()), keys) == 0
    assert dispute.number in capsys.readouterr().out
    assert judging.judge_pack(io.BytesIO(blob), "", b"") == 0
    assert "pack's own" in capsys.readouterr().err
    files = parts(blob)
    files["offers/01.json"] += b" "
    assert judging.judge_pack(io.BytesIO(put_together(files)), "", keys) == 1
    assert "offers/01.json" in capsys.readouterr().err


def test_calls_are_spread_over_files_of_a_bounded_size(dispute, monkeypatch):
    monkeypatch.setattr(packing, "AT_ONCE", 2)
    blob = packed(dispute)
    assert {name for name in parts(blob) if name.startswith("deliveries/calls-")} == {
        "deliveries/calls-000001.json",
        "deliveries/calls-000002.json",
    }
    assert (judged(blob).faults, judged(blob).calls) == ([], 3)


def test_an_earlier_state_is_not_taken_for_the_last(dispute):
    files = parts(packed(dispute))
    first = next(
        leaf["payload"]
        for leaf in json.loads(files["ledger.json"])["leaves"]
        if leaf["payload"]["act"] == "dispute.open"
    )

    def forget(said):
        said["facts"] = first["facts"]
        del said["statements"][1:]

    made = forged(files, {"dispute.json": _edited(files["dispute.json"], forget)})
    verdict = proving.check(io.BytesIO(put_together(made)), str(log.verifier_key()))
    assert "dispute.json" in {fault.path for fault in verdict.faults}


@pytest.mark.django_db(transaction=True)
def test_it_is_of_one_moment_while_others_go_on(dispute):
    pieces = packing.pieces(dispute, packing.made_at())
    begun = next(pieces)

    def go_on():
        try:
            acts.say(actor=actor_of(dispute, By.OTHER), dispute=dispute, words="补充说明")
            sequencer.settle()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as apart:
        apart.submit(go_on).result()
    blob = begun + b"".join(pieces)
    verdict = judged(blob)
    assert (verdict.faults, verdict.manifest["awaiting"]) == ([], [])
    assert len(json.loads(parts(blob)["dispute.json"])["statements"]) == 3
    assert judged(packed(dispute)).faults == []
    assert dispute.statements.count() == 4
