"""What a contract on data says (数据交易合同), and what it may not leave unsaid.

Pure: no database, no clock. Four terms the law itself names: quality, price, delivery and use; the
rest is what model contracts have beside them. What is left out is ``None``, so that an offer may
be made step by step, and ``faults`` names what is missing. Numbers with fractions are decimals,
and the same terms have one canonical form and one digest (RFC 8785).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from yelin.gate.obligations import MOST_THINNED
from yelin.keys import canonical
from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.market.contract import money
from yelin.market.listing.content import DeliveryMode, PriceMode

_DUTY = duties.CONTRACT_WHOLE


class Kind(StrEnum):
    """The four kinds of model contract (国家数据局, 2025)."""

    PROVISION = "provision"
    PROCESSING = "processing"
    DEVELOPMENT = "development"
    BROKERAGE = "brokerage"


class PersonalBasis(StrEnum):
    """On what personal information in the data rests."""

    NONE = "none"
    ANONYMIZED = "anonymized"
    CONSENT = "consent"
    LAW = "law"


class Forum(StrEnum):
    """Who decides what both sides cannot settle."""

    COURT = "court"
    ARBITRATION = "arbitration"


def _plain(number: Decimal) -> str:
    # One spelling for one number: 5, 5.0 and 5.00 are the same promise. Within eighteen digits.
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


Number = Annotated[
    Decimal,
    Field(ge=0, max_digits=18, decimal_places=6, allow_inf_nan=False),
    PlainSerializer(_plain, return_type=str, when_used="json"),
]
Percent = Annotated[Number, Field(le=100)]
Line = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=4000)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Days = Annotated[int, Field(ge=0, le=3650)]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Party(_Said):
    """A side of the contract, by its unified social credit code and its name on that day."""

    code: str = Field(max_length=18)
    name: Line


class Matter(_Said):
    """What is contracted on (标的): by registration, listing, and digests of what it was then."""

    title: Line
    description: Words = ""
    product: str = Field(default="", max_length=80)
    listing: str = Field(default="", max_length=80)
    described: Digest | None = None
    releases: tuple[Digest, ...] = Field(default=(), max_length=100)


class Measure(_Said):
    """One thing that is measured of the data: a dimension or indicator, and its least score.

    ``code`` is one of those by which the platform measures quality; ``least`` is in points of 100.
    """

    code: str = Field(pattern=r"^\d{2}(\d{2})?$")
    least: Percent


class Quality(_Said):
    """How good the data is, and how that is accepted (质量与验收)."""

    measures: tuple[Measure, ...] = Field(default=(), max_length=40)
    standard: Words = ""
    inspection_days: Days
    accepted_if: Words
    otherwise: Words = ""


class Price(_Said):
    """What is paid, by what, and when (交易价格); ``share`` is in percent, so is ``tax_rate``."""

    mode: PriceMode
    amount: Number | None = None
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    unit: Line = ""
    cap: Number | None = None
    share: Percent | None = None
    tax_rate: Percent = Decimal(0)
    payment: Words = ""


class Delivery(_Said):
    """How, in which form and within how many days the data is handed over (提交方式)."""

    ways: tuple[DeliveryMode, ...] = Field(max_length=4)
    form: Line = ""
    within_days: Days
    service_level: Words = ""


class Use(_Said):
    """For what the data may be used, for what not, and who else may have it (数据用途).

    ``marked`` says that each copy bears a mark of its own; ``marked_share`` is the share of rows
    that carry it, in percent.
    """

    purposes: tuple[Line, ...] = Field(max_length=20)
    forbidden: tuple[Line, ...] = Field(default=(), max_length=40)
    resale: bool = False
    sublicence: bool = False
    marked: bool = False
    marked_share: Percent | None = None


class Rights(_Said):
    """Which rights pass: to hold, to use, to operate (持有权、使用权、经营权)."""

    hold: bool = False
    use: bool = True
    operate: bool = False
    exclusive: bool = False


class Period(_Said):
    """From which day to which the contract runs, both included."""

    since: date
    until: date


class Security(_Said):
    """The data's security grade, and by which measures it is kept."""

    grade: int = Field(ge=1, le=4)
    measures: Words


class Personal(_Said):
    """On what personal information rests; ``basis`` says why, or that there is none."""

    basis: PersonalBasis
    says: Words = ""


class Ending(_Said):
    """What becomes of the data when the contract ends, and how that is proved."""

    delete_within_days: Days
    proof: Words


class Disputes(_Said):
    """Who decides disputes, and where."""

    forum: Forum
    place: Line


class Terms(_Said):
    """All that both sides agree to."""

    kind: Kind
    provider: Party
    consumer: Party
    matter: Matter
    quality: Quality | None = None
    price: Price | None = None
    delivery: Delivery | None = None
    use: Use | None = None
    rights: Rights = Rights()
    period: Period | None = None
    territory: Line = ""
    security: Security | None = None
    personal: Personal | None = None
    ending: Ending | None = None
    disputes: Disputes | None = None

    def plain(self) -> dict[str, Any]:
        """Return them as plain JSON in their one spelling, money in whole units."""
        said: dict[str, Any] = self.model_dump(mode="json")
        if self.price and self.price.currency in money.MINOR_DIGITS:
            for name in ("amount", "cap"):
                amount: Decimal | None = getattr(self.price, name)
                if amount is not None and money.is_exact(amount, self.price.currency):
                    said["price"][name] = money.written(amount, self.price.currency)
        return said

    @property
    def digest(self) -> bytes:
        """The SHA-256 of their canonical form (RFC 8785): what is accepted is accepted by it."""
        return canonical.digest(self.plain())


def ways_of(terms: Terms) -> tuple[DeliveryMode, ...]:
    """Return how terms say that the data is handed over; of what is not said yet, nothing."""
    return terms.delivery.ways if terms.delivery else ()


def faults(terms: Terms) -> Iterator[Fault]:
    """Yield what terms leave unsaid, the four that the law names first, or say wrongly."""
    yield from _lacking(terms)
    if terms.quality:
        yield from _of_quality(terms.quality)
    if terms.price:
        yield from _of_price(terms.price)
    if terms.delivery and not terms.delivery.ways:
        yield Fault("delivery", "Name a way by which the data is handed over.", _DUTY)
    if terms.use:
        yield from _of_use(terms.use)
    if terms.provider.code == terms.consumer.code:
        yield Fault("consumer", "Nobody contracts with itself.", _DUTY)
    if not terms.matter.title:
        yield Fault("matter", "Say what the contract is about.", _DUTY)
    if terms.period and terms.period.until < terms.period.since:
        yield Fault("period", "It does not end before it begins.", _DUTY)


_UNSAID = (
    Fault("quality", "Say how good the data is and how that is accepted.", _DUTY),
    Fault("price", "Say what is paid, or that it is free.", _DUTY),
    Fault("delivery", "Say how and when the data is handed over.", _DUTY),
    Fault("use", "Say what the data may be used for.", _DUTY),
    Fault("period", "Say from which day to which the contract runs.", _DUTY),
    Fault("security", "Say the security grade and the measures.", _DUTY),
    Fault("personal", "Say on what personal information rests, or that there is none.", _DUTY),
    Fault(
        "ending",
        "Say what becomes of the data when the contract ends, and how that is proved.",
        _DUTY,
    ),
    Fault("disputes", "Say who decides disputes.", _DUTY),
    Fault("territory", "Say where the data may be used.", _DUTY),
)


def _lacking(terms: Terms) -> Iterator[Fault]:
    for unsaid in _UNSAID:
        if not getattr(terms, unsaid.place):
            yield unsaid


def _of_quality(quality: Quality) -> Iterator[Fault]:
    if not quality.measures and not quality.standard:
        says = "Name a measure or a standard that the data must meet."
        yield Fault("quality", says, _DUTY)
    if not quality.accepted_if:
        yield Fault("quality", "Say what counts as accepted.", _DUTY)


def _of_price(price: Price) -> Iterator[Fault]:
    if price.currency not in money.MINOR_DIGITS:
        yield Fault("price", "No contracts are made in this currency.", _DUTY)
        return
    for amount in (price.amount, price.cap):
        if amount is not None and not money.is_exact(amount, price.currency):
            yield Fault("price", "The amount has more digits than its currency.", _DUTY)
    yield from _of_mode(price)


def _of_mode(price: Price) -> Iterator[Fault]:
    match price.mode:
        case PriceMode.FREE:
            if price.amount or price.share:
                yield Fault("price", "What is free has no amount.", _DUTY)
        case PriceMode.NEGOTIATED:
            says = "Agree on a price: that it is to be negotiated is none."
            yield Fault("price", says, _DUTY)
        case PriceMode.SHARE:
            if price.share is None:
                yield Fault("price", "Say the share in percent.", _DUTY)
        case _:
            if price.amount is None:
                yield Fault("price", "Say the amount.", _DUTY)
            if price.mode is not PriceMode.FIXED and not price.unit:
                yield Fault("price", "Say for which unit the amount is.", _DUTY)


def _of_use(use: Use) -> Iterator[Fault]:
    if not any(use.purposes):
        yield Fault("use", "Name a purpose.", _DUTY)
    if {*use.purposes} & {*use.forbidden}:
        yield Fault("use", "One purpose is both allowed and forbidden.", _DUTY)
    if use.marked_share is not None and not use.marked:
        yield Fault("use", "A share is marked only where copies are.", _DUTY)
    if use.marked_share is not None and use.marked_share > 100 * MOST_THINNED:
        yield Fault("use", "Copies are marked by 5 percent of the rows at most.", _DUTY)


def changes(before: Terms | None, after: Terms) -> dict[str, tuple[Any, Any]]:
    """Return where terms differ: by path, what stood there and what stands there now."""
    old, new = facts(before) if before else {}, facts(after)
    return {
        path: (old.get(path), new.get(path))
        for path in {**new, **old}
        if old.get(path) != new.get(path)
    }


def facts(terms: Terms) -> dict[str, Any]:
    """Return all that terms say, by path (``price.amount``), in the order in which it is said."""
    return _flat("", terms.plain())


def _flat(path: str, said: Any) -> dict[str, Any]:
    if not isinstance(said, dict):
        return {path: said}
    flat: dict[str, Any] = {}
    for name, each in said.items():
        flat |= _flat(f"{path}.{name}" if path else name, each)
    return flat
