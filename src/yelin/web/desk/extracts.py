"""Signed extracts of one's body: list them, have one, take one back; and the seal of the body."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.acts import references, step_up
from yelin.exchange import acts, paper, standing
from yelin.exchange.models import Extract, Seal
from yelin.law import duties, packs
from yelin.ledger.issued import NotSigned
from yelin.parties.actor import Actor
from yelin.surface import sealed
from yelin.surface.actor import Asker
from yelin.web import confirming, limits, offers
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.extract_forms import RevokeForm, SealForm
from yelin.web.guards import own_body, seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name, moment, number, title_of

PAGE_SIZE = 30


@require_safe
@seated
def extracts(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the extracts that one's body issued, newest first."""
    found, pager = cut(standing.extracts_of(asker.actor), request.GET, PAGE_SIZE)
    context = {
        "extracts": [(each, _state(each)) for each in found],
        "pager": pager,
        "provision": packs.active().ordering(duties.SHARING_EXTRACT),
    }
    return page(request, asker, "desk/extracts.html", context)


def _state(extract: Extract) -> str:
    if extract.revoked_at is not None:
        return "revoked"
    return "waiting" if extract.issued_at is None else "issued"


@require_http_methods(GET_OR_POST)
@seated
def extract(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one extract, how it stands and its files; propose to issue it, or take it back."""
    found = references.one(asker.actor, Extract, pk)
    taken = offers.take(request, asker.actor, _offered(asker.actor, found))
    if taken.made is not None:
        return redirect("desk:extract", pk=pk)
    holds = found.issued_at is not None and found.revoked_at is None
    context = {
        "extract": found,
        "state": standing.of(found).value if found.issued_at else "waiting",
        "pairs": _pairs(found),
        "holds": holds,
        "verify_url": paper.address_of(bytes(found.digest)) if found.digest else "",
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.SHARING_EXTRACT),
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("Signed extracts"), reverse("desk:extracts")),
            Link(str(found), ""),
        ],
    }
    return page(request, asker, "desk/extract.html", context, status=taken.status)


def _offered(actor: Actor, found: Extract) -> list[Offer]:
    if found.issued_at is None:
        return [
            Offer(
                act="exchange.issue_extract",
                on=found,
                title=_("Issue it with a second person"),
                says=_("You propose it; it is issued once a second person of your body approves."),
                button=_("Propose to issue it"),
                done="",
                do=lambda _said: acts.issue_extract(actor=actor, extract=found),
            )
        ]
    if found.revoked_at is not None:
        return []
    return [
        Offer(
            act="exchange.revoke_extract",
            on=found,
            title=_("Take the extract back"),
            says=_("For good: whoever verifies it is told, and what it says is destroyed here."),
            button=_("Take it back"),
            done=_("The extract is revoked."),
            form=RevokeForm,
            do=lambda said: acts.revoke_extract(actor=actor, extract=found, **said),
            stops=True,
        )
    ]


def _pairs(found: Extract) -> list[tuple[str, str]]:
    told = [
        (_("Resource"), title_of(found.entry)),
        (_("Provider"), body_name(found.entry.provider)),
        (_("Issuing body"), body_name(found.seat.body)),
    ]
    if found.revoked_at is not None:
        return [
            *told,
            (_("Revoked"), moment(found.revoked_at)),
            (_("Reason"), found.revoked_because),
        ]
    sought = found.sought
    told += [
        (_("Holder"), _holder(found)),
        (_("What it is needed for"), sought["need"]),
        (_("Basis of the extract"), sought["basis"]),
        *limits.told(sought["items"] or None, {}, sought["rows"], None),
    ]
    if found.issued_at is None or found.release is None:
        return told
    return [
        *told,
        (_("Issued at"), moment(found.issued_at)),
        (_("Version"), number(found.release.number)),
        (_("Rows"), number(found.rows)),
        (_("Sealed by"), found.says["seal"]["name"]),
    ]


def _holder(found: Extract) -> str:
    sought = found.sought
    if not sought["holder"]:
        return body_name(found.seat.body)
    return " ".join(filter(None, (sought["holder"], sought["holder_number"])))


@require_safe
@seated
def file(request: HttpRequest, asker: Asker, pk: UUID, kind: str) -> HttpResponse:
    """Hand out an extract as a sealed PDF, or as the statement for programs."""
    found = references.one(asker.actor, Extract, pk)
    try:
        return sealed.handed(found, kind)
    except NotSigned:
        messages.info(request, _("The ledger has not signed it yet. Try again in a few seconds."))
        return redirect("desk:extract", pk=pk)


@require_http_methods(GET_OR_POST)
@seated
def seals(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show under whose seal one's body issues; bring its own, or end it."""
    actor, body = asker.actor, own_body(asker)
    gate.decide(actor, "exchange.bring_seal", body).must_allow("exchange.bring_seal", body.pk)
    found = list(standing.seals_of(actor))
    now = next((each for each in found if each.ended_at is None), None)
    is_recent = step_up.is_recent(actor)
    taken = offers.take(request, actor, [_seal_offer(asker, now)] if is_recent else [])
    if taken.made is not None:
        return redirect("desk:seals")
    context = {
        "seals": found,
        "now": now,
        "offered": taken.offered,
        "confirm_url": "" if is_recent else confirming.address(request, back=request.path),
        "provision": packs.active().ordering(duties.SIGN),
    }
    return page(request, asker, "desk/seals.html", context, status=taken.status)


def _seal_offer(asker: Asker, now: Seal | None) -> Offer:
    actor, body = asker.actor, own_body(asker)
    if now is not None:
        return Offer(
            act="exchange.end_seal",
            on=now,
            title=_("End this seal"),
            says=_("Its key is destroyed. What was sealed by it stays as it is."),
            button=_("End the seal"),
            done=_("The seal has ended."),
            do=lambda _said: acts.end_seal(actor=actor, seal=now),
            stops=True,
        )
    return Offer(
        act="exchange.bring_seal",
        on=body,
        title=_("Bring your body's own seal"),
        says=_("What your body issues from now on is sealed by it; its key is kept sealed here."),
        button=_("Bring it"),
        done=_("The seal is in use."),
        form=SealForm,
        do=lambda said: acts.bring_seal(actor=actor, body=body, seal=said["seal"]),
    )
