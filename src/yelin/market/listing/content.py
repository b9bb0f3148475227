"""What products and listings say, as their acts take it (GB/T 36343 fields)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yelin.law import duties
from yelin.law.refusals import Fault

Line = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=4000)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class ProductKind(StrEnum):
    """What is traded: data, or a service or tool made of it (数据产品类型)."""

    DATASET = "dataset"
    API = "api"
    MODEL = "model"
    REPORT = "report"
    VISUALISATION = "visualisation"
    INDEX = "index"
    VERIFICATION = "verification"
    AGGREGATE = "aggregate"


class PriceMode(StrEnum):
    """How a price is made (计价方式)."""

    FREE = "free"
    FIXED = "fixed"
    PER_CALL = "per_call"
    PER_VOLUME = "per_volume"
    PERIOD = "period"
    SHARE = "share"
    NEGOTIATED = "negotiated"


class DeliveryMode(StrEnum):
    """How a buyer has it (交付方式); ``compute``: its questions come here, and results leave."""

    FILE = "file"
    API = "api"
    SUBSCRIPTION = "subscription"
    COMPUTE = "compute"


# What has an amount of money, and what is a part of the buyer's income.
PRICED = frozenset({PriceMode.FIXED, PriceMode.PER_CALL, PriceMode.PER_VOLUME, PriceMode.PERIOD})


class ProductContent(BaseModel):
    """What is said of a product (交易数据描述): what it is, of what, how good, for what."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    kind: ProductKind
    title: Line
    summary: Text
    category: Line = ""
    keywords: tuple[Word, ...] = Field(default=(), max_length=20)
    source: Text
    rights: Text
    covers: Line = ""
    region: Line = ""
    scale: Line = ""
    format: Line = ""
    updated: Line = ""
    quality: Text = ""
    serves: Text
    restrictions: Text = ""


class ListingContent(BaseModel):
    """At what price and how a product is offered, and until when.

    ``amount`` is in units of ``currency`` (ISO 4217), or percent where the mode is ``share``;
    ``sample_masked`` are the items whose values a sample veils.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    price_mode: PriceMode
    amount: Decimal | None = Field(default=None, ge=0, max_digits=16, decimal_places=4)
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    unit: Line = ""
    delivery: tuple[DeliveryMode, ...] = Field(min_length=1)
    until: date
    sample_rows: int = Field(default=0, ge=0, le=20)
    sample_masked: tuple[Line, ...] = ()


def product_faults(said: ProductContent) -> Iterator[Fault]:
    """Yield what a product does not say and must."""
    duty = duties.TRADE_DISCLOSE
    if not said.title:
        yield Fault("title", "Say what the product is called.", duty)
    if not said.summary:
        yield Fault("summary", "Say what the product is.", duty)
    if not said.source:
        yield Fault("source", "Say where its data comes from.", duty)
    if not said.rights:
        yield Fault("rights", "Say by which right you trade it.", duty)
    if not said.serves:
        yield Fault("serves", "Say for which uses it is made.", duty)


def listing_faults(said: ListingContent, today: date) -> Iterator[Fault]:
    """Yield what is wrong with a price, a way of delivery or a day."""
    duty = duties.TRADE_DISCLOSE
    if said.price_mode in PRICED and said.amount is None:
        yield Fault("amount", "Say the price.", duty)
    if said.price_mode is PriceMode.SHARE and not (said.amount and said.amount <= 100):
        yield Fault("amount", "Say the share in percent, above 0 and at most 100.", duty)
    if said.price_mode not in {*PRICED, PriceMode.SHARE} and said.amount is not None:
        yield Fault("amount", "This way of pricing has no amount.", duty)
    if said.price_mode in {PriceMode.PER_CALL, PriceMode.PER_VOLUME, PriceMode.PERIOD} and (
        not said.unit
    ):
        yield Fault("unit", "Say of what that is the price, such as a call or a month.", duty)
    if said.until < today:
        yield Fault("until", "Its last day is yet to come.", duty)
