"""Releases that build on releases: by key, back to an older one, without what was erased."""

import os
import threading

import pyarrow.parquet as pq
import pytest
from django.db import connection
from tests.catalog.makers import make_content, make_entry
from tests.parties.makers import make_actor
from tests.warehouse.makers import make_release, make_upload

from yelin import gate
from yelin.catalog import acts as catalog
from yelin.catalog.content import ItemContent
from yelin.files.store import store
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.warehouse import acts, manifest, reads, tasks
from yelin.warehouse.models import DATA, Leaving, Release, Upload
from yelin.warehouse.pipeline import Options

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "年份,海口港,代码\n"


def steward(entry):
    return make_actor(entry.provider)


def publish(upload, **over):
    return acts.publish(
        actor=steward(upload.entry), entry=upload.entry, upload=upload, without_rejected=True
    )


def prepared(upload):
    tasks.prepare(upload=str(upload.pk))
    upload.refresh_from_db()
    return upload


def years(release):
    with release.copy(DATA).place.open("rb") as file:
        return pq.read_table(file).column("年份").to_pylist()


@pytest.mark.duty("quality.keep")
def test_each_mode_makes_a_new_release_that_says_on_which_it_builds():
    first = make_release()
    entry = first.entry
    added = make_release(entry, HEADER + "2015,1,010\n2012,1,\n", mode="append")
    changed = make_release(entry, HEADER + "2012,7218,007\n", mode="upsert")
    left = make_release(entry, "年份\n2013\n", mode="delete")
    assert [years(each) for each in (first, added, changed, left)] == [
        [2012, 2013, 2014],
        [2012, 2013, 2014, 2015],
        [2012, 2013, 2014, 2015],
        [2012, 2014, 2015],
    ]
    assert [(each.mode, each.base) for each in (first, added, changed, left)] == [
        ("replace", None),
        ("append", first),
        ("upsert", added),
        ("delete", changed),
    ]
    assert left.manifest["base"] == {"number": 3, "digest": changed.digest_text}
    assert {name: left.manifest["merged"][name] for name in ("removed", "unchanged")} == {
        "removed": 1,
        "unchanged": 3,
    }
    assert not list(reads.faults_of(left))
    facts = Leaf.objects.filter(act="warehouse.publish").last().payload["facts"]["release"]
    assert (facts["mode"], facts["base"]) == ("delete", 3)


def test_what_was_merged_into_a_version_that_is_not_the_newest_any_more_is_prepared_again():
    first = make_release()
    late = make_upload(first.entry, HEADER + "2015,1,010\n", mode="append")
    make_release(first.entry, HEADER + "2016,1,010\n", mode="append")
    with pytest.raises(OutOfTurn):
        publish(late)
    acts.prepare(actor=steward(late.entry), upload=late, options=Options(mode="append"))
    assert years(publish(prepared(late))) == [2012, 2013, 2014, 2016, 2015]


def test_of_two_who_publish_at_once_one_is_told_to_prepare_again():
    first = make_release()
    uploads = [
        make_upload(first.entry, f"{HEADER}{year},1,010\n", mode="append") for year in (2015, 2016)
    ]
    told, together = [], threading.Barrier(2)

    def go(upload):
        together.wait(20)
        try:
            told.append(publish(upload).number)
        except OutOfTurn:
            told.append("again")
        connection.close()

    threads = [threading.Thread(target=go, args=(Upload.objects.get(pk=u.pk),)) for u in uploads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(told) == {2, "again"}
    assert Release.objects.latest_of(first.entry).rows == 4


def test_rows_of_before_do_not_stand_under_items_that_they_need_not_fit():
    first = make_release(make_entry(state="registered"))
    entry, items = first.entry, list(make_content().items)
    more = make_content(title=entry.title, items=(*items, ItemContent(name="八所港", type="N")))
    catalog.amend(actor=steward(entry), entry=entry, content=more)
    ready = make_upload(entry, "年份,八所港\n2015,3\n", mode="append")
    assert ready.report["merged"]["new"] == ["八所港"]
    other = make_content(
        title=entry.title,
        items=(
            items[0],
            ItemContent(name="海口港", type="C"),
            ItemContent(name="甲", nullable=False),
        ),
    )
    catalog.amend(actor=steward(entry), entry=entry, content=other)
    failed = make_upload(entry, HEADER + "2015,1,010\n", mode="append")
    assert (failed.state, failed.error["code"]) == ("failed", "base.items")
    assert failed.error["params"]["items"] == ["“海口港”", "“代码”", "“甲”"]


@pytest.mark.long
def test_without_key_items_nothing_is_found_by_key():
    entry = make_entry(items=(ItemContent(name="年份", type="I"),))
    with pytest.raises(Incomplete) as error:
        make_upload(entry, "年份\n2012\n", mode="upsert")
    assert error.value.faults[0].place == "mode"
    with pytest.raises(Incomplete):
        make_upload(entry, "年份\n2012\n", mode="restore")


@pytest.mark.duty("quality.keep")
def test_a_version_rolled_back_to_is_the_next_one_and_says_which_it_was():
    first = make_release()
    second = make_release(first.entry, HEADER + "2012,1,\n")
    upload = prepared(acts.roll_back(actor=steward(first.entry), entry=first.entry, number=1))
    assert (upload.state, upload.rows, list(upload.copies)) == ("ready", 3, [DATA])
    third = publish(upload)
    assert (third.number, third.mode, third.restored, years(third)) == (
        3,
        "restore",
        first,
        years(first),
    )
    assert third.manifest["restored"] == {"number": 1, "digest": first.digest_text}
    assert not list(reads.faults_of(third))
    for number in (3, 9):
        with pytest.raises(Incomplete):
            acts.roll_back(actor=steward(first.entry), entry=first.entry, number=number)
    with pytest.raises(gate.Refused):
        acts.roll_back(
            actor=make_actor(second.entry.provider, "officer"), entry=first.entry, number=1
        )


def erase(entry, *keys, reason="当事人要求删除"):
    erasure = acts.erase(actor=steward(entry), entry=entry, keys=keys, reason=reason)
    tasks.redact.func(entry=str(entry.pk))
    return erasure


@pytest.mark.duty("personal.erase")
def test_what_is_erased_leaves_every_release_and_comes_back_by_no_way():
    first = make_release()
    entry = first.entry
    second = make_release(entry, HEADER + "2013,1,\n2016,1,\n", mode="upsert")
    third = make_release(entry, HEADER + "2016,1,\n")
    waiting = make_upload(entry, HEADER + "2013,2,\n2017,2,\n", mode="append")
    before = {each.pk: each.digest_text for each in (first, second, third)}
    erase(entry, ["2013"])
    for release in (first, second, third):
        release.refresh_from_db()
        assert not list(reads.faults_of(release))
    assert [years(each) for each in (first, second, third)] == [
        [2012, 2014],
        [2012, 2014, 2016],
        [2016],
    ]
    assert (first.rows, first.redactions, third.redactions) == (2, 1, 0)
    assert first.manifest["redacted"]["was"] == before[first.pk]
    assert third.digest_text == before[third.pk]
    # Neither what was sent nor what it was made from is left, and no value in clear.
    assert not Leaving.objects.exists()
    assert list(store().keys(first.upload.folder)) == []
    assert "2013" not in str(first.manifest["columns"])
    told = [
        leaf.payload
        for leaf in Leaf.objects.filter(act__in=["warehouse.erase", "warehouse.redact"])
    ]
    assert len(told) == 3
    assert "2013" not in str([leaf["facts"] for leaf in told]).replace(before[first.pk], "")
    with pytest.raises(OutOfTurn):
        publish(waiting)
    acts.prepare(actor=steward(entry), upload=waiting, options=Options(mode="append"))
    fourth = publish(prepared(waiting))
    assert (years(fourth), waiting.report["reasons"]) == ([2016, 2017], {"erased": 1})
    assert list(store().keys(waiting.folder)) == []
    back = publish(prepared(acts.roll_back(actor=steward(entry), entry=entry, number=1)))
    assert years(back) == [2012, 2014]
    assert years(make_release(entry)) == [2012, 2014]


@pytest.mark.duty("quality.keep")
@pytest.mark.parametrize("opening", ["unconditional", "none"])
def test_the_sweep_leaves_what_an_erasure_left_and_takes_what_it_took(opening):
    release = make_release(make_entry(opening_type=opening))
    before = store().local(release.copy(DATA).key)
    erase(release.entry, ["2013"])
    release.refresh_from_db()
    before.write_bytes(b"of a store that was brought back")
    kept = store().local(release.copy(DATA).key)
    for path in (before, kept):
        os.utime(path, (0, 0))
    tasks.clear_leavings.func(timestamp=0)
    assert (before.exists(), kept.exists()) == (False, True)
    assert years(release) == [2012, 2014]


def test_an_erasure_names_rows_by_keys_that_fit_and_has_a_reason():
    entry = make_release().entry
    for keys, reason, place in (
        ([["2013"]], " ", "reason"),
        ([], "依申请", "keys"),
        ([["2013", "007"]], "依申请", "keys"),
        ([["甲"]], "依申请", "keys"),
    ):
        with pytest.raises(Incomplete) as error:
            acts.erase(actor=steward(entry), entry=entry, keys=keys, reason=reason)
        assert error.value.faults[0].place == place


def test_keys_are_known_as_the_engine_writes_them():
    kinds = {"整": "I", "数": "N", "日": "D", "时": "T", "是": "L", "文": "C", "浮": "F"}
    items = tuple(
        ItemContent(name=name, type=kind, key=True, nullable=False) for name, kind in kinds.items()
    )
    entry = make_entry(items=items)
    header = ",".join(kinds) + "\n"
    rows = (
        "007,2.50,2020-01-31,2020-01-31 08:30:00.25,true,甲，乙,2.5\n"
        "8,100,2020/2/1,2020-02-01 0:00,否,x,1e20\n"
    )
    release = make_release(entry, header + rows)
    assert (release.rows, release.rejected) == (2, 0)
    erase(
        entry,
        ["7", "2.5", "2020-01-31", "2020-01-31T08:30:00.250", "true", "甲，乙", "2.50"],
        ["8", "1e2", "2020-02-01", "2020-02-01", "false", "x", "1e20"],
    )
    release.refresh_from_db()
    assert release.rows == 0


@pytest.mark.duty("releases.keep")
def test_older_versions_are_destroyed_once_their_term_is_over_and_never_the_newest(today):
    today("2020-03-02")
    first = make_release()
    entry = first.entry
    today("2020-06-01")
    second = make_release(entry, HEADER + "2015,1,\n", mode="append")
    today("2020-09-01")
    third = make_release(entry)
    today("2022-06-02")
    tasks.destroy_past.func(timestamp=0)
    assert Release.objects.with_files().count() == 3
    acts.keep(actor=steward(entry), entry=entry, months=24)
    for _ in range(2):
        tasks.destroy_past.func(timestamp=0)
    first.refresh_from_db()
    assert first.is_destroyed
    assert not first.copies
    assert (
        list(store().keys(f"releases/{first.pk}")) == list(store().keys(first.upload.folder)) == []
    )
    assert manifest.digest(first.manifest) == bytes(first.digest)
    assert not list(reads.faults_of(first))
    today("2032-01-01")
    acts.keep(actor=steward(entry), entry=entry, months=24, least=2)
    tasks.destroy_past.func(timestamp=0)
    acts.keep(actor=steward(entry), entry=entry, months=24)
    assert set(Release.objects.with_files()) == {second, third}
    tasks.destroy_past.func(timestamp=0)
    assert list(Release.objects.with_files()) == [third]
    leaves = Leaf.objects.filter(act="warehouse.destroy")
    assert [leaf.payload["facts"]["release"]["number"] for leaf in leaves.order_by("id")] == [1, 2]
    with pytest.raises(OutOfTurn):
        acts.destroy(actor=Actor.system("clock"), entry=entry, release=third)
    with pytest.raises(Incomplete):
        acts.keep(actor=steward(entry), entry=entry, months=6)
    with pytest.raises(Incomplete):
        acts.roll_back(actor=steward(entry), entry=entry, number=1)
