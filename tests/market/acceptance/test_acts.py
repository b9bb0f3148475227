"""What was bought is measured, accepted or refused by its buyer alone, mended, deemed accepted."""

from datetime import timedelta

import pytest
from tests.catalog.makers import make_social
from tests.market.acceptance.makers import make_inspection
from tests.market.filing.makers import make_trade
from tests.parties.makers import make_enterprise, make_representative
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.law import calendar, clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.market.acceptance import acts, reads, tasks
from yelin.market.acceptance.content import DefectContent
from yelin.market.acceptance.models import Inspection

pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]


def buyer(inspection):
    return make_representative(inspection.contract.consumer)


def seller(inspection):
    return make_representative(inspection.contract.provider)


def measured():
    """Return a release of an enterprise's own data, with a dimension of it and its score."""
    release = make_release(make_social(make_enterprise(), handing_over="own"))
    side = release.manifest["quality"]["sides"][0]
    return release, side["code"], side["score"]


def refuse(inspection, **said):
    return acts.refuse(
        actor=buyer(inspection), inspection=inspection, defects=DefectContent(**said)
    )


def test_what_runs_is_measured_against_each_agreed_score(tmp_path, still):
    release, code, score = measured()
    made = make_inspection(tmp_path, [(code, "0"), (code, "100"), ("99", "1")], release.entry)
    assert made.due == calendar.roll_forward(clock.today() + timedelta(days=10))
    assert [each.code for each in made.points] == [code, code, "99"]
    first, second, strange = made.points
    assert (first.got, first.met) == (score, True)
    assert (second.got, second.met) == (score, score == 10000)
    assert (strange.got, strange.met) == (None, None)
    assert {(each.release, each.digest) for each in made.points} == {(1, release.digest_text)}
    tasks.inspect_trades()
    assert Inspection.objects.count() == 1


def test_nothing_is_inspected_before_the_contract_runs(tmp_path):
    contract = make_trade(tmp_path)
    tasks.inspect_trades()
    assert not Inspection.objects.exists()
    with pytest.raises(OutOfTurn):
        acts.inspect(actor=tasks.CLOCK, contract=contract)


def test_the_buyer_alone_accepts_once(tmp_path):
    made = make_inspection(tmp_path)
    for other in (seller(made), make_representative()):
        with pytest.raises(gate.Refused):
            acts.accept(actor=other, inspection=made)
    acts.accept(actor=buyer(made), inspection=made)
    assert (made.state, made.decided_at is not None) == ("accepted", True)
    assert Leaf.objects.filter(subject=made.pk, act="trade.accept", refused=False).count() == 1
    with pytest.raises(OutOfTurn):
        acts.accept(actor=buyer(made), inspection=made)
    with pytest.raises(OutOfTurn):
        refuse(made, says="后来发现缺行")


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({}, "says"),
        ({"says": " "}, "says"),
        ({"codes": ("98",)}, "codes"),
        ({"codes": ("met",)}, "codes"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_nothing_against_what_was_measured(tmp_path, said, place):
    release, code, _score = measured()
    made = make_inspection(tmp_path, [(code, "0")], release.entry)
    if said.get("codes") == ("met",):
        said = {"codes": (code,)}
    with pytest.raises(Incomplete) as told:
        refuse(made, **said)
    assert {each.place for each in told.value.faults} == {place}
    made.refresh_from_db()
    assert made.state == "open"


def test_what_was_refused_is_mended_by_a_newer_release_and_inspected_anew(tmp_path):
    made = make_inspection(tmp_path)
    contract = made.contract
    with pytest.raises(OutOfTurn):
        acts.mend(actor=seller(made), contract=contract, says="尚未被拒")
    refuse(made, says="缺少2015年")
    assert (made.state, made.says) == ("refused", "缺少2015年")
    with pytest.raises(gate.Refused):
        acts.mend(actor=buyer(made), contract=contract, says="已补")
    with pytest.raises(Incomplete):
        acts.mend(actor=seller(made), contract=contract, says="已补")
    entry = contract.negotiation.listing.product.sources.get().entry
    make_release(entry, "年份,海口港,代码\n2012,7217,007\n2015,9000,010\n")
    with pytest.raises(Incomplete):
        acts.mend(actor=seller(made), contract=contract, says=" ")
    again = acts.mend(actor=seller(made), contract=contract, says="已补2015年")
    assert (again.round, again.state) == (2, "open")
    assert {each.release for each in again.points} == {2}
    acts.accept(actor=buyer(again), inspection=again)


def test_what_nobody_refused_in_its_days_counts_as_accepted(tmp_path, still):
    made = make_inspection(tmp_path)
    with pytest.raises(OutOfTurn):
        acts.deem(actor=tasks.CLOCK, inspection=made)
    with clock.standing_at(clock.end_of(made.due)):
        with pytest.raises(OutOfTurn):
            refuse(made, says="太迟")
        tasks.inspect_trades()
    made.refresh_from_db()
    assert made.state == "deemed"


def test_both_sides_see_it_and_nobody_else(tmp_path):
    made = make_inspection(tmp_path)
    for knows in (buyer(made), seller(made)):
        assert reads.of(knows, made.contract).get() == made
    assert not reads.of(make_representative(), made.contract).exists()
