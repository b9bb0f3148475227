"""Rows leave as their subjects agree, and no more from the moment in which one does not."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.delivery.makers import make_taker
from tests.exchange.extracts import make_extract
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor
from tests.privacy.makers import NUMBERS, PEOPLE, make_covering, make_people, make_subject
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.catalog.content import ItemContent
from yelin.config import config
from yelin.delivery import batches, changes, handing, kept, selecting, tickets
from yelin.delivery.kept import Wanted
from yelin.delivery.models import Ticket
from yelin.delivery.opening import Call
from yelin.files.places import is_sealed
from yelin.gate import Obligations
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person
from yelin.privacy import acts
from yelin.warehouse import agreed, tasks
from yelin.warehouse.borne import Unfulfillable
from yelin.warehouse.query import Aggregate, Filter, Question
from yelin.warehouse.verifying import Claim

pytestmark = pytest.mark.django_db(transaction=True)


def collector(entry) -> Actor:
    return make_actor(entry.provider)


def stations(actor: Actor, entry, **over) -> list[str]:
    entry.refresh_from_db()
    return [row["站点"] for row in handing.rows(actor, entry, Question(), **over).page.rows]


@pytest.mark.duty("personal.hand_over")
@pytest.mark.duty("personal.withdraw")
def test_rows_leave_by_consent_alone_and_stay_from_the_moment_of_its_withdrawal():
    covering = make_covering()
    taker, _ = make_taker(covering.entry)
    assert stations(taker, covering.entry) == []
    first, second = make_subject(NUMBERS[0]), make_subject(NUMBERS[1])
    consent = acts.agree(actor=first, purpose=covering.purpose)
    assert stations(taker, covering.entry) == ["海口东站", "亚龙湾"]
    acts.agree(actor=second, purpose=covering.purpose)
    assert stations(taker, covering.entry) == ["海口东站", "美兰", "亚龙湾"]
    acts.withdraw(actor=first, consent=consent)
    assert stations(taker, covering.entry) == ["美兰"]


@pytest.mark.long
def test_whoever_agreed_before_the_data_was_covered_counts():
    entry = make_people()
    covering = make_covering(entry)
    consent = acts.agree(actor=make_subject(), purpose=covering.purpose)
    acts.uncover(actor=collector(entry), covering=covering)
    again = make_covering(entry, covering.purpose.notice)
    taker, _ = make_taker(entry)
    assert consent.purpose == again.purpose
    assert stations(taker, entry) == ["海口东站", "亚龙湾"]


def test_whoever_collected_the_data_has_all_of_it():
    covering = make_covering()
    assert len(stations(collector(covering.entry), covering.entry)) == 5


def held(entry, actor: Actor, format_: str) -> tuple[Wanted, gate.Decision]:
    decision = gate.decide(actor, "resource.read", entry)
    return Wanted(entry.releases.get(), Question(), format_), decision


def page(entry, actor: Actor, **asked) -> str:
    return str(handing.rows(actor, entry, Question(**asked)).page.rows)


def file(entry, actor: Actor) -> str:
    with kept.made(*held(entry, actor, "csv")).place.open("rb") as written:
        return written.read().decode()


def by_sql(entry, actor: Actor) -> str:
    sql = f'SELECT * FROM "{entry.code}"'  # noqa: S608 - a code that we gave
    return str(selecting.select(actor, sql, lambda _: entry, call=Call()).selected.rows)


def batch(entry, actor: Actor) -> str:
    asked = batches.Asked((entry.slug,))
    who = batches.Redeemed(actor, asked, clock.now())
    handed = batches.hand(who, batches.turn(actor, entry), batches.WHOLE, call=Call())
    with kept.made(handed.wanted, handed.decision).place.open("rb") as written:
        return written.read().decode()


def as_changes(entry, actor: Actor) -> str:
    return str(changes.pull(actor, entry, 0, "", 100, call=Call()).page.rows)


DOORS = {
    "a page": page,
    "a sorted page": lambda *who: page(*who, sort=(("年份", True),)),
    "a search": lambda *who: page(*who, filters=(Filter("站点", "in", "美兰,海口东站,三亚站"),)),
    "groups": lambda *who: page(*who, groups=("站点",), aggregates=(Aggregate("count"),)),
    "a file": file,
    "a file of several": batch,
    "SQL": by_sql,
    "changes": as_changes,
}


@pytest.mark.drawn(2)
@pytest.mark.duty("personal.hand_over")
@pytest.mark.duty("personal.withdraw")
@pytest.mark.parametrize("door", DOORS)
def test_no_door_lets_out_whoever_does_not_agree_or_does_no_more(door):
    covering = make_covering()
    entry = covering.entry
    taker, _ = make_taker(entry)
    subject = make_subject(NUMBERS[1])
    consent = acts.agree(actor=subject, purpose=covering.purpose)
    acts.agree(actor=make_subject(NUMBERS[2]), purpose=covering.purpose)
    entry.refresh_from_db()
    told = DOORS[door](entry, taker)
    assert "美兰" in told
    assert "三亚站" in told
    assert "海口东站" not in told
    assert "秀英港" not in told
    acts.withdraw(actor=subject, consent=consent)
    told = DOORS[door](entry, taker)
    assert "三亚站" in told
    assert "美兰" not in told


def make_officer(entry, **over) -> Actor:
    """An officer of another department, which has a grant for the rows."""
    officer = make_actor()
    make_grant(Body.objects.get(pk=officer.body_id), entry, **over)
    return officer


@pytest.mark.long
@pytest.mark.duty("personal.hand_over")
def test_no_record_is_verified_of_whoever_does_not_agree_or_does_no_more():
    items = (
        ItemContent(name="身份证号", type="C", grade=2, nullable=False, key=True),
        ItemContent(name="站点", type="C"),
    )
    text = f"身份证号,站点\n{NUMBERS[1]},美兰\n{NUMBERS[2]},三亚站\n"
    covering = make_covering(make_people(text=text, items=items))
    entry = covering.entry
    officer = make_officer(entry, action="resource.verify", duty=duties.SHARING_ANSWER)

    def said(number: str, station: str) -> str:
        entry.refresh_from_db()
        claim = Claim({"身份证号": number}, {"站点": station})
        (answer,) = handing.verify(officer, entry, [claim], call=Call()).answers
        return str(answer.items["站点"])

    unknown = said(NUMBERS[1], "美兰")
    assert unknown != "yes"
    subject = make_subject(NUMBERS[1])
    consent = acts.agree(actor=subject, purpose=covering.purpose)
    assert said(NUMBERS[1], "美兰") == "yes"
    assert said(NUMBERS[2], "三亚站") == unknown
    acts.withdraw(actor=subject, consent=consent)
    assert said(NUMBERS[1], "美兰") == unknown


@pytest.mark.long
@pytest.mark.duty("personal.hand_over")
def test_no_extract_tells_of_whoever_does_not_agree_or_does_no_more():
    covering = make_covering()
    entry = covering.entry
    officer = make_officer(entry)
    whole = [{"column": "年份", "operator": "gte", "value": "1"}]
    subject = make_subject(NUMBERS[1])
    consent = acts.agree(actor=subject, purpose=covering.purpose)
    entry.refresh_from_db()
    assert make_extract(entry, officer, rows=whole).rows == 1
    acts.withdraw(actor=subject, consent=consent)
    with pytest.raises(Incomplete):
        make_extract(entry, officer, rows=whole)


@pytest.mark.long
def test_a_cursor_a_ticket_and_what_a_subscriber_has_end_where_a_consent_does():
    covering = make_covering()
    entry = covering.entry
    taker, _ = make_taker(entry)
    subject = make_subject(NUMBERS[1])
    consent = acts.agree(actor=subject, purpose=covering.purpose)
    acts.agree(actor=make_subject(NUMBERS[2]), purpose=covering.purpose)
    entry.refresh_from_db()
    tickets.issue(*held(entry, taker, "csv"), None, {})
    running = bytes(Ticket.objects.get().pk)
    assert tickets.cut_ended([running]) == []
    had = changes.pull(taker, entry, 0, "", 100, call=Call())
    assert len(had.page.rows) == 2
    assert changes.pull(taker, entry, 0, had.cursor, 100, call=Call()).step is None
    acts.withdraw(actor=subject, consent=consent)
    assert tickets.cut_ended([running]) == [running]
    anew = changes.pull(taker, entry, 0, had.cursor, 100, call=Call())
    assert [row["站点"] for row in anew.page.rows] == ["三亚站"]


@pytest.mark.long
def test_a_consent_counts_for_its_use_alone_and_without_one_for_none():
    covering = make_covering(uses=("planning",))
    entry = covering.entry
    acts.agree(actor=make_subject(), purpose=covering.purpose)
    planner, _ = make_taker(entry, purposes=["planning"])
    seller, _ = make_taker(entry, purposes=["sales"])
    anyone, _ = make_taker(entry)
    assert stations(planner, entry) == ["海口东站", "亚龙湾"]
    assert stations(seller, entry) == []
    assert stations(anyone, entry, call=Call("planning")) == []


def test_what_cannot_be_told_apart_by_subject_is_not_opened():
    covering = make_covering()
    entry = covering.entry
    taker, _ = make_taker(entry)
    acts.uncover(actor=collector(entry), covering=covering)
    with pytest.raises(Unfulfillable):
        stations(taker, entry)


def test_whoever_has_other_columns_alone_has_the_rows_of_those_who_agree():
    covering = make_covering()
    taker, _ = make_taker(covering.entry, bears=Obligations(shown_items=frozenset({"站点"})))
    acts.agree(actor=make_subject(NUMBERS[1]), purpose=covering.purpose)
    assert stations(taker, covering.entry) == ["美兰"]


@pytest.mark.long
def test_many_changes_are_written_down_and_the_last_word_counts(monkeypatch):
    monkeypatch.setattr(agreed, "MOST_CHANGES", 1)
    covering = make_covering()
    entry = covering.entry
    taker, _ = make_taker(entry)
    subjects = [make_subject(number) for number in NUMBERS]
    given = [acts.agree(actor=each, purpose=covering.purpose) for each in subjects[:2]]
    assert stations(taker, entry) == ["海口东站", "美兰", "亚龙湾"]
    acts.withdraw(actor=subjects[0], consent=given[0])
    assert stations(taker, entry) == ["美兰"]
    acts.agree(actor=subjects[2], purpose=covering.purpose)
    acts.agree(actor=subjects[0], purpose=covering.purpose)
    assert stations(taker, entry) == ["海口东站", "美兰", "三亚站", "亚龙湾"]


def numbers_of(entry) -> list[Path]:
    return sorted((config.root / "serving").rglob("*.numbers*"))


def run_waiting() -> int:
    rows = ProcrastinateJob.objects.filter(task_name="warehouse.lay", args__has_key="marks_of")
    asked = list(rows.values_list("args", flat=True))
    for each in asked:
        tasks.lay.func(**each)
        # Killed behind its end, it is run again.
        tasks.lay.func(**each)
    return len(asked)


@pytest.mark.long
def test_nobody_waits_for_marks_that_a_covering_or_a_release_needs():
    entry = make_covering().entry
    assert numbers_of(entry) == []
    assert run_waiting() == 1
    (first,) = numbers_of(entry)
    assert is_sealed(first)
    make_release(entry, PEOPLE)
    assert run_waiting() == 2
    known = numbers_of(entry)
    assert len(known) == 2
    taker, _ = make_taker(entry)
    acts.agree(actor=make_subject(), purpose=entry.coverings.get().purpose)
    written = [path.stat().st_ino for path in known]
    assert stations(taker, entry) == ["海口东站", "亚龙湾"]
    assert [path.stat().st_ino for path in numbers_of(entry)] == written


@pytest.mark.long
def test_of_a_set_that_has_ended_nothing_stays():
    first, second = make_covering(), make_covering()
    for covering in (first, second):
        taker, _ = make_taker(covering.entry)
        acts.agree(actor=make_subject(), purpose=covering.purpose)
        stations(taker, covering.entry)
    folder = config.work / agreed.FOLDER
    assert len(list(folder.iterdir())) == 2
    acts.uncover(actor=collector(first.entry), covering=first)
    tasks.clear_leavings.func(timestamp=0)
    (left,) = folder.iterdir()
    assert left.name.startswith(str(second.subjects_id))


def test_the_sets_of_many_resources_are_read_once():
    entries = [make_covering().entry for _ in range(3)]
    for entry in entries:
        entry.refresh_from_db()
    taker, _ = make_taker(entries[0])
    for entry in entries[1:]:
        make_grant(Person.objects.get(pk=taker.person_id), entry)
    asked = []
    for some in (entries[:1], entries):
        with CaptureQueriesContext(connection) as queries:
            decided = gate.decide_each(taker, "resource.read", some)
        assert all(each.obligations.row_filters for each in decided)
        asked.append(sum("warehouse_subjectset" in str(each["sql"]) for each in queries))
    assert asked == [1, 1]
