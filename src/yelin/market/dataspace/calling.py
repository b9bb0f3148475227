"""What a connector is told next of a negotiation or transfer, and the call by which it is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, override

from yelin.law import clock
from yelin.market.contract.callbacks import PURPOSE, Callback
from yelin.market.contract.models import Contract, Negotiation
from yelin.market.contract.reads import PAPERS, PAPERS_ALONG
from yelin.market.contract.rules import Side
from yelin.market.contract.rules import State as Talks
from yelin.market.dataspace import documents, telling
from yelin.market.dataspace.words import CONTEXT
from yelin.market.transfer.models import Transfer
from yelin.market.transfer.rules import State
from yelin.notices import webhooks
from yelin.notices.webhooks import Word


@dataclass(frozen=True, slots=True)
class Call:
    """What is told, by which name that is noted, and at which path below the address.

    ``says`` are the names that both sides gave, and what else the message holds.
    """

    what: str
    path: str
    kind: str
    says: Mapping[str, Any]
    # A fresh key to the data belongs into it, made when it is sent.
    opens: Transfer | None = None

    def word(self, number: str) -> Word:
        """Return the message under its ``number``."""
        document = {"@context": [CONTEXT], "@type": self.kind, **self.says}
        if self.opens:
            document["dataAddress"] = documents.data_address(self.opens)
        return Word.of(number, document)


def call_next(of: UUID) -> timedelta | None:
    """Tell a connector how it stands now, if it was not told; return the wait to try again."""
    callback = Callback.objects.filter(of=of).select_related("of").first()
    if callback is None:
        return None
    about = _about(callback)
    call = _of_transfer(about) if isinstance(about, Transfer) else _of_negotiation(about)
    if call is None or call.what == callback.told or not callback.is_led:
        return None
    # A key is another at each try, and so is what holds one.
    number = f"yelin-{of}-{callback.number + 1}" + (f"-{callback.tries}" if call.opens else "")
    failure = webhooks.post(
        call.word(number),
        f"{callback.address.rstrip('/')}/{call.path}",
        body=callback.body_id,
        purpose=PURPOSE,
        at=clock.now(),
    )
    with transaction.atomic():
        if not failure:
            callback.arrive(call.what)
            # It may stand elsewhere since.
            return timedelta(0)
        wait = callback.fail(failure, call.what)
        if wait is None:
            telling.dead(callback, about)
        return wait


def _about(callback: Callback) -> Negotiation | Transfer:
    if callback.of.kind == Negotiation.KIND:
        return Negotiation.objects.select_related("listing").get(pk=callback.of_id)
    rows = Transfer.objects.select_related("thing", *Transfer.ALONG)
    return rows.defer(*PAPERS_ALONG).get(pk=callback.of_id)


def _of_negotiation(one: Negotiation) -> Call | None:
    pids = {"providerPid": one.number, "consumerPid": one.known_as}
    path = f"negotiations/{_in_path(one.known_as)}"
    drawn = Contract.objects.filter(negotiation=one).defer(*PAPERS).first()
    if one.state == Talks.OFFERED:
        stands = one.stands
        name = f"urn:yelin:offer:{one.number}:{stands.place}"
        target = one.listing.registration if one.listing else one.number
        offer = documents.of_terms(stands.terms, name) | {"target": target}
        kind = "ContractOfferMessage"
        return Call(f"offered {stands.place}", f"{path}/offers", kind, pids | {"offer": offer})
    if one.state == Talks.AGREED and drawn:
        says = {"agreement": documents.agreement(drawn), "callbackAddress": documents.base()}
        return Call("agreed", f"{path}/agreement", "ContractAgreementMessage", pids | says)
    if one.state == Talks.FINALIZED:
        says = {"eventType": "FINALIZED"}
        return Call("finalized", f"{path}/events", "ContractNegotiationEventMessage", pids | says)
    if one.state == Talks.TERMINATED and one.ended_by != Side.CONSUMER:
        why = _why(one.ended_by, one.ended_because)
        kind = "ContractNegotiationTerminationMessage"
        return Call("terminated", f"{path}/termination", kind, pids | why)
    return None


# What a transfer's state is told by; that it was asked for, its consumer knows.
_TOLD = {
    State.STARTED: ("start", "TransferStartMessage"),
    State.SUSPENDED: ("suspension", "TransferSuspensionMessage"),
    State.COMPLETED: ("completion", "TransferCompletionMessage"),
    State.TERMINATED: ("termination", "TransferTerminationMessage"),
}


def _of_transfer(one: Transfer) -> Call | None:
    told = _TOLD.get(State(one.state))
    if told is None or one.by == Side.CONSUMER:
        return None
    name, kind = told
    says: dict[str, Any] = {"providerPid": one.number, "consumerPid": one.known_as}
    if one.state in {State.SUSPENDED, State.TERMINATED}:
        says |= _why(one.by, one.because)
    path = f"transfers/{_in_path(one.known_as)}/{name}"
    opens = one if one.state == State.STARTED else None
    return Call(f"{one.state} {one.begun}", path, kind, says, opens)


def _in_path(pid: str) -> str:
    """Return a consumer's own name for something as a part of an address, and no more of it."""
    return quote(pid, safe=":").replace("..", "%2E%2E")


def _why(by: str, because: str) -> dict[str, Any]:
    with override("en"):
        words = gettext(because) if because else gettext("No reason was given.")
    return {"code": by, "reason": [words]}
