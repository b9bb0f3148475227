"""Who offers data and by which right, who reviews that, and who sees it: once listed, everyone."""

from yelin.acts.references import known
from yelin.catalog.models import Entry
from yelin.catalog.predicates import is_confirmed, is_open_to_all, is_own, is_social
from yelin.gate import (
    Anyone,
    HasGrant,
    HoldsPower,
    InRole,
    Is,
    IsNot,
    OfKind,
    OwnBody,
    explain,
    may,
)
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.market.listing.models import Listing, Product
from yelin.market.listing.trading import COMPUTE, SAMPLE, TRADE
from yelin.parties.actor import ActorKind
from yelin.parties.kinds import SOCIAL
from yelin.parties.models import Body

_represents = OfKind(ActorKind.REPRESENTATIVE)
_officer = InRole("officer")
_sells = OwnBody("owner_id") & _represents
_offers = OwnBody("product__owner_id") & _represents
_runs = OwnBody("platform__operator_id") & _represents
_supervises = HoldsPower("trade.supervise", over="platform__operator__division") & _officer
_is_handed_in = Is(
    "state", "submitted", "examined", "listed", "suspended", "delisted", says="it was handed in"
)
is_registered = Is("state", "listed", "suspended", "delisted", says="it is registered")

# One's own data, what is open to all, and what one was given with the right to trade it. What is
# between them and the market beside that, certificates and consent, the room of privacy says.
for _action in (TRADE, COMPUTE):
    for _when in (
        is_own & is_social & is_confirmed,
        is_confirmed & is_open_to_all,
        is_confirmed & HasGrant(of=TRADE),
    ):
        may(_action, on=Entry, when=_when & _represents, duty=duties.TRADE_LAWFUL)
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.TRADE_LAWFUL,
        says="One trades one's own data, what is open to all, and what was granted for trade.",
    )

# What everyone is shown of it before they buy.
for _when in (is_own & is_social & is_confirmed, is_confirmed & is_open_to_all):
    may(SAMPLE, on=Entry, when=_when & _represents, duty=duties.TRADE_DISCLOSE)

may(
    "market.make_product",
    on=Body,
    when=OwnBody("pk") & _represents
    & Is("kind", *SOCIAL, says="it is an enterprise, association or public utility"),
    duty=duties.TRADE_DISCLOSE,
)  # fmt: skip
for _act in ("change_product", "add_source", "drop_source", "withdraw_product", "offer"):
    may(f"market.{_act}", on=Product, when=_sells, duty=duties.TRADE_DISCLOSE)
for _act in ("change_offer", "submit", "take_back"):
    may(f"market.{_act}", on=Listing, when=_offers, duty=duties.TRADE_DISCLOSE)
may("market.review", on=Listing, when=_runs, duty=duties.TRADE_REVIEW)
for _act in ("suspend", "resume"):
    may(f"market.{_act}", on=Listing, when=_runs | _supervises, duty=duties.TRADE_SUPERVISE)
may("market.delist", on=Listing, when=_offers | _runs | _supervises, duty=duties.TRADE_SUPERVISE)

for _act, _model in (
    ("make_product", Body),
    *((each, Product) for each in ("change_product", "add_source", "drop_source")),
    *((each, Product) for each in ("withdraw_product", "offer")),
    *((each, Listing) for each in ("change_offer", "submit", "take_back", "delist")),
):
    explain(
        f"market.{_act}",
        on=_model,
        when=Anyone(),
        duty=duties.TRADE_DISCLOSE,
        says="Only whoever owns the product does this, in the name of its body.",
    )
for _act in ("review", "suspend", "resume"):
    explain(
        f"market.{_act}",
        on=Listing,
        when=Anyone(),
        duty=duties.TRADE_REVIEW,
        says="Only whoever runs the platform does this, or supervises it.",
    )

may("product.see", on=Product, when=_sells, duty=duties.TRADE_DISCLOSE)
may("listing.see", on=Listing, when=is_registered, duty=duties.TRADE_DISCLOSE)
may("listing.see", on=Listing, when=_offers, duty=duties.TRADE_DISCLOSE)
may("listing.see", on=Listing, when=_is_handed_in & (_runs | _supervises),
    duty=duties.TRADE_DISCLOSE)  # fmt: skip
known(Product, by="product.see", code="number")
known(Listing, by="listing.see", code="registration")

_was_done = IsNot("refused", says="the act was not refused")
for _path in (
    "subject__product__owner_id",
    "subject__listing__product__owner_id",
    "subject__listing__platform__operator_id",
):
    may("leaf.open", on=Leaf, when=_was_done & OwnBody(_path), duty=duties.TRACE)
