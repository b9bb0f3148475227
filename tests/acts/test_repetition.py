"""A caller's own key: asking again does nothing twice, whatever happens in between."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from tests.catalog.makers import make_content, make_entry
from tests.parties.makers import make_actor, make_body, make_seat

from yelin.acts import tasks
from yelin.acts.frame import named
from yelin.acts.models import Answered
from yelin.acts.repetition import Claim, KeyUsed
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.surface import acting

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


def draft(actor, body, key, title="以键起草的资源"):
    act = named("catalog.draft")
    sent = act.schema(
        provider=body.credit_code,
        content=make_content(title=title).model_dump(mode="json"),
    )
    return acting.do(act, actor, sent, key)


def test_asked_again_under_the_same_key_it_is_answered_the_same_and_done_once():
    body = make_body()
    actor = make_actor(body)
    first = draft(actor, body, "键-1")
    assert draft(actor, body, "键-1") == first
    assert Entry.objects.count() == 1
    assert draft(actor, body, "键-2", title="另一个") != first


def test_whoever_has_the_database_alone_can_try_out_neither_key_nor_what_was_asked():
    body = make_body()
    actor = make_actor(body)
    draft(actor, body, "1")
    kept = Answered.objects.get()
    plain = hashlib.sha256(str(actor.person_id).encode() + b"\n1").digest()
    assert bytes(kept.key) != plain
    claims = [Claim.of("1", actor, "catalog.draft", {})]
    (config.root / "keys" / "repetition").unlink()
    claims.append(Claim.of("1", actor, "catalog.draft", {}))
    assert bytes(kept.key) == claims[0].key != claims[1].key
    assert claims[0].request != claims[1].request


def test_a_key_stands_for_one_act_and_one_body_of_one_seat():
    body = make_body()
    seat = make_seat(body)
    actor = Actor.of(seat)
    draft(actor, body, "k")
    with pytest.raises(KeyUsed):
        draft(actor, body, "k", title="别的")
    entry = make_entry(body, "draft")
    register = named("catalog.register")
    with pytest.raises(KeyUsed):
        acting.do(register, actor, register.schema(entry=str(entry.pk)), "k")
    elsewhere = Actor.of(make_seat(body, "auditor", person=seat.person))
    with pytest.raises(KeyUsed):
        draft(elsewhere, body, "k")


def test_keys_of_different_people_never_meet():
    one, other = make_body(), make_body()
    first = draft(make_actor(one), one, "k")
    second = draft(make_actor(other), other, "k", title="别人的")
    assert first != second


def test_what_failed_took_no_key():
    body = make_body()
    actor = make_actor(body)
    entry = make_entry(body, "registered")
    register = named("catalog.register")
    with pytest.raises(OutOfTurn):
        acting.do(register, actor, register.schema(entry=entry.code), "k")
    assert not Answered.objects.exists()
    draft(actor, body, "k")


def test_a_repetition_is_answered_though_the_thing_can_not_be_seen_any_more():
    body = make_body()
    actor = make_actor(body)
    entry = make_entry(body, "draft")
    register = named("catalog.register")
    sent = register.schema(entry=str(entry.pk))
    first = acting.do(register, actor, sent, "k")
    Entry.objects.filter(pk=entry.pk).update(provider=make_body())
    assert acting.do(register, actor, sent, "k") == first


def test_only_digests_are_kept_and_only_for_a_day():
    body = make_body()
    actor = make_actor(body)
    first = draft(actor, body, "ein-Schlüssel")
    row = Answered.objects.values().get()
    assert "Schlüssel" not in str(row)
    with clock.standing_at(clock.now() + timedelta(hours=24)):
        again = draft(actor, body, "ein-Schlüssel", title="次日")
        assert again != first
        tasks.forget_keys(timestamp=0)
    assert Answered.objects.count() == 1
    with clock.standing_at(clock.now() + timedelta(hours=49)):
        tasks.forget_keys(timestamp=0)
    assert not Answered.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_none_is_named(key):
    body = make_body()
    with pytest.raises(Incomplete, match="Idempotency-Key"):
        draft(make_actor(body), body, key)


@pytest.mark.django_db(transaction=True)
def test_of_many_that_ask_at_once_one_does_it_and_all_have_its_answer():
    body = make_body()
    actor = make_actor(body)
    together = threading.Barrier(8)
    answers: list[object] = []

    def ask():
        together.wait()
        try:
            answers.append(draft(actor, body, "zugleich").pk)
        except Exception as error:  # noqa: BLE001 - the test shows it
            answers.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert set(answers) == {Leaf.objects.get(act="catalog.draft").pk}
    assert Entry.objects.count() == 1


# Run in a process of its own, which dies as if by a power cut at the point that is named.
CHILD = """
import json, os, signal, sys
from pathlib import Path
order = json.loads(sys.argv[1])
from django.conf import settings
settings.DATABASES["default"]["NAME"] = order["database"]
import django
django.setup()
from tests.acts.test_repetition import draft
from yelin.acts.frame import Act
from yelin.acts.models import Answered
from yelin.config import Config
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Seat

Config.root = property(lambda _: Path(order["home"]))

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

if order["dies"] == "before commit":
    whole = Answered.save_base
    Answered.save_base = lambda self, **k: die() if self.leaf_id else whole(self, **k)
seat = Seat.objects.select_related("body", "person").get(pk=order["seat"])
draft(Actor.of(seat), seat.body, "k")
die()
"""


@pytest.mark.drawn(1)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dies", ["before commit", "before the answer"])
def test_killed_at_any_moment_the_repetition_finds_it_done_once_or_does_it(dies):
    seat = make_seat()
    order = {
        "database": connection.settings_dict["NAME"],
        "home": str(config.root),
        "seat": str(seat.pk),
        "dies": dies,
    }
    killed = subprocess.run(
        [sys.executable, "-c", CHILD, json.dumps(order)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr.decode()
    assert Entry.objects.count() == (0 if dies == "before commit" else 1)
    leaf = draft(Actor.of(seat), seat.body, "k")
    assert Entry.objects.count() == 1
    assert Leaf.objects.filter(act="catalog.draft").get() == leaf
