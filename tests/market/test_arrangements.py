"""Arrangements of market-based operation: what they reach, for whom, and until when."""

from datetime import timedelta

import pytest
from tests.catalog.makers import agency, make_entry
from tests.market.makers import content, make_arrangement, make_draft
from tests.opening.makers import make_conditional
from tests.parties.makers import make_actor, make_body, make_enterprise, make_person
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.market import acts, reads
from yelin.market.models import Arrangement
from yelin.notices.models import Notice
from yelin.parties.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.duty("market.operate")]


def may_read(operator, entry) -> bool:
    actor = make_actor(operator, "representative")
    return gate.decide(actor, "resource.read", entry).allowed


def places(told) -> set[str]:
    return {fault.place for fault in told.value.faults}


def test_an_operator_has_what_is_reached_from_the_first_day_to_the_last(still):
    entry, operator = make_release(make_conditional()).entry, make_enterprise()
    other = make_conditional(entry.provider)
    first, last = clock.today() + timedelta(days=10), clock.today() + timedelta(days=20)
    made = make_arrangement(entry, operator=operator, since=first, until=last)
    for day, standing, has in (
        (first - timedelta(days=1), "coming", False),
        (first, "runs", True),
        (last, "runs", True),
        (last + timedelta(days=1), "over", False),
    ):
        with clock.standing_at(clock.beginning_of(day) + timedelta(hours=12)):
            assert made.standing() == standing
            assert may_read(operator, entry) is has
            assert not may_read(operator, other)
            assert not may_read(make_enterprise(), entry)


def test_nothing_is_given_before_it_is_public_and_what_comes_later_is_given_at_once():
    entry, operator = make_conditional(), make_enterprise()
    later, steward = make_conditional(entry.provider), make_actor(entry.provider)
    made = make_draft(entry.provider, operator, steward)
    with pytest.raises(Incomplete):
        acts.publish(actor=steward, arrangement=made)
    acts.reach(actor=steward, arrangement=made, entry=entry)
    assert not may_read(operator, entry)
    acts.publish(actor=steward, arrangement=made)
    assert may_read(operator, entry)
    acts.reach(actor=steward, arrangement=made, entry=later)
    assert may_read(operator, later)
    acts.drop(actor=steward, arrangement=made, entry=later)
    assert not may_read(operator, later)
    assert may_read(operator, entry)
    with pytest.raises(OutOfTurn):
        acts.drop(actor=steward, arrangement=made, entry=later)
    with pytest.raises(OutOfTurn):
        acts.publish(actor=steward, arrangement=made)


@pytest.mark.parametrize("by", ["steward", "agency"])
def test_one_that_is_ended_gives_nothing_any_more(by):
    entry, operator = make_conditional(), make_enterprise()
    seat = make_actor(operator, "representative")
    made = make_arrangement(entry, operator=operator)
    ends = make_actor(entry.provider) if by == "steward" else make_actor(agency(), "officer")
    with pytest.raises(Incomplete):
        acts.end(actor=ends, arrangement=made, reason=" ")
    acts.end(actor=ends, arrangement=made, reason="超出约定用途使用数据")
    assert made.standing() == "ended"
    assert not may_read(operator, entry)
    assert Notice.objects.filter(to=seat.person_id, event="arrangement.ended").count() == 1
    for again in (
        lambda: acts.end(actor=ends, arrangement=made, reason="再次"),
        lambda: acts.reach(
            actor=make_actor(entry.provider), arrangement=made, entry=make_conditional()
        ),
        lambda: acts.extend(
            actor=make_actor(entry.provider),
            arrangement=made,
            until=made.until + timedelta(days=1),
            basis="补充协议",
        ),
    ):
        with pytest.raises(OutOfTurn):
            again()


def test_one_that_is_extended_goes_on_for_what_it_reaches_still():
    entry, operator = make_conditional(), make_enterprise()
    dropped, steward = make_conditional(entry.provider), make_actor(entry.provider)
    made = make_arrangement(entry, dropped, operator=operator)
    acts.drop(actor=steward, arrangement=made, entry=dropped)
    last = made.until
    with pytest.raises(Incomplete) as told:
        acts.extend(actor=steward, arrangement=made, until=last, basis="")
    assert places(told) == {"until", "basis"}
    acts.extend(
        actor=steward, arrangement=made, until=last + timedelta(days=30), basis="补充协议二"
    )
    with clock.standing_at(clock.beginning_of(last + timedelta(days=2))):
        assert may_read(operator, entry)
        assert not may_read(operator, dropped)


def test_it_says_with_whom_for_what_on_which_basis_and_how_long():
    body = make_body()
    steward, today = make_actor(body), clock.today()
    empty = content(title=" ", purpose="", basis=" ", since=today, until=today - timedelta(days=1))
    for operator in (make_body(), body, make_enterprise(until=clock.now())):
        with pytest.raises(Incomplete) as told:
            acts.arrange(actor=steward, body=body, operator=operator, content=empty)
        assert places(told) == {"title", "purpose", "basis", "until", "operator"}
    assert not Arrangement.objects.exists()


def test_it_reaches_only_what_its_own_body_opens():
    body = make_body()
    steward = make_actor(body)
    made = make_draft(body, actor=steward)
    shut = make_entry(body, opening_type="none")
    unready = make_entry(body, "registered")
    for entry in (make_conditional(), shut, unready):
        with pytest.raises(Incomplete) as told:
            acts.reach(actor=steward, arrangement=made, entry=entry)
        assert places(told) == {"entry"}
    mine = make_entry(body)
    acts.reach(actor=steward, arrangement=made, entry=mine)
    with pytest.raises(Incomplete):
        acts.reach(actor=steward, arrangement=made, entry=mine)


def test_nobody_else_makes_arrangements_about_a_bodys_data():
    body, operator = make_body(), make_enterprise()
    for actor in (
        make_actor(make_body()),
        make_actor(body, "auditor"),
        make_actor(operator, "representative"),
        Actor.citizen(make_person()),
    ):
        with pytest.raises(gate.Refused):
            acts.arrange(actor=actor, body=body, operator=operator, content=content())
    made = make_arrangement(operator=operator)
    with pytest.raises(gate.Refused):
        acts.end(actor=make_actor(make_body()), arrangement=made, reason="x")


def test_a_draft_is_its_bodys_alone_and_what_is_public_everyones():
    made = make_draft()
    steward = make_actor(made.body)
    assert list(reads.drafts(steward)) == [made]
    for stranger in (Actor.anyone(), make_actor(made.operator, "representative")):
        assert not reads.seen_by(stranger).exists()
    entry = make_conditional(made.body)
    acts.reach(actor=steward, arrangement=made, entry=entry)
    acts.publish(actor=steward, arrangement=made)
    (found,) = reads.public(Actor.anyone())
    assert [each.entry for each in reads.reached_of(found)] == [entry]


def test_the_ledger_tells_what_it_reaches_and_no_word_of_it():
    made = make_arrangement()
    leaf = Leaf.objects.filter(subject=made.pk).order_by("-pk")[0]
    assert leaf.payload["act"] == "market.publish"
    told = str(leaf.payload)
    assert made.operator.credit_code in told
    assert made.purpose not in told
    assert made.title not in told
