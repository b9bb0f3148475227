import os

import pytest
from tests.catalog.makers import agency, make_content, make_entry
from tests.parties.makers import make_actor, make_body
from tests.warehouse.makers import PORTS, make_release, make_upload

from yelin import gate
from yelin.catalog import acts as catalog
from yelin.files.digests import digests
from yelin.files.store import scratch, store
from yelin.law.models import Clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.warehouse import acts, manifest, pipeline, tasks
from yelin.warehouse.glance import Passing
from yelin.warehouse.models import Leaving, Release, Upload
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

pytestmark = pytest.mark.django_db(transaction=True)

BAD = PORTS + "2015,约九千,010\n2014,1,011\n"


def test_what_was_seen_of_a_file_as_it_came_is_kept_for_its_preparation(monkeypatch):
    given = []
    whole = pipeline.prepare

    def told(*args, seen, **named):
        given.append(seen)
        return whole(*args, seen=seen, **named)

    monkeypatch.setattr(pipeline, "prepare", told)
    release = make_release()
    make_upload(release.entry, PORTS.encode("gbk"))
    with Passing() as passing:
        passing.update(PORTS.encode())
        digests_, seen = passing.done()
    assert given == [seen, None]
    assert seen is not None
    # It is nothing that a recipient needs.
    assert release.upload.digests == digests_.as_dict()
    assert "seen" not in release.manifest["source"]


@pytest.mark.duty("opening.bring")
@pytest.mark.duty("quality.keep")
def test_a_release_is_a_manifest_of_files_bound_to_one_version_of_the_entry():
    release = make_release()
    assert (release.number, release.rows, release.rejected, release.columns) == (1, 3, 0, 3)
    assert release.entry_version.number == release.entry.version
    assert manifest.digest(release.manifest) == bytes(release.digest)
    for file in release.files:
        kept = digests(release.copy(file["name"]).place)
        assert kept.as_dict() == {"sha256": file["sha256"], "sm3": file["sm3"]}
    leaf = Leaf.objects.get(act="warehouse.publish")
    assert leaf.payload["facts"]["release"]["manifest"] == bytes(release.digest).hex()


def test_rows_that_do_not_conform_are_kept_and_published_without_only_on_the_stewards_word():
    upload = make_upload(text=BAD)
    assert (upload.state, upload.rows, upload.rejected) == ("ready", 3, 2)
    steward = make_actor(upload.entry.provider)
    with pytest.raises(Incomplete) as error:
        acts.publish(actor=steward, entry=upload.entry, upload=upload, without_rejected=False)
    assert error.value.faults[0].place == "without_rejected"
    release = acts.publish(actor=steward, entry=upload.entry, upload=upload, without_rejected=True)
    assert (release.rows, release.rejected) == (3, 2)


def test_nothing_is_published_twice():
    release = make_release()
    with pytest.raises(OutOfTurn):
        acts.publish(
            actor=make_actor(release.entry.provider),
            entry=release.entry,
            upload=release.upload,
            without_rejected=True,
        )
    assert Release.objects.count() == 1


def test_a_file_prepared_for_an_older_version_of_the_entry_is_prepared_again_first():
    body = make_body()
    entry = make_entry(body, "registered")
    upload = make_upload(entry)
    steward = make_actor(body)
    catalog.amend(actor=steward, entry=entry, content=make_content(title="改过"))
    with pytest.raises(OutOfTurn):
        acts.publish(actor=steward, entry=entry, upload=upload, without_rejected=True)
    acts.prepare(actor=steward, upload=upload, options=Options())
    tasks.prepare(upload=str(upload.pk))
    assert (
        acts.publish(
            actor=steward, entry=entry, upload=upload, without_rejected=True
        ).entry_version.number
        == 2
    )


def test_with_no_items_yet_items_are_proposed_and_nothing_can_be_published():
    entry = make_entry(state="registered", items=())
    upload = make_upload(entry)
    assert upload.state == "ready"
    assert [(item["name"], item["type"]) for item in upload.report["proposed"]] == [
        ("年份", "I"),
        ("海口港", "N"),
        ("代码", "C"),
    ]
    with pytest.raises(Incomplete):
        acts.publish(
            actor=make_actor(entry.provider), entry=entry, upload=upload, without_rejected=True
        )


def test_what_cannot_be_used_says_what_to_mend_and_leaves_no_half_release():
    upload = make_upload(text="别的,列\n1,2\n")
    assert upload.state == "failed"
    assert upload.error["says"]
    assert not Release.objects.exists()
    assert list(scratch().path.iterdir()) == []


def test_a_draft_takes_no_data():
    entry = make_entry(state="draft")
    with pytest.raises(OutOfTurn):
        acts.receive(
            actor=make_actor(entry.provider),
            entry=entry,
            received=receive([b"a\n1\n"], "a.csv"),
            options=Options(),
        )
    assert not Upload.objects.exists()


def test_an_empty_file_is_refused_and_leaves_nothing():
    with pytest.raises(Incomplete):
        receive([], "a.csv")
    assert list(scratch().path.iterdir()) == []


def test_only_a_steward_of_the_provider_brings_data_in():
    entry = make_entry()
    for actor in (
        Actor.anyone(),
        make_actor(agency(), "officer"),
        make_actor(entry.provider, "officer"),
    ):
        with pytest.raises(gate.Refused):
            acts.receive(
                actor=actor, entry=entry, received=receive([b"a\n1\n"], "a.csv"), options=Options()
            )


@pytest.mark.duty("aggregation.bring_in")
def test_a_release_ends_the_running_term_and_starts_the_next(today):
    today("2026-03-02")
    entry = make_entry(update_cycle="monthly")
    first = Clock.objects.running().get(thing=entry.thing)
    today("2026-03-20")
    make_release(entry)
    first.refresh_from_db()
    assert first.ended_at is not None
    assert Clock.objects.running().get(thing=entry.thing).due.isoformat() == "2026-04-27"


@pytest.mark.duty("aggregation.bring_in")
def test_a_lapse_is_an_act_recorded_once_and_the_duty_runs_on(today):
    today("2026-03-02")
    entry = make_entry(update_cycle="monthly")
    tasks.sweep_terms.func(timestamp=0)
    assert not Leaf.objects.filter(act="warehouse.lapse").exists()
    today("2026-06-01")
    for _ in range(2):
        tasks.sweep_terms.func(timestamp=0)
    leaf = Leaf.objects.get(act="warehouse.lapse")
    assert leaf.payload["actor"] == {"kind": "system", "job": "clock"}
    running = Clock.objects.running().get(thing=entry.thing)
    assert running.lapsed_at is not None
    make_release(entry)
    assert not Clock.objects.running().filter(lapsed_at__isnull=False).exists()


def test_a_discarded_file_is_gone_and_stays_in_the_trace():
    upload = make_upload()
    assert upload.original.place.exists()
    acts.discard(actor=make_actor(upload.entry.provider), upload=upload)
    assert not upload.original.place.exists()
    assert not Leaving.objects.exists()
    assert Leaf.objects.filter(act="warehouse.discard", subject=upload.thing).exists()


def test_a_manifest_of_what_is_not_open_to_all_is_salted():
    open_ = make_release(make_entry())
    closed = make_release(make_entry(opening_type="none"))
    assert "salt" not in open_.manifest
    assert len(closed.manifest["salt"]) == 32


def test_what_a_crash_left_behind_is_cleared_and_what_is_in_use_stays():
    release = make_release()
    stray = scratch().path / "receive-dead"
    stray.write_bytes(b"x")
    orphan = store().local("uploads/00000000-0000-4000-8000-000000000000/original")
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"x")
    for path in (stray, orphan):
        os.utime(path, (0, 0))
    kept = [*release.copies.values(), *release.upload.copies.values()]
    for copy in kept:
        os.utime(store().local(copy.key), (0, 0))
    tasks.clear_leavings.func(timestamp=0)
    assert not stray.exists()
    assert not orphan.exists()
    assert all(copy.place.exists() for copy in kept)
