"""Negotiations and contracts for programs: what stands, by which digest, papers and policy."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Query, Schema
from pydantic import Field

from yelin import gate
from yelin.api.schemas import PageIn
from yelin.market.acceptance import reads as inspecting
from yelin.market.acceptance.models import Inspection
from yelin.market.contract import reads
from yelin.market.contract.models import Contract, Negotiation, Offer
from yelin.market.contract.terms import Terms
from yelin.market.transfer import reads as taking
from yelin.surface import actor as asking

MOST_TRANSFERS = 100

TYPES = {
    "paper": "application/pdf",
    "translation": "application/pdf",
    "sealed": "application/pdf",
    "statement": "application/jose",
}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_SENDS: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The file.",
            "content": dict.fromkeys(sorted({*TYPES.values()}), _BYTES),
        }
    }
}
_LINKED: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The policy (ODRL 2.2).",
            "content": {"application/ld+json": {"schema": {"type": "object"}}},
        }
    }
}


class OfferOut(Schema):
    """An offer: from which side, which terms, until when; `digest` is what an acceptance names."""

    place: int
    side: str
    digest: str
    until: date
    made_at: datetime
    says: str
    terms: Terms


class NegotiationLine(Schema):
    """A negotiation as a list tells of it."""

    number: str
    title: str
    provider: str = Field(description="Credit code of whoever has the data.")
    consumer: str = Field(description="Credit code of whoever wants it.")
    state: str = Field(
        description="As in the Dataspace Protocol: `requested`, `offered`, `accepted`, `agreed`, "
        "`verified`, `finalized`, `terminated`."
    )
    until: date
    contract: str | None


class NegotiationOut(NegotiationLine):
    """One negotiation with all of its offers, the first one first."""

    listing: str | None
    ended_by: str
    ended_because: str
    offers: list[OfferOut]


class NegotiationPage(Schema):
    """One page of negotiations, and how many there are."""

    items: list[NegotiationLine]
    total: int


class SignatureOut(Schema):
    """That a side signed, by which certificate (SHA-256)."""

    side: str
    certificate: str
    verified_at: datetime


class SettlementOut(Schema):
    """What a side recorded; amounts are decimals, as text."""

    what: str
    side: str
    key: str
    amount: str
    tax: str
    currency: str
    document: str
    day: date


class PointOut(Schema):
    """An agreed measure at a source; `got` is in hundredths of a point, none where not measured."""

    source: int
    entry: str
    release: int | None
    digest: str
    code: str
    least: str
    got: int | None
    met: bool | None


class InspectionOut(Schema):
    """One round of inspection: measured when it began; `id` is what accept and refuse name."""

    id: str
    round: int
    state: str = Field(description="`open`, `accepted`, `deemed`, `refused`.")
    due: date
    measured: list[PointOut]
    mends: str
    defects: list[str]
    says: str


class TransferOut(Schema):
    """What a connector takes under the contract; `id` is what the acts about transfers name."""

    id: str
    number: str
    known_as: str = Field(description="What the consumer's own system calls it.")
    state: str = Field(
        description="`requested`, `started`, `suspended`, `completed`, `terminated`."
    )
    by: str = Field(description="Who moved it there: `provider`, `consumer`, `platform`.")
    because: str
    since: datetime


class ContractLine(Schema):
    """A contract as a list tells of it: `digest` is of its terms, `paper` of what is signed."""

    number: str
    title: str
    kind: str
    provider: str
    consumer: str
    negotiation: str
    standing: str = Field(description="`drawn`, `signed`, `in_force`, `ended`, `dropped`.")
    since: date
    until: date
    digest: str
    paper: str


class ContractOut(ContractLine):
    """One contract: terms, signatures, inspections, transfers, what was settled and is due."""

    terms: Terms
    signatures: list[SignatureOut]
    inspections: list[InspectionOut]
    transfers: list[TransferOut]
    settlements: list[SettlementOut]
    due: str


class ContractPage(Schema):
    """One page of contracts, and how many there are."""

    items: list[ContractLine]
    total: int


class ContractFileIn(Schema):
    """Which paper of a contract."""

    format: Literal["paper", "translation", "sealed", "statement"] = Field(
        "paper",
        description="`paper` is what both sign, `sealed` the same under the platform's seal, "
        "`statement` (JWS) holds terms and both signatures.",
    )


def register(api: NinjaAPI) -> None:
    """Give negotiations and contracts their addresses in ``api``."""
    tags = ["Market"]
    one = "/contracts/{contract_number}"
    api.get("/negotiations", response=NegotiationPage, tags=tags)(find_negotiations)
    api.get("/negotiations/{negotiation_number}", response=NegotiationOut, tags=tags)(
        get_negotiation
    )
    api.get("/contracts", response=ContractPage, tags=tags)(find_contracts)
    api.get(one, response=ContractOut, tags=tags)(get_contract)
    api.get(f"{one}/policy", tags=tags, openapi_extra=_LINKED)(get_contract_policy)
    api.get(f"{one}/file", tags=tags, openapi_extra=_SENDS)(get_contract_file)


def find_negotiations(request: HttpRequest, asked: Query[PageIn]) -> NegotiationPage:
    """Return the negotiations of your body, the newest first. To offer: `contract.propose`."""
    rows = reads.negotiations(asking.of_request(request).actor)
    found = asked.cut(rows)
    return NegotiationPage(
        items=[NegotiationLine(**_negotiated(each)) for each in found], total=rows.count()
    )


def get_negotiation(request: HttpRequest, negotiation_number: str) -> NegotiationOut:
    """Return one negotiation of your body with every offer that was made."""
    found = reads.negotiation(asking.of_request(request).actor, negotiation_number)
    return NegotiationOut(
        **_negotiated(found),
        listing=found.listing.registration if found.listing else None,
        ended_by=found.ended_by,
        ended_because=found.ended_because,
        offers=[_offered(each) for each in found.offers.all()],
    )


def find_contracts(request: HttpRequest, asked: Query[PageIn]) -> ContractPage:
    """Return the contracts of your body, the newest first."""
    rows = reads.contracts(asking.of_request(request).actor)
    found = asked.cut(rows)
    return ContractPage(items=[ContractLine(**_line(each)) for each in found], total=rows.count())


def get_contract(request: HttpRequest, contract_number: str) -> ContractOut:
    """Return one contract of your body. Acts: `contract.sign`, `contract.record`."""
    actor = asking.of_request(request).actor
    found = reads.contract(actor, contract_number)
    return ContractOut(
        **_line(found),
        terms=found.terms,
        signatures=[
            SignatureOut(
                side=each.side,
                certificate=bytes(each.certificate.fingerprint).hex(),
                verified_at=each.verified_at,
            )
            for each in found.signatures.select_related("certificate")
        ],
        inspections=[_inspected(each) for each in inspecting.of(actor, found)],
        transfers=[
            TransferOut(
                id=str(each.pk),
                number=each.number,
                known_as=each.known_as,
                state=each.state,
                by=each.by,
                because=each.because,
                since=each.since,
            )
            for each in taking.of(actor, found)[:MOST_TRANSFERS]
        ],
        settlements=[
            SettlementOut(
                what=each.what,
                side=each.side,
                key=each.key,
                amount=each.written(each.amount),
                tax=each.written(each.tax),
                currency=each.currency,
                document=each.document,
                day=each.day,
            )
            for each in reads.settlements(actor, found)
        ],
        due=format(Decimal(reads.sums(actor, found)["due"]).normalize(), "f"),
    )


def get_contract_policy(request: HttpRequest, contract_number: str) -> HttpResponse:
    """Return a contract's policy for programs (ODRL in JSON-LD)."""
    found = reads.contract(asking.of_request(request).actor, contract_number)
    return JsonResponse(
        found.policy, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False}
    )


def get_contract_file(
    request: HttpRequest, contract_number: str, asked: Query[ContractFileIn]
) -> HttpResponse:
    """Return a paper of a contract; what is not sealed yet has no sealed one."""
    found = reads.contract(asking.of_request(request).actor, contract_number)
    blob = getattr(found, asked.format)
    if blob is None:
        raise gate.Unseen
    return HttpResponse(bytes(blob), content_type=TYPES[asked.format])


def _inspected(row: Inspection) -> InspectionOut:
    return InspectionOut(
        id=str(row.pk),
        round=row.round,
        state=row.state,
        due=row.due,
        measured=[PointOut(**each.said(), met=each.met) for each in row.points],
        mends=row.mends,
        defects=row.defects,
        says=row.says,
    )


def _negotiated(row: Negotiation) -> dict[str, Any]:
    drawn: Contract | None = getattr(row, "contract", None)
    return {
        "number": row.number,
        "title": row.title,
        "provider": row.provider.credit_code,
        "consumer": row.consumer.credit_code,
        "state": row.state,
        "until": row.until,
        "contract": drawn.number if drawn else None,
    }


def _offered(row: Offer) -> OfferOut:
    return OfferOut(
        place=row.place,
        side=row.side,
        digest=row.digest_text,
        until=row.until,
        made_at=row.made_at,
        says=row.says,
        terms=row.terms,
    )


def _line(row: Contract) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": row.title,
        "kind": row.kind,
        "provider": row.provider.credit_code,
        "consumer": row.consumer.credit_code,
        "negotiation": row.negotiation.number,
        "standing": row.standing,
        "since": row.since,
        "until": row.until,
        "digest": row.digest_text,
        "paper": bytes(row.paper_digest).hex(),
    }
