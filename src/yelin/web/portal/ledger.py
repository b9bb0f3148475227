"""The ledger for people: its head, its newest leaves, one leaf, and checking a receipt."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.ledger import log, note
from yelin.ledger.entry import State
from yelin.ledger.models import Loss
from yelin.ledger.shredding import ACT as SHRED
from yelin.surface import receipts
from yelin.web import telling, words
from yelin.web.asking import actor_of, asker_of
from yelin.web.context import seal
from yelin.web.extract_forms import FoundForm
from yelin.web.portal import reads
from yelin.web.portal.proving import Misread, prove
from yelin.web.portal.shapes import LeafState, LossLine
from yelin.web.portal.way import draw
from yelin.web.trail import trail

SHOWN = 30


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the signed head and the newest leaves."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
    leaves, more = reads.newest_leaves(before, SHOWN)
    head = seal()
    published = head.size if head else 0
    context = {
        "checkpoint": head,
        "waiting": reads.unsigned(published),
        "leaves": telling.lines(actor_of(request), leaves, published=published),
        "older": before is not None,
        "older_url": f"?before={leaves[-1].index}" if more else "",
        "vkey": str(log.verifier_key()),
        "losses": _losses(),
        "crumbs": trail(_("Ledger")),
    }
    return render(request, "portal/ledger.html", context)


def _losses() -> list[LossLine]:
    """Tell of each log that broke and was taken over into this one."""
    return [
        LossLine(
            at=loss.at,
            cause=str(words.word("cause", loss.cause).says),
            origin=note.claimed_origin(loss.note),
            vkey=loss.vkey,
            note=loss.note,
            kept=loss.kept,
            agreed=loss.agreed,
            findings=tuple(loss.findings),
            leaf=reads.binding(loss),
        )
        for loss in Loss.objects.order_by("-era")
    ]


@require_safe
def leaf(request: HttpRequest, text: str) -> HttpResponse:
    """Show one leaf: place and hash to all, its words to those who may open it."""
    asker = asker_of(request)
    actor = asker.actor
    shown = receipts.show(actor, receipts.find(text))
    may_shred = asker.seat is not None and gate.decide(actor, SHRED, asker.seat.body).allowed
    told = telling.alone(actor, shown.leaf, opened=shown.opened)
    payload = json.dumps(shown.leaf.payload, ensure_ascii=False, indent=2) if shown.opened else ""
    context = {
        "leaf": told,
        "payload": payload,
        "receipt": shown.leaf.receipt_text,
        "way": draw(shown.receipt),
        "states": _states(shown.receipt.state),
        "receipt_title": _("Receipt"),
        "receipt_url": f"/api/v1/ledger/leaves/{told.hash}/receipt",
        "may_shred": may_shred and told.state == "published",
        "vkey": str(log.verifier_key()),
        "crumbs": trail(_("Leaf"), (_("Ledger"), "portal:ledger")),
    }
    return render(request, "portal/leaf.html", context)


def _states(now: State) -> list[LeafState]:
    """Say what each state of a leaf means and survives."""
    says = {
        State.PENDING: _(
            "Written together with the act: both are there, or neither. It survives a crash of any "
            "program; whoever administers the database could still remove it unnoticed."
        ),
        State.INTEGRATED: _(
            "It has its number and its place in the tree. It survives the same, and the same "
            "person must be trusted, for number and tree lie in the same database."
        ),
        State.PUBLISHED: _(
            "The root above it is signed and stands in a file outside the database. From now on "
            "whoever keeps a checkpoint sees if the leaf is removed or changed."
        ),
    }
    return [LeafState(state.value, words, current=state is now) for state, words in says.items()]


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Take a receipt; the browser proves it, and where it cannot, this does."""
    text = request.POST.get("receipt", request.GET.get("receipt", "")).strip()
    context: dict[str, object] = {
        "receipt": text,
        "vkey": str(log.verifier_key()),
        "file_form": FoundForm(),
        "crumbs": trail(_("Verify a receipt")),
    }
    if request.method == "POST":
        try:
            context["proof"] = prove(text)
        except Misread as error:
            context["receipt_error"] = str(error)
    return render(request, "portal/verify.html", context)
