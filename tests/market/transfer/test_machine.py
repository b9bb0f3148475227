"""Whatever both sides and the clock do with a transfer, what is illegal changes nothing."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.market.transfer.makers import again, ask, make_running, program
from tests.parties.makers import make_representative
from tests.thorough import many

from yelin import gate
from yelin.delivery.tickets import Passed
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.ledger.models import Leaf
from yelin.market.contract.rules import Side
from yelin.market.filing import acts as filings
from yelin.market.filing import tasks as trades
from yelin.market.listing import acts as listings
from yelin.market.transfer import acts, reads, tasks
from yelin.market.transfer.models import Transfer, TransferKey
from yelin.market.transfer.rules import MOVES, Move, State

pytestmark = pytest.mark.django_db

DO = {
    Move.START: acts.start,
    Move.SUSPEND: acts.suspend,
    Move.COMPLETE: acts.complete,
    Move.TERMINATE: acts.terminate,
}


FIRST = date(2026, 3, 2)


def _noon(day):
    return datetime.combine(day, time(12), clock.SHANGHAI)


class Taking(RuleBasedStateMachine):
    """A transfer under a contract, its two sides, a stranger, the clock, and days that pass."""

    contract = None

    @initialize()
    def begin(self):
        # What one example does, the next one finds undone.
        self.before = transaction.savepoint()
        self.day, self.standing = FIRST, None
        self.stand()
        self.contract = again(type(self).contract)
        self.by = {
            "provider": program(self.contract.provider),
            "consumer": program(self.contract.consumer),
            "stranger": make_representative().by_token(),
            "platform": tasks.CLOCK,
        }
        listing = self.contract.negotiation.listing
        self.runs = make_representative(listing.platform.operator)
        self.transfer = ask(self.contract, self.by["consumer"])

    def stand(self):
        self.leave()
        self.standing = clock.standing_at(_noon(self.day))
        self.standing.__enter__()

    def leave(self):
        if getattr(self, "standing", None):
            self.standing.__exit__(None, None, None)
            self.standing = None

    def teardown(self):
        self.leave()
        if hasattr(self, "before"):
            transaction.savepoint_rollback(self.before)

    def facts(self):
        row = Transfer.objects.values().get(pk=self.transfer.pk)
        keys = TransferKey.objects.filter(transfer=self.transfer.pk).count()
        done = Leaf.objects.filter(subject=self.transfer.pk, refused=False)
        return row, keys, done.count()

    @rule(
        move=st.sampled_from(Move),
        by=st.sampled_from(["provider", "consumer", "stranger", "platform"]),
    )
    def somebody_moves_it(self, move, by):
        before, now = self.facts(), again(self.transfer)
        legal = by != "stranger" and (State(now.state), move, Side(by)) in MOVES
        try:
            DO[move](actor=self.by[by], transfer=now)
        except (OutOfTurn, gate.Refused):
            assert self.facts() == before
            return
        assert legal
        assert self.facts()[2] == before[2] + 1
        assert again(self.transfer).state == MOVES[State(before[0]["state"]), move, Side(by)]
        assert again(self.transfer).by == by

    @rule()
    def a_key_is_made(self):
        if again(self.transfer).state == State.STARTED:
            secret, _key = TransferKey.fresh(self.transfer)
            try:
                assert reads.opened_by(secret) == self.transfer
            except Passed:
                assert not reads.is_allowed(again(self.transfer))

    @rule(stops=st.booleans())
    def trading_stops_or_goes_on(self, stops):
        listing = again(self.contract).negotiation.listing
        try:
            if stops:
                listings.suspend(actor=self.runs, listing=listing, reason="来源存疑")
            else:
                listings.resume(actor=self.runs, listing=listing)
        except (OutOfTurn, gate.Refused):
            return
        trades.watch_trades()

    @rule(days=st.sampled_from([1, 30, 400]))
    def days_pass(self, days):
        self.day += timedelta(days=days)
        self.stand()

    @rule()
    def the_contract_is_ended(self):
        try:
            filings.end(actor=self.by["provider"], contract=again(self.contract), reason="不再合作")
        except OutOfTurn:
            return

    @rule()
    def the_platform_looks(self):
        trades.watch_trades()
        tasks.watch_transfers()
        now = again(self.transfer)
        if not reads.is_allowed(now):
            assert now.state in {State.COMPLETED, State.TERMINATED}
        assert now.state != State.REQUESTED or not reads.gives(now.contract)

    @invariant()
    def what_does_not_run_opens_for_nobody(self):
        if hasattr(self, "transfer") and again(self.transfer).state != State.STARTED:
            assert not TransferKey.objects.filter(transfer=self.transfer).exists()


@pytest.mark.duty("contract.whole")
def test_no_move_that_is_illegal_changes_anything(tmp_path, monkeypatch):
    with clock.standing_at(_noon(FIRST)):
        monkeypatch.setattr(Taking, "contract", make_running(tmp_path))
    run_state_machine_as_test(
        Taking,
        settings=settings(
            max_examples=many(40, 8),
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
        ),
    )
