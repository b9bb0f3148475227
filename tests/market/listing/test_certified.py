"""Data about people on the market: by a certificate of the level needed, and while it stands."""

import pytest
from tests.market.makers import (
    make_listing,
    make_offer,
    make_product,
    offered,
    pass_review,
    submit,
)
from tests.parties.makers import make_representative
from tests.privacy.workbench.makers import (
    actor_of,
    brought,
    make_certificate,
    make_firm_work,
    people,
)

from yelin.law.refusals import Unlawful
from yelin.market.listing import acts, sampling
from yelin.market.listing.reads import sources
from yelin.privacy.workbench import acts as bench
from yelin.warehouse import acts as warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trade.lawful")]


def certified(sharing: str):
    certificate = make_certificate(make_firm_work(sharing=sharing))
    return certificate, certificate.release.entry


def test_what_bears_a_certificate_is_traded_until_a_new_release_lets_it_lapse():
    certificate, entry = certified("controlled")
    listing = make_listing(make_product(entry.provider, entry), sample_rows=3)
    # What is made for those bound by an agreement is no sample for everyone.
    [shown] = sampling.shown(listing, sources(listing.product_id))
    assert shown.sample is None
    runs = make_representative(listing.platform.operator)
    acts.suspend(actor=runs, listing=listing, reason="例行核查")
    acts.resume(actor=runs, listing=listing)
    acts.suspend(actor=runs, listing=listing, reason="例行核查")
    actor = actor_of(entry)
    upload = brought(actor, entry, people(60))
    warehouse.publish(
        actor=actor, entry=entry, upload=upload, without_rejected=True, as_changed=True
    )
    assert certificate.ended_at is None
    with pytest.raises(Unlawful) as told:
        acts.resume(actor=runs, listing=listing)
    assert told.value.duty.name == "trade.lawful"


@pytest.mark.long
def test_a_certificate_that_was_withdrawn_stops_the_review():
    certificate, entry = certified("public")
    offer = submit(make_offer(make_product(entry.provider, entry), sample_rows=3))
    [shown] = sampling.shown(offer, sources(offer.product_id))
    assert len(shown.sample.rows) == 3
    bench.withdraw(actor=actor_of(entry), certificate=certificate)
    with pytest.raises(Unlawful):
        pass_review(offer)


@pytest.mark.long
def test_what_was_made_for_use_here_does_not_leave():
    _certificate, entry = certified("enclave")
    product = make_product(entry.provider, entry)
    with pytest.raises(Unlawful):
        submit(make_offer(product, delivery=("compute", "file")))
    listing = product.listings.get()
    owner = make_representative(entry.provider)
    acts.change_offer(actor=owner, listing=listing, content=offered(delivery=("compute",)))
    assert submit(listing).state == "submitted"
