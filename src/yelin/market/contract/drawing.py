"""How a contract is drawn up of an accepted offer, and sealed once both sides have signed.

Both sides sign the very bytes of the paper. The seal (PAdES) only adds bytes after these, so that
each signature is verified by the paper as it was signed, also out of the sealed one.
"""

from base64 import b64encode
from hashlib import sha256

from yelin.cases.models import NumberCounter
from yelin.law import clock
from yelin.law.seal import platform_seal
from yelin.ledger import entry
from yelin.market.contract import odrl
from yelin.market.contract.models import Contract, Negotiation, Offer
from yelin.market.contract.rules import Side, Standing

LETTERS = "HT"


def draw_up(negotiation: Negotiation, offer: Offer) -> Contract:
    """Return the contract of an offer that was accepted; the caller is the act."""
    from yelin.market.contract import paper  # noqa: PLC0415 - large, and for this alone

    terms, now = offer.terms, clock.now()
    assert terms.period is not None  # noqa: S101 - what is accepted lacks nothing
    number = NumberCounter.next_number(LETTERS, clock.day_of(now))
    drawn = Contract(
        negotiation=negotiation,
        offer=offer,
        number=number,
        kind=terms.kind.value,
        provider=negotiation.provider,
        consumer=negotiation.consumer,
        title=terms.matter.title,
        content=terms.plain(),
        digest=terms.digest,
        policy=odrl.policy_of(terms, f"urn:yelin:contract:{number}"),
        since=terms.period.since,
        until=terms.period.until,
        drawn_at=now,
    )
    drawn.paper = paper.typeset_of(drawn, "zh-hans")
    drawn.translation = paper.typeset_of(drawn, "en")
    drawn.paper_digest = sha256(drawn.paper).digest()
    drawn.save()
    drawn.take_code(drawn.number)
    return drawn


def seal(contract: Contract) -> None:
    """Put the platform's seal on what both have signed, for people and for programs."""
    from yelin.documents import sealing  # noqa: PLC0415 - large, and for this alone

    own = platform_seal()
    paper = bytes(contract.paper)
    contract.sealed = sealing.sealed(paper, own, reason=contract.number)
    says = {
        "kind": "yelin-contract",
        "number": contract.number,
        "terms": contract.content,
        "digest": contract.digest_text,
        "paper": {"sha256": bytes(contract.paper_digest).hex(), "bytes": len(paper)},
        "policy": contract.policy,
        "signatures": [
            {
                "side": each.side,
                "code": contract.body_of(Side(each.side)).credit_code,
                "certificate": bytes(each.certificate.fingerprint).hex(),
                "cms": b64encode(bytes(each.words)).decode(),
            }
            for each in contract.signatures.select_related("certificate").order_by("side")
        ],
    }
    contract.statement = sealing.stated(entry.canonical(says), own).encode()
    contract.sealed_at = clock.now()
    contract.standing = Standing.SIGNED
    contract.save(update_fields=["sealed", "statement", "sealed_at", "standing"])
