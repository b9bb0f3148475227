"""Who bought rates once, who sold answers once, who runs the platform hides; nobody else does."""

import pytest
from tests.market.acceptance.makers import make_inspection
from tests.parties.makers import make_representative

from yelin import gate
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.market.acceptance import acts as acceptance
from yelin.market.filing import acts as filing
from yelin.market.rating import acts, reads
from yelin.parties.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trade.rules")]


def make_accepted(folder):
    """Make a contract whose delivery was accepted, and somebody for each side and the platform."""
    made = make_inspection(folder)
    contract = made.contract
    buys, sells = map(make_representative, (contract.consumer, contract.provider))
    acceptance.accept(actor=buys, inspection=made)
    return (
        contract,
        buys,
        sells,
        make_representative(contract.negotiation.listing.platform.operator),
    )


def test_nothing_is_rated_before_it_is_accepted_or_ended(tmp_path):
    made = make_inspection(tmp_path)
    contract, buys = made.contract, make_representative(made.contract.consumer)
    with pytest.raises(OutOfTurn):
        acts.rate(actor=buys, contract=contract, stars=5)
    filing.end(actor=buys, contract=contract, reason="项目结束")
    assert acts.rate(actor=buys, contract=contract, stars=2).stars == 2


def test_whoever_bought_rates_once_and_everyone_reads_it(tmp_path):
    contract, buys, sells, runs = make_accepted(tmp_path)
    for other in (sells, runs, make_representative()):
        with pytest.raises(gate.Refused):
            acts.rate(actor=other, contract=contract, stars=5)
    for wrong in (0, 6):
        with pytest.raises(Incomplete):
            acts.rate(actor=buys, contract=contract, stars=wrong)
    made = acts.rate(actor=buys, contract=contract, stars=4, says=" 按月准时更新 ")
    with pytest.raises(Incomplete):
        acts.rate(actor=buys, contract=contract, stars=1)
    listing = contract.negotiation.listing
    assert reads.of(Actor.anyone(), listing).get() == made
    assert (made.says, reads.standing(listing)) == ("按月准时更新", (4.0, 1))


def test_whoever_sold_answers_once(tmp_path):
    contract, buys, sells, _runs = make_accepted(tmp_path)
    made = acts.rate(actor=buys, contract=contract, stars=2, says="有缺行")
    with pytest.raises(gate.Refused):
        acts.answer(actor=buys, rating=made, says="不算")
    with pytest.raises(Incomplete):
        acts.answer(actor=sells, rating=made, says=" ")
    acts.answer(actor=sells, rating=made, says="已补")
    with pytest.raises(OutOfTurn):
        acts.answer(actor=sells, rating=made, says="再答")


def test_whoever_runs_the_platform_hides_with_a_reason_that_both_sides_read(tmp_path):
    contract, buys, sells, runs = make_accepted(tmp_path)
    made = acts.rate(actor=buys, contract=contract, stars=1, says="骂人的话")
    listing = contract.negotiation.listing
    for other in (sells, buys, make_representative()):
        with pytest.raises(gate.Refused):
            acts.hide(actor=other, rating=made, reason="不喜欢")
    with pytest.raises(Incomplete):
        acts.hide(actor=runs, rating=made, reason=" ")
    acts.hide(actor=runs, rating=made, reason="违反交易规则第八条")
    assert not reads.of(Actor.anyone(), listing).exists()
    assert reads.standing(listing) == (None, 0)
    for knows in (buys, sells, runs):
        assert reads.of(knows, listing).get().hidden_because == "违反交易规则第八条"
    with pytest.raises(OutOfTurn):
        acts.hide(actor=runs, rating=made, reason="再次")
    acts.unhide(actor=runs, rating=made)
    assert reads.of(Actor.anyone(), listing).get() == made
    with pytest.raises(OutOfTurn):
        acts.unhide(actor=runs, rating=made)
