"""Attacks on data that is asked where it lies: by no way of asking is one singled out."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from pydantic import ValidationError
from tests.market.compute.makers import (
    ITEMS,
    ask,
    buyer_of,
    entry_of,
    make_bought,
    question,
    rows,
)
from tests.parties.makers import make_representative

from yelin import gate
from yelin.delivery.models import Delivery
from yelin.gate.giving import hold
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.market.compute import acts, tasks
from yelin.market.compute.acts import Found
from yelin.market.compute.content import QuestionContent
from yelin.market.compute.models import Computation
from yelin.market.filing import acts as filing
from yelin.market.filing.tasks import CLOCK
from yelin.market.listing import acts as listings
from yelin.warehouse import selected, sql
from yelin.warehouse.unanswerable import Unanswerable

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trade.lawful")]
_SINGLE = ("澄迈", "零售", "2026-03-15", "9999.50")


def bought(folder, *, more=(_SINGLE,), **over):
    """Make a contract on sixty sales, and one more in a town of its own."""
    table = [*rows(), *((f"X{place}", "F99", *each) for place, each in enumerate(more))]
    return make_bought(folder, table, **over)


def test_one_row_is_told_by_no_filter_group_or_difference(tmp_path):
    contract = bought(tmp_path)
    whole = ask(contract, [], ["sum:金额"])
    assert whole.answer["lines"] == [{"group": [], "rows": 61, "figures": ["17799.5"]}]
    single = [
        # Itself, all others, everybody with it, in one of several ways.
        ask(contract, [], ["sum:金额"], [("市县", "eq", "澄迈")]),
        ask(contract, [], ["sum:金额"], [("金额", "gt", "9000")]),
        ask(contract, [], ["sum:金额"], [("市县", "in", "海口", "三亚", "儋州")]),
        ask(contract, [], [], [("金额", "lte", "9000")]),
        # Nobody: the same words.
        ask(contract, [], ["sum:金额"], [("市县", "eq", "东方")]),
        ask(contract, [], [], [("金额", "gt", "99999")]),
        # A sum that is nearly all of one row, in a group that is large enough.
        ask(
            contract, ["日期"], ["sum:金额"], [("金额", "gt", "140"), ("日期", "eq", "2026-03-15")]
        ),
    ]
    assert {(each.state, each.says, each.answer) for each in single} == {
        ("withheld", tasks.WITHHELD, None)
    }
    towns = ask(contract, ["市县"])
    named = {tuple(each["group"] or ()): each["rows"] for each in towns.answer["lines"]}
    # The one of its own stands among others, with a whole group.
    assert named[()] == 21
    assert sum(named.values()) == 61
    assert ("澄迈",) not in named


def test_answers_that_differ_by_few_are_not_both_given(tmp_path):
    contract = bought(tmp_path)
    assert ask(contract, [], ["sum:金额"], [("市县", "in", "海口", "三亚")]).state == "answered"
    for more in ("澄迈", "东方"):
        # One more, or nobody more: the same refusal, so that none tells which.
        found = ask(contract, [], ["sum:金额"], [("市县", "in", "海口", "三亚", more)])
        assert (found.state, found.says) == ("withheld", tasks.WITHHELD)
    # What differs by many is answered, and so is what is part of it by its very words.
    assert ask(contract, [], ["sum:金额"], [("市县", "eq", "海口")]).state == "answered"
    by_day = ask(contract, ["日期"], [], [("市县", "eq", "海口"), ("日期", "lt", "2026-04-01")])
    assert by_day.state in {"answered", "withheld"}


def test_who_has_many_rows_is_still_one(tmp_path):
    many = [("万宁", "零售", "2026-01-15", "150.50")] * 8
    contract = bought(tmp_path, more=many)
    acts.bound(
        actor=make_representative(contract.provider),
        contract=contract,
        entry=entry_of(contract),
        subject="企业",
        closed=("日期",),
    )
    # Four firms a town are too few, however many rows they have; six a trade are not.
    assert ask(contract, ["市县"]).state == "withheld"
    assert ask(contract, [], [], [("市县", "eq", "万宁")]).state == "withheld"
    trades = ask(contract, ["行业"], ["sum:金额"])
    assert {each["group"][0]: each["rows"] for each in trades.answer["lines"]} == {
        "零售": 38,
        "餐饮": 30,
    }
    for name in ("企业", "日期", "编号"):
        with pytest.raises(Incomplete):
            ask(contract, [name])
    with pytest.raises(OutOfTurn):
        acts.bound(
            actor=make_representative(contract.provider),
            contract=contract,
            entry=entry_of(contract),
        )


@pytest.mark.parametrize(
    "said",
    [
        {"figures": [{"function": "min", "column": "金额"}]},
        {"figures": [{"function": "sum", "column": "金额", "where": "编号='R0001'"}]},
        {"filters": [{"column": "市县", "operator": "ne", "values": ["海口"]}]},
        {"filters": [{"column": "市县", "operator": "eq", "values": []}]},
        {"sql": "SELECT * FROM read_csv('/etc/passwd')"},
        {"limit": 1},
        {"sort": "-金额"},
    ],
)
def test_nothing_can_be_said_beside_groups_sums_and_conditions(said):
    with pytest.raises(ValidationError):
        QuestionContent.model_validate(said)


def test_names_and_values_are_never_more_than_names_and_values(tmp_path):
    contract = bought(tmp_path)
    for bad in (
        question(["read_csv('/etc/passwd')"]),
        question(['市县" FROM x; --']),
        question(figures=["sum:CASE WHEN 编号='R0001' THEN 金额 END"]),
        question(figures=["sum:市县"]),
        question([("日期", "1' OR 1=1")]),
        question([("市县", "month")]),
        question(filters=[("金额", "gt", "1 OR 1=1")]),
        question(filters=[("市县", "gt", "海口")]),
        question(filters=[("日期", "eq", "2026-13-45")]),
    ):
        with pytest.raises(Incomplete):
            acts.ask(
                actor=buyer_of(contract), contract=contract, entry=entry_of(contract), question=bad
            )
    quoted = ask(
        contract, [], [], [("市县", "in", "海口' OR '1'='1", '三亚"; DROP TABLE x', "海口")]
    )
    # It is a town that nobody is in, beside one that many are in.
    assert [each["rows"] for each in quoted.answer["lines"]] == [20]
    for text in ("SELECT * FROM read_csv('/etc/passwd')", "SELECT getenv('PATH') FROM \"x\""):
        with pytest.raises(Unanswerable):
            sql.composed(text)


def test_only_the_buyer_asks_and_only_while_the_contract_gives_it(tmp_path):
    contract = make_bought(tmp_path)
    entry = entry_of(contract)
    for stranger in (make_representative(), make_representative(contract.provider)):
        with pytest.raises(gate.Refused):
            ask(contract, ["市县"], actor=stranger)
    assert ask(contract, ["市县"]).state == "answered"
    runs = make_representative(contract.negotiation.listing.platform.operator)
    listings.suspend(actor=runs, listing=contract.negotiation.listing, reason="来源存疑")
    # Before anybody has held the grant the work itself looks.
    assert ask(contract, ["行业"]).says == tasks.ENDED
    filing.hold(actor=CLOCK, contract=contract)
    with pytest.raises(gate.Refused):
        ask(contract, ["行业"])
    listings.resume(actor=runs, listing=contract.negotiation.listing)
    filing.let_go(actor=CLOCK, contract=contract)
    assert ask(contract, ["行业"]).state == "answered"
    with clock.standing_at(clock.end_of(contract.until)), pytest.raises(gate.Refused):
        ask(contract, ["日期"])
    filing.end(actor=buyer_of(contract), contract=contract, reason="项目结束")
    assert not gate.decide(buyer_of(contract), "resource.ask", entry).allowed


def test_a_right_that_ends_in_the_middle_ends_the_work_and_nothing_leaves(tmp_path, monkeypatch):
    contract = make_bought(tmp_path)
    monkeypatch.setattr(tasks, "LOOK_SECONDS", 0)
    whole = selected.answers

    def stopped_meanwhile(statement, lent, hear):
        def heard():
            hold(contract.consumer, duty=duties.GOVERN, reason="列入限制名单")
            hear()

        return whole(statement, lent, heard)

    monkeypatch.setattr(selected, "answers", stopped_meanwhile)
    found = ask(contract, ["市县"])
    assert (found.state, found.says, found.answer) == ("failed", tasks.ENDED, None)
    assert not Delivery.objects.exists()


def test_called_off_or_overtaken_nothing_leaves(tmp_path, monkeypatch):
    contract = make_bought(tmp_path)
    buyer = buyer_of(contract)
    made = acts.ask(
        actor=buyer, contract=contract, entry=entry_of(contract), question=question(["市县"])
    )
    monkeypatch.setattr(tasks, "LOOK_SECONDS", 0)
    whole = selected.answers

    def called_off_meanwhile(statement, lent, hear):
        acts.call_off(actor=buyer, computation=Computation.objects.get(pk=made.pk))
        return whole(statement, lent, hear)

    with monkeypatch.context() as patched:
        patched.setattr(selected, "answers", called_off_meanwhile)
        tasks.run(str(made.pk))
    made.refresh_from_db()
    assert (made.state, made.answer) == ("called_off", None)
    # Killed in the middle: another attempt counts, and what the first one brings is not taken.
    again = acts.ask(
        actor=buyer, contract=contract, entry=entry_of(contract), question=question(["市县"])
    )
    Computation.objects.filter(pk=again.pk).update(attempt=uuid4())
    late = Found(by=uuid4(), earlier=0, says=tasks.GIVEN_UP)
    with pytest.raises(OutOfTurn):
        acts.conclude(actor=tasks.SYSTEM, computation=again, found=late)
    tasks.run(str(again.pk))
    again.refresh_from_db()
    assert again.state == "answered"


def test_an_answer_that_was_not_held_against_another_does_not_leave(tmp_path, monkeypatch):
    contract = make_bought(tmp_path)
    made = acts.ask(
        actor=buyer_of(contract),
        contract=contract,
        entry=entry_of(contract),
        question=question(["市县"]),
    )
    whole = acts.conclude

    def late(*, actor, computation, found):
        if computation.pk == made.pk and found.earlier == 0:
            ask(contract, ["行业"])
        return whole(actor=actor, computation=computation, found=found)

    with monkeypatch.context() as patched:
        patched.setattr(acts, "conclude", late)
        tasks.run(str(made.pk))
    made.refresh_from_db()
    assert made.state == "waiting"
    tasks.run(str(made.pk))
    made.refresh_from_db()
    assert made.state == "answered"


def test_a_missing_value_is_told_by_no_mean(tmp_path):
    table = [list(each) for each in rows()]
    table[7][5] = ""
    contract = make_bought(tmp_path, table, items=ITEMS)
    assert ask(contract, ["市县"], ["avg:金额"]).says == tasks.UNWHOLE
    assert ask(contract, ["市县"], ["sum:金额"]).state == "answered"


def test_what_is_found_never_says_more_than_that_there_is_none(tmp_path):
    """The engine's own words, which may hold values, reach nobody."""
    contract = make_bought(tmp_path)

    def broken(*_args):
        raise Unanswerable("Could not convert R0001 to DECIMAL")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(selected, "answers", broken)
        assert ask(contract, ["市县"]).says == tasks.EXHAUSTED


def test_answers_and_refusals_come_at_the_end_of_the_same_steps(tmp_path, monkeypatch):
    contract = make_bought(tmp_path)
    slept: list[float] = []
    moments = iter([10.0, 11.5, 20.0, 27.5])
    monkeypatch.setattr(tasks, "STEP_SECONDS", 5.0)
    monkeypatch.setattr(tasks, "_hearing", lambda _row: lambda: None)
    stopwatch = SimpleNamespace(monotonic=lambda: next(moments), sleep=slept.append)
    monkeypatch.setattr(tasks, "time", stopwatch)
    assert ask(contract, ["市县"]).state == "answered"
    assert ask(contract, [], [], [("金额", "gt", "99999")]).state == "withheld"
    assert slept == [3.5, 2.5]
