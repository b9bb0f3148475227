"""A contract on paper, in Chinese as both sign it, and in English to be understood."""

import json
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from yelin.config import config
from yelin.documents.setting import qr, typeset
from yelin.law import clock
from yelin.market.contract import clauses, wording
from yelin.market.contract.models import Contract
from yelin.market.contract.terms import Kind

# Under this name a paper carries its terms and its policy, for programs.
ATTACHED = "contract.json"


def address_of(contract: Contract) -> str:
    """Return where both sides find a contract, and how it stands."""
    return f"{config.url}/contracts/{contract.number}/"


def typeset_of(contract: Contract, language: str) -> bytes:
    """Return the PDF of a contract in a language, not sealed; the same for the same contract."""
    with translation.override(language):
        said = _said(contract, language)
    return typeset("contract", said, contract.drawn_at, with_files=True)


def _said(contract: Contract, language: str) -> dict[str, Any]:
    terms, address = contract.terms, address_of(contract)
    kind = Kind(contract.kind)
    attached = {"terms": contract.content, "policy": contract.policy}
    return {
        "lang": "zh" if language.startswith("zh") else "en",
        "kind": str(wording.KINDS[kind]),
        "house": _("Contract on data"),
        "title": contract.title,
        "provider": f"{terms.provider.name} · {terms.consumer.name}",
        "address": contract.number,
        "attached": ATTACHED,
        "content": json.dumps(attached, ensure_ascii=False, sort_keys=True),
        "facts": [
            (_("Number of the contract"), contract.number),
            (_("Drawn up on"), wording.day_told(clock.day_of(contract.drawn_at))),
        ],
        "parties": [
            (_("Provider of the data"), terms.provider.name, terms.provider.code),
            (_("Consumer of the data"), terms.consumer.name, terms.consumer.code),
        ],
        "sections": [
            {"title": title, "facts": facts, "clauses": clauses.of(kind, name)}
            for name, title, facts in wording.told(terms)
        ],
        "closing": [str(each) for each in clauses.CLOSING],
        "proofs": [(_("Digest of the terms"), contract.digest_text)],
        "verify_at": address,
        "qr": qr(address),
        "words": {
            "parties": _("Parties"),
            "columns": [_("Side"), _("Name"), _("Unified social credit code")],
            "closing": _("Breach, form and entry into force"),
            "signed": _("Signatures"),
            "proof": _("Digest and address"),
            "original": "" if language.startswith("zh") else _("Translation, not signed"),
            "by": _("Electronic signature of {name}, kept beside this document"),
            "how": _(
                "The digest is that of the terms in this file (contract.json) in canonical form, "
                "as both sides accepted them. The command yelin sign signs this file as it is."
            ),
            "code": _("Code that leads to the contract"),
        },
    }
