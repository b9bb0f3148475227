"""What is done with signed contracts: filed, given effect, held while unlawful, ended."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from yelin import gate
from yelin.acts.frame import act
from yelin.cases.models import NumberCounter
from yelin.catalog.content import OpeningType
from yelin.gate.obligations import Obligations
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Standing
from yelin.market.contract.terms import faults, ways_of
from yelin.market.filing import given
from yelin.market.filing.models import Filed, Filing
from yelin.market.listing.content import DeliveryMode
from yelin.market.listing.models import Listing, Source, State
from yelin.market.listing.trading import sources_of, unlawful
from yelin.market.platform.models import Capacity, RuleKind, taking_part
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.warehouse.models import Release

LETTERS = "BA"
# How long what lacked something rests before it is looked at again.
AGAIN = timedelta(hours=1)
_HELD = "What this contract is of may not be traded at present."


@act(
    "contract.file",
    duty=duties.TRADE_FILE,
    subject="contract",
    surface={Surface.SYSTEM},
    makes=True,
)
def file(*, actor: Actor, contract: Contract) -> Filing:
    """File a trade that both sides signed, and let the contract take effect (交易备案).

    What it lacks is noted for both sides and the agency, and nothing takes effect. Raises
    ``OutOfTurn`` for a contract that is not signed by both, or is on file.
    """
    del actor
    if contract.standing != Standing.SIGNED:
        raise OutOfTurn("Only what both sides signed, and is not on file, is filed.")
    listing = contract.negotiation.listing
    found = Filing.objects.filter(contract=contract).first() or Filing(contract=contract)
    found.checked_at = clock.now()
    found.lacks = [{"place": each.place, "says": each.says} for each in _lacking(contract, listing)]
    found.rules = listing.platform.rules_on().get(RuleKind.FILING) if listing else None
    if found.lacks:
        found.state = Filed.LACKING
        found.save()
        return found
    today = clock.today()
    found.state, found.filed_on, found.told = Filed.FILED, today, _told(contract, listing)
    found.number = NumberCounter.next_number(LETTERS, today)
    found.save()
    found.take_code(found.number)
    contract.take_effect(clock.now())
    if listing:
        _give(contract, listing)
    return found


@act("contract.hold", duty=duties.TRADE_LAWFUL, subject="contract", surface={Surface.SYSTEM})
def hold(*, actor: Actor, contract: Contract) -> Contract:
    """Stop what a contract gives while what it is of may not be traded (中止交付).

    Raises ``OutOfTurn`` where nothing is to be stopped.
    """
    del actor
    running = list(given.running(contract.pk))
    if not running or is_lawful(contract):
        raise OutOfTurn("There is nothing to stop.")
    for each in running:
        gate.hold(each, duty=duties.TRADE_LAWFUL, reason=_HELD)
    return contract


@act("contract.let_go", duty=duties.TRADE_LAWFUL, subject="contract", surface={Surface.SYSTEM})
def let_go(*, actor: Actor, contract: Contract) -> Contract:
    """Let a contract give again what it was stopped from giving (恢复交付).

    Raises ``OutOfTurn`` where nothing was stopped, or the reason has not passed.
    """
    del actor
    stopped = list(given.stopped(contract.pk))
    if not stopped or not is_lawful(contract):
        raise OutOfTurn("There is nothing to let go.")
    gate.let_go(stopped, duty=duties.TRADE_LAWFUL)
    return contract


@act("contract.expire", duty=duties.CONTRACT_WHOLE, subject="contract", surface={Surface.SYSTEM})
def expire(*, actor: Actor, contract: Contract) -> Contract:
    """End a contract whose last day has passed (合同期满). Raises ``OutOfTurn`` for any other."""
    del actor
    if contract.standing != Standing.IN_FORCE or contract.until >= clock.today():
        raise OutOfTurn("This contract has not run out.")
    _end(contract, "The contract has run out.")
    return contract


@act("contract.end", duty=duties.CONTRACT_WHOLE, subject="contract", surface=OUTSIDE)
def end(*, actor: Actor, contract: Contract, reason: str) -> Contract:
    """End a contract before its last day; what it gave ends at once (解除合同).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for one that is not in force.
    """
    del actor
    if contract.standing != Standing.IN_FORCE:
        raise OutOfTurn("This contract is not in force.")
    if not reason.strip():
        raise Incomplete.at("reason", "Say why it ends.", duties.CONTRACT_WHOLE)
    _end(contract, reason.strip()[:400])
    return contract


def is_lawful(contract: Contract) -> bool:
    """Whether what a contract is of may be traded now, in each way it is delivered.

    What was suspended may not; what was delisted stays with whoever bought it.
    """
    listing = contract.negotiation.listing
    if listing is None:
        return True
    return listing.state != State.SUSPENDED and not any(unlawful(listing, ways_of(contract.terms)))


def _lacking(contract: Contract, listing: Listing | None) -> Iterator[Fault]:
    yield from faults(contract.terms)
    if listing is None:
        return
    if listing.state != State.LISTED:
        yield Fault("listing", "What it is about is not listed any more.", duties.TRADE_FILE)
    if listing.platform.closed_on is not None:
        yield Fault("platform", "This platform is closed.", duties.TRADE_FILE)
    if not taking_part(contract.consumer, listing.platform, Capacity.BUYER).exists():
        says = "Whoever buys takes part in the platform as a buyer."
        yield Fault("consumer", says, duties.TRADE_RULES)
    yield from unlawful(listing, ways_of(contract.terms))


def _told(contract: Contract, listing: Listing | None) -> dict[str, Any]:
    """Return what everyone may read of a trade: what, whose, how, how long; not to whom."""
    terms = contract.terms
    return {
        "kind": contract.kind,
        "title": terms.matter.title,
        "provider": contract.provider.credit_code,
        "platform": listing.platform.number if listing else None,
        "registration": listing.registration if listing else None,
        "price_mode": terms.price.mode if terms.price else None,
        "delivery": list(terms.delivery.ways) if terms.delivery else [],
        "since": contract.since.isoformat(),
        "until": contract.until.isoformat(),
        "digest": contract.digest_text,
    }


def _give(contract: Contract, listing: Listing) -> None:
    """Give the consumer what is delivered to it; what is open to all it has already."""
    terms, until = contract.terms, clock.end_of(contract.until)
    share = (terms.use and terms.use.marked_share) or Decimal(0)
    for source in sources_of(listing):
        if source.entry.opening_type == OpeningType.UNCONDITIONAL:
            continue
        copies = Obligations(
            until=until,
            watermark=bool(terms.use and terms.use.marked),
            # Files that are no tables have no rows to leave out.
            thinned=share / 100 if _has_rows(source) else Decimal(0),
        )
        # What only answers leave of has no copies that could be marked.
        ways = {way is DeliveryMode.COMPUTE for way in ways_of(terms)}
        for asks in sorted(ways):
            gate.grant(
                contract.consumer,
                source.entry,
                "resource.ask" if asks else "resource.read",
                duty=duties.CONTRACT_WHOLE,
                bears=Obligations(until=until) if asks else copies,
                since=max(clock.now(), clock.beginning_of(contract.since)),
                given_in=contract,
            )


def _has_rows(source: Source) -> bool:
    release = source.release or Release.objects.latest_of(source.entry)
    return release is not None and release.is_table


def _end(contract: Contract, because: str) -> None:
    contract.standing = Standing.ENDED.value
    contract.save(update_fields=["standing"])
    live = given.live(contract.pk)
    live.update(revoked_at=clock.now(), revoked_because=f"{contract.number}: {because}"[:500])
