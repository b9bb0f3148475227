"""Disputes: who may do what in which state, that one outcome stands, and that terms move them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from tests.catalog.makers import agency
from tests.market.contract.makers import make_contract, make_sides, make_signed
from tests.market.dispute.makers import (
    actor_of,
    brought_to,
    claim,
    contract_of,
    make_dispute,
    make_mediated,
    proposal,
    side_actor,
)
from tests.market.filing.makers import make_trade
from tests.parties.makers import make_actor, make_enterprise, make_representative

from yelin import gate
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.market.dispute import acts, reads, rules, tasks
from yelin.market.dispute.models import Dispute, Statement
from yelin.market.dispute.rules import MOVES, By, Move, State, last_day, moved
from yelin.notices.models import Notice
from yelin.parties.models import Seat

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.duty("dispute.mediate"),
    pytest.mark.duty("dispute.answer"),
]

PEOPLE = (By.OPENER, By.OTHER, By.MEDIATOR)


def do(move, dispute, actor):
    """Do a move as somebody, with what it needs to be whole."""
    if move is Move.PROPOSE:
        return acts.propose(actor=actor, dispute=dispute, proposal=proposal())
    if move is Move.ACCEPT:
        stands = dispute.stands
        digest = stands.digest_text if stands else "0" * 64
        return acts.accept(actor=actor, dispute=dispute, digest=digest)
    if move in {Move.WITHDRAW, Move.REFER}:
        act = {Move.WITHDRAW: acts.withdraw, Move.REFER: acts.refer}[move]
        return act(actor=actor, dispute=dispute, reason="理由")
    act = {Move.ANSWER: acts.answer, Move.SAY: acts.say}[move]
    return act(actor=actor, dispute=dispute, words="说明")


@pytest.mark.parametrize("state", State)
def test_each_may_do_what_the_table_says_and_nothing_else(tmp_path, state):
    contract = contract_of(tmp_path)
    moves = [each for each in Move if each not in {Move.OPEN, Move.LAPSE}]
    for move, by in ((move, by) for move in moves for by in PEOPLE):
        made = brought_to(contract, state)
        actor = actor_of(made, by)
        if state in rules.OPEN and move is Move.ACCEPT and by is not By.MEDIATOR:
            # There is something of the other side to accept.
            other = By.OTHER if by is By.OPENER else By.OPENER
            acts.propose(actor=actor_of(made, other), dispute=made, proposal=proposal())
        if (state, move, by) in MOVES:
            assert do(move, made, actor).state == MOVES[state, move, by]
        else:
            with pytest.raises((OutOfTurn, gate.Refused)):
                do(move, made, actor)
            assert Dispute.objects.get(pk=made.pk).state == state
        # The next one is opened where none of its kind is open.
        made.refresh_from_db()
        if made.is_open:
            acts.withdraw(actor=actor_of(made, By.OPENER), dispute=made, reason="另行提出")


def test_what_is_not_in_the_table_is_an_error():
    for state in (None, *State):
        for move in Move:
            for by in By:
                if (state, move, by) not in MOVES:
                    with pytest.raises(OutOfTurn):
                        moved(state, move, by)
                elif state is not None:
                    assert state in rules.OPEN


def test_a_stranger_a_steward_and_the_other_party_s_head_do_nothing(tmp_path):
    made = make_mediated(contract_of(tmp_path))
    for actor in (make_representative(), make_actor(agency(), "steward")):
        with pytest.raises(gate.Refused):
            acts.say(actor=actor, dispute=made, words="旁人的话")
        assert not reads.seen_by(actor).exists()
        with pytest.raises(gate.Unseen):
            reads.get(actor, made.number)


def test_the_platform_mediates_what_was_listed_there_and_the_agency_sees_it(tmp_path):
    contract = make_trade(tmp_path)
    listing = contract.negotiation.listing
    made = make_dispute(contract, "provider", about="price", words="逾期未付款")
    assert made.mediator == listing.platform.operator
    operator = make_representative(made.mediator)
    assert set(reads.seen_by(operator)) == {made}
    acts.say(actor=operator, dispute=made, words="请双方补充材料。")
    supervisor = make_actor(agency(), "officer")
    assert set(reads.seen_by(supervisor)) == {made}
    with pytest.raises(gate.Refused):
        acts.say(actor=supervisor, dispute=made, words="监管方的话")


def test_who_runs_the_platform_does_not_mediate_its_own_dispute(tmp_path):
    contract = make_trade(tmp_path)
    listing = contract.negotiation.listing
    listing.platform.operator = contract.provider
    listing.platform.save()
    contract.negotiation.refresh_from_db()
    assert reads.mediator_of(contract) == agency()


def test_a_claim_is_whole_and_of_a_kind_open_once(tmp_path):
    contract = contract_of(tmp_path)
    for wrong, place in (
        ({"words": "  "}, "words"),
        ({"clauses": []}, "clauses"),
        ({"clauses": ["disputes"]}, "clauses"),
        ({"sum": "0"}, "sum"),
        ({"sum": "1.005"}, "sum"),
    ):
        with pytest.raises(Incomplete) as lacks:
            make_dispute(contract, **wrong)
        assert [each.place for each in lacks.value.faults] == [place]
    make_dispute(contract)
    with pytest.raises(Incomplete):
        make_dispute(contract)
    assert make_dispute(contract, about="delivery").state == State.ANSWERING
    assert make_dispute(contract, "provider").side == "provider"


def test_what_is_not_signed_or_too_old_cannot_be_disputed(tmp_path, today):
    sides = make_sides()
    agency()
    with pytest.raises(OutOfTurn):
        make_dispute(make_contract(sides))
    contract = make_signed(tmp_path, make_sides())
    last = last_day(contract.until)
    today(last.isoformat())
    assert make_dispute(contract).is_open
    today((last + timedelta(days=1)).isoformat())
    with pytest.raises(OutOfTurn):
        make_dispute(contract, about="use")


@pytest.mark.parametrize(
    ("until", "last"),
    [(date(2026, 11, 29), date(2029, 11, 29)), (date(2028, 2, 29), date(2031, 2, 28))],
)
def test_three_years_end_on_the_same_day_or_the_month_s_last(until, last):
    assert last_day(until) == last


def test_a_proposal_is_accepted_by_its_digest_and_never_by_whoever_made_it(tmp_path):
    made = make_mediated(contract_of(tmp_path))
    opener, other = actor_of(made, By.OPENER), actor_of(made, By.OTHER)
    acts.propose(actor=opener, dispute=made, proposal=proposal())
    first = made.stands
    with pytest.raises(OutOfTurn):
        acts.accept(actor=opener, dispute=made, digest=first.digest_text)
    acts.propose(actor=opener, dispute=made, proposal=proposal(sum="3000.00"))
    with pytest.raises(Incomplete):
        acts.accept(actor=other, dispute=made, digest=first.digest_text)
    acts.accept(actor=other, dispute=made, digest=made.stands.digest_text.upper())
    made.refresh_from_db()
    assert (made.state, made.agreed.sum) == ("settled", "3000.00 CNY")
    assert not clock.running(made).exists()


def test_no_word_of_it_is_in_the_ledger_but_what_commits_to_each(tmp_path):
    made = make_mediated(contract_of(tmp_path))
    acts.propose(actor=actor_of(made, By.OTHER), dispute=made, proposal=proposal())
    leaves = Leaf.objects.filter(subject=made.pk).order_by("pk")
    text = str([each.payload for each in leaves])
    for each in made.statements.all():
        assert each.words not in text
        assert each.digest_text in text
    assert "6400" not in text
    assert [each.act for each in leaves] == ["dispute.open", "dispute.answer", "dispute.propose"]


def test_what_was_said_never_changes(tmp_path):
    made = make_dispute(contract_of(tmp_path))
    for change in (
        lambda: made.statements.update(kind="words"),
        lambda: made.statements.all().delete(),
        lambda: Dispute.objects.filter(pk=made.pk)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_silence_is_no_consent_and_mediation_ends(tmp_path, today):
    today("2026-11-02")
    made = make_dispute(contract_of(tmp_path))
    tasks.lapse_disputes()
    assert Dispute.objects.get().state == State.ANSWERING
    with pytest.raises(OutOfTurn):
        acts.lapse(actor=tasks.CLOCK, dispute=made)
    today((made.runs.due + timedelta(days=1)).isoformat())
    tasks.lapse_disputes()
    made = Dispute.objects.get()
    assert (made.state, made.runs.duty) == (State.MEDIATING, "dispute.mediate")
    acts.say(actor=actor_of(made, By.OTHER), dispute=made, words="迟来的答复")
    today((made.runs.due + timedelta(days=1)).isoformat())
    tasks.lapse_disputes()
    made = Dispute.objects.get()
    assert (made.state, made.runs) == (State.REFERRED, None)


def test_the_others_are_told_and_whoever_did_it_is_not(tmp_path):
    made = make_dispute(contract_of(tmp_path))
    told = Notice.objects.filter(event="dispute.opened")
    seats = Seat.objects.filter(person__in=told.values("to"))
    bodies = set(seats.values_list("body", flat=True))
    assert bodies == {made.contract.provider_id, made.mediator_id}


def test_what_waits_for_whom(tmp_path):
    made = make_dispute(contract_of(tmp_path))
    opener, other, mediator = (actor_of(made, by) for by in PEOPLE)
    assert [list(reads.waiting_for(who)) for who in (opener, other, mediator)] == [[], [made], []]
    acts.answer(actor=other, dispute=made, words="答复")
    assert [list(reads.waiting_for(who)) for who in (opener, other, mediator)] == [[], [], [made]]


def _at_once(*doings):
    def run(do):
        try:
            return do()
        except (OutOfTurn, Incomplete) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return [each.result() for each in [pool.submit(run, do) for do in doings]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(4))
def test_accepted_replaced_and_referred_at_once_it_has_one_outcome(tmp_path, round_):
    made = make_mediated(contract_of(tmp_path))
    opener, other, mediator = (actor_of(made, by) for by in PEOPLE)
    acts.propose(actor=opener, dispute=made, proposal=proposal())
    first = made.stands.digest_text

    def fresh():
        return Dispute.objects.select_related("thing", *Dispute.ALONG).get(pk=made.pk)

    doings = [
        lambda: acts.accept(actor=other, dispute=fresh(), digest=first),
        lambda: acts.propose(actor=opener, dispute=fresh(), proposal=proposal(sum="1.00")),
        lambda: acts.refer(actor=mediator, dispute=fresh(), reason="无法达成一致"),
        lambda: acts.accept(actor=other, dispute=fresh(), digest=first),
    ]
    came = _at_once(*doings[round_:], *doings[:round_])
    ends = [each for each in came if isinstance(each, Dispute) and not each.is_open]
    made.refresh_from_db()
    assert len(ends) == 1
    assert made.state == ends[0].state
    if made.state == State.SETTLED:
        assert made.agreed.digest_text == first
    acts_done = Leaf.objects.filter(
        subject=made.pk, act__in=["dispute.accept", "dispute.refer"], refused=False
    )
    assert acts_done.count() == 1


@pytest.mark.django_db(transaction=True)
def test_both_propose_at_once_and_one_proposal_stands(tmp_path):
    made = make_mediated(contract_of(tmp_path))
    opener, other = (actor_of(made, by) for by in (By.OPENER, By.OTHER))

    def fresh():
        return Dispute.objects.select_related("thing", *Dispute.ALONG).get(pk=made.pk)

    came = _at_once(
        *(
            lambda who=who, n=n: acts.propose(
                actor=who, dispute=fresh(), proposal=proposal(sum=f"{n}.00")
            )
            for n, who in enumerate((opener, other, opener, other), start=1)
        )
    )
    assert all(isinstance(each, Dispute) for each in came)
    places = Statement.objects.filter(dispute=made).values_list("place", flat=True)
    assert list(places) == [1, 2, 3, 4, 5, 6]
    assert made.stands.place == 6


def test_a_body_that_contracted_nothing_opens_none(tmp_path):
    contract = contract_of(tmp_path)
    for actor in (make_representative(make_enterprise()), make_actor(agency(), "officer")):
        with pytest.raises(gate.Refused):
            acts.open_(actor=actor, contract=contract, claim=claim())
    assert side_actor(contract, "provider").body_id == contract.provider_id
