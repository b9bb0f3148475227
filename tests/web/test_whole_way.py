"""The way of what is offered or agreed on is that of its data, as far as its reader may know."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.market.filing.makers import make_filed
from tests.market.makers import make_listing, make_offer, make_product
from tests.parties.makers import make_enterprise, make_seat
from tests.warehouse.makers import make_release
from tests.web.makers import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trace.whole")]


def test_everybody_follows_what_a_listing_offers_one_source_at_a_time(client):
    entries = [make_release().entry for _ in range(2)]
    listing = make_listing(make_product(make_enterprise(), *entries))
    page = client.get(f"/market/listings/{listing.registration}/")
    way = f"/market/listings/{listing.registration}/way/"
    assert way in page.content.decode()
    first = client.get(way)
    assert listing.description.title in text_of(first)
    assert f"/api/v1/resources/{entries[0].slug}/trace" in first.content.decode()
    second = client.get(way, {"of": entries[1].slug})
    assert f"/api/v1/resources/{entries[1].slug}/trace" in second.content.decode()
    assert "on-listing about" in second.content.decode()
    elsewhere = client.get(way, {"of": make_release().entry.slug})
    assert f"/api/v1/resources/{entries[0].slug}/trace" in elsewhere.content.decode()


def test_of_data_that_is_hidden_and_of_drafts_nothing_is_shown(client):
    listing = make_listing()
    (source,) = listing.product.sources.all()
    page = client.get(f"/market/listings/{listing.registration}/way/?lang=en")
    assert "nothing is shown to you" in text_of(page)
    assert source.entry.title not in text_of(page)
    draft = make_offer(listing.product)
    assert client.get(f"/market/listings/{draft.pk}/way/").status_code == 404


def test_both_sides_of_a_contract_follow_what_it_is_of_and_nobody_else_does(client, tmp_path):
    filing = make_filed(
        tmp_path, make_listing(make_product(make_enterprise(), make_release().entry))
    )
    contract = filing.contract
    way = f"/contracts/{contract.number}/way/"
    for side in (contract.provider, contract.consumer):
        sign_in(client, make_seat(side, "representative"))
        assert way in client.get(f"/contracts/{contract.number}/").content.decode()
        with CaptureQueriesContext(connection) as asked:
            page = client.get(way)
        assert len(asked) <= 25
        for each in (contract.number, filing.number, "on-contract about", contract.consumer.name):
            assert each in page.content.decode()
        assert page.headers["Cache-Control"].count("no-store") == 1
    sign_in(client, make_seat(make_enterprise(), "representative"))
    assert client.get(way).status_code == 404
