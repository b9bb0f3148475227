"""Every move of a case, from tables that a lawyer can read; what stands in no row is refused."""

import csv
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from tests.cases.makers import do, make_parties

from yelin import gate
from yelin.acts.frame import registered
from yelin.cases.models import Case
from yelin.cases.rules import LAPSES, MOVES, RUNNING, WAITS_FOR, State
from yelin.cases.tasks import sweep
from yelin.law import clock
from yelin.law.models import Clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf

pytestmark = pytest.mark.django_db

TABLES = Path(__file__).parent / "cases"


def table(name):
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ALLOWED, LAPSED = table("moves.csv"), table("lapses.csv")
ACTS = sorted({row["act"] for row in ALLOWED} | {"extend", *LAPSES.values()})
PARTIES = ("applicant", "handler", "reviewer", "heard", "stranger", "clock")
WAY = {
    "submitted": [],
    "completing": [("ask_completion", "handler")],
    "accepted": [("accept", "handler")],
    "hearing": [("accept", "handler"), ("suspend", "handler")],
    "overdue": [("accept", "handler"), "days"],
    "decided": [("accept", "handler"), ("refuse", "handler")],
    "appealed": [("accept", "handler"), ("refuse", "handler"), ("appeal", "applicant")],
    "closed": [("withdraw", "applicant")],
}


def brought_to(state, today):
    today("2026-03-02")
    parties = make_parties()
    for step in WAY[state]:
        if step == "days":
            today("2026-03-10")
            sweep()
            parties.case.refresh_from_db()
        else:
            do(step[0], parties, step[1])
    assert parties.case.state == state
    return parties


def clocks(case):
    return sorted(clock.running(case).values_list("duty", flat=True))


@pytest.mark.parametrize(
    "row", ALLOWED, ids=lambda row: "-".join((row["state"], row["act"], row["by"]))
)
def test_a_move_leads_where_the_table_says(row, today):
    parties = brought_to(row["state"], today)
    leaves = Leaf.objects.count()
    do(row["act"], parties, row["by"])
    parties.case.refresh_from_db()
    assert parties.case.state == row["next"]
    assert clocks(parties.case) == row["clocks"].split()
    assert Leaf.objects.count() == leaves + 1


@pytest.mark.parametrize("row", LAPSED, ids=lambda row: row["state"])
def test_a_term_that_passes_does_by_the_sweep_alone_what_the_table_says(row, today):
    parties = brought_to(row["state"], today)
    (running,) = clock.running(parties.case).filter(duty=row["term passes"])
    for after, moved in ((0, False), (1, True), (2, True)):
        day = running.due + timedelta(days=after)
        with clock.standing_at(datetime.combine(day, time(12), clock.SHANGHAI)):
            sweep()
            parties.case.refresh_from_db()
        assert (parties.case.state == row["next"]) is moved or row["next"] == row["state"]
    assert parties.case.outcome == row["outcome"]
    assert clocks(parties.case) == row["clocks"].split()
    running.refresh_from_db()
    assert running.lapsed_at


@pytest.mark.parametrize("state", WAY)
def test_what_stands_in_no_row_is_refused_and_changes_nothing(state, today):
    parties = brought_to(state, today)
    allowed = {(row["act"], row["by"]) for row in ALLOWED if row["state"] == state}
    for act in ACTS:
        for by in PARTIES:
            if (act, by) in allowed:
                continue
            before = Case.objects.values().get(pk=parties.case.pk), list(Clock.objects.values())
            with pytest.raises((OutOfTurn, Incomplete, gate.Refused)):
                do(act, parties, by)
            after = Case.objects.values().get(pk=parties.case.pk), list(Clock.objects.values())
            assert after == before, (act, by)


def test_every_state_but_the_last_has_a_term_and_somebody_for_whom_it_waits():
    for state in State:
        assert bool(RUNNING[state]) is (state is not State.CLOSED)
        assert (state in WAITS_FOR) is (state is not State.CLOSED)


def test_every_move_is_an_act_and_every_act_of_a_case_a_move():
    acts = {name.removeprefix("cases.") for name in registered() if name.startswith("cases.")}
    assert acts - {"finish_step", "lapse_step"} == {move.act for move in MOVES}
