"""Finished files: one maker, the same bytes each time, sealed, gone when their time is up."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from tests.catalog.makers import make_entry
from tests.delivery.streams import make_long_release
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor, make_representative
from tests.warehouse.makers import PORTS, make_release, make_upload

from yelin import gate
from yelin.config import config
from yelin.delivery import kept
from yelin.delivery.kept import Wanted
from yelin.delivery.models import Kept
from yelin.files.places import is_sealed
from yelin.files.store import sha256, store
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.warehouse.formats import MEDIA_TYPES
from yelin.warehouse.opened import KEPT
from yelin.warehouse.query import Filter, Question, UnknownColumn

pytestmark = pytest.mark.django_db(transaction=True)


def wanted(release, format_="csv", **asked):
    return Wanted(release, Question(**asked), format_)


def decided(release, actor=None):
    return gate.decide(actor or Actor.anyone(), "resource.read", release.entry)


def files():
    return sorted(key.removeprefix(f"{KEPT}/") for key in store().keys(KEPT))


def test_of_all_who_ask_at_once_one_makes_the_file():
    release = make_long_release()
    decision, got, together = decided(release), [], threading.Barrier(6)

    def ask():
        together.wait(20)
        got.append(kept.made(wanted(release), decision).pk)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 6
    assert files() == [str(Kept.objects.get().pk)]
    assert set(got) == {Kept.objects.get().pk}


@pytest.mark.long
def test_a_file_that_is_made_anew_has_the_very_same_bytes():
    release = make_long_release()
    asked = [wanted(release, each, filters=(Filter("年份", "gte", "100"),)) for each in MEDIA_TYPES]
    firsts = []
    for ask in asked:
        first = kept.made(ask, decided(release))
        firsts.append((first.size, sha256(first.place)))
        first.delete()
    # Workbooks write when they were made, if only by the second.
    time.sleep(1.1)
    for ask, first in zip(asked, firsts, strict=True):
        again = kept.made(ask, decided(release))
        assert (again.size, sha256(again.place)) == first, ask


@pytest.mark.long
def test_a_file_is_known_by_all_that_shapes_its_bytes_and_by_nothing_that_it_says():
    release, other = make_release(), make_release()
    decision = decided(release)
    asked = {
        wanted(release).name(decision),
        wanted(other).name(decision),
        wanted(release, "json").name(decision),
        wanted(release, filters=(Filter("代码", "eq", "007"),)).name(decision),
        wanted(release, sort=(("代码", True),)).name(decision),
        wanted(release, columns=("代码",)).name(decision),
        Wanted(release, Question(), "csv", for_excel=True).name(decision),
    }
    assert len(asked) == 7
    assert wanted(release, limit=7, offset=3).name(decision) in asked


def test_what_fails_leaves_neither_a_file_nor_a_row():
    release = make_release()
    with pytest.raises(UnknownColumn):
        kept.made(wanted(release, columns=("没有这一列",)), decided(release))
    assert (files(), Kept.objects.count()) == ([], 0)


def closed_release():
    entry = make_entry(opening_type="conditional", opening_condition="说明用途")
    actor = make_representative()
    release = make_release(entry)
    make_grant_to(actor, entry)
    return release, actor


def make_grant_to(actor, entry):
    return make_grant(Body.objects.get(pk=actor.body_id), entry)


def test_a_file_of_what_is_not_open_is_sealed_and_goes_with_its_key():
    release, actor = closed_release()
    made = kept.made(wanted(release), decided(release, actor))
    assert is_sealed(made.place.path)
    file = made.reader()
    assert file.read_at(0, 16).decode() == "年份,海口港"
    file.close()
    release.sealed_by.destroy(clock.now())
    kept.clear(clock.now())
    assert (files(), Kept.objects.count()) == ([], 0)


@pytest.mark.long
def test_a_file_goes_when_its_release_is_sealed_otherwise():
    release, actor = closed_release()
    kept.made(wanted(release), decided(release, actor))
    open_ = make_release()
    kept.made(wanted(open_), decided(open_))
    kept.clear(clock.now())
    assert Kept.objects.count() == 2
    open_.sealed_by = open_.upload.sealed_by
    assert kept.found(wanted(open_), decided(open_)) is None
    type(open_).objects.filter(pk=open_.pk).update(
        sealed_by=open_.upload.sealed_by, manifest_kept="sealed"
    )
    kept.clear(clock.now())
    assert Kept.objects.get().release_id == release.pk
    assert len(files()) == 1


@pytest.mark.long
def test_what_nobody_used_for_a_week_goes_and_above_the_limit_what_was_used_longest_ago(
    monkeypatch,
):
    release = make_release()
    kinds = ("csv", "json", "ndjson")
    old, less_old, new = (kept.made(wanted(release, kind), decided(release)) for kind in kinds)
    now = clock.now()
    Kept.objects.filter(pk=old.pk).update(used_at=now - timedelta(days=8))
    Kept.objects.filter(pk=less_old.pk).update(used_at=now - timedelta(hours=1), size=900_000)
    kept.clear(now)
    assert set(files()) == {str(less_old.pk), str(new.pk)}
    monkeypatch.setitem(config.__dict__, "kept_limit_mb", 0)
    Kept.objects.filter(pk=new.pk).update(size=0)
    kept.clear(now)
    assert files() == [str(new.pk)]


@pytest.mark.long
def test_what_a_killed_maker_left_is_removed_once_it_is_surely_dead():
    release = make_release()
    made = kept.made(wanted(release), decided(release))
    left = store().local(f"{KEPT}/00000000-0000-4000-8000-000000000000")
    left.write_bytes(b"half a file")
    kept.clear(clock.now())
    assert len(files()) == 2
    kept.clear(clock.now() + timedelta(hours=2))
    assert files() == [str(made.pk)]


def test_rejected_rows_of_a_file_that_was_prepared_again_are_made_anew():
    upload = make_upload(text=PORTS + "2015,约九千,010\n")
    decision = gate.decide(actor_of(upload), "resource.inspect", upload.entry)
    ask = Wanted(upload, Question(), "csv", for_excel=True)
    before = ask.name(decision)
    upload.attempt = "00000000-0000-4000-8000-000000000001"
    assert ask.name(decision) != before


def actor_of(upload):
    return make_actor(upload.entry.provider)
