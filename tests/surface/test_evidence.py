"""Bundles of evidence: what the asker may open, proved offline; what is changed is named."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor

from prove import tlog
from yelin.cli import evidence as command
from yelin.cli import judging
from yelin.law import duties
from yelin.ledger import batches, bundle, entry, log, sequencer
from yelin.ledger.append import append, pending
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.surface import evidence

MODULE = Path(__file__).parents[2] / "src/yelin/web/static/yelin/ledger.js"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def subject():
    made = make_entry(state="draft")
    make_entry()
    sequencer.settle()
    return made


def own(subject):
    return evidence.gather(make_actor(subject.provider), subjects=[subject])


def with_calls():
    """A bundle of one leaf that stands for seven calls, three of them with their words."""
    about = make_entry()
    calls = [({"act": "delivery.query", "no": number}, bytes([number]) * 16) for number in range(7)]
    kept = [entry.commit(*call) for call in calls]
    facts = batches.close(about, kept)
    actor = make_actor(about.provider)
    append(
        pending(
            act="delivery.close", duty=duties.TRACE, actor=actor, subject=about.thing, facts=facts
        )
    )
    sequencer.settle()
    receipts = [
        batches.receipt(about, h, payload=payload, salt=salt)
        for (payload, salt), h in list(zip(calls, kept, strict=True))[2:5]
    ]
    gathered = evidence.gather(actor, subjects=[about])
    return gathered.with_calls(receipts)


@pytest.mark.duty("trace.whole")
def test_a_body_takes_what_it_may_open_of_a_thing_and_can_prove_it(subject):
    made = own(subject)
    told = Leaf.objects.filter(subject=subject.pk)
    assert {leaf.h for leaf in made.leaves} == {bytes(leaf.h) for leaf in told}
    again = bundle.parse(made.to_json())
    assert again == made
    assert bundle.check(again, log.verifier_key()).faults == ()


def test_a_stranger_learns_not_even_which_leaves_are_about_a_hidden_thing(subject):
    with pytest.raises(evidence.NothingSigned):
        evidence.gather(Actor.anyone(), subjects=[subject])


def test_a_leaf_named_by_its_receipt_goes_in_by_hash_alone_where_the_asker_may_not_open_it(subject):
    leaf = Leaf.objects.filter(subject=subject.pk).first()
    (bundled,) = evidence.gather(Actor.anyone(), receipts=[leaf.receipt_text]).leaves
    assert (bundled.h, bundled.payload, bundled.salt) == (bytes(leaf.h), None, None)


def test_what_is_not_signed_yet_stays_out():
    made = make_entry()
    with pytest.raises(evidence.NothingSigned):
        own(made)


TAMPERINGS = {
    "payload": lambda leaf: leaf["payload"].update(act="catalog.confirm"),
    "salt": lambda leaf: leaf.update(salt=entry.base64_of(bytes(16))),
    "proof": lambda leaf: leaf["proof"].__setitem__(0, entry.base64_of(bytes(32))),
    "index": lambda leaf: leaf.update(index=leaf["index"] + 500),
    "h": lambda leaf: leaf.update(h=entry.base64_of(bytes(32))),
}


def changed(made, how):
    document = json.loads(made.to_json())
    how(document)
    return entry.canonical(document)


@pytest.mark.parametrize("how", TAMPERINGS)
def test_whatever_is_changed_in_a_leaf_is_named_by_its_leaf(how, subject, capsys):
    made = own(subject)
    text = changed(made, lambda document: TAMPERINGS[how](document["leaves"][0]))
    assert judging.judge(text, str(log.verifier_key())) == 1
    assert f"leaf {json.loads(text)['leaves'][0]['index']}: " in capsys.readouterr().err


def test_a_call_is_proved_through_its_leaf_and_a_changed_one_is_named(capsys):
    made = with_calls()
    assert judging.judge(made.to_json().encode(), str(log.verifier_key())) == 0
    assert "3 calls" in capsys.readouterr().out
    for how in (
        lambda document: document["calls"][1].update(position=6),
        lambda document: document["calls"][1]["payload"].update(no=99),
        lambda document: document["calls"][1].update(leaf=10_000),
    ):
        assert judging.judge(changed(made, how), str(log.verifier_key())) == 1
        assert capsys.readouterr().err.startswith("call ")


def test_another_key_or_a_forged_checkpoint_proves_nothing(subject, capsys):
    made = own(subject)
    text = changed(made, lambda document: document.update(checkpoint=made.checkpoint + "x"))
    assert judging.judge(text, str(log.verifier_key())) == 1
    assert "checkpoint" in capsys.readouterr().err
    other = "yelin.example/ledger+e0e5b8d1+ATnrphQ3cUvqGrWTxSW0IbfGr4kN0n4bXDN0jYZ6M8Gm"
    assert judging.judge(made.to_json().encode(), other) == 1


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{}", b'{"kind":"yelin-bundle"}', b'{"kind":"yelin-bundle","kind":"x"}', b"\xff"],
)
def test_what_is_no_bundle_is_refused_in_words(text, capsys):
    assert judging.judge(text, "") == 1
    assert capsys.readouterr().err


def test_the_command_verifies_without_database_or_network(subject, tmp_path):
    file = tmp_path / "evidence.json"
    assert command.write([Leaf.objects.get(index=0).receipt_text], file, "") == 0
    done = subprocess.run(
        [sys.executable, "-m", "yelin.cli", "verify", file, "--key", str(log.verifier_key())],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        | {"YELIN_HOME": str(tmp_path / "nothing")},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "ok: 1 leaves" in done.stdout
    assert not (tmp_path / "nothing").exists()


@pytest.mark.skipif(shutil.which("node") is None, reason="the page's verifier needs Node.js")
def test_the_verifier_of_the_page_judges_bundles_as_we_do(subject, tmp_path):
    script = tmp_path / "judge.mjs"
    script.write_text(
        f'import {{ isBundle, verifyBundle }} from "{MODULE.as_uri()}";\n'
        'import { readFileSync } from "node:fs";\n'
        'const text = readFileSync(process.argv[2], "utf8");\n'
        "const found = await verifyBundle(text, { vkey: process.argv[3] });\n"
        "console.log(JSON.stringify({ ...found, is: isBundle(text) }));\n"
    )

    def judge(text):
        (tmp_path / "bundle.json").write_bytes(text)
        done = subprocess.run(
            ["node", script, tmp_path / "bundle.json", str(log.verifier_key())],
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    made = with_calls()
    found = judge(made.to_json().encode())
    assert (found["verdict"], found["is"]) == ("proved", True)
    assert [line["kind"] for line in found["lines"]].count("call") == 3
    assert found["size"] == log.published_size()
    for how in TAMPERINGS.values():
        found = judge(changed(made, lambda document, how=how: how(document["leaves"][0])))
        assert found["verdict"] == "refuted"
        assert not found["lines"][0]["ok"]
    for how in (
        lambda document: document["calls"][1].update(position=6),
        lambda document: document["calls"][1]["payload"].update(no=99),
        lambda document: document["calls"][1].update(leaf=10_000),
    ):
        found = judge(changed(made, how))
        assert [line["ok"] for line in found["lines"] if line["kind"] == "call"] == [
            True,
            False,
            True,
        ]
    assert judge(changed(made, lambda document: document.update(checkpoint="x")))["verdict"] == (
        "refuted"
    )
    assert judge(b"{}")["verdict"] == "unreadable"


@pytest.mark.skipif(not tlog.is_possible(), reason=f"the verifier in Go needs {tlog.NEEDS}")
def test_the_verifier_in_go_judges_bundles_as_we_do(subject, tmp_path):
    program = tlog.build(tmp_path)
    file = tmp_path / "bundle.json"

    def judge(text):
        file.write_bytes(text)
        done = subprocess.run(
            [program, "-vkey", str(log.verifier_key()), "-bundle", file],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    made = with_calls()
    count = len(made.leaves)
    assert judge(made.to_json().encode()) == (0, f"ok {count} leaves 3 calls\n")
    for how in TAMPERINGS.values():
        code, says = judge(changed(made, lambda document, how=how: how(document["leaves"][0])))
        assert code == 1, says
        assert "fault: leaf " in says
    for how in (
        lambda document: document["calls"][1].update(position=6),
        lambda document: document["calls"][1]["payload"].update(no=99),
        lambda document: document.update(checkpoint="x"),
    ):
        assert judge(changed(made, how))[0] == 1
