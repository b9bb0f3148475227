"""Every move of every kind of case, from tables that a lawyer can read.

What stands in no row is refused.
"""

import csv
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.db.models import Q
from tests.cases.makers import do, make_parties
from tests.thorough import some
from tests.undone import undone

from yelin import gate
from yelin.acts.frame import registered
from yelin.cases import procedure
from yelin.cases.models import Case
from yelin.cases.rules import LAPSES, MOVES, RUNNING, WAITS_FOR, State
from yelin.cases.tasks import sweep
from yelin.law import clock, packs
from yelin.law.models import Clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf

pytestmark = pytest.mark.django_db

TABLES = Path(__file__).parent / "cases"
BEGINNING = date(2026, 3, 2)


def table(name):
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


KINDS = {row["kind"]: row for row in table("kinds.csv")}
ALLOWED, LAPSED = table("moves.csv"), table("lapses.csv")
ACTS = sorted({row["act"] for row in ALLOWED} | set(LAPSES.values()))
PARTIES = ("applicant", "examiner", "handler", "reviewer", "heard", "step", "stranger", "clock")
# A case is "stepping" where it is accepted and a step of another body waits.
WAY = {
    "submitted": [],
    "completing": [("ask_completion", "examiner")],
    "stepping": [("accept", "examiner")],
    "accepted": [("accept", "examiner")],
    "hearing": [("accept", "examiner"), ("suspend", "handler")],
    "overdue": [("accept", "examiner"), "days"],
    "decided": [("accept", "examiner"), ("refuse", "handler")],
    "appealed": [("accept", "examiner"), ("refuse", "handler"), ("appeal", "applicant")],
    "closed": [("withdraw", "applicant")],
}
STATES = [
    (kind, state) for kind in KINDS for state in WAY if state != "stepping" or KINDS[kind]["steps"]
]


def rows_of(rows, kind, state):
    """The rows that hold for a kind: ``where`` names what a kind must have."""
    has = {name for name in ("extends", "steps", "examines") if KINDS[kind][name] not in ("", "no")}
    return [row for row in rows if row["state"] == state and set(row["where"].split()) <= has]


@pytest.fixture(scope="module")
def begun(kept):
    """A case of each kind, handed in; what a test does with it is undone."""
    with clock.standing_at(datetime.combine(BEGINNING, time(12), clock.SHANGHAI)):
        return {kind: make_parties(kind) for kind in KINDS}


def brought_to(begun, kind, state, today):
    today(BEGINNING.isoformat())
    parties = begun[kind]
    parties.case.refresh_from_db()
    for step in WAY[state]:
        if step == "days":
            (running,) = clock.running(parties.case)
            today((running.due + timedelta(days=1)).isoformat())
            sweep()
            parties.case.refresh_from_db()
            continue
        do(step[0], parties, step[1])
        if step[0] == "accept" and KINDS[kind]["steps"] and state not in ("stepping", "overdue"):
            do("finish_step", parties, "step")
    assert parties.case.state == ("accepted" if state == "stepping" else state)
    return parties


def named(duties, case):
    """Return which duties a table means by words whose meaning differs from kind to kind."""
    own = case.procedure
    meant = {"answer": own.answer, "examine": own.examine, "review": own.review}
    meant |= {"step": next((step.duty for step in own.steps), None)}
    return sorted(str(meant.get(each, each)) for each in duties.split())


def clocks(case):
    return sorted(clock.running(case).values_list("duty", flat=True))


@contextmanager
def tried(parties):
    """Let what is done in the block be undone, so that many moves start from one place."""
    with undone():
        yield
    parties.case.refresh_from_db()


def test_the_tables_know_every_kind_of_case_and_what_sets_it_apart():
    law, kinds = packs.active(), procedure.kinds()
    assert {
        name: (
            kind.answer.name,
            bool(law.term(kind.answer.name).extension),
            kind.examine.name,
            kind.review.name,
            *kind.steps,
        )
        for name, kind in kinds.items()
    } == {
        name: (
            row["answer"],
            row["extends"] == "yes",
            row["examines"] or "cases.examine",
            row["review"],
            *map(kinds[name].step, row["steps"].split()),
        )
        for name, row in KINDS.items()
    }


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_a_move_leads_where_the_table_says(begun, kind, state, today):
    parties = brought_to(begun, kind, state, today)
    for row in rows_of(ALLOWED, kind, state):
        with tried(parties):
            leaves = Leaf.objects.count()
            do(row["act"], parties, row["by"])
            parties.case.refresh_from_db()
            came_to = parties.case.state, clocks(parties.case), Leaf.objects.count()
            assert came_to == (
                row["next"],
                named(row["clocks"], parties.case),
                leaves + 1,
            ), row


@pytest.mark.drawn(4)
@pytest.mark.parametrize(
    ("kind", "row"),
    [(kind, row) for kind, state in STATES for row in rows_of(LAPSED, kind, state)],
    ids=lambda value: value if isinstance(value, str) else value["state"],
)
def test_a_term_that_passes_does_by_the_sweep_alone_what_the_table_says(begun, kind, row, today):
    case = brought_to(begun, kind, row["state"], today).case
    (duty,) = named(row["term passes"], case)
    about = Q(thing=case.pk) | Q(thing__casestep__case=case.pk)
    running = Clock.objects.running().get(about, duty=duty)
    was = case.state
    for after, moved in ((0, False), (1, True), (2, True)):
        day = running.due + timedelta(days=after)
        with clock.standing_at(datetime.combine(day, time(12), clock.SHANGHAI)):
            sweep()
            case.refresh_from_db()
        assert (case.state == row["next"]) is moved or row["next"] == was
    assert case.outcome == row["outcome"]
    assert clocks(case) == named(row["clocks"], case)
    running.refresh_from_db()
    assert running.lapsed_at


@pytest.mark.drawn(8)
@pytest.mark.parametrize(("kind", "state"), some(STATES, 30))
def test_what_stands_in_no_row_is_refused_and_changes_nothing(begun, kind, state, today):
    parties = brought_to(begun, kind, state, today)
    allowed = {(row["act"], row["by"]) for row in rows_of(ALLOWED, kind, state)}
    if KINDS[kind]["examines"]:
        # One body examines and settles, and it has no step to do.
        allowed |= {
            (act, by) for act, of in allowed for by in ("reviewer", "step") if of == "examiner"
        }
        allowed |= {(act, "examiner") for act, by in allowed if (act, by) == ("say", "reviewer")}
    else:
        # Who handles it examines it.
        allowed |= {(act, "handler") for act, by in allowed if by == "examiner"}
        allowed |= {(act, "examiner") for act, by in allowed if by == "handler"}
    acts = [act for act in ACTS if act != "finish_step" or parties.case.steps.exists()]

    def facts():
        steps = parties.case.steps.order_by("pk")
        return (
            Case.objects.values().get(pk=parties.case.pk),
            list(Clock.objects.order_by("pk").values()),
            list(steps.values()),
        )

    refused = [(by, act) for by in PARTIES for act in acts if (act, by) not in allowed]
    before = facts()
    for by, act in some(refused, 8, f" of {kind} {state}"):
        with pytest.raises((OutOfTurn, Incomplete, gate.Refused)):
            do(act, parties, by)
    assert facts() == before


def test_every_state_but_the_last_has_a_term_and_somebody_for_whom_it_waits():
    for state in State:
        assert bool(RUNNING[state]) is (state is not State.CLOSED)
        assert (state in WAITS_FOR) is (state is not State.CLOSED)


def test_every_move_is_an_act_and_every_act_of_a_case_a_move():
    acts = {name.removeprefix("cases.") for name in registered() if name.startswith("cases.")}
    assert acts - {"finish_step", "lapse_step"} == {move.act for move in MOVES}
