"""The data market for programs: platforms with their rules, and what is offered."""

from datetime import date, datetime
from decimal import Decimal

from django.http import HttpRequest
from ninja import NinjaAPI, Query, Schema
from pydantic import Field

from yelin.api.schemas import PageIn
from yelin.catalog import reads as catalog
from yelin.market.filing import reads as filings
from yelin.market.listing import reads
from yelin.market.listing.models import Listing
from yelin.market.listing.reads import Wanted
from yelin.market.platform import reads as platforms
from yelin.market.platform.models import Platform
from yelin.market.rating import reads as rating
from yelin.parties.actor import Actor
from yelin.surface import actor as asking


class RulesOut(Schema):
    """One version of a platform's rules that is in force."""

    kind: str = Field(description="`trading`, `disclosure` or `filing`.")
    number: int
    since: date
    sha256: str
    text: str = Field(description="Markdown.")


class PlatformOut(Schema):
    """A trading platform: who runs it, on which basis, and by which rules today."""

    number: str
    title: str
    operator: str = Field(description="Credit code of whoever runs it.")
    basis: str
    admitted_on: date
    closed_on: date | None
    rules: list[RulesOut]


class PlatformList(Schema):
    """The trading platforms, those that run first."""

    items: list[PlatformOut]


class RatingOut(Schema):
    """What somebody who bought says of it, and what the seller answers; `id` names it in acts."""

    id: str
    stars: int
    says: str
    rated_at: datetime
    answer: str
    state: str = Field(description="`shown`, or `hidden` from others than both sides.")


class RatingPage(Schema):
    """One page of ratings, how many there are, and the mean of those that everyone sees."""

    items: list[RatingOut]
    total: int
    mean: float | None


class ListingOut(Schema):
    """What is offered: what it is, of what, at which price, how delivered, and until when."""

    number: str | None = Field(description="Registration number, once it is listed.")
    query_code: str | None
    digest: str | None = Field(
        description="SHA-256 over description and terms (RFC 8785): what reviewers saw."
    )
    state: str
    product: str
    owner: str = Field(description="Credit code of whoever offers it.")
    platform: str
    kind: str
    title: str
    summary: str
    source: str
    rights: str
    serves: str
    restrictions: str
    price_mode: str
    amount: Decimal | None
    currency: str
    unit: str
    delivery: list[str]
    listed_on: date | None
    until: date
    resources: list[str] = Field(description="What it is made of, as far as you may know of it.")


class ListingPage(Schema):
    """One page of what is offered, and how much there is."""

    items: list[ListingOut]
    total: int


class TradeOut(Schema):
    """A trade on file: what was traded, whose it is, how it is delivered; not to whom."""

    number: str | None
    filed_on: date | None
    title: str
    provider: str = Field(description="Credit code of whoever provides the data.")
    platform: str | None
    registration: str | None = Field(description="Registration number of the listing.")
    price_mode: str | None
    delivery: list[str]
    since: date
    until: date
    digest: str = Field(description="SHA-256 over the terms (RFC 8785).")


class TradePage(Schema):
    """One page of trades on file, and how many there are."""

    items: list[TradeOut]
    total: int


class MarketIn(PageIn):
    """What is looked for: words, a number or a query code; kinds, ways of pricing, platforms."""

    q: str = Field("", max_length=100)
    kind: list[str] = Field([], max_length=20)
    price: list[str] = Field([], max_length=20)
    delivery: list[str] = Field([], max_length=20)
    platform: list[str] = Field([], max_length=20)


def register(api: NinjaAPI) -> None:
    """Give the market its addresses in ``api``."""
    tags = ["Market"]
    api.get("/market/listings", response=ListingPage, tags=tags)(find_listings)
    api.get("/market/listings/{listing_number}", response=ListingOut, tags=tags)(get_listing)
    api.get("/market/listings/{listing_number}/ratings", response=RatingPage, tags=tags)(
        find_ratings
    )
    api.get("/market/trades", response=TradePage, tags=tags)(find_trades)
    api.get("/market/platforms", response=PlatformList, tags=tags)(list_platforms)
    api.get("/market/platforms/{platform_number}", response=PlatformOut, tags=tags)(get_platform)


def find_listings(request: HttpRequest, asked: Query[MarketIn]) -> ListingPage:
    """Return what can be bought today, the newest first."""
    actor = asking.of_request(request).actor
    wanted = Wanted(
        words=asked.q,
        kinds=tuple(asked.kind),
        prices=tuple(asked.price),
        deliveries=tuple(asked.delivery),
        platforms=tuple(asked.platform),
    )
    rows = reads.found(actor, wanted)
    found = list(asked.cut(rows))
    return ListingPage(items=_told(actor, found), total=rows.count())


def get_listing(request: HttpRequest, listing_number: str) -> ListingOut:
    """Return one listing by its registration number, or by its id while it has none."""
    actor = asking.of_request(request).actor
    return _told(actor, [reads.listing(actor, listing_number)])[0]


def find_ratings(request: HttpRequest, listing_number: str, asked: Query[PageIn]) -> RatingPage:
    """Return what those who bought say of a listing, the newest first; who they are is not told."""
    actor = asking.of_request(request).actor
    listing = reads.listing(actor, listing_number)
    rows = rating.of(actor, listing)
    items = [
        RatingOut(
            id=str(each.pk),
            stars=each.stars,
            says=each.says,
            rated_at=each.rated_at,
            answer=each.answer,
            state=each.state,
        )
        for each in asked.cut(rows)
    ]
    return RatingPage(items=items, total=rows.count(), mean=rating.standing(listing)[0])


def find_trades(request: HttpRequest, asked: Query[PageIn]) -> TradePage:
    """Return the trades on file, the newest first."""
    rows = filings.on_file(asking.of_request(request).actor)
    names = {*TradeOut.model_fields} - {"number", "filed_on"}
    return TradePage(
        items=[
            TradeOut(
                number=each.number,
                filed_on=each.filed_on,
                **{name: each.told[name] for name in names},
            )
            for each in asked.cut(rows)
        ],
        total=rows.count(),
    )


def list_platforms(request: HttpRequest) -> PlatformList:
    """Return the trading platforms with the rules that are in force."""
    actor = asking.of_request(request).actor
    return PlatformList(items=[_platform(each) for each in platforms.platforms(actor)])


def get_platform(request: HttpRequest, platform_number: str) -> PlatformOut:
    """Return one trading platform by its number."""
    actor = asking.of_request(request).actor
    return _platform(platforms.platform(actor, platform_number))


def _platform(each: Platform) -> PlatformOut:
    return PlatformOut(
        number=each.number,
        title=each.title,
        operator=each.operator.credit_code,
        basis=each.basis,
        admitted_on=each.admitted_on,
        closed_on=each.closed_on,
        rules=[
            RulesOut(
                kind=book.kind,
                number=book.number,
                since=book.since,
                sha256=bytes(book.digest).hex(),
                text=book.text,
            )
            for book in each.rules_on().values()
        ],
    )


def _told(actor: Actor, rows: list[Listing]) -> list[ListingOut]:
    made_of = reads.entries_of([each.product_id for each in rows])
    codes = {entry.code for some in made_of.values() for entry in some if entry.code}
    seen = catalog.codes_seen(actor, codes)
    return [
        ListingOut(
            number=row.registration,
            query_code=row.query_code,
            digest=bytes(row.digest).hex() if row.digest else None,
            state=row.standing(),
            product=row.product.number,
            owner=row.product.owner.credit_code,
            platform=row.platform.number,
            listed_on=row.listed_on,
            resources=[e.slug for e in made_of.get(row.product_id, ()) if e.code in seen],
            **row.description.model_dump(
                include={"kind", "title", "summary", "source", "rights", "serves", "restrictions"}
            ),
            **row.terms.model_dump(
                include={"price_mode", "amount", "currency", "unit", "delivery", "until"}
            ),
        )
        for row in rows
    ]
