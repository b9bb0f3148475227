"""Negotiation: which moves there are, that what is accepted is what stands, and that once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st
from tests.catalog.makers import agency
from tests.market.contract.makers import (
    make_contract,
    make_negotiation,
    make_sides,
    record,
    terms,
)
from tests.market.makers import make_listing
from tests.parties.makers import make_actor, make_enterprise, make_person

from yelin import gate
from yelin.gate.giving import hold
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.market.contract import acts, odrl, reads, rules, tasks
from yelin.market.contract.models import Contract, Negotiation, Offer
from yelin.market.contract.rules import MOVES, Move, Side, State, moved
from yelin.market.contract.terms import Terms
from yelin.market.listing.acts import delist
from yelin.notices.models import Notice
from yelin.parties.actor import Actor

pytestmark = pytest.mark.duty("contract.whole")


@given(st.lists(st.tuples(st.sampled_from(Move), st.sampled_from(Side)), max_size=12))
def test_every_way_through_is_one_of_the_table_and_what_is_over_stays_over(steps):
    state = None
    for move, side in steps:
        led = MOVES.get((state, move, side))
        if led is None:
            with pytest.raises(OutOfTurn):
                moved(state, move, side)
            continue
        assert state not in {State.TERMINATED, State.FINALIZED}
        if move is Move.OFFER and state is not None:
            assert rules.awaited(state) is side
        state = moved(state, move, side)


def test_the_states_are_those_of_the_protocol_and_each_can_be_reached():
    protocol = ["REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED", "TERMINATED"]
    assert [state.name for state in State] == protocol
    assert {*MOVES.values()} == {*State}


@pytest.mark.django_db
def test_offer_and_counter_offer_lead_to_one_contract_of_the_terms_that_stand():
    sides = provider, consumer, sells, buys = make_sides()
    made = make_negotiation(sides, quality=None)
    assert made.state == State.REQUESTED
    better = terms(provider, consumer, price=terms().plain()["price"] | {"amount": "9000"})
    acts.offer(actor=sells, negotiation=made, terms=better, says="可以降价")
    assert made.state == State.OFFERED
    drawn = acts.accept(actor=buys, negotiation=made, digest=made.stands.digest_text)
    assert Negotiation.objects.get().state == State.AGREED
    assert drawn.terms == better
    assert bytes(drawn.digest) == better.digest
    assert drawn.policy == odrl.policy_of(better, f"urn:yelin:contract:{drawn.number}")
    assert [each.side for each in made.offers.all()] == ["consumer", "provider"]
    assert Notice.objects.filter(to=sells.person_id, event="contract.agreed").count() == 1
    leaf = Leaf.objects.filter(subject=drawn.pk).get()
    assert leaf.payload["facts"]["digest"] == better.digest.hex()
    assert better.matter.title not in str(leaf.payload)


@pytest.mark.django_db
def test_nobody_answers_the_own_offer_or_twice():
    sides = provider, consumer, sells, buys = make_sides()
    made = make_negotiation(sides)
    again = terms(provider, consumer, territory="海南省")
    for wrong in (
        lambda: acts.offer(actor=buys, negotiation=made, terms=again),
        lambda: acts.accept(actor=buys, negotiation=made, digest=made.stands.digest_text),
    ):
        with pytest.raises(OutOfTurn):
            wrong()
    acts.accept(actor=sells, negotiation=made, digest=made.stands.digest_text)
    for actor in (sells, buys):
        with pytest.raises(OutOfTurn):
            acts.accept(actor=actor, negotiation=made, digest=made.stands.digest_text)
        with pytest.raises(OutOfTurn):
            acts.offer(actor=actor, negotiation=made, terms=again)
    assert Contract.objects.count() == 1


@pytest.mark.django_db
def test_an_acceptance_of_other_terms_than_those_that_stand_is_an_error():
    sides = provider, consumer, sells, buys = make_sides()
    made = make_negotiation(sides)
    first = made.stands.digest_text
    dearer = terms(provider, consumer, price=terms().plain()["price"] | {"amount": "99999"})
    acts.offer(actor=sells, negotiation=made, terms=dearer)
    for digest in (first, "", "00" * 32, dearer.digest.hex()[:-1]):
        with pytest.raises(Incomplete) as told:
            acts.accept(actor=buys, negotiation=made, digest=digest)
        assert [fault.place for fault in told.value.faults] == ["digest"]
    assert not Contract.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("lacks", ["quality", "price", "delivery", "use"])
def test_terms_that_lack_one_of_the_four_are_offered_and_not_accepted(lacks):
    sides = make_sides()
    made = make_negotiation(sides, **{lacks: None})
    with pytest.raises(Incomplete) as told:
        acts.accept(actor=sides[2], negotiation=made, digest=made.stands.digest_text)
    assert [(fault.place, fault.duty) for fault in told.value.faults] == [
        (lacks, duties.CONTRACT_WHOLE)
    ]
    assert not Contract.objects.exists()


@pytest.mark.django_db
def test_terms_name_the_two_that_negotiate():
    sides = provider, consumer, sells, _buys = make_sides()
    other = make_enterprise()
    for wrong in (terms(other, consumer), terms(provider, other), terms(consumer, provider)):
        with pytest.raises(Incomplete):
            make_negotiation(sides, terms=wrong)
    made = make_negotiation(sides)
    with pytest.raises(Incomplete):
        acts.offer(actor=sells, negotiation=made, terms=terms(other, consumer))
    with pytest.raises(Incomplete) as told:
        acts.offer(actor=sells, negotiation=made, terms=made.stands.terms)
    assert [fault.place for fault in told.value.faults] == ["terms"]


@pytest.mark.django_db
def test_a_listing_is_negotiated_as_it_is_registered_while_it_is_offered():
    listing = make_listing()
    owner, buyer = listing.product.owner, make_enterprise()
    sells, buys = (make_actor(body, "representative") for body in (owner, buyer))
    matter = {
        "title": listing.description.title,
        "product": listing.product.number,
        "listing": listing.registration,
        "described": bytes(listing.digest).hex(),
    }

    def ask(**over):
        return acts.propose(
            actor=buys,
            body=buyer,
            other=owner,
            side=Side.CONSUMER,
            terms=terms(owner, buyer, matter=matter | over),
            listing=listing,
        )

    for wrong in ({"listing": "SP-0"}, {"described": "00" * 32}, {"described": None}):
        with pytest.raises(Incomplete) as told:
            ask(**wrong)
        assert [fault.place for fault in told.value.faults] == ["matter"]
    made = ask()
    assert made.listing == listing
    delist(
        actor=make_actor(listing.platform.operator, "representative"),
        listing=listing,
        reason="来源有争议",
    )
    made = Negotiation.objects.get(pk=made.pk)
    with pytest.raises(Incomplete) as told:
        acts.accept(actor=sells, negotiation=made, digest=made.stands.digest_text)
    assert [fault.place for fault in told.value.faults] == ["listing"]


@pytest.mark.django_db
def test_an_offer_made_before_a_party_was_renamed_is_made_again():
    sides = provider, _consumer, sells, _buys = make_sides()
    made = make_negotiation(sides)
    type(provider).objects.filter(pk=provider.pk).update(name="海南改名数据有限公司")
    with pytest.raises(Incomplete) as told:
        acts.accept(actor=sells, negotiation=made, digest=made.stands.digest_text)
    assert [fault.place for fault in told.value.faults] == ["provider"]


@pytest.mark.django_db
def test_others_neither_see_nor_touch_it_and_whoever_supervises_reads():
    sides = make_sides()
    made = make_negotiation(sides)
    drawn = make_contract(sides)
    stranger = make_actor(make_enterprise(), "representative")
    unverified = make_actor(make_enterprise(verified_at=None), "representative")
    for actor in (stranger, unverified, Actor.anyone(), Actor.citizen(make_person())):
        assert not reads.negotiations(actor).exists()
        assert not reads.contracts(actor).exists()
        with pytest.raises(gate.Refused):
            acts.accept(actor=actor, negotiation=made, digest=made.stands.digest_text)
    officer = make_actor(agency(), "officer")
    assert made in reads.negotiations(officer)
    assert drawn in reads.contracts(officer)
    with pytest.raises(gate.Refused):
        acts.terminate(actor=officer, negotiation=made, reason="x")


@pytest.mark.django_db
def test_a_barred_party_neither_offers_nor_accepts():
    sides = provider, consumer, sells, _buys = make_sides()
    made = make_negotiation(sides)
    with transaction.atomic():
        hold(provider, duty=duties.CONTRACT_WHOLE, reason="限制交易")
    with pytest.raises(gate.Refused):
        acts.accept(actor=sells, negotiation=made, digest=made.stands.digest_text)
    with pytest.raises(gate.Refused):
        acts.offer(
            actor=sells, negotiation=made, terms=terms(provider, consumer, territory="海南省")
        )


@pytest.mark.django_db
def test_an_offer_lapses_after_its_own_last_day_or_the_packs(today):
    today("2026-03-02")
    sides = make_sides()
    own = make_negotiation(sides, until=clock.today() + timedelta(days=3))
    packs = make_negotiation(make_sides())
    assert packs.until.isoformat() == "2026-04-01"
    with pytest.raises(Incomplete):
        make_negotiation(sides, until=clock.today() - timedelta(days=1))
    with pytest.raises(OutOfTurn):
        acts.lapse(actor=tasks.CLOCK, negotiation=own)
    today("2026-03-06")
    with pytest.raises(OutOfTurn):
        acts.accept(actor=sides[2], negotiation=own, digest=own.stands.digest_text)
    tasks.lapse()
    own.refresh_from_db()
    packs.refresh_from_db()
    assert (own.state, own.ended_by) == (State.TERMINATED, "platform")
    assert packs.state == State.REQUESTED
    assert Notice.objects.filter(event="contract.lapsed").count() == 2


@pytest.mark.django_db
def test_either_side_breaks_off_with_a_reason_and_the_contract_is_dropped():
    sides = make_sides()
    drawn = make_contract(sides)
    made = drawn.negotiation
    with pytest.raises(Incomplete):
        acts.terminate(actor=sides[2], negotiation=made, reason=" ")
    acts.terminate(actor=sides[2], negotiation=made, reason="来源有争议")
    drawn.refresh_from_db()
    assert (made.state, made.ended_by, drawn.standing) == ("terminated", "provider", "dropped")
    with pytest.raises(OutOfTurn):
        acts.terminate(actor=sides[3], negotiation=made, reason="再次")
    with pytest.raises(OutOfTurn):
        record(drawn, sides[2])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda: Contract.objects.update(content=Terms.plain(terms(territory="境外"))),
        lambda: Contract.objects.update(digest=b"x" * 32),
        lambda: Contract.objects.update(paper=b"%PDF"),
        lambda: Contract.objects.update(until=F("until") + timedelta(days=99)),
        lambda: Contract.objects.update(policy={}),
        lambda: Offer.objects.update(says="改"),
        lambda: Offer.objects.filter(contract=None).delete(),
    ],
)
def test_the_database_itself_keeps_what_was_offered_and_agreed(change):
    sides = make_sides()
    make_contract(sides)
    make_negotiation(sides)
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


def _at_once(*doings):
    """Do all of it in the same moment, each in a connection of its own; return what came of it."""

    def one(do):
        try:
            return do()
        except Exception as error:  # noqa: BLE001 - what came of it is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(one, doings))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_two_acceptances_at_once_make_one_contract(round_):
    sides = make_sides()
    made = make_negotiation(sides)
    digest = made.stands.digest_text

    def accept():
        own = Negotiation.objects.get(pk=made.pk)
        return acts.accept(actor=sides[2], negotiation=own, digest=digest)

    came = _at_once(accept, accept, accept)
    assert Contract.objects.count() == 1
    assert sum(isinstance(each, Contract) for each in came) == 1
    assert all(isinstance(each, Contract | OutOfTurn | Incomplete) for each in came), came


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_an_acceptance_against_a_counter_offer_is_of_what_stands_or_an_error(round_):
    sides = provider, consumer, sells, _buys = make_sides()
    made = make_negotiation(sides)
    digest = made.stands.digest_text
    dearer = terms(provider, consumer, price=terms().plain()["price"] | {"amount": "99999"})

    def accept():
        own = Negotiation.objects.get(pk=made.pk)
        return acts.accept(actor=sells, negotiation=own, digest=digest)

    def counter():
        own = Negotiation.objects.get(pk=made.pk)
        return acts.offer(actor=sells, negotiation=own, terms=dearer)

    came = _at_once(accept, counter)
    assert sum(not isinstance(each, Exception) for each in came) == 1, came
    state = Negotiation.objects.get().state
    drawn = Contract.objects.first()
    assert (state, drawn.digest_text if drawn else None) in {
        (State.AGREED, digest),
        (State.OFFERED, None),
    }
