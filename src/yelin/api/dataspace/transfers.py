"""Transfers as a provider: what a contract gives is taken by a key, through the house's one way.

A key stands for whoever asked for the transfer, reads what its contract gives and nothing else, and
what leaves by it is decided, counted and marked as ever.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from yelin import gate
from yelin.api.dataspace.messages import (
    Moving,
    TransferAbout,
    TransferCompletion,
    TransferRequest,
    TransferStart,
    TransferSuspension,
    TransferTermination,
    answering,
    written,
)
from yelin.api.schemas import DownloadIn
from yelin.delivery import batches, handing
from yelin.delivery.opening import ALL
from yelin.delivery.tickets import Passed
from yelin.law import duties
from yelin.law.refusals import Incomplete
from yelin.market.contract import reads as contracts
from yelin.market.contract.callbacks import Callback
from yelin.market.contract.models import Contract
from yelin.market.dataspace import documents
from yelin.market.dataspace.words import AGREEMENT, BECAUSE, CALLED
from yelin.market.listing.models import Source
from yelin.market.transfer import acts, reads
from yelin.market.transfer.models import Transfer
from yelin.market.transfer.rules import State
from yelin.parties.actor import Actor
from yelin.surface import actor as asking
from yelin.surface import calls
from yelin.surface.sending import lead_to_batch, send

_SAYS = answering("TransferError")
_DUTY = duties.CONTRACT_WHOLE


def _named(actor: Actor, pid: str, message: TransferAbout) -> Transfer:
    """Return the transfer that a message is about, by the names that both sides gave it."""
    found = _own(actor, pid)
    if (message.consumer_pid, message.provider_pid) != (found.known_as, pid):
        raise Incomplete.at("consumerPid", "This is not the transfer at this address.", _DUTY)
    return found


def _standing(actor: Actor, pid: str) -> HttpResponse:
    return _told(_own(actor, pid))


_about = Moving(_SAYS, _named, _standing)


@_SAYS
@require_safe
def state(request: HttpRequest, pid: str) -> HttpResponse:
    """Return where a transfer stands; while it is started, where its data is, by a fresh key."""
    return _standing(asking.of_request(request).actor, pid)


@_SAYS
@require_POST
def begin(request: HttpRequest, sent: dict[str, Any]) -> HttpResponse:
    """Ask for what a contract in force gives; what is sent again finds what it began."""
    actor = asking.writer(request)
    message = TransferRequest.model_validate(sent)
    contract = _contract(actor, message.agreement)
    asked = _of(actor).filter(known_as=message.consumer_pid, contract=contract)
    found = asked.first()
    if found is None:
        try:
            found = acts.request(
                actor=actor,
                contract=contract,
                known_as=message.consumer_pid,
                way=message.format,
                purpose=message.purpose,
                callback=message.callback,
            )
        except Incomplete:
            # Sent twice at once, the second finds what the first began in this moment.
            found = asked.first()
            if found is None:
                raise
    if found.way != message.format:
        raise Incomplete.at("format", "Under this name it is taken in another way.", _DUTY)
    return _told(_own(actor, found.number), 201)


@_about(TransferStart)
def start(actor: Actor, found: Transfer, message: TransferStart) -> None:
    """Start again what the consumer had suspended."""
    del message
    acts.start(actor=actor, transfer=found)


@_about(TransferCompletion)
def complete(actor: Actor, found: Transfer, message: TransferCompletion) -> None:
    """Take the consumer's word that it has all."""
    del message
    acts.complete(actor=actor, transfer=found)


@_about(TransferSuspension)
def suspend(actor: Actor, found: Transfer, message: TransferSuspension) -> None:
    """Stop for a while, as the consumer wants it."""
    acts.suspend(actor=actor, transfer=found, reason=message.says)


@_about(TransferTermination)
def terminate(actor: Actor, found: Transfer, message: TransferTermination) -> None:
    """End a transfer."""
    acts.terminate(actor=actor, transfer=found, reason=message.says)


@_SAYS
@require_safe
def data(request: HttpRequest, pid: str) -> HttpResponse:
    """Send what a started transfer gives, for whoever comes with its key: a table, or a package.

    ``resource`` chooses one of several, by its code.
    """
    transfer = _opened(request, pid)
    actor, sources = transfer.actor(), reads.gives(transfer.contract)
    if chosen := request.GET.get("resource"):
        sources = [each for each in sources if each.entry.code == chosen]
    if not sources:
        raise gate.Unseen
    asked = DownloadIn.model_validate({"format": request.GET.get("format", "csv")})
    if len(sources) == 1 and _is_table(sources[0]):
        (source,) = sources
        number = source.release.number if source.release else None
        handed = handing.download(
            actor, source.entry, ALL, asked.kept_as, number=number, call=calls.of(request, "")
        )
        return send(request, handed, transfer.thing)
    wanted = batches.Asked(tuple(each.entry.slug for each in sources), asked.kept_as)
    batches.plan(actor, wanted).must_be_had()
    return lead_to_batch(batches.issue(actor, wanted, transfer.thing))


def _is_table(source: Source) -> bool:
    release = source.release or source.entry.releases.order_by("-number").first()
    return release is not None and release.is_table


def _opened(request: HttpRequest, pid: str) -> Transfer:
    secret = asking.token_in(request.headers)
    if secret is None:
        raise asking.TokenMissing
    found = reads.opened_by(secret)
    if found.number != pid:
        raise Passed
    return found


def _of(actor: Actor) -> QuerySet[Transfer]:
    """Return what connectors of ``actor``'s body take."""
    return reads.seen(actor).filter(consumer=actor.body_id)


def _own(actor: Actor, pid: str) -> Transfer:
    return gate.one_of(_of(actor).filter(number=pid))


def _contract(actor: Actor, agreement: str) -> Contract:
    """Return the contract of ``actor``'s body that an agreement's name is of. Raises ``Unseen``."""
    own = contracts.contracts(actor).filter(consumer=actor.body_id)
    return gate.one_of(own.filter(number=agreement.removeprefix(AGREEMENT)))


def _told(found: Transfer, status: int = 200) -> HttpResponse:
    called = Callback.objects.filter(of=found.pk).first()
    document: dict[str, Any] = {
        "@type": "TransferProcess",
        "providerPid": found.number,
        "consumerPid": found.known_as,
        "state": found.state.upper(),
        CALLED: bool(called and called.is_led),
    }
    if found.because:
        document[BECAUSE] = found.because
    if found.state == State.STARTED:
        document["dataAddress"] = documents.data_address(found)
    return written(document, status)
