"""The Dataspace Protocol as a connector elsewhere meets it: discover, negotiate, sign, or not."""

import base64
from itertools import product

import pytest
from django.test import Client
from jsonschema import Draft201909Validator
from tests.api.dataspace import shapes
from tests.api.dataspace.connector import OFFER, TERMS, Connector
from tests.keys.signers import certificate_of, signature
from tests.market.contract.makers import make_certificate, sign, terms
from tests.market.makers import make_listing
from tests.parties.makers import make_actor

from yelin.law import clock
from yelin.market.contract import acts
from yelin.market.contract.models import Contract, Negotiation
from yelin.market.contract.rules import State

pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]


def fits(document, shape):
    Draft201909Validator(shape).validate(document)
    return document


def said(**over):
    """Terms as a consumer says them of a listing: its price and ways, and what is lacking."""
    whole = terms().plain()
    given = {"kind", "provider", "consumer", "matter"}
    own = {key: value for key, value in whole.items() if key not in given}
    price = {"mode": "fixed", "amount": "1280.00", "currency": "CNY"}
    return own | {"price": price} | over


def offer_on(connector, listing, **over):
    """The offer of a dataset, as it was read, with terms beside it."""
    _status, dataset = connector.get(f"/dsp/catalog/datasets/{listing.registration}")
    offer = dataset["hasPolicy"][0] | {"target": dataset["@id"], TERMS: said()}
    return {key: value for key, value in (offer | over).items() if value is not None}


def begin(connector, listing):
    status, told = connector.request(offer_on(connector, listing))
    assert status == 201, told
    return fits(told, shapes.NEGOTIATION)["providerPid"]


def seller(listing):
    return make_actor(listing.product.owner, "representative")


def own(pid) -> Negotiation:
    return Negotiation.objects.select_related(*Negotiation.ALONG).get(number=pid)


def refused(answer, *places):
    status, told = answer
    fits(told, shapes.NEGOTIATION_ERROR)
    found = [fault["place"] for fault in told["reason"][0].get("faults", ())]
    assert (status, found) == (400, [*places]), told
    return told


def test_whoever_asks_is_told_the_version_without_a_token():
    answer = Client().get("/.well-known/dspace-version")
    (version,) = fits(answer.json(), shapes.VERSIONS)["protocolVersions"]
    assert (version["version"], version["path"]) == ("2025-1", "/dsp")


def test_the_catalog_has_what_is_on_the_market_with_its_offers():
    listing, connector = make_listing(), Connector()
    status, catalog = connector.post("/dsp/catalog/request", "CatalogRequestMessage")
    assert status == 200
    (dataset,) = fits(catalog, shapes.CATALOG)["dataset"]
    assert dataset["@id"] == listing.registration
    assert [each["format"] for each in dataset["distribution"]] == [
        "HttpData-PULL",
        "urn:yelin:delivery:file",
        "urn:yelin:delivery:api",
    ]
    (offer,) = dataset["hasPolicy"]
    assert bytes(listing.digest).hex() in offer["@id"]
    assert {each["action"] for each in offer["prohibition"]} == {"sell", "distribute", "grantUse"}
    assert {"quality", "use", "security"} <= {*offer["urn:yelin:market:lacks"]}
    status, alone = connector.get(f"/dsp/catalog/datasets/{listing.registration}")
    assert fits(alone, shapes.ROOT_DATASET)["hasPolicy"] == [offer]
    status, error = connector.get("/dsp/catalog/datasets/GP-0")
    assert status == 404
    fits(error, shapes.CATALOG_ERROR)


def test_a_filter_or_another_version_is_refused():
    connector = Connector()
    for more in ({"filter": [{"title": "x"}]}, {"@context": ["https://w3id.org/dspace/2024/1"]}):
        status, told = connector.post("/dsp/catalog/request", "CatalogRequestMessage", **more)
        assert status == 400
        fits(told, shapes.CATALOG_ERROR)


def test_a_connector_discovers_negotiates_and_signs(tmp_path):
    listing, connector = make_listing(), Connector()
    pid = begin(connector, listing)
    assert begin(connector, listing) == pid
    assert connector.get(f"/dsp/negotiations/{pid}")[1]["state"] == "REQUESTED"
    digest = own(pid).stands.digest_text
    acts.accept(actor=seller(listing), negotiation=own(pid), digest=digest)
    _status, told = connector.get(f"/dsp/negotiations/{pid}")
    contract = Contract.objects.select_related(*Contract.ALONG).get(negotiation=own(pid))
    assert told["state"] == "AGREED"
    drawn = told["urn:yelin:market:contract"]
    assert drawn["sha256"] == bytes(contract.paper_digest).hex()
    refused(connector.verify(pid), "signature")
    code = connector.body.credit_code
    certificate = certificate_of(code)
    make_certificate(connector.body, make_actor(connector.body, "representative"), certificate)
    words = signature(tmp_path, code, certificate, bytes(contract.paper))
    signed = {"urn:yelin:market:signature": words}
    status, told = connector.verify(pid, **signed)
    assert (status, told["state"]) == (200, "VERIFIED")
    refused(connector.verify(pid, **signed))
    sign(tmp_path, contract, listing.product.owner, seller(listing))
    _status, told = connector.get(f"/dsp/negotiations/{pid}")
    assert fits(told, shapes.NEGOTIATION)["state"] == "FINALIZED"


def test_the_providers_offer_is_accepted_by_its_digest_alone():
    listing, connector = make_listing(), Connector()
    pid = begin(connector, listing)
    stands = own(pid).stands.terms
    cheaper = stands.model_copy(update={"territory": "海南省"})
    acts.offer(actor=seller(listing), negotiation=own(pid), terms=cheaper)
    _status, told = connector.get(f"/dsp/negotiations/{pid}")
    assert told["state"] == "OFFERED"
    fits(told[OFFER], shapes.OFFER)
    refused(connector.accept(pid), "digest")
    refused(connector.accept(pid, **{"urn:yelin:market:digest": stands.digest.hex()}), "digest")
    named = {"urn:yelin:market:digest": told[OFFER]["urn:yelin:market:digest"]}
    status, told = connector.accept(pid, **named)
    assert (status, told["state"]) == (200, "AGREED")


def test_a_counter_offer_is_taken_where_its_rules_and_terms_say_the_same():
    listing, connector = make_listing(), Connector()
    pid = begin(connector, listing)
    changed = own(pid).stands.terms.model_copy(update={"territory": "海南省"})
    acts.offer(actor=seller(listing), negotiation=own(pid), terms=changed)
    _status, told = connector.get(f"/dsp/negotiations/{pid}")
    theirs = told[OFFER]
    rules = {key: theirs[key] for key in ("permission", "prohibition", "obligation")}
    less = said(territory="海南省", price={"mode": "fixed", "amount": "900.00"})
    offer = offer_on(connector, listing, **rules)
    refused(connector.request(offer | {TERMS: less}, pid), "offer")
    (permission,) = rules["permission"]
    permission["duty"][0]["constraint"][0]["rightOperand"]["@value"] = "900.00"
    permission["constraint"].reverse()
    status, told = connector.request(offer | {TERMS: less}, pid)
    assert (status, told["state"]) == (200, "REQUESTED"), told
    assert str(own(pid).stands.terms.price.amount) == "900.00"


@pytest.mark.parametrize(
    ("over", "places"),
    [
        ({"assignee": "urn:uscc:91460000MA5TBBBB0B"}, ["offer.assignee"]),
        ({"target": "GP-0"}, ["offer.target"]),
        ({"inheritFrom": "urn:x"}, ["offer.inheritFrom"]),
        ({"prohibition": None}, ["offer"]),
        ({"permission": [{"action": "sell"}]}, ["offer"]),
        ({"permission": "use"}, ["offer"]),
        ({TERMS: None}, [TERMS]),
        ({TERMS: said(quality=None, use=None)}, ["quality", "use"]),
        ({TERMS: said(liability="none")}, [f"{TERMS}.liability"]),
        ({TERMS: said(provider={"code": "x", "name": "y"})}, [TERMS]),
        ({TERMS: said(price={"mode": "fixed", "amount": "1.00"})}, ["price"]),
        ({TERMS: said(delivery={"ways": ["subscription"], "within_days": 1})}, ["delivery"]),
        ({TERMS: said(use={"purposes": ["研究"], "resale": True})}, ["use"]),
        ({"@id": "urn:yelin:offer:none"}, ["offer.@id"]),
    ],
)
def test_what_is_not_understood_or_goes_beyond_is_refused_with_its_place(over, places):
    listing, connector = make_listing(), Connector()
    told = refused(connector.request(offer_on(connector, listing, **over)), *places)
    assert told["consumerPid"] == connector.pid
    assert not Negotiation.objects.exists()


def test_a_refusal_names_the_article():
    listing, connector = make_listing(), Connector()
    offer = offer_on(connector, listing, **{TERMS: said(quality=None)})
    told = refused(connector.request(offer), "quality")
    assert "43" in told["reason"][0]["faults"][0]["basis"] or "四十三" in str(told)


def test_one_name_stands_for_one_negotiation():
    listing, connector = make_listing(), Connector()
    begin(connector, listing)
    other = offer_on(connector, listing, **{TERMS: said(territory="海南省")})
    refused(connector.request(other), "known_as")
    assert Negotiation.objects.count() == 1


def test_nobody_else_learns_of_it():
    listing, connector = make_listing(), Connector()
    pid = begin(connector, listing)
    others = [Connector(), Connector(listing.product.owner), Connector()]
    others[2].token = None
    unknown = Connector()
    unknown.token = "yln_" + base64.urlsafe_b64encode(b"x" * 30).decode()
    for other in (*others, unknown):
        for status, told in (
            other.get(f"/dsp/negotiations/{pid}"),
            other.terminate(pid),
            other.accept(pid),
        ):
            assert status == 404
            fits(told, shapes.NEGOTIATION_ERROR)
    assert own(pid).state == State.REQUESTED


MESSAGES = {
    "request": lambda connector, pid, offer: connector.request(offer, pid),
    "accept": lambda connector, pid, _: connector.accept(
        pid, **{"urn:yelin:market:digest": own(pid).stands.digest_text}
    ),
    "finalize": lambda connector, pid, _: connector.accept(pid, eventType="FINALIZED"),
    "verify": lambda connector, pid, _: connector.verify(
        pid, **{"urn:yelin:market:signature": "x"}
    ),
    "terminate": lambda connector, pid, _: connector.terminate(pid, reason=["no"]),
}
# By the protocol's state machine. What is verified must be signed: that is a test of its own.
LEGAL = {
    ("OFFERED", "request"): "REQUESTED",
    ("OFFERED", "accept"): "AGREED",
    **{
        (state, "terminate"): "TERMINATED"
        for state in ("REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED")
    },
}


def test_every_message_in_every_state_does_what_the_protocol_says_or_nothing():
    listing = make_listing()
    for n, (state, message) in enumerate(product(State, MESSAGES)):
        connector = Connector(pid=f"urn:n:{n}")
        pid = begin(connector, listing)
        ended = clock.now() if state is State.TERMINATED else None
        Negotiation.objects.filter(number=pid).update(state=state, ended_at=ended)
        other = offer_on(connector, listing, **{TERMS: said(ending={
            "delete_within_days": 3, "proof": "说明"})})  # fmt: skip
        status, told = MESSAGES[message](connector, pid, other)
        then = LEGAL.get((state.name, message))
        assert (status, own(pid).state.upper()) == (200 if then else 400, then or state.name), (
            state,
            message,
            told,
        )
        fits(told, shapes.NEGOTIATION if then else shapes.NEGOTIATION_ERROR)
