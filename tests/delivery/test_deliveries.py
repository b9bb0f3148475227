"""What is not open to all is handed out by name: call by call, whole or not at all."""

import json
from datetime import timedelta

import pytest
from tests.catalog.makers import agency
from tests.delivery.makers import close, make_call, make_closed, make_taker
from tests.gate.makers import make_grant
from tests.parties.makers import (
    make_actor,
    make_body,
    make_citizen,
    make_enterprise,
    make_representative,
)
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.delivery import acts, handing, meter, reads
from yelin.delivery.models import SILENCE, Delivery, Docket, Outcome, Tally
from yelin.delivery.opening import Call, PurposeMissing
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.ledger import batch, log, sequencer
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.warehouse.query import Filter, Question, UnknownColumn

pytestmark = pytest.mark.django_db(transaction=True)

ABOUT_ONE = Question(filters=(Filter("代码", "eq", "007"),))


@pytest.mark.duty("trace.whole")
def test_what_is_taken_by_a_grant_is_named_and_what_is_open_to_all_is_counted():
    entry = make_closed()
    citizen, grant = make_taker(entry)
    made = make_call(citizen, entry, ABOUT_ONE)
    assert (made.outcome, made.rows, made.grant_id) == ("finished", 1, grant.pk)
    assert (made.party_id, made.seat_id) == (citizen.person_id, None)
    assert not Tally.objects.exists()
    opened = make_release().entry
    assert handing.rows(citizen, opened, Question()).notes.receipt is None
    assert Delivery.objects.count() == 1
    assert Tally.objects.get().queries == 1


def test_who_takes_its_own_bodys_data_is_named_by_the_seat():
    entry = make_closed()
    actor = make_actor(entry.provider)
    made = make_call(actor, entry)
    assert (made.grant_id, made.seat_id, made.rows) == (None, actor.seat_id, 3)


def written(value):
    return bytes(value).decode("latin-1") if isinstance(value, memoryview) else str(value)


@pytest.mark.long
def test_the_question_stands_nowhere_and_can_be_shown_to_be_the_one():
    entry = make_closed()
    citizen, _ = make_taker(entry)
    # Words that no digest or number holds by chance.
    made = make_call(citizen, entry, Question(filters=(Filter("代码", "eq", "QIONG-7"),)))
    row = Delivery.objects.filter(pk=made.pk).values()[0]
    assert "QIONG-7" not in json.dumps(row, default=written)
    asked = {
        "filters": [["代码", "eq", "QIONG-7"]],
        "sort": [], "columns": None, "limit": 50, "offset": 0,
    }  # fmt: skip
    assert made.asks(asked) == bytes(made.asked)
    assert made.asks(asked | {"offset": 1}) != bytes(made.asked)
    assert made.payload["question"] == bytes(made.asked).hex()


def test_a_file_counts_once_its_last_byte_has_left():
    entry = make_closed()
    citizen, _ = make_taker(entry)
    handed = handing.download(citizen, entry, Question(), "csv")
    assert not Delivery.objects.exists()
    going = handed.begin()
    made = Delivery.objects.get(pk=handed.notes.receipt)
    assert (made.outcome, made.ended_at) == (Outcome.BEGUN, None)
    going.finish(99)
    made.refresh_from_db()
    assert (made.outcome, made.rows, made.size) == (Outcome.FINISHED, 3, 99)


def test_a_file_that_was_cut_off_is_not_counted_as_delivered():
    entry = make_closed()
    citizen, _ = make_taker(entry)
    handing.download(citizen, entry, Question(), "csv").begin().cut(7)
    made = Delivery.objects.get()
    assert (made.outcome, made.rows, made.size) == (Outcome.CUT, 0, 7)


def test_what_died_with_its_process_is_cut_off_and_stays_so(still):
    entry = make_closed()
    citizen, _ = make_taker(entry)
    dead, alive = (handing.download(citizen, entry, Question(), "csv").begin() for _ in range(2))
    sign = clock.now() + SILENCE - timedelta(seconds=1)
    Delivery.objects.filter(pk=alive.delivery.pk).update(seen_at=sign)
    with clock.standing_at(clock.now() + SILENCE + timedelta(seconds=1)):
        meter.cut_silent()
        # It was only slow, and comes too late.
        dead.finish(99)
        alive.finish(99)
    outcomes = {each.pk: each.outcome for each in Delivery.objects.all()}
    assert outcomes == {dead.delivery.pk: Outcome.CUT, alive.delivery.pk: Outcome.FINISHED}
    close(SILENCE * 2)
    docket = Docket.objects.get()
    assert (docket.finished, docket.cut) == (1, 1)


@pytest.mark.duty("trace.whole")
def test_all_calls_of_a_grant_in_a_minute_are_one_leaf_and_each_has_its_receipt(today):
    today("2026-03-02")
    entry = make_closed()
    citizen, grant = make_taker(entry)
    made = [make_call(citizen, entry) for _ in range(3)]
    with pytest.raises(reads.NotListed):
        reads.receipt(citizen, made[0].pk)
    close()
    close()
    leaf = Leaf.objects.get(act="delivery.close_minute")
    facts = leaf.payload["facts"]
    assert (facts["grant"], facts["finished"], facts["batch"]["count"]) == (str(grant.pk), 3, 3)
    sequencer.settle()
    for each in made:
        receipt = reads.receipt(citizen, each.pk)
        checked = batch.check(batch.parse(receipt.to_json()), [log.verifier_key()])
        assert checked.payload
        assert checked.checkpoint.size == log.published_size()
        assert receipt.payload["rows"] == 3
        assert receipt.payload["release"]["number"] == 1


def test_who_ends_late_stands_in_the_next_docket():
    entry = make_closed()
    citizen, _ = make_taker(entry)
    late = handing.download(citizen, entry, Question(), "csv").begin()
    make_call(citizen, entry)
    close()
    with clock.standing_at(clock.now() + timedelta(minutes=1)):
        late.finish(99)
    close(timedelta(minutes=3))
    assert [each.finished for each in Docket.objects.order_by("until")] == [1, 1]


def test_calls_by_two_grants_and_to_a_seat_stand_in_three_dockets():
    entry = make_closed()
    for actor in (make_taker(entry)[0], make_taker(entry)[0], make_actor(entry.provider)):
        make_call(actor, entry)
    close()
    assert Docket.objects.count() == 3
    assert Docket.objects.filter(grant=None, seat__body=entry.provider).count() == 1


@pytest.mark.long
def test_a_docket_holds_no_more_than_is_found_at_once(monkeypatch):
    monkeypatch.setattr(acts, "MOST", 2)
    entry = make_closed()
    citizen, grant = make_taker(entry)
    for _ in range(5):
        make_call(citizen, entry)
    close()
    assert sorted(each.finished for each in Docket.objects.all()) == [1, 2, 2]
    with pytest.raises(OutOfTurn):
        acts.close_minute(actor=Actor.system("clock"), entry=entry, grant=grant, seat=None)


@pytest.mark.duty("trace.whole")
def test_a_receipt_is_for_both_sides_and_the_powers_and_does_not_exist_for_others():
    entry = make_closed()
    body = make_enterprise()
    firm = make_representative(body)
    make_grant(body, entry)
    made = make_call(firm, entry)
    close()
    colleague = make_representative(body)
    for sees in (
        firm,
        colleague,
        make_actor(entry.provider, "auditor"),
        make_actor(agency(), "officer"),
    ):
        assert reads.receipt(sees, made.pk).payload["delivery"] == str(made.pk)
    for blind in (
        Actor.anyone(),
        make_citizen(),
        make_actor(make_body()),
        make_actor(agency(), "auditor"),
    ):
        with pytest.raises(gate.Unseen):
            reads.receipt(blind, made.pk)


@pytest.mark.long
def test_a_call_for_a_grant_of_several_purposes_names_one():
    entry = make_closed()
    citizen, _ = make_taker(entry, purposes=["research", "teaching"])
    with pytest.raises(PurposeMissing) as missing:
        handing.rows(citizen, entry, Question())
    assert missing.value.purposes == {entry.code: ["research", "teaching"]}
    assert make_call(citizen, entry, call=Call("teaching")).purpose == "teaching"
    with pytest.raises(gate.Refused, match="another purpose"):
        handing.rows(citizen, entry, Question(), call=Call("advertising"))


@pytest.mark.parametrize(("purposes", "called", "kept"), [
    (["research"], "", "research"), ([], "research", ""), ([], "", ""),
])  # fmt: skip
def test_what_a_grant_does_not_name_as_its_purpose_is_not_recorded(purposes, called, kept):
    entry = make_closed()
    citizen, _ = make_taker(entry, purposes=purposes)
    assert make_call(citizen, entry, call=Call(called)).purpose == kept


def test_after_its_end_a_grant_hands_out_nothing():
    entry = make_closed()
    citizen, grant = make_taker(entry)
    with clock.standing_at(grant.until - timedelta(seconds=1)):
        make_call(citizen, entry)
    with clock.standing_at(grant.until), pytest.raises(gate.Refused):
        handing.rows(citizen, entry, Question())


def test_a_failed_download_of_closed_data_is_no_delivery():
    entry = make_closed()
    citizen, _ = make_taker(entry)
    with pytest.raises(UnknownColumn):
        handing.download(citizen, entry, Question(columns=("没有这一列",)), "csv")
    assert not Delivery.objects.exists()
