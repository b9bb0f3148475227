"""Shared data, whole: had at once, asked for, answered, late, disputed, renewed, taken back."""

from datetime import date, datetime, time, timedelta

import pytest
from tests.catalog.makers import agency, make_entry
from tests.exchange.makers import CONDITIONS, make_request, make_shared, wanted
from tests.opening.makers import make_conditional
from tests.parties.makers import make_actor, make_body, make_citizen, make_representative
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.acts import gate as rights
from yelin.cases import acts as cases
from yelin.cases import reads
from yelin.cases.models import Case
from yelin.cases.tasks import sweep
from yelin.catalog import acts as catalog
from yelin.delivery import handing
from yelin.delivery.models import Delivery
from yelin.delivery.opening import Call, PurposeMissing
from yelin.exchange import acts
from yelin.exchange import reads as sharing
from yelin.gate.models import Grant
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.notices.models import Notice
from yelin.warehouse.query import Question

pytestmark = pytest.mark.django_db

GROUNDS = {"reason": "法定用途之外", "legal_basis": "《海南省港口管理条例》第十五条"}


@pytest.fixture
def matter(today):
    """A request of one department to another, seen by its three sides, on a Monday."""
    today("2026-03-02")
    entry = make_shared(make_body(), **CONDITIONS)
    asks, gives = make_actor(), make_actor(entry.provider)
    return make_request(entry, asks), entry, asks, gives, make_actor(agency())


def approve(case, gives, **over):
    given = {"until": case.asked["until"]} | over.pop("given", {})
    return cases.decide(actor=gives, case=case, approve=True, given=given, **over)


def on(day: str):
    return clock.standing_at(datetime.combine(date.fromisoformat(day), time(12), clock.SHANGHAI))


def of_agency(actor) -> set[str]:
    return {case.number for case in reads.waiting_for(actor)}


# At once.


@pytest.mark.duty("sharing.use")
def test_a_department_takes_what_is_shared_without_conditions_at_once_for_a_stated_use():
    uses = ("reference", "coordination")
    entry = make_entry(opening_type="none", sharing_requirements=uses)
    entry = make_release(entry).entry
    officer = make_actor(role="officer")
    with pytest.raises(PurposeMissing) as missing:
        handing.rows(officer, entry, Question())
    assert missing.value.purposes == {str(entry.code): list(uses)}
    with pytest.raises(gate.Refused) as other:
        handing.rows(officer, entry, Question(), call=Call("verification"))
    assert other.value.decision.duty is duties.SHARING_USE
    handed = handing.rows(officer, entry, Question(), call=Call("coordination"))
    delivery = Delivery.objects.get(pk=handed.notes.receipt)
    assert (delivery.purpose, delivery.grant, delivery.seat_id) == (
        "coordination", None, officer.seat_id,
    )  # fmt: skip
    for stranger in (
        make_citizen(), make_representative(), make_actor(role="auditor"), make_actor(role="head")
    ):  # fmt: skip
        with pytest.raises(gate.Refused):
            handing.rows(stranger, entry, Question(), call=Call("coordination"))
    with pytest.raises(gate.Refused):
        make_request(entry, officer, purpose="reference")


# Asked and given.


@pytest.mark.duty("sharing.ask", "sharing.answer", "sharing.examine")
def test_a_request_is_examined_by_whoever_runs_the_exchange_and_answered_by_the_provider(matter):
    case, entry, asks, gives, runs = matter
    assert case.number == "GX-2026-000001"
    assert [term.due for term in clock.running(case)] == [date(2026, 3, 4)]
    with pytest.raises(gate.Refused):
        cases.accept(actor=gives, case=case)
    with pytest.raises(OutOfTurn):
        approve(case, gives)
    assert of_agency(runs) == {case.number}
    assert of_agency(gives) == set()
    cases.accept(actor=runs, case=case)
    assert [term.due for term in clock.running(case)] == [date(2026, 3, 16)]
    assert (of_agency(runs), of_agency(gives)) == (set(), {case.number})
    told = Notice.objects.filter(to=gives.person_id).values_list("event", flat=True)
    assert "case.accepted" in told
    with pytest.raises(gate.Refused):
        approve(case, runs)
    approve(case, gives)
    assert (case.state, case.outcome) == ("closed", "approved")
    decision = gate.decide(asks, "resource.read", entry, "administrative_basis")
    assert decision.allowed
    assert decision.obligations.shown_items == {"年份", "海口港"}
    last = date.fromisoformat(case.asked["until"])
    assert decision.obligations.until == clock.end_of(last)
    assert Grant.objects.get().given_in_id == case.pk
    # Another use, another department: neither was asked for.
    assert not gate.decide(asks, "resource.read", entry, "verification").allowed
    assert not gate.decide(make_actor(), "resource.read", entry).allowed
    with on(str(last + timedelta(days=1))):
        assert not gate.decide(asks, "resource.read", entry).allowed


@pytest.mark.duty("sharing.answer")
def test_less_than_was_asked_is_given_with_reason_and_basis_and_bears_what_was_said(matter):
    case, entry, asks, gives, runs = matter
    cases.accept(actor=runs, case=case)
    less = {
        "items": ["年份", "海口港"],
        "veils": {"海口港": "partial"},
        "rows": [{"column": "年份", "operator": "gte", "value": "2020"}],
        "rate_per_hour": 60,
    }
    with pytest.raises(Incomplete) as lacking:
        approve(case, gives, given=less)
    assert [fault.place for fault in lacking.value.faults] == ["reason", "legal_basis"]
    approve(case, gives, given=less, **GROUNDS)
    assert (case.state, case.outcome) == ("decided", "partly")
    bears = gate.decide(asks, "resource.read", entry).obligations
    assert set(bears.masks) == {"海口港"}
    assert [each.column for each in bears.row_filters] == ["年份"]
    assert bears.rate_per_hour == 60


@pytest.mark.duty("sharing.answer")
@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"items": ["年份", "代码"]}, "items"),
        ({"until": "2027-01-01"}, "until"),
        ({"until": "2026-03-01"}, "until"),
        ({"veils": {"代码": "null"}}, "veils"),
        ({"rows": [{"column": "无此项", "value": "1"}]}, "items"),
    ],
)
def test_nothing_is_given_that_was_not_asked_or_is_not(matter, given, place):
    case, _entry, _asks, gives, runs = matter
    cases.accept(actor=runs, case=case)
    with pytest.raises(Incomplete) as wrong:
        approve(case, gives, given=given, **GROUNDS)
    assert [fault.place for fault in wrong.value.faults] == [place]
    assert not Grant.objects.exists()


def test_rows_that_were_asked_for_bind_whatever_the_answer_says():
    entry, asks = make_shared(), make_actor()
    rows = [{"column": "年份", "operator": "in", "value": "2019, 2020"}]
    case = make_request(entry, asks, rows=rows)
    cases.accept(actor=make_actor(agency()), case=case)
    approve(case, make_actor(entry.provider))
    (only,) = gate.decide(asks, "resource.read", entry).obligations.row_filters
    assert (only.operator, only.value) == ("in", ("2019", "2020"))
    assert case.outcome == "approved"


@pytest.mark.duty("sharing.ask")
@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"basis": " "}, "basis"),
        ({"scenario": ""}, "scenario"),
        ({"safeguards": ""}, "safeguards"),
        ({"items": []}, "items"),
        ({"items": ["年份", "姓名"]}, "items"),
        ({"purpose": "coordination"}, "purpose"),
        ({"rows": [{"column": "姓名", "value": "王"}]}, "items"),
        ({"until": date(2020, 1, 1)}, "until"),
    ],
)
def test_what_a_request_lacks_is_named(wrong, place):
    with pytest.raises(Incomplete) as lacking:
        make_request(**wrong)
    assert [fault.place for fault in lacking.value.faults] == [place]
    assert not Case.objects.exists()


def test_only_other_departments_ask_and_only_for_what_is_shared_on_conditions():
    entry = make_shared()
    for actor in (
        make_citizen(),
        make_representative(),
        make_actor(role="auditor"),
        make_actor(entry.provider),
    ):
        with pytest.raises(gate.Refused):
            make_request(entry, actor)
    for other in (make_entry(opening_type="none"), make_conditional()):
        with pytest.raises(gate.Refused) as refused:
            make_request(other)
        assert refused.value.decision.duty is duties.SHARING_USE


def test_who_asks_to_verify_has_no_rows():
    entry, asks = make_shared(), make_actor()
    case = make_request(entry, asks, mode="verify", purpose="verification")
    cases.accept(actor=make_actor(agency()), case=case)
    approve(case, make_actor(entry.provider))
    assert Grant.objects.get().action == "resource.verify"
    assert not gate.decide(asks, "resource.read", entry).allowed


def test_a_city_asks_the_province_and_the_province_a_city_by_the_same_way():
    city, province = make_body(division="460100"), make_body()
    confirms = make_body(kind="informatization", division="460100")
    ours = make_shared(city, state="awaiting", division="460100")
    ours = catalog.confirm(actor=make_actor(confirms, "officer"), entry=ours)
    for asks, provides, entry in ((city, province, make_shared(province)), (province, city, ours)):
        case = make_request(entry, make_actor(asks))
        assert case.examiner == agency()
        cases.accept(actor=make_actor(agency()), case=case)
        approve(case, make_actor(provides))
        assert gate.decide(make_actor(asks), "resource.read", entry).allowed


# Late, and disputed.


@pytest.mark.duty("sharing.answer")
@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        # Over the Spring Festival, and over the October holidays, each with make-up Saturdays.
        ("2026-02-10", "2026-03-02"),
        ("2026-09-21", "2026-10-12"),
    ],
)
def test_silence_lapses_to_the_desk_of_whoever_runs_the_exchange(today, accepted, due):
    today(accepted)
    entry, asks, runs = make_shared(), make_actor(), make_actor(agency())
    case = make_request(entry, asks, until=date(2027, 1, 1))
    cases.accept(actor=runs, case=case)
    with on(due):
        sweep()
        case.refresh_from_db()
        assert (case.state, of_agency(runs)) == ("accepted", set())
    with on(str(date.fromisoformat(due) + timedelta(days=1))):
        sweep()
        case.refresh_from_db()
        assert (case.state, of_agency(runs)) == ("overdue", {case.number})
        late = Notice.objects.filter(event="case.lapsed").values_list("to", flat=True)
        assert {asks.person_id, runs.person_id} <= set(late)
        # Silence is disputed like a refusal, and what is owed stays owed.
        cases.appeal(actor=asks, case=case, grounds="逾期未答复")
        assert case.reviewer == agency()
        officer = make_actor(agency(), "officer")
        cases.decide_appeal(actor=officer, case=case, upheld=True, finding="应当共享")
        approve(case, make_actor(entry.provider))
        assert gate.decide(asks, "resource.read", entry).allowed


@pytest.mark.duty("sharing.examine")
def test_a_request_that_nobody_examined_counts_as_complete(matter):
    case, *_, gives, _runs = matter
    with on("2026-03-05"):
        sweep()
        case.refresh_from_db()
        assert case.state == "accepted"
        assert of_agency(gives) == {case.number}


@pytest.mark.duty("sharing.coordinate")
def test_a_refusal_is_settled_by_who_coordinates_within_a_term_of_its_own(matter):
    case, entry, asks, gives, runs = matter
    cases.accept(actor=runs, case=case)
    with pytest.raises(Incomplete):
        cases.decide(actor=gives, case=case, approve=False)
    cases.decide(actor=gives, case=case, approve=False, **GROUNDS)
    cases.appeal(actor=asks, case=case, grounds="系法定职责所需")
    assert [(term.duty, term.due) for term in clock.running(case)] == [
        ("sharing.coordinate", date(2026, 3, 16))
    ]
    officer = make_actor(agency(), "officer")
    cases.decide_appeal(actor=officer, case=case, upheld=False, finding="于法有据")
    assert (case.state, case.outcome) == ("closed", "refused")
    assert not gate.decide(asks, "resource.read", entry).allowed


@pytest.mark.duty("sharing.coordinate")
def test_nobody_settles_what_is_asked_of_itself():
    above = make_body(kind="informatization", name="海南省工业和信息化厅")
    case = make_request(make_shared(agency()), make_actor())
    assert case.examiner == case.handler == agency()
    assert reads.reviewer_of(case) == above


# Renewed, and ended.


@pytest.mark.duty("sharing.ask")
def test_a_grant_is_renewed_before_it_ends_and_nothing_is_interrupted(matter):
    case, entry, asks, gives, runs = matter
    cases.accept(actor=runs, case=case)
    approve(case, gives)
    (first,) = Grant.objects.all()
    assert not sharing.ending(asks)
    with on("2026-05-10"):
        assert list(sharing.ending(asks)) == [first]
        assert not sharing.ending(gives)
    for stranger in (make_actor(), gives, make_actor(role="auditor")):
        with pytest.raises(gate.Refused):
            acts.renew(actor=stranger, grant=first, until=date(2026, 12, 31))
    with pytest.raises(Incomplete):
        acts.renew(actor=asks, grant=first, until=first.last_day)
    again = acts.renew(actor=asks, grant=first, until=date(2026, 12, 31), scenario="延续")
    assert again.asked["items"] == case.asked["items"]
    with on("2026-05-10"):
        assert not sharing.ending(asks)
    cases.accept(actor=runs, case=again)
    approve(again, gives)
    second = Grant.objects.exclude(pk=first.pk).get()
    assert second.since == first.until
    for day, by in (("2026-03-03", first), ("2026-06-02", second), ("2026-12-31", second)):
        with on(day):
            decision = gate.decide(asks, "resource.read", entry)
            assert (day, decision.grant_id) == (day, by.pk)
    with on("2027-01-01"):
        assert not gate.decide(asks, "resource.read", entry).allowed
        with pytest.raises(OutOfTurn):
            acts.renew(actor=asks, grant=second, until=date(2027, 12, 31))


def test_a_grant_that_was_taken_back_is_neither_had_nor_renewed(matter):
    case, entry, asks, gives, runs = matter
    cases.accept(actor=runs, case=case)
    approve(case, gives)
    (grant,) = Grant.objects.all()
    rights.revoke(actor=gives, grant=grant, reason="用途已变更")
    assert not gate.decide(asks, "resource.read", entry).allowed
    with pytest.raises(OutOfTurn):
        acts.renew(actor=asks, grant=grant, until=date(2026, 12, 31))


def test_strangers_do_not_follow_what_departments_ask_of_one_another(matter):
    case, _entry, asks, gives, runs = matter
    for actor in (asks, gives, runs):
        assert reads.get(actor, case.number) == case
    for actor in (make_actor(), make_citizen()):
        with pytest.raises(gate.Unseen):
            reads.get(actor, case.number)
        found = gate.visible_to(actor, "case.follow", Case.objects.all())
        assert not found.exists()
    assert wanted().mode == "take"
