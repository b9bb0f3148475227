"""Transfers for whoever asks, what each gives, and whether it gives it now."""

from uuid import UUID

from django.db.models import QuerySet

from yelin.acts import references
from yelin.catalog.content import OpeningType
from yelin.delivery import secrets, tickets
from yelin.delivery.tickets import Passed
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.market.contract.models import Contract
from yelin.market.contract.reads import PAPERS_ALONG
from yelin.market.filing import given
from yelin.market.listing.models import Source
from yelin.market.listing.trading import sources_of
from yelin.market.transfer import rules
from yelin.market.transfer.models import Transfer, TransferKey
from yelin.market.transfer.rules import State
from yelin.parties.actor import Actor

_WHOSE = ("seat__body", "seat__person", "deputy", "person__user", "token")


def seen(actor: Actor) -> QuerySet[Transfer]:
    """Return the transfers that ``actor`` may know of, the newest first; papers stay unread."""
    rows = Transfer.objects.select_related("thing", *Transfer.ALONG).defer(*PAPERS_ALONG)
    found: QuerySet[Transfer] = references.seen(actor, rows)
    return found


def of(actor: Actor, contract: Contract) -> QuerySet[Transfer]:
    """Return the transfers under a contract, the newest first."""
    return seen(actor).filter(contract=contract)


def gives(contract: Contract) -> list[Source]:
    """Return what a contract gives now: by its grants that run, and what is open to all."""
    listing = contract.negotiation.listing
    if listing is None:
        return []
    runs = given.running(contract.pk).filter(Grant.runs(clock.now()))
    granted = set(runs.values_list("on", flat=True))
    return [
        each
        for each in sources_of(listing)
        if each.entry_id in granted or each.entry.opening_type == OpeningType.UNCONDITIONAL
    ]


def is_allowed(transfer: Transfer) -> bool:
    """Whether its contract runs, and its policy allows it today."""
    contract = transfer.contract
    return contract.runs() and rules.allowed(
        contract.policy, contract.terms, clock.today(), transfer.purpose
    )


def opened_by(secret: str) -> Transfer:
    """Return the transfer whose data a key opens, with its holder. Raises ``Passed``."""
    keys = TransferKey.objects.filter(until__gt=clock.now(), digest=secrets.digest_of(secret))
    key = keys.first()
    if key is None:
        raise Passed
    transfer = _with_holder().get(pk=key.transfer_id)
    if not _gives_now(transfer):
        raise Passed
    return transfer


def _with_holder() -> QuerySet[Transfer]:
    rows = Transfer.objects.select_related("thing", *Transfer.ALONG, *_WHOSE)
    return rows.defer(*PAPERS_ALONG)


def _gives_now(transfer: Transfer) -> bool:
    return transfer.state == State.STARTED and is_allowed(transfer)


def _stands(pk: UUID) -> bool:
    return _gives_now(Transfer.objects.select_related("contract").defer(*PAPERS_ALONG).get(pk=pk))


# What leaves under a transfer is asked about while it leaves.
tickets.written_under(Transfer.KIND, _stands)
