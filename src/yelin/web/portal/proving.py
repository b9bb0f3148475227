"""Check a receipt on the server, step by step, for browsers without script."""

from django.utils.translation import gettext as _

from yelin import gate
from yelin.ledger import entry, log, note, tree
from yelin.ledger.entry import Receipt, State
from yelin.surface import receipts
from yelin.web.portal.shapes import Proof, ProofLine
from yelin.web.templatetags.yelin import number


class Misread(Exception):
    """What was pasted is no receipt; the message is for its field."""


def prove(text: str) -> Proof:
    """Return what checking the receipt ``text`` came to. Raises ``Misread``."""
    try:
        receipt = entry.parse_receipt(text) if text.startswith("{") else None
        found = receipts.find(entry.short(receipt.h) if receipt else text)
    except entry.Malformed:
        raise Misread(
            _(
                "This is not a receipt: paste YL1- and 64 hexadecimal digits, or the JSON of a "
                "receipt"
            )
        ) from None
    except gate.Unseen:
        return Proof(holds=False, title=_("The ledger knows no such leaf"), says="")
    # A short receipt, or one from before its leaf was signed, is proved by today's checkpoint.
    if receipt is None or receipt.state is not State.PUBLISHED:
        kept = receipt
        receipt = log.receipt_of(found, opened=False)
        if kept is not None and kept.payload is not None and not _fits(kept):
            return _fails(_("The content of the receipt gives another commitment"))
    return _check(receipt)


def _fits(receipt: Receipt) -> bool:
    opened = Receipt(h=receipt.h, state=State.PENDING, payload=receipt.payload, salt=receipt.salt)
    try:
        entry.check(opened, [])
    except entry.PayloadDiffers:
        return False
    return True


def _check(receipt: Receipt) -> Proof:
    if receipt.state is not State.PUBLISHED or receipt.index is None:
        return Proof(
            holds=False,
            title=_(
                "Not proved yet: the leaf is written but not under a signed checkpoint; try again "
                "in a few seconds"
            ),
            says="",
        )
    try:
        checked = entry.check(receipt, [log.verifier_key(), *log.former_keys()])
    except entry.PayloadDiffers:
        return _fails(_("The content of the receipt gives another commitment"))
    except tree.ProofFailed:
        return _fails(_("The way from the leaf does not lead to the signed root"))
    except (note.Malformed, note.Unverified):
        return _fails(_("The signature of the checkpoint does not verify"))
    if checked.checkpoint is None:
        return _fails(_("The way from the leaf does not lead to the signed root"))
    leaf = entry.leaf_hash(receipt.h).hex()
    place = _("Leaf {index} of {size}").format(
        index=number(receipt.index), size=number(checked.checkpoint.size)
    )
    steps = [
        *(
            [ProofLine(_("The content of the receipt gives the commitment"), receipt.h.hex())]
            if checked.payload
            else []
        ),
        ProofLine(_("The commitment gives the leaf"), leaf),
        ProofLine(
            _(
                "Joined level by level (steps: {count}), the result is the root of the signed "
                "checkpoint"
            ).format(count=len(receipt.proof or ())),
            checked.checkpoint.root.hex(),
        ),
        ProofLine(_("The signature of the checkpoint verifies")),
    ]
    title = _("Proved: this receipt is in the ledger, unchanged")
    return Proof(holds=True, title=title, says=place, steps=steps)


def _fails(says: str) -> Proof:
    title = _("Not proved: this receipt does not agree with the ledger")
    return Proof(holds=False, title=title, says="", steps=[ProofLine(says, holds=False)])
