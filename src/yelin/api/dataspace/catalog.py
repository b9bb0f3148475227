"""What is on the market, as a catalog of datasets with their offers."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe
from pydantic import BaseModel, Field

from yelin import gate
from yelin.api.dataspace import offers
from yelin.api.dataspace.messages import CatalogRequest, answering, written
from yelin.config import config
from yelin.market.dataspace.words import BASE, VERSION
from yelin.market.listing import reads
from yelin.market.listing.models import Listing
from yelin.market.listing.reads import Wanted
from yelin.market.transfer.rules import LEAVES, PULL
from yelin.parties.actor import Actor
from yelin.surface import actor as asking

PAGE_SIZE = 50
_SAYS = answering("CatalogError")


class Asked(BaseModel):
    """Which page of the catalog."""

    page: int = Field(1, ge=1, le=1_000_000)


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """Say which versions of the protocol are spoken, and where."""
    del request
    spoken = {"version": VERSION, "path": BASE, "binding": "HTTPS"}
    return JsonResponse({"protocolVersions": [spoken]})


@_SAYS
@require_POST
def page(request: HttpRequest, sent: dict[str, Any]) -> HttpResponse:
    """Return a page of what can be bought today, the newest first; ``Link`` leads to the others."""
    CatalogRequest.model_validate(sent)
    asked = Asked.model_validate(request.GET.dict())
    first = (asked.page - 1) * PAGE_SIZE
    rows = reads.found(asking.of_request(request).actor, Wanted())
    # One more than the page holds tells whether another follows.
    found = list(rows[first : first + PAGE_SIZE + 1])
    document: dict[str, Any] = {
        "@id": f"{config.url}{BASE}/catalog",
        "@type": "Catalog",
        "participantId": config.url,
        "service": [_service()],
    }
    if sets := [_dataset(each) for each in found[:PAGE_SIZE]]:
        document["dataset"] = sets
    answer = written(document)
    numbers = {"previous": asked.page - 1, "next": asked.page + 1}
    there = {"previous": asked.page > 1, "next": len(found) > PAGE_SIZE}
    links = [
        f'<{config.url}{request.path}?page={number}>; rel="{rel}"'
        for rel, number in numbers.items()
        if there[rel]
    ]
    if links:
        answer["Link"] = ", ".join(links)
    return answer


@_SAYS
@require_safe
def one(request: HttpRequest, dataset: str) -> HttpResponse:
    """Return one dataset by the registration number of its listing."""
    return written(_dataset(offered(asking.of_request(request).actor, dataset)))


def offered(actor: Actor, registration: str) -> Listing:
    """Return what is offered today under a registration number. Raises ``Unseen``."""
    return gate.one_of(reads.on_the_market(actor).filter(registration=registration))


def _dataset(listing: Listing) -> dict[str, Any]:
    described = listing.description
    return {
        "@id": listing.registration,
        "@type": "Dataset",
        "dct:title": described.title,
        "dct:description": described.summary,
        "dct:publisher": offers.party(listing.product.owner),
        "dcat:keyword": list(described.keywords),
        "hasPolicy": [offers.of_listing(listing)],
        "distribution": [
            {"@type": "Distribution", "format": each, "accessService": _service()}
            for each in _formats(listing)
        ],
    }


def _formats(listing: Listing) -> list[str]:
    """Return how a listing is delivered: by transfers of the protocol, and in our own words."""
    ways = listing.terms.delivery
    pulled = [PULL] if {*LEAVES} & {*ways} else []
    return pulled + [f"urn:yelin:delivery:{way.value}" for way in ways]


def _service() -> dict[str, str]:
    return {
        "@id": f"{config.url}{BASE}",
        "@type": "DataService",
        "endpointURL": f"{config.url}{BASE}",
    }
