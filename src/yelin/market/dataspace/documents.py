"""Documents of the protocol: offers, agreements, how a transfer stands and where its data is."""

from collections.abc import Mapping
from typing import Any

from yelin.config import config
from yelin.market.contract import odrl
from yelin.market.contract.models import Contract
from yelin.market.contract.terms import Terms
from yelin.market.dataspace.words import (
    AGREEMENT,
    BASE,
    CONTRACT,
    DIGEST,
    HTTP,
    TERMS,
    UNTIL,
)
from yelin.market.transfer.models import Transfer, TransferKey

RULES = ("permission", "prohibition", "obligation")
# Who negotiates about what is told by token and offer, and by nothing else.
GIVEN = frozenset({"kind", "provider", "consumer", "matter"})


def base() -> str:
    """Return the address below which the protocol is spoken here."""
    return f"{config.url}{BASE}"


def rules_of(terms: Terms) -> dict[str, Any]:
    """Return the rules of terms' policy as the protocol has them: parties and target beside it."""
    return _rules(odrl.policy_of(terms, ""))


def of_terms(terms: Terms, name: str) -> dict[str, Any]:
    """Return terms that were offered as an offer of ODRL, with the digest that accepts it."""
    return {
        "@id": name,
        "@type": "Offer",
        **rules_of(terms),
        TERMS: {key: value for key, value in terms.plain().items() if key not in GIVEN},
        DIGEST: terms.digest.hex(),
    }


def agreement(contract: Contract) -> dict[str, Any]:
    """Return a contract as an agreement of ODRL, and where its paper is."""
    terms = contract.terms
    return {
        "@id": f"{AGREEMENT}{contract.number}",
        "@type": "Agreement",
        "target": terms.matter.listing or odrl.target_of(terms),
        "assigner": odrl.party_of(terms.provider.code),
        "assignee": odrl.party_of(terms.consumer.code),
        "timestamp": contract.drawn_at.isoformat(),
        **_rules(contract.policy),
        CONTRACT: papers(contract),
    }


def papers(contract: Contract) -> dict[str, str]:
    """Return where a contract's paper and policy are, and the digest of what is signed."""
    address = f"{config.url}/api/v1/contracts/{contract.number}"
    return {
        "@id": f"{AGREEMENT}{contract.number}",
        "paper": f"{address}/file",
        "sha256": bytes(contract.paper_digest).hex(),
        "policy": f"{address}/policy",
    }


def data_address(transfer: Transfer) -> dict[str, Any]:
    """Return where a transfer's data is taken, with a fresh key that opens it for a short while."""
    secret, key = TransferKey.fresh(transfer)
    said = {"authorization": secret, "authType": "bearer", UNTIL: key.until.isoformat()}
    return {
        "@type": "DataAddress",
        "endpointType": HTTP,
        "endpoint": f"{base()}/transfers/{transfer.number}/data",
        "endpointProperties": [
            {"@type": "EndpointProperty", "name": name, "value": value}
            for name, value in said.items()
        ],
    }


def _rules(policy: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: [_plain(rule) for rule in policy[kind]] for kind in RULES if policy.get(kind)}


def _plain(rule: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        key: value for key, value in rule.items() if key not in {"target", "assigner", "assignee"}
    }
    if "duty" in told:
        told["duty"] = [_plain(each) for each in told["duty"]]
    if "constraint" in told:
        # Purposes that nobody has named yet bound nothing: they are among what is lacking.
        bounds = [each for each in told["constraint"] if each["rightOperand"] != []]
        told["constraint"] = [
            {"odrl:unit" if key == "unit" else key: value for key, value in each.items()}
            for each in bounds
        ]
    return told
