"""Certificates of de-identification for everyone: whether one stands, and its files."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yelin import gate
from yelin.law import duties, packs
from yelin.ledger import log
from yelin.ledger.issued import NotSigned
from yelin.privacy.workbench import certifying, reads, wording
from yelin.privacy.workbench.models import Certificate
from yelin.surface import sealed
from yelin.web.trail import trail

WHY = {
    "withdrawn": gettext_lazy("The body that signed for it took it back."),
    "hierarchy": gettext_lazy("A hierarchy that it rests on was changed."),
    "linked": gettext_lazy(
        "Another version of the same source was certified, and the two were not measured together."
    ),
    "followed": gettext_lazy("A newer version has followed, which it says nothing of."),
    "redacted": gettext_lazy("Rows were erased from the version since."),
    "codes": gettext_lazy("The list of divisions by which levels were made was changed."),
    "threshold": gettext_lazy("The threshold was lowered, and the risk lies above it."),
}


def _with(digest: str) -> Certificate:
    try:
        return reads.by_digest(bytes.fromhex(digest))
    except ValueError:
        raise gate.Unseen from None


@require_safe
@never_cache
def stands(request: HttpRequest, digest: str) -> HttpResponse:
    """Show what the certificate with this digest says and whether it stands: who has it, knows."""
    found = _with(digest)
    why = reads.why_not(found)
    context = {
        "certificate": found,
        "says": found.says,
        "why": WHY.get(why, ""),
        "measured": wording.measured(found.says),
        "columns": wording.columns(found.says),
        "digest": bytes(found.digest).hex(),
        "vkey": str(log.verifier_key()),
        "provision": packs.active().ordering(duties.HAND_OVER),
        "crumbs": trail(_("Certificate of de-identification")),
    }
    return render(request, "portal/certificate.html", context)


@require_safe
@never_cache
def file(request: HttpRequest, digest: str, kind: str) -> HttpResponse:
    """Hand a certificate out, sealed: on paper, or for programs; a moment after it was issued."""
    del request
    found = _with(digest)
    try:
        return sealed.as_kind(certifying.papers(found), kind, found.number)
    except NotSigned:
        return HttpResponse(
            _("The ledger has not signed it yet. Try again in a moment."),
            status=503,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": "2"},
        )
