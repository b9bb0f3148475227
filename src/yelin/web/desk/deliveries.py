"""Who took what: for those who answer for a resource, and for those who took it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin import gate
from yelin.catalog import working
from yelin.delivery import leaks
from yelin.delivery import reads as deliveries
from yelin.delivery.reads import Recipient
from yelin.law import duties, packs
from yelin.surface.actor import Asker
from yelin.surface.sending import disposition
from yelin.web.desk.door import page
from yelin.web.guards import known, seated
from yelin.web.paging import cut
from yelin.web.shapes import Link
from yelin.web.sheets import Sheet
from yelin.web.templatetags.yelin import body_name, moment, title_of

SHOWN = 200
LISTED = 50


@require_safe
@seated
def recipients(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show who has what of a resource, when, under which grant, how much, for which purpose."""
    entry = working.entry(asker.actor, pk)
    found = deliveries.recipients(asker.actor, entry)
    context = {
        "entry": entry,
        "recipients": found[:SHOWN],
        "more": len(found) - SHOWN,
        "subscribers": deliveries.subscribers(asker.actor, entry)[:SHOWN],
        "leaked": leaks.attributions(asker.actor, entry)[:SHOWN],
        "may_examine": gate.decide(asker.actor, leaks.ATTRIBUTE, entry).allowed,
        "basis": packs.active().provision(duties.TRACE),
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(title_of(entry), reverse("desk:entry", args=[entry.pk])),
            Link(_("Recipients"), ""),
        ],
    }
    return page(request, asker, "desk/recipients.html", context)


@require_safe
@seated
def recipients_csv(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Hand out the whole list of recipients as CSV."""
    del request
    entry = working.entry(asker.actor, pk)
    found = deliveries.recipients(asker.actor, entry)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = disposition(
        _("Recipients of {title}").format(title=title_of(entry)) + ".csv"
    )
    response["Cache-Control"] = "private, no-store"
    sheet = Sheet(response)
    sheet.write(
        [
            _("Recipient"),
            _("Credit code"),
            _("Grant"),
            _("Purpose"),
            _("Version"),
            _("Delivered"),
            _("Cut off"),
            _("Rows"),
            _("Bytes"),
            _("First"),
            _("Last"),
        ]
    )
    sheet.write_all(map(_line, found))
    return response


def _line(found: Recipient) -> list[str]:
    return [
        body_name(found.body) if found.body else str(found.person),
        found.body.credit_code if found.body else "",
        str(found.grant.pk) if found.grant else "",
        found.purpose,
        str(found.release or ""),
        str(found.delivered),
        str(found.cut),
        str(found.rows),
        str(found.size),
        moment(found.first),
        moment(found.last),
    ]


@require_safe
@known
def taken(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show what the actor's party took, call by call with receipts, and in sum what is long ago."""
    shown, pager = cut(deliveries.taken_by(asker.actor), request.GET, LISTED)
    context = {
        "deliveries": shown,
        "pager": pager,
        "earlier": deliveries.taken_before(asker.actor)[:SHOWN],
        "keeping": packs.active().provision(duties.TRACE_KEEP),
        "basis": packs.active().provision(duties.TRACE),
        "crumbs": [Link(_("Desk"), reverse("desk:home")), Link(_("Data that we took"), "")],
    }
    return page(request, asker, "desk/taken.html", context)
