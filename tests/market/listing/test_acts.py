"""Products and listings: what may be offered, who reviews it, and how it stops."""

import pytest
from tests.catalog.makers import make_entry, make_social
from tests.market.makers import (
    described,
    make_arrangement,
    make_listing,
    make_member,
    make_offer,
    make_platform,
    make_product,
    offered,
    pass_review,
    submit,
    supervisor,
)
from tests.opening.makers import make_conditional
from tests.parties.makers import make_enterprise, make_representative
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.law.refusals import Incomplete, OutOfTurn, Unlawful
from yelin.ledger.models import Leaf
from yelin.market import acts as arrangements
from yelin.market.listing import acts
from yelin.market.listing.models import Listing, Product
from yelin.market.listing.rules import CHECKLIST
from yelin.parties.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trade.disclose")]

PEOPLE = "年份,海口港,代码\n2024,1,13800138000\n2025,2,13912345678\n"


def places(told) -> set[str]:
    return {fault.place for fault in told.value.faults}


def test_a_product_says_what_it_is_of_what_and_by_which_right():
    firm = make_enterprise()
    with pytest.raises(Incomplete) as told:
        make_product(firm, title=" ", summary="", source="", rights="", serves="")
    assert places(told) == {"title", "summary", "source", "rights", "serves"}
    with pytest.raises(gate.Refused):
        acts.make_product(actor=make_representative(), body=firm, content=described())
    made = make_product(firm)
    assert made.number.startswith("CP-")
    [source] = made.sources.all()
    assert source.basis == "own"


@pytest.mark.duty("trade.lawful")
def test_one_trades_ones_own_data_what_is_open_and_what_was_granted_for_it():
    firm = make_enterprise()
    opened, asked = make_release(make_entry()).entry, make_release(make_conditional()).entry
    product = make_product(firm, opened)
    assert product.sources.get().basis == "open"
    add = {"actor": make_representative(firm), "product": product}
    others = make_release(make_social(handing_over="own")).entry
    for entry in (asked, others):
        with pytest.raises(Unlawful) as told:
            acts.add_source(**add, entry=entry)
        assert told.value.duty.name == "trade.lawful"
    # To read it is not to trade it.
    make_arrangement(asked, operator=firm)
    with pytest.raises(Unlawful):
        acts.add_source(**add, entry=asked)
    traded = make_release(make_conditional()).entry
    made = make_arrangement(traded, operator=firm, trades=True)
    acts.add_source(**add, entry=traded)
    found = product.sources.get(entry=traded)
    assert (found.basis, found.grant.given_in_id) == ("granted", made.pk)


@pytest.mark.duty("trade.lawful")
def test_data_that_tells_of_people_is_not_traded_without_a_certificate():
    firm = make_enterprise()
    telling = make_release(make_social(firm, handing_over="own"), PEOPLE).entry
    assert telling.releases.get().personal == ["mobile"]
    with pytest.raises(Unlawful) as told:
        make_product(firm, telling)
    assert told.value.duty.name == "trade.lawful"
    unsaid = make_release(make_social(firm)).entry
    with pytest.raises(Unlawful):
        make_product(firm, unsaid)


@pytest.mark.duty("trade.review")
def test_two_people_look_at_it_and_then_it_is_registered_for_everyone():
    offer = make_offer()
    runs = make_representative(offer.platform.operator)
    with pytest.raises(OutOfTurn):
        acts.review(actor=runs, listing=offer, passes=True)
    submit(offer)
    assert not seen(Actor.anyone(), offer)
    assert seen(runs, offer)
    assert seen(supervisor(), offer)
    with pytest.raises(gate.Refused):
        pass_review(offer, make_representative(offer.product.owner))
    with pytest.raises(Incomplete) as told:
        acts.review(actor=runs, listing=offer, passes=True, ticked=("description",))
    assert places(told) == {f"ticked.{each}" for each in CHECKLIST["technical"][1:]}
    pass_review(offer, runs)
    with pytest.raises(OutOfTurn):
        pass_review(offer, runs)
    pass_review(offer)
    assert offer.state == "listed"
    assert offer.registration.startswith("GP-")
    assert len(offer.query_code) == 12
    assert seen(Actor.anyone(), offer)
    assert [check.level for check in offer.checks.all()] == ["technical", "legal"]
    leaf = Leaf.objects.filter(subject=offer.pk).latest("pk")
    assert leaf.payload["act"] == "market.review"


@pytest.mark.duty("trade.review")
def test_what_is_returned_says_why_and_is_reviewed_anew_by_anyone():
    offer = submit(make_offer())
    first = make_representative(offer.platform.operator)
    pass_review(offer, first)
    second = make_representative(offer.platform.operator)
    with pytest.raises(Incomplete):
        acts.review(actor=second, listing=offer, passes=False)
    acts.review(actor=second, listing=offer, passes=False, reason="权属材料不全")
    assert (offer.state, offer.digest) == ("returned", None)
    owner = make_representative(offer.product.owner)
    acts.change_offer(actor=owner, listing=offer, content=offered(amount="1500"))
    submit(offer)
    pass_review(offer, second)
    assert pass_review(offer, first).state == "listed"


def test_what_was_handed_in_stays_as_reviewers_saw_it():
    offer = submit(make_offer())
    owner, product = make_representative(offer.product.owner), offer.product
    with pytest.raises(OutOfTurn):
        acts.change_offer(actor=owner, listing=offer, content=offered())
    for do in (acts.drop_source, acts.add_source):
        with pytest.raises(OutOfTurn):
            do(actor=owner, product=product, entry=product.sources.get().entry)
    acts.change_product(actor=owner, product=product, content=described(title="改了"))
    assert offer.description.title != "改了"
    assert Listing.digest_of(offer.described, offer.offered) == bytes(offer.digest)
    acts.take_back(actor=owner, listing=offer)
    assert offer.description.title == "改了"


def test_only_who_takes_part_as_a_supplier_offers_and_only_where_there_are_rules():
    product, platform = make_product(), make_platform()
    owner = make_representative(product.owner)
    make_member(platform, product.owner, "buyer")
    with pytest.raises(Incomplete) as told:
        acts.offer(actor=owner, product=product, platform=platform, content=offered())
    assert places(told) == {"platform"}
    offer = make_offer(product, platform)
    with pytest.raises(Incomplete) as told:
        make_offer(product, platform)
    assert places(told) == {"platform"}
    ruleless = make_platform(rules=False)
    ruleless.rulebooks.all()
    assert ruleless.lacks()
    assert submit(offer).state == "submitted"


@pytest.mark.parametrize(
    ("over", "place"),
    [
        ({"amount": None}, "amount"),
        ({"price_mode": "free"}, "amount"),
        ({"price_mode": "share", "amount": "0"}, "amount"),
        ({"price_mode": "share", "amount": "100.5"}, "amount"),
        ({"price_mode": "per_call", "amount": "0.01"}, "unit"),
    ],
)
def test_a_price_that_says_nothing_is_no_price(over, place):
    with pytest.raises(Incomplete) as told:
        make_offer(**over)
    assert places(told) == {place}


@pytest.mark.parametrize("amount", ["0", "0.01", "1", "99999999.9999"])
def test_a_price_at_the_border_is_kept_to_the_last_digit(amount):
    assert str(make_offer(amount=amount).terms.amount) == amount


@pytest.mark.duty("trade.supervise")
def test_a_listing_is_suspended_resumed_and_ended_each_with_a_reason():
    listing = make_listing()
    runs = make_representative(listing.platform.operator)
    owner = make_representative(listing.product.owner)
    with pytest.raises(Incomplete):
        acts.suspend(actor=runs, listing=listing, reason="")
    with pytest.raises(gate.Refused):
        acts.suspend(actor=owner, listing=listing, reason="缺货")
    acts.suspend(actor=supervisor(), listing=listing, reason="来源存疑")
    with pytest.raises(OutOfTurn):
        acts.suspend(actor=runs, listing=listing, reason="再次")
    acts.resume(actor=runs, listing=listing)
    assert (listing.state, listing.stopped_because) == ("listed", "")
    acts.delist(actor=owner, listing=listing, reason="更新换代")
    assert seen(Actor.anyone(), listing)
    with pytest.raises(OutOfTurn):
        acts.delist(actor=owner, listing=listing, reason="再次")
    again = make_listing(Product.objects.get(pk=listing.product_id), listing.platform)
    assert again.registration != listing.registration


def test_a_draft_that_is_given_up_came_before_nobody():
    offer = make_offer()
    acts.delist(actor=make_representative(offer.product.owner), listing=offer, reason="不卖了")
    assert offer.state == "dropped"
    assert not seen(Actor.anyone(), offer)
    assert not seen(supervisor(), offer)


@pytest.mark.duty("trade.lawful")
def test_a_grant_that_ended_lets_nothing_be_listed():
    firm, entry = make_enterprise(), make_release(make_conditional()).entry
    made = make_arrangement(entry, operator=firm, trades=True)
    offer = submit(make_offer(make_product(firm, entry)))
    arrangements.end(actor=supervisor(), arrangement=made, reason="违约")
    with pytest.raises(Unlawful) as told:
        pass_review(offer)
    assert told.value.duty.name == "trade.lawful"


def seen(actor, listing) -> bool:
    rows = Listing.objects.all()
    return listing in gate.visible_to(actor, "listing.see", rows)
