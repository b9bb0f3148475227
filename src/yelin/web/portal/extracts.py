"""Signed extracts for everyone: ask for one of a resource, and see how one stands."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.exchange import acts, standing
from yelin.exchange.extract import TWO_PEOPLE_FROM
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.law.seal import platform_seal
from yelin.ledger import log
from yelin.surface import problems, sealed
from yelin.warehouse.query import BadOperand
from yelin.web import mending, refusals
from yelin.web.asking import GET_OR_POST
from yelin.web.done import say_done
from yelin.web.extract_forms import ExtractForm, FoundForm
from yelin.web.portal.resource import seen_in
from yelin.web.templatetags.yelin import title_of
from yelin.web.trail import trail


@require_http_methods(GET_OR_POST)
@never_cache
def issue(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Ask what is to be extracted of a resource; issue it, or propose it to a second person."""
    seen = seen_in(request, slug)
    if seen.asker.person is None:
        return redirect_to_login(request.get_full_path())
    entry, actor = seen.entry, seen.actor
    decision = gate.decide(actor, "exchange.extract", entry)
    if decision.allowed:
        decision = seen.may_take
    filled = ExtractForm(
        request.POST if request.method == "POST" else None,
        names=[item.name for item in seen.items if decision.shows(item.name)],
        purposes=seen.may_take.purposes,
    )
    if filled.is_bound and filled.is_valid():
        try:
            made = acts.extract(actor=actor, entry=entry, **filled.cleaned_data)
        except (Incomplete, BadOperand) as error:
            _tell(filled, error)
        else:
            if made.issued_at is None:
                acts.issue_extract(actor=actor, extract=made)
            else:
                says = _("The extract is issued. Its number: {number}.")
                say_done(request, says.format(number=made.number), "exchange.extract", made)
            return redirect("desk:extract", made.pk)
    context = {
        "entry": entry,
        "form": filled,
        "refusal": None if decision.allowed else refusals.of(decision),
        "provision": packs.active().ordering(duties.SHARING_EXTRACT),
        "takes_two": (entry.grade or 0) >= TWO_PEOPLE_FROM,
        "crumbs": trail(
            _("Signed extract"),
            (_("Find data"), "portal:resources"),
            (title_of(entry), reverse("portal:resource", args=[entry.slug])),
        ),
    }
    status = 422 if filled.errors else 200 if decision.allowed else 403
    return render(request, "portal/extract.html", context, status=status)


def _tell(filled: ExtractForm, error: Exception) -> None:
    if isinstance(error, BadOperand):
        filled.add_error("value", problems.of(error).detail)
    else:
        mending.tell(filled, error, places={"rows": "column"})


@require_safe
@never_cache
def stands(request: HttpRequest, digest: str) -> HttpResponse:
    """Show how the extract with this digest stands: what its holder has anyway, and no more."""
    crumbs = trail(_("Verify an extract"), (_("Verify a receipt"), "portal:verify"))
    try:
        found = sealed.with_digest(digest)
    except gate.Unseen:
        context: dict[str, object] = {
            "unknown": True,
            "crumbs": crumbs,
            "form": FoundForm(),
            "basis": packs.active().provision(duties.TRACE),
        }
        return render(request, "portal/file_find.html", context, status=404)
    context = {
        "extract": found,
        # A body may be called otherwise by now; what was revoked keeps no name.
        "issuer": None if found.revoked_at else found.says["issuer"]["name"],
        "standing": standing.of(found).value,
        "doubts": standing.doubts_about(found),
        "marks": packs.active().ordering(duties.QUALITY_MARK),
        "certificate": bytes(found.certificate or b"").hex(),
        "digest": digest.lower(),
        "vkey": str(log.verifier_key()),
        "provision": packs.active().ordering(duties.SHARING_EXTRACT),
        "crumbs": crumbs,
    }
    return render(request, "portal/extract_standing.html", context)


@require_safe
def seal(request: HttpRequest) -> HttpResponse:
    """Hand out the certificates of the platform's seal, for programs that read PDF."""
    del request
    answer = HttpResponse(platform_seal().pem, content_type="application/x-pem-file")
    answer["Content-Disposition"] = 'attachment; filename="yelin-seal.pem"'
    return answer
