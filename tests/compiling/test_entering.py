"""Entering what was planned, whoever is killed, leaves or changes things meanwhile."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from tests.catalog.makers import make_entry
from tests.compiling.makers import bring, entered, exported, national, outcomes, planned, ports
from tests.parties.makers import make_actor, make_body, make_seat

from yelin.acts.frame import Act
from yelin.catalog import acts as catalog
from yelin.catalog.models import Entry
from yelin.compiling import acts, entering, tasks
from yelin.compiling.models import Import
from yelin.files.store import store
from yelin.gate import Refused
from yelin.law.refusals import OutOfTurn, Unlawful
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)

MANY = [ports(f"资源{n}") for n in range(12)]


class Killed(BaseException):
    """What a worker never survives."""


@pytest.mark.duty("catalog.compile")
def test_a_killed_worker_goes_on_and_makes_nothing_twice(monkeypatch):
    batch = bring(national(MANY))
    acts.run(actor=make_actor(batch.body), batch=batch)
    assert Import.objects.get().rows == 0, "rows count what is entered from now on"
    monkeypatch.setattr(tasks, "AT_ONCE", 5)
    whole, calls = Act.several, []

    def dying(self, actor, asked, note):
        def noted(done):
            note(done)
            calls.append("committed" if len(calls) % 2 else "rolled back")
            if calls[-1] == "rolled back":
                raise Killed

        whole(self, actor, asked, noted)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Act, "several", dying)
        for _ in range(4):
            with pytest.raises(Killed):
                tasks.run(str(batch.pk))
    assert Entry.objects.count() == 10
    tasks.run(str(batch.pk))
    batch.refresh_from_db()
    assert batch.state == "done"
    assert Entry.objects.count() == len(MANY)
    assert Leaf.objects.filter(act="catalog.draft").count() == len(MANY)
    assert all(each.done_at and each.entry_id for each in batch.planned.all())


def test_two_workers_at_once_make_nothing_twice():
    batch = bring(national(MANY))
    acts.run(actor=make_actor(batch.body), batch=batch)

    def work():
        tasks.run(str(batch.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batch.refresh_from_db()
    assert batch.state == "done"
    assert Entry.objects.count() == len(MANY)


def test_entering_acts_as_whoever_set_it_going_and_stops_with_the_seat():
    batch = bring(national(MANY))
    seat = make_seat(batch.body)
    acts.run(actor=Actor.of(seat), batch=batch)
    seat.until = batch.received_at + timedelta(seconds=1)
    seat.save()
    tasks.run(str(batch.pk))
    batch.refresh_from_db()
    assert batch.state == "stopped"
    assert batch.error["says"] == entering.GONE
    assert Entry.objects.count() == 0
    other = make_actor(batch.body)
    batch = entered(batch, other)
    assert batch.state == "done"
    leaves = Leaf.objects.filter(act="catalog.draft")
    assert {leaf.payload["actor"]["seat"] for leaf in leaves} == {str(other.seat_id)}


@pytest.mark.long
def test_a_confirmed_entry_is_changed_by_a_revision_and_stays_live():
    entry = make_entry()
    steward = make_actor(entry.provider)
    file = exported(steward, "csv").replace("万吨".encode(), "吨".encode())
    batch = entered(bring(file, body=entry.provider, actor=steward, name="c.csv"), steward)
    assert outcomes(batch) == {"change": 1}
    entry = Entry.objects.get(pk=entry.pk)
    assert "万吨" in entry.content().summary
    assert "万吨" not in entry.in_hand().summary
    assert planned_again(file, entry, steward) == {"keep": 1}
    catalog.submit(actor=steward, entry=entry)
    assert planned_again(file.replace("吨".encode(), "公斤".encode()), entry, steward) == {
        "refuse": 1
    }


def planned_again(file, entry, steward):
    return outcomes(bring(file, body=entry.provider, actor=steward, name="c.csv"))


@pytest.mark.long
def test_an_entry_that_changed_since_the_preview_is_not_overwritten():
    entry = make_entry(state="draft")
    steward = make_actor(entry.provider)
    file = exported(steward, "csv").replace("万吨".encode(), "吨".encode())
    batch = bring(file, body=entry.provider, actor=steward, name="c.csv")
    said = entry.content().model_copy(update={"keywords": ("新词",)})
    catalog.amend(actor=steward, entry=entry, content=said)
    batch = entered(batch, steward)
    assert outcomes(batch) == {"refuse": 1}
    assert Entry.objects.get(pk=entry.pk).content() == said


def test_what_the_act_refuses_is_told_at_its_row():
    batch = bring(national([ports("甲"), ports("乙")]))
    make_entry(batch.body, state="draft", title="乙")
    batch = entered(batch)
    assert outcomes(batch) == {"make": 1, "refuse": 1}
    refused = batch.planned.get(outcome="refuse")
    assert refused.flaws[0]["says"] == "Your body already has an entry of this name."


@pytest.mark.duty("secrets.outside")
@pytest.mark.parametrize("marked", ["机密★10年", ""])
def test_a_row_that_says_it_is_a_state_secret_destroys_the_file(marked):
    rows = ["信息资源名称,信息资源摘要,涉密标识", "甲,港口,非涉密"]
    rows.append(f"乙,{marked},非涉密" if marked else "乙,航道,涉密")
    batch = bring("\n".join(rows).encode(), name="秘密目录.csv")
    assert (batch.state, batch.filename, batch.found) == ("discarded", "", {})
    assert not batch.planned.exists()
    assert batch.sealed_by.destroyed_at
    assert list(store().keys(batch.folder)) == []
    with pytest.raises(OutOfTurn):
        acts.plan(
            actor=make_actor(batch.body), batch=batch, mapping="national", sheet="", columns={}
        )


def test_who_answers_that_it_holds_a_state_secret_sends_nothing():
    with pytest.raises(Unlawful):
        bring(b"a", state_secret=True)
    assert not Import.objects.exists()


def test_a_discarded_file_is_destroyed_and_what_was_made_stays():
    batch = bring(national(MANY))
    steward = make_actor(batch.body)
    batch = acts.discard(actor=steward, batch=batch)
    assert list(store().keys(batch.folder)) == []
    assert not batch.planned.exists()
    with pytest.raises(OutOfTurn):
        acts.run(actor=steward, batch=batch)


def test_a_file_that_kills_its_worker_is_given_up():
    batch = bring(national(MANY))
    again = acts.plan(
        actor=make_actor(batch.body), batch=batch, mapping="national", sheet="", columns={}
    )
    tasks.plan(str(again.pk), begun=tasks.ATTEMPTS)
    again.refresh_from_db()
    assert again.state == "failed"
    assert (
        planned(
            acts.plan(
                actor=make_actor(batch.body), batch=again, mapping="national", sheet="", columns={}
            )
        ).state
        == "ready"
    )


def test_nobody_brings_in_a_catalog_for_another_body():
    with pytest.raises(Refused):
        bring(national(MANY), body=make_body(), actor=make_actor(make_body()))
    body = make_body()
    with pytest.raises(Refused):
        bring(national(MANY), body=body, actor=make_actor(body, "auditor"))
