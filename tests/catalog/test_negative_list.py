"""The negative list on any day: what came, went and reads otherwise; what never stands on it."""

from datetime import date

import pytest
from tests.catalog.makers import confirm, make_entry
from tests.parties.makers import make_actor, make_body

from yelin.catalog import acts
from yelin.catalog.content import EntryContent
from yelin.catalog.negative_list import NegativeList

pytestmark = pytest.mark.django_db

NONE = {"sharing_type": "none", "opening_type": "none", "sharing_basis": "《统计法》第九条"}
LAW = "《保守国家秘密法》第十三条"


def revise(entry, **over):
    said = EntryContent(**entry.in_hand().model_dump() | over)
    steward = make_actor(entry.provider)
    acts.amend(actor=steward, entry=entry, content=said)
    return confirm(acts.submit(actor=steward, entry=entry))


def titles(listed):
    return {each.title for each in listed}


@pytest.mark.duty("negative_list.review")
@pytest.mark.duty("sharing.basis")
def test_the_list_of_any_day_is_what_was_confirmed_by_its_end(today):
    body = make_body()
    today("2026-11-02")
    stays, shared, gone = (make_entry(body, title=t, **NONE) for t in ("留下", "转为共享", "撤销"))
    make_entry(body, title="共享的")
    make_entry(body, "awaiting", title="待审核", **NONE)
    today("2026-11-10")
    revise(stays, sharing_basis="《统计法》第二十五条")
    revise(shared, sharing_type="unconditional")
    acts.ask_withdrawal(actor=make_actor(body), entry=gone, reason="职能已经划出")
    confirm(gone)
    today("2026-11-20")
    revise(stays, summary="摘要改了，依据没有改。")
    make_entry(body, title="新来的", **NONE)
    kept = NegativeList()
    assert titles(kept.on(date(2026, 11, 1))) == set()
    assert titles(kept.on(date(2026, 11, 9))) == {"留下", "转为共享", "撤销"}
    assert titles(kept.on(date(2026, 11, 10))) == {"留下"}
    turn = kept.between(date(2026, 11, 9), date(2026, 11, 20))
    assert titles(turn.came) == {"新来的"}
    assert {each.title: each.became for each in turn.went} == {
        "转为共享": "shared",
        "撤销": "withdrawn",
    }
    assert [(each.before.basis, each.after.basis) for each in turn.changed] == [
        ("《统计法》第九条", "《统计法》第二十五条")
    ]
    assert [(each.day.day, each.came, each.went, each.changed) for each in kept.history()] == [
        (20, 1, 0, 0), (10, 0, 2, 1), (2, 3, 0, 0),
    ]  # fmt: skip


@pytest.mark.long
@pytest.mark.duty("negative_list.review")
def test_a_protected_title_stands_on_no_day_even_if_it_once_was_public(today):
    today("2026-11-02")
    entry = make_entry(title="曾经公开的名称", **NONE)
    secret = make_entry(title="从未公开的名称", title_protected_by=LAW, **NONE)
    assert titles(NegativeList().on(date(2026, 11, 2))) == {"曾经公开的名称"}
    today("2026-11-10")
    revise(entry, title_protected_by=LAW)
    kept = NegativeList()
    assert kept.history() == []
    assert kept.on(date(2026, 11, 5)) == []
    # Once a law protects it no longer, it stands there from that day on.
    today("2026-11-20")
    revise(secret, title_protected_by="")
    kept = NegativeList()
    assert titles(kept.on(date(2026, 11, 20))) == {"从未公开的名称"}
    assert kept.on(date(2026, 11, 19)) == []
