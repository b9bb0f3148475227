"""An extract on paper: what it says, how it is verified, its statement along with it.

It is an official document and so in the national language, whoever asks for it.
"""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yelin.config import config
from yelin.documents import ATTACHED
from yelin.documents.setting import qr, typeset
from yelin.exchange.models import Extract
from yelin.ledger.entry import Receipt

Cell = str | bool | None


def address_of(digest: bytes) -> str:
    """Return where whoever has an extract learns how it stands."""
    return f"{config.url}/verify/{digest.hex()}/"


def typeset_of(extract: Extract, receipt: Receipt, statement: str) -> bytes:
    """Return the PDF of an extract, not sealed yet."""
    assert extract.issued_at is not None  # noqa: S101 - only what was issued is written
    with translation.override("zh-hans"):
        said = _said(extract.says, bytes(extract.digest or b""), receipt)
    attached = {"name": ATTACHED, "statement": statement}
    return typeset("extract", said | attached, extract.issued_at, with_files=True)


def _said(says: dict[str, Any], digest: bytes, receipt: Receipt) -> dict[str, Any]:
    address = address_of(digest)
    holder, seal, release = says["holder"], says["seal"], says["release"]
    by = _("the issuing body") if seal["of"] == "body" else _("the platform")
    facts = [
        (pgettext("extract", "Number"), says["number"]),
        (_("Issued at"), says["issued"][:19].replace("T", " ")),
        (_("Issuing body"), f"{says['issuer']['name']}（{says['issuer']['code']}）"),
        (_("Holder"), " ".join(holder.values())),
        (_("What it is needed for"), says["need"]),
        (_("Basis of the extract"), says["basis"]),
        (_("Resource"), f"{says['resource']['title']}（{says['resource']['code']}）"),
        (_("Provider"), says["resource"]["provider"]),
        (_("Version"), str(release["number"])),
        (_("Digest of the version"), release["manifest"]),
    ]
    facts += [(_("Under check"), _doubt(each)) for each in says.get("under_check", ())]
    proofs = [
        (_("Sealed by"), _("{by}: {name}").format(by=by, name=seal["name"])),
        (_("Fingerprint of the certificate"), seal["certificate"]),
        (_("Leaf of the ledger"), str(receipt.index)),
        (_("Digest of this extract"), digest.hex()),
    ]
    return {
        "lang": "zh",
        "kind": _("Signed extract"),
        "house": seal["name"] if seal["of"] == "platform" else says["issuer"]["name"],
        "title": says["resource"]["title"],
        "provider": says["issuer"]["name"],
        "address": says["number"],
        "facts": facts,
        "columns": says["columns"],
        "rows": [list(map(_cell, row)) for row in says["rows"]],
        "proofs": proofs,
        "verify_at": address,
        "qr": qr(address),
        "words": {
            "content": _("What it says"),
            "proof": _("Seal and proof"),
            "how": _(
                "Scan the code or open the address to see whether it holds. Away from the network,"
                " the command yelin verify judges this file by the public key of the ledger."
            ),
            "code": _("Code that leads to the address of verification"),
            "row": _("Row"),
            "force": _(
                "What departments take through the platform has the same force as a paper document."
            ),
        },
    }


def _doubt(said: dict[str, Any]) -> str:
    rows = _("row {rows}").format(rows=", ".join(map(str, said["rows"])))
    words = _("since {day}, doubt {number}: {what}. Nobody is to be turned away because of it.")
    what = rows if said["rows"] else _("the whole resource")
    return words.format(day=said["since"][:10], number=said["doubt"], what=what)


def _cell(value: Cell) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case _:
            return value
