"""Where data was offered, agreed on and traded is on its way, for whoever may know of each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.market.filing.makers import make_filed
from tests.market.makers import make_listing, make_offer, make_product
from tests.opening.makers import make_conditional
from tests.parties.makers import make_enterprise, make_representative
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.delivery.tracing import reads
from yelin.delivery.tracing.graph import Kind, Term
from yelin.gate.models import Grant
from yelin.ledger import sequencer
from yelin.market.filing import tracing
from yelin.market.filing.models import Filing
from yelin.parties.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trace.whole")]


def nodes(trace, kind):
    return [node for node in trace.nodes if node.kind is kind]


def before(trace, node, *terms):
    return {other.id for _, other in trace.out_of(node, *terms)}


@pytest.fixture
def filing(tmp_path) -> Filing:
    return make_filed(tmp_path)


def traded(filing: Filing):
    listing = filing.contract.negotiation.listing
    return listing, filing.contract, listing.product.sources.get().entry


def test_everybody_is_told_that_it_was_traded_and_only_the_sides_with_whom(filing):
    sequencer.settle()
    listing, contract, entry = traded(filing)
    for actor in (Actor.anyone(), make_representative()):
        trace = reads.of(actor, entry)
        (offer,) = nodes(trace, Kind.LISTING)
        (trade,) = nodes(trace, Kind.TRADE)
        assert not nodes(trace, Kind.CONTRACT)
        assert before(trace, offer, Term.DERIVED) >= {f"entry:{entry.pk}"}
        assert before(trace, trade, Term.USED) == {offer.id}
        assert before(trace, trade, Term.ASSOCIATED) == {f"body:{contract.provider_id}"}
        assert f"body:{contract.consumer_id}" not in trace.by_id
        assert contract.number not in str(trace.nodes)
    for side in (contract.provider, contract.consumer):
        trace = reads.of(make_representative(side), entry)
        (paper,) = nodes(trace, Kind.CONTRACT)
        (trade,) = nodes(trace, Kind.TRADE)
        assert paper.thing == contract.pk
        assert before(trace, paper, Term.DERIVED) == {f"listing:{listing.pk}"}
        both = {f"body:{contract.provider_id}", f"body:{contract.consumer_id}"}
        assert before(trace, paper, Term.ATTRIBUTED) == both
        assert before(trace, trade, Term.ASSOCIATED) == both
        assert paper.leaves


def test_what_a_trade_gave_came_of_it(filing):
    _, contract, entry = traded(filing)
    given = Grant.objects.get(given_in=contract.pk)
    trace = reads.of(make_representative(contract.consumer), entry)
    assert before(trace, trace.by_id[f"grant:{given.pk}"], Term.GENERATED) == {f"trade:{filing.pk}"}


def test_a_listing_and_a_contract_are_asked_about_themselves(filing):
    listing, contract, entry = traded(filing)
    owner = make_representative(contract.provider)
    for about in ((Kind.LISTING, listing.pk), (Kind.CONTRACT, contract.pk)):
        assert reads.of(owner, entry, about=about).about == f"{about[0]}:{about[1]}"
    assert reads.of(Actor.anyone(), entry, about=(Kind.LISTING, listing.pk))
    with pytest.raises(gate.Unseen):
        reads.of(Actor.anyone(), entry, about=(Kind.CONTRACT, contract.pk))
    elsewhere = make_release(make_conditional()).entry
    with pytest.raises(gate.Unseen):
        reads.of(owner, elsewhere, about=(Kind.LISTING, listing.pk))


def test_a_draft_of_an_offer_is_told_to_its_owner_alone():
    firm = make_enterprise()
    entry = make_release().entry
    listing = make_offer(make_product(firm, entry))
    assert nodes(reads.of(make_representative(firm), entry), Kind.LISTING)
    assert not nodes(reads.of(Actor.anyone(), entry), Kind.LISTING)
    assert listing.state == "draft"


def test_many_cost_no_more_and_the_one_asked_about_is_told(filing, tmp_path, monkeypatch):
    monkeypatch.setattr(tracing, "MOST", 1)
    listing, contract, entry = traded(filing)
    owner = make_representative(contract.provider)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            trace = reads.of(owner, entry, about=(Kind.CONTRACT, contract.pk))
        return len(queries), trace

    few, trace = asked()
    assert not [node for node in trace.nodes if node.folded]
    # On another platform, which comes before it in any list.
    make_listing(listing.product)
    for _ in range(2):
        make_filed(tmp_path, listing)
    most, trace = asked()
    assert most <= few
    folded = {node.kind: node.folded for node in trace.nodes if node.folded}
    assert folded == {Kind.LISTING: 1, Kind.CONTRACT: 2, Kind.TRADE: 2}
    assert trace.about == f"contract:{contract.pk}"
