"""What may be done with products and listings: describe, source, hand in, review, list, stop."""

import secrets
from collections.abc import Iterable

from yelin.acts.frame import act
from yelin.cases.models import NumberCounter
from yelin.catalog.models import Entry
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.market.listing import telling
from yelin.market.listing.content import (
    ListingContent,
    ProductContent,
    listing_faults,
    product_faults,
)
from yelin.market.listing.models import (
    ENDED,
    OPEN_TO_CHANGE,
    REGISTERED,
    Check,
    Listing,
    Product,
    Source,
    State,
)
from yelin.market.listing.rules import CHECKLIST, DUE
from yelin.market.listing.trading import basis_of, require_tradable, sources_of
from yelin.market.platform.models import Capacity, Platform, taking_part
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body, Seat
from yelin.warehouse.models import Release

PRODUCT_LETTERS = "CP"
LISTING_LETTERS = "GP"
# Of these letters and digits none is taken for another.
_QUERY_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LISTED_ALREADY = Fault("platform", "It is offered there already.", duties.TRADE_DISCLOSE)


@act(
    "market.make_product",
    duty=duties.TRADE_DISCLOSE,
    subject="body",
    surface=OUTSIDE,
    locks=(),
    makes=True,
)
def make_product(*, actor: Actor, body: Body, content: ProductContent) -> Product:
    """Describe a product that a body means to trade (登记数据产品).

    Raises ``Incomplete`` for what it does not say.
    """
    del actor
    _require_whole(product_faults(content))
    today = clock.today()
    made = Product(
        number=NumberCounter.next_number(PRODUCT_LETTERS, today),
        owner=body,
        said=content.model_dump(mode="json"),
        changed_on=today,
    )
    made.save()
    made.take_code(made.number)
    return made


@act("market.change_product", duty=duties.TRADE_DISCLOSE, subject="product", surface=OUTSIDE)
def change_product(*, actor: Actor, product: Product, content: ProductContent) -> Product:
    """Describe a product anew; what is listed keeps what it said (变更产品说明).

    Raises ``Incomplete`` for what it does not say, ``OutOfTurn`` for one that was withdrawn.
    """
    del actor
    _require_there(product)
    _require_whole(product_faults(content))
    product.said, product.changed_on = content.model_dump(mode="json"), clock.today()
    product.save(update_fields=["said", "changed_on"])
    return product


@act("market.add_source", duty=duties.TRADE_LAWFUL, subject="product", surface=OUTSIDE)
def add_source(
    *, actor: Actor, product: Product, entry: Entry, release: int | None = None
) -> Product:
    """Say that a product is made of an entry's data: of one release, or always of the newest.

    Raises ``Unlawful`` for what its owner may not trade (39), ``Incomplete`` for a release that is
    none or an entry that is named already, ``OutOfTurn`` while it is offered.
    """
    del actor
    _require_at_rest(product)
    if product.sources.filter(entry=entry, dropped_on=None).exists():
        raise Incomplete.at("entry", "It is named already.", duties.TRADE_DISCLOSE)
    found = None
    if release is not None:
        found = Release.objects.filter(entry=entry, number=release).first()
        if found is None or found.destroyed_at is not None:
            raise Incomplete.at(
                "release", "There is no version of this number.", duties.TRADE_DISCLOSE
            )
    decision = require_tradable(product.owner, entry)
    basis, grant_id = basis_of(product.owner, entry, decision)
    Source.objects.create(
        product=product, entry=entry, release=found, basis=basis, grant_id=grant_id
    )
    return product


@act("market.drop_source", duty=duties.TRADE_DISCLOSE, subject="product", surface=OUTSIDE)
def drop_source(*, actor: Actor, product: Product, entry: Entry) -> Product:
    """Say that a product is made of an entry's data no more.

    Raises ``OutOfTurn`` for one that it is not made of, or while it is offered.
    """
    del actor
    _require_at_rest(product)
    if not product.sources.filter(entry=entry, dropped_on=None).update(dropped_on=clock.today()):
        raise OutOfTurn("The product is not made of this.")
    return product


@act("market.withdraw_product", duty=duties.TRADE_DISCLOSE, subject="product", surface=OUTSIDE)
def withdraw_product(*, actor: Actor, product: Product) -> Product:
    """Trade a product no more (注销数据产品). Raises ``OutOfTurn`` while it is offered."""
    del actor
    _require_at_rest(product)
    product.withdrawn_on = clock.today()
    product.save(update_fields=["withdrawn_on"])
    return product


@act(
    "market.offer",
    duty=duties.TRADE_DISCLOSE,
    subject="product",
    surface=OUTSIDE,
    makes=True,
    clashes={"market_listed_once_on_a_platform": _LISTED_ALREADY},
)
def offer(
    *, actor: Actor, product: Product, platform: Platform, content: ListingContent
) -> Listing:
    """Draft the offer of a product on a platform: price, ways of delivery, last day (拟定挂牌).

    Raises ``Incomplete`` for what it does not say, where it is offered there already, or where its
    owner does not take part there as a supplier; ``OutOfTurn`` for a product that was withdrawn.
    """
    del actor
    _require_there(product)
    _require_whole(listing_faults(content, clock.today()))
    _require_supplier(product.owner, platform)
    made = Listing(
        product=product,
        platform=platform,
        offered=content.model_dump(mode="json"),
        until=content.until,
    )
    made.save()
    return made


@act("market.change_offer", duty=duties.TRADE_DISCLOSE, subject="listing", surface=OUTSIDE)
def change_offer(*, actor: Actor, listing: Listing, content: ListingContent) -> Listing:
    """Change an offer that is not handed in, or was returned (修改挂牌信息).

    Raises ``Incomplete`` for what it does not say, ``OutOfTurn`` once it is handed in.
    """
    del actor
    if listing.state not in OPEN_TO_CHANGE:
        raise OutOfTurn("An offer that was handed in is changed no more: take it back first.")
    _require_whole(listing_faults(content, clock.today()))
    listing.offered, listing.until = content.model_dump(mode="json"), content.until
    listing.save(update_fields=["offered", "until"])
    return listing


@act("market.submit", duty=duties.TRADE_REVIEW, subject="listing", surface=OUTSIDE)
def submit(*, actor: Actor, listing: Listing) -> Listing:
    """Hand an offer in for review; what it says is bound from now on (提交审查).

    Raises ``Incomplete`` for what is missing, ``Unlawful`` where what it is made of may not be
    traded (39), ``OutOfTurn`` for one that was handed in, or a platform that lacks rules.
    """
    del actor
    if listing.state not in OPEN_TO_CHANGE:
        raise OutOfTurn("This offer was handed in already.")
    _require_there(listing.product)
    if listing.platform.closed_on or listing.platform.lacks():
        raise OutOfTurn("This platform is closed, or lacks rules that the law asks for.")
    _require_supplier(listing.product.owner, listing.platform)
    _require_whole(
        [
            *product_faults(listing.product.content),
            *listing_faults(listing.terms, clock.today()),
            *_sourceless(listing),
        ]
    )
    _require_lawful(listing)
    listing.described = listing.product.said
    listing.digest = Listing.digest_of(listing.described, listing.offered)
    listing.state, listing.submitted_on = State.SUBMITTED, clock.today()
    listing.save()
    telling.tell(telling.SUBMITTED, listing.platform.operator, listing)
    return listing


@act("market.take_back", duty=duties.TRADE_REVIEW, subject="listing", surface=OUTSIDE)
def take_back(*, actor: Actor, listing: Listing) -> Listing:
    """Take an offer back that is under review (撤回). Raises ``OutOfTurn`` for any other."""
    del actor
    if listing.state not in DUE:
        raise OutOfTurn("This offer is not under review.")
    _to_draft(listing, State.DRAFT)
    return listing


@act("market.review", duty=duties.TRADE_REVIEW, subject="listing", surface=OUTSIDE)
def review(
    *, actor: Actor, listing: Listing, passes: bool, ticked: tuple[str, ...] = (), reason: str = ""
) -> Listing:
    """Find what was handed in in order, or return it with a reason (技术审查、合规审查).

    The technical review comes first, the legal one by somebody else; after both it is listed,
    registered under a number and a code by which anyone asks for it.
    Raises ``Incomplete`` for a point that is not ticked or a reason that is missing, ``Unlawful``
    where it may not be traded (39), ``OutOfTurn`` for what is not due or by the same person.
    """
    state = State(listing.state)
    if state not in DUE:
        raise OutOfTurn("This offer is not under review.")
    level, then = DUE[state]
    seat = Seat.objects.get(pk=actor.seat_id)
    if listing.checks.filter(digest=listing.digest, seat__person=seat.person_id).exists():
        raise OutOfTurn("The second review is somebody else's.")
    if not passes and not reason.strip():
        raise Incomplete.at("reason", "Say what is to be mended.", duties.TRADE_REVIEW)
    if passes:
        _require_whole(
            Fault(f"ticked.{point}", "This was not found in order.", duties.TRADE_REVIEW)
            for point in CHECKLIST[level]
            if point not in ticked
        )
        _require_supplier(listing.product.owner, listing.platform)
        _require_lawful(listing)
    Check.objects.create(
        listing=listing,
        digest=listing.digest,
        level=level,
        seat=seat,
        ticked=sorted(set(ticked) & set(CHECKLIST[level])),
        passed=passes,
        reason=reason.strip()[:1000],
        at=clock.now(),
    )
    if not passes:
        _to_draft(listing, State.RETURNED)
        telling.tell(telling.RETURNED, listing.product.owner, listing)
    elif then is State.LISTED:
        _register(listing)
        telling.tell(telling.LISTED, listing.product.owner, listing)
    else:
        listing.state = then
        listing.save(update_fields=["state"])
    return listing


@act("market.suspend", duty=duties.TRADE_SUPERVISE, subject="listing", surface=OUTSIDE)
def suspend(*, actor: Actor, listing: Listing, reason: str) -> Listing:
    """Stop that a listing is bought or delivered, until it is resumed (暂停挂牌).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for what is not listed.
    """
    del actor
    if listing.state != State.LISTED:
        raise OutOfTurn("Only what is listed is suspended.")
    _stop(listing, State.SUSPENDED, reason)
    telling.tell(telling.SUSPENDED, listing.product.owner, listing)
    return listing


@act("market.resume", duty=duties.TRADE_SUPERVISE, subject="listing", surface=OUTSIDE)
def resume(*, actor: Actor, listing: Listing) -> Listing:
    """Let a suspended listing be bought again (恢复挂牌).

    Raises ``Unlawful`` where it may not be traded (39), ``OutOfTurn`` for what is not suspended.
    """
    del actor
    if listing.state != State.SUSPENDED:
        raise OutOfTurn("Only what is suspended is resumed.")
    _require_lawful(listing)
    listing.state, listing.stopped_on, listing.stopped_because = State.LISTED, None, ""
    listing.save(update_fields=["state", "stopped_on", "stopped_because"])
    telling.tell(telling.RESUMED, listing.product.owner, listing)
    return listing


@act("market.delist", duty=duties.TRADE_DISCLOSE, subject="listing", surface=OUTSIDE)
def delist(*, actor: Actor, listing: Listing, reason: str) -> Listing:
    """End an offer; of what was listed, number and description stay public (下架).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for what has ended.
    """
    del actor
    if listing.state in ENDED:
        raise OutOfTurn("This has ended already.")
    was_listed = listing.state in REGISTERED
    _stop(listing, State.DELISTED if was_listed else State.DROPPED, reason)
    telling.tell(telling.DELISTED, listing.product.owner, listing)
    return listing


def _require_whole(faults: Iterable[Fault]) -> None:
    if found := list(faults):
        raise Incomplete(found)


def _require_there(product: Product) -> None:
    if product.withdrawn_on is not None:
        raise OutOfTurn("This product was withdrawn.")


def _require_at_rest(product: Product) -> None:
    """Let nothing change under an offer that reviewers or buyers look at."""
    _require_there(product)
    if product.listings.exclude(state__in=[*OPEN_TO_CHANGE, *ENDED]).exists():
        raise OutOfTurn("It is offered: what it is made of stays as it was reviewed.")


def _require_supplier(owner: Body, platform: Platform) -> None:
    if not taking_part(owner, platform, Capacity.SUPPLIER).exists():
        says = "Take part in this platform as a supplier first."
        raise Incomplete.at("platform", says, duties.TRADE_RULES)


def _sourceless(listing: Listing) -> list[Fault]:
    if listing.product.sources.filter(dropped_on=None).exists():
        return []
    says = "Name the entries of which the product is made."
    return [Fault("entry", says, duties.TRADE_DISCLOSE)]


def _require_lawful(listing: Listing) -> None:
    """Raise ``Unlawful`` unless its owner may trade all that it is made of, in each way offered."""
    for source in sources_of(listing):
        require_tradable(listing.product.owner, source.entry, listing.terms.delivery)


def _to_draft(listing: Listing, state: State) -> None:
    listing.state, listing.described, listing.digest = state, {}, None
    listing.save(update_fields=["state", "described", "digest"])


def _register(listing: Listing) -> None:
    today = clock.today()
    listing.state, listing.listed_on = State.LISTED, today
    listing.registration = NumberCounter.next_number(LISTING_LETTERS, today)
    listing.query_code = "".join(secrets.choice(_QUERY_LETTERS) for _ in range(12))
    listing.save()
    listing.take_code(listing.registration)


def _stop(listing: Listing, state: State, reason: str) -> None:
    if not reason.strip():
        raise Incomplete.at("reason", "Say why.", duties.TRADE_DISCLOSE)
    listing.state, listing.stopped_on = state, clock.today()
    listing.stopped_because = reason.strip()[:500]
    listing.save(update_fields=["state", "stopped_on", "stopped_because"])
