"""What may be done about signatures: bring, approve and end certificates, sign a contract."""

from hashlib import sha256

from yelin.acts.frame import act
from yelin.keys import detached
from yelin.keys.detached import Unsound
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.market.contract import drawing, rules, telling
from yelin.market.contract.models import Contract, PartyCertificate, Signature
from yelin.market.contract.rules import Move, Side, Standing, State
from yelin.market.contract.terms import faults
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body

_SIGN = duties.SIGN
WHY = {
    "form": Fault("signature", "This is no detached signature (CMS) with its certificate.", _SIGN),
    "file": Fault(
        "signature",
        "This signature is of another file. Sign the contract as it is downloaded here.",
        _SIGN,
    ),
    "signer": Fault("signature", "The certificate in this signature may not sign.", _SIGN),
    "day": Fault("signature", "The certificate in this signature is not valid today.", _SIGN),
}


@act(
    "contract.bring_certificate",
    duty=_SIGN,
    subject="body",
    surface=OUTSIDE,
    makes=True,
    clashes={
        "market_certificate_once": Fault(
            "certificate", "This certificate is registered already.", _SIGN
        )
    },
)
def bring_certificate(*, actor: Actor, body: Body, certificate: str) -> PartyCertificate:
    """Register the certificate by whose key one's body signs; the key stays at home (签名证书).

    Raises ``Incomplete`` for what is no certificate, or none that is valid today.
    """
    del actor
    brought = PartyCertificate(body=body, brought_at=clock.now())
    try:
        brought.keep(certificate)
    except Unsound:
        raise Incomplete.at("certificate", "This is no certificate (PEM).", _SIGN) from None
    if not brought.since <= brought.brought_at < brought.until:
        raise Incomplete.at("certificate", "This certificate is not valid today.", _SIGN)
    brought.save()
    return brought


@act("contract.approve_certificate", duty=_SIGN, subject="certificate", surface=OUTSIDE)
def approve_certificate(*, actor: Actor, certificate: PartyCertificate) -> PartyCertificate:
    """Confirm that a certificate is the body's, so that what it signed counts (核验证书).

    Raises ``OutOfTurn`` for one that was approved or has ended.
    """
    del actor
    if certificate.state() != "waits":
        raise OutOfTurn("This certificate does not wait to be approved.")
    certificate.approved_at = clock.now()
    certificate.save(update_fields=["approved_at"])
    return certificate


@act("contract.end_certificate", duty=_SIGN, subject="certificate", surface=OUTSIDE)
def end_certificate(*, actor: Actor, certificate: PartyCertificate) -> PartyCertificate:
    """End a certificate: nothing is signed by it any more; what was signed stays (停用证书).

    Raises ``OutOfTurn`` for one that has ended.
    """
    del actor
    if certificate.ended_at is not None:
        raise OutOfTurn("This certificate has ended already.")
    certificate.ended_at = clock.now()
    certificate.save(update_fields=["ended_at"])
    return certificate


@act("contract.sign", duty=duties.CONTRACT_WHOLE, subject="contract", surface=OUTSIDE)
def sign(*, actor: Actor, contract: Contract, signature: str) -> Contract:
    """Sign a contract by a signature made with one's own key; the second one has it sealed (签署).

    Raises ``Incomplete`` for a signature that does not hold, is of another file or not by a
    certificate of one's body, and for terms that lack what the law asks for; ``OutOfTurn`` where
    one has signed, or nothing is to be signed.
    """
    negotiation = contract.negotiation
    # Whoever terminates holds it until then.
    negotiation.read_again(hold=True)
    side = contract.side_of(actor.body_id)
    if contract.standing != Standing.DRAWN or negotiation.state == State.TERMINATED:
        raise OutOfTurn("There is nothing to sign any more.")
    if contract.signatures.filter(side=side.value).exists():
        raise OutOfTurn("Your side has signed already.")
    if lacking := list(faults(contract.terms)):
        raise Incomplete(lacking)
    _keep(actor, contract, side, signature)
    if side is Side.CONSUMER:
        negotiation.state = rules.moved(State(negotiation.state), Move.VERIFY, side)
    if contract.signatures.count() == 2:
        negotiation.state = rules.moved(State(negotiation.state), Move.FINALIZE, Side.PLATFORM)
        drawing.seal(contract)
    negotiation.save(update_fields=["state"])
    sealed = contract.standing == Standing.SIGNED
    telling.tell(telling.SEALED if sealed else telling.SIGNED, contract, side.other)
    return contract


def as_text(der: bytes) -> str:
    """Write what came as a file in binary form (DER) as the text that an act takes."""
    return detached.armoured(der)


def _keep(actor: Actor, contract: Contract, side: Side, signature: str) -> None:
    now = clock.now()
    try:
        found = detached.verified(bytes(contract.paper), signature.encode(), now)
    except Unsound as unsound:
        raise Incomplete([WHY[unsound.why]]) from None
    own = PartyCertificate.objects.filter(body=actor.body_id, fingerprint=found.fingerprint)
    counting = next((each for each in own if each.state(now) == "counts"), None)
    if counting is None:
        says = "This signature is by no certificate that your body registered and that counts."
        raise Incomplete.at("signature", says, _SIGN)
    Signature.objects.create(
        contract=contract,
        side=side.value,
        certificate=counting,
        words=found.der,
        digest=sha256(found.der).digest(),
        said_at=found.said_at,
        verified_at=now,
        seat_id=actor.seat_id,
    )
