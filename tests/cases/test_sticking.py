"""No case sticks, whatever its parties do on whatever days: random acts against the database."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.cases.makers import do, make_parties
from tests.thorough import many

from yelin import gate
from yelin.cases import acts, procedure, rules
from yelin.cases.models import Case, CaseStep, StepState
from yelin.cases.rules import MOVES, By, State
from yelin.cases.tasks import sweep
from yelin.law import clock, packs
from yelin.law.models import Clock
from yelin.law.refusals import Incomplete, OutOfTurn

pytestmark = pytest.mark.django_db

WORDS = sorted(
    {move.act for move in MOVES} - {"decide", "decide_appeal"}
    | {"hear_another", "approve", "approve_less", "refuse", "uphold_appeal", "dismiss_appeal"}
)


class Handling(RuleBasedStateMachine):
    """A case of any kind that is declared, its parties, and days that pass."""

    @initialize(kind=st.sampled_from(sorted(procedure.kinds())))
    def begin(self, kind):
        self.day = date(2026, 1, 5)
        self.standing = None
        self.stand()
        self.parties = make_parties(kind)

    def stand(self):
        self.leave()
        moment = datetime.combine(self.day, time(12), clock.SHANGHAI)
        self.standing = clock.standing_at(moment)
        self.standing.__enter__()

    def leave(self):
        if getattr(self, "standing", None):
            self.standing.__exit__(None, None, None)
            self.standing = None

    def teardown(self):
        try:
            if hasattr(self, "parties"):
                self.left_alone_it_ends_or_is_owed()
        finally:
            self.leave()

    def left_alone_it_ends_or_is_owed(self):
        for _ in range(4):
            self.day += timedelta(days=70)
            self.stand()
            sweep()
        self.parties.case.refresh_from_db()
        assert self.parties.case.state in {"closed", "overdue", "appealed"}
        assert not self.parties.case.steps.filter(state=StepState.WAITING).exists()

    def facts(self):
        case = Case.objects.values().get(pk=self.parties.case.pk)
        about = Q(thing=self.parties.case.pk) | Q(thing__casestep__case=self.parties.case.pk)
        steps = CaseStep.objects.filter(case=self.parties.case.pk).order_by("pk")
        terms = Clock.objects.filter(about).order_by("pk")
        return case, list(terms.values()), list(steps.values())

    @rule(act=st.sampled_from(WORDS), by=st.sampled_from(list(By)))
    def anybody_does_anything(self, act, by):
        self.attempt(act, by.value)

    @rule(move=st.sampled_from(MOVES), word=st.randoms(use_true_random=False))
    def somebody_does_what_has_its_place(self, move, word):
        if self.parties.case.state not in move.states:
            return
        words = {
            "suspend": ["suspend", "hear_another"],
            "decide": ["approve", "approve_less", "refuse"],
            "decide_appeal": ["uphold_appeal", "dismiss_appeal"],
        }.get(move.act, [move.act])
        self.attempt(word.choice(words), move.by.value)

    def attempt(self, act, by):
        before = self.facts()
        try:
            do(act, self.parties, by)
        except (OutOfTurn, Incomplete, gate.Refused):
            assert self.facts() == before
        self.parties.case.refresh_from_db()

    @rule(by=st.sampled_from(["step", "handler", "stranger"]))
    def somebody_does_the_step(self, by):
        before = self.facts()
        for step in self.parties.case.steps.all():
            try:
                acts.finish_step(actor=self.parties.by[by], step=step, finding="一致")
            except (OutOfTurn, gate.Refused):
                assert self.facts() == before

    @rule(days=st.integers(1, 70), swept=st.booleans())
    def days_pass(self, days, swept):
        self.day += timedelta(days=days)
        self.stand()
        if swept:
            self.sweep()

    @rule()
    def sweep(self):
        sweep()
        self.parties.case.refresh_from_db()
        about = Q(thing=self.parties.case.pk) | Q(thing__casestep__case=self.parties.case.pk)
        counting = Clock.objects.counting().filter(about)
        assert not counting.filter(due__lt=clock.today(), lapsed_at=None).exists()

    @invariant()
    def something_is_owed_by_somebody_until_it_is_closed(self):
        if not hasattr(self, "parties"):
            return
        case = self.parties.case
        for step in case.steps.all():
            # A step waits only with a term, and only where there is something left to answer.
            waits = step.state == StepState.WAITING
            assert clock.running(step).exists() is waits
            assert not waits or case.state in {"accepted", "hearing", "overdue", "appealed"}
        running = list(clock.running(case))
        if case.state == State.CLOSED:
            assert not running
            assert case.outcome
            return
        counting = [each for each in running if each.suspended_on is None]
        assert {each.duty for each in running} == {
            duty.name for duty in case.procedure.running(State(case.state))
        }
        assert counting
        # It stands still only while somebody is heard, and that has an end of its own.
        assert (len(counting) < len(running)) is (case.state == State.HEARING)
        assert case.state in rules.WAITS_FOR
        owner = case.owner
        assert owner.until is None
        if case.state == State.APPEALED:
            law = packs.active()
            assert law.holds("cases.review", owner.kind, owner.division, case.handler.division)


@pytest.mark.duty("cases.decide", "cases.hear", "cases.appeal", "cases.review")
def test_no_case_sticks_whatever_its_parties_do_on_whatever_days():
    run_state_machine_as_test(
        Handling,
        settings=settings(
            max_examples=many(24, 3),
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
        ),
    )
