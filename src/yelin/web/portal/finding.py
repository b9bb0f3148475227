"""What a file is that somebody holds: found by its digest; nothing of the file is kept."""

from collections.abc import Iterable
from hashlib import sha256

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.delivery.tracing import finding
from yelin.delivery.tracing.finding import Found
from yelin.delivery.tracing.graph import Kind
from yelin.law import duties, packs
from yelin.privacy.workbench import reads as certified
from yelin.surface import sealed, traced
from yelin.web.asking import GET_OR_POST, actor_of
from yelin.web.extract_forms import FoundForm
from yelin.web.tracing import called
from yelin.web.trail import trail

# The digest of a longer file is computed where it lies: by the page's script, or by a command.
LARGEST_MB = 32


@require_http_methods(GET_OR_POST)
@never_cache
def file(request: HttpRequest) -> HttpResponseBase:
    """Take a file or a digest, and say what it is here and who had it, as far as one may know."""
    filled = FoundForm(request.POST, request.FILES) if request.method == "POST" else FoundForm()
    digest, found, status = "", list[Found](), 200
    if filled.is_bound and filled.is_valid():
        sent, digest = filled.cleaned_data["file"], filled.cleaned_data["digest"].strip().lower()
        if sent and sent.size > LARGEST_MB << 20:
            says = _("The file is larger than {n} MB. Write its SHA-256 instead.")
            filled.add_error("file", says.format(n=LARGEST_MB))
        else:
            digest = _digest(sent.chunks()) if sent else digest
            found = finding.of(actor_of(request), digest)
            if leads_to := _address_of(found, digest):
                return redirect(leads_to)
            status = 200 if found else 404
    context = {
        "form": filled,
        "digest": digest,
        "found": [(each, called(each.node), traced.page_of(each.node)) for each in found],
        "unknown": status == 404,
        "basis": packs.active().provision(duties.TRACE),
        "crumbs": trail(_("What is this file?"), (_("Verify a receipt"), "portal:verify")),
    }
    status = 422 if filled.errors else status
    return render(request, "portal/file_find.html", context, status=status)


def _digest(pieces: Iterable[bytes]) -> str:
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _address_of(found: list[Found], digest: str) -> str:
    """Return where an extract or a certificate says how it stands, by its file or its digest."""
    for each in found:
        if each.standing:
            return f"/verify/{each.standing}/"
        if each.node.kind is Kind.CERTIFICATE:
            return traced.page_of(each.node)
    if not found:
        for known, address in (
            (sealed.with_digest, f"/verify/{digest}/"),
            (lambda text: certified.by_digest(bytes.fromhex(text)), f"/certificates/{digest}/"),
        ):
            try:
                known(digest)
            except gate.Unseen:
                continue
            return address
    return ""
