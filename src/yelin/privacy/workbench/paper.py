"""A certificate of de-identification on paper, in the national language, whoever asks for it."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yelin.config import config
from yelin.documents import CERTIFIED
from yelin.documents.setting import qr, typeset
from yelin.ledger.entry import Receipt
from yelin.privacy.workbench import wording
from yelin.privacy.workbench.models import Certificate


def address_of(digest: bytes) -> str:
    """Return where whoever has a certificate learns whether it stands."""
    return f"{config.url}/certificates/{digest.hex()}/"


def typeset_of(certificate: Certificate, receipt: Receipt, statement: str) -> bytes:
    """Return the PDF of a certificate, not sealed yet."""
    with translation.override("zh-hans"):
        said = _said(certificate.says, bytes(certificate.digest), receipt)
    attached = {"name": CERTIFIED, "statement": statement}
    return typeset("certificate", said | attached, certificate.issued_at, with_files=True)


def _said(says: dict[str, Any], digest: bytes, receipt: Receipt) -> dict[str, Any]:
    address = address_of(digest)
    release, seal = says["release"], says["seal"]
    return {
        "lang": "zh",
        "kind": _("Certificate of de-identification"),
        "house": seal["name"],
        "title": says["resource"]["title"],
        "provider": says["issuer"]["name"],
        "address": says["number"],
        "facts": [
            (pgettext("certificate", "Number"), says["number"]),
            (_("Issued at"), says["issued"][:19].replace("T", " ")),
            (_("Signed for by"), f"{says['issuer']['name']}（{says['issuer']['code']}）"),
            (_("Resource"), f"{says['resource']['title']}（{says['resource']['code']}）"),
            (_("Version"), str(release["number"])),
            (_("Digest of the version"), release["manifest"]),
        ],
        "measured": wording.measured(says),
        "columns": [_("Item"), _("Role"), pgettext("item", "What became of it")],
        "rows": [list(each) for each in wording.columns(says)],
        "proofs": [
            (_("Sealed by"), _("{by}: {name}").format(by=_("the platform"), name=seal["name"])),
            (_("Fingerprint of the certificate"), seal["certificate"]),
            (_("Leaf of the ledger"), str(receipt.index)),
            (_("Digest of this certificate"), digest.hex()),
        ],
        "verify_at": address,
        "qr": qr(address),
        "words": {
            "measured": _("What was measured of the released bytes"),
            "columns": _("Items"),
            "proof": _("Seal and proof"),
            "holds": _(
                "It holds for the version with this digest alone. It lapses with the next version,"
                " with a change of a hierarchy or code list that it rests on, or where the"
                " threshold falls."
            ),
            "how": _(
                "Scan the code or open the address to see whether it stands. Away from the network,"
                " the command yelin verify judges this file by the public key of the ledger."
            ),
            "code": _("Code that leads to the address of verification"),
        },
    }
