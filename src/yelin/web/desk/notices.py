"""The inbox: what one was told, newest first; whatever else carries notices, it is all here."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.acts.reads import notices as heard
from yelin.law import clock
from yelin.notices.models import Notice
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker
from yelin.web import kinds, paging
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.desk.shapes import NoticeLine
from yelin.web.desk.titles import titles_of
from yelin.web.guards import known
from yelin.web.shapes import Link

PAGE = 30
# Where what a notice is about is gone on with; an entry that awaits is another's to look at.
PLACES = {
    "entry": "desk:entry",
    "upload": "desk:report",
    "collection_form": "desk:collection_form",
    "finding": "desk:finding",
    "reuse": "portal:reuse",
}
# What is known by its number.
NUMBERED = {
    "demand": "portal:demand",
    "arrangement": "portal:arrangement",
    "negotiation": "portal:negotiation",
    "contract": "portal:contract",
    "dispute": "portal:dispute",
}
# What has no page of its own stands on one for all.
PAGES = {
    "channel": "desk:channels",
    "followed.hits": "portal:kept",
    "subscription": "desk:subscriptions",
    "comment.waiting": "desk:talk",
    "comment.reported": "desk:talk",
}
_OF_DATA = ("data.", "followed.", "rights.")
ELSEWHERE = {"entry.awaiting": "desk:review"}
ICONS = {
    "case": "doc",
    "contract": "doc",
    "dispute": "doc",
    "entry": "doc",
    "upload": "upload",
    "channel": "mail",
    "subscription": "mail",
}


@require_http_methods(GET_OR_POST)
@known
def inbox(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show what one was told; mark all of it as read."""
    told = heard.notices(asker.actor)
    if request.method == "POST":
        told.unread().update(read_at=clock.now())
        messages.success(request, _("Everything is marked as read."))
        return redirect("desk:notices")
    unread = told.unread().count()
    only = "unread" in request.GET
    shown = told.unread() if only else told
    rows, pager = paging.cut(shown, request.GET, PAGE, base="?unread=1" if only else "?")
    here = reverse("desk:notices")
    context = {
        "lines": _lines(asker.actor, rows),
        "pager": pager,
        "unread": unread,
        "only": only,
        "tabs": [
            Link(_("All"), here, current=not only),
            Link(_("Unread"), f"{here}?unread=1", current=only, count=str(unread or "")),
        ],
    }
    return page(request, asker, "desk/notices.html", context)


def _lines(actor: Actor, rows: Sequence[Notice]) -> list[NoticeLine]:
    titles = titles_of(actor, [row.about_id for row in rows])
    return [
        NoticeLine(
            id=row.pk,
            says=row.says,
            title=titles.get(row.about_id, ""),
            at=row.at,
            unread=row.read_at is None,
            icon=ICONS.get(row.about.kind, "info"),
        )
        for row in rows
    ]


@require_safe
@known
def follow(request: HttpRequest, asker: Asker, pk: int) -> HttpResponse:
    """Lead to what a notice is about; it is read by that."""
    del request
    notice = gate.one_of(heard.notices(asker.actor).filter(pk=pk))
    if notice.read_at is None:
        Notice.objects.filter(pk=pk, read_at=None).update(read_at=clock.now())
    if one_page := PAGES.get(notice.event) or PAGES.get(notice.about.kind):
        return redirect(one_page)
    if numbered := NUMBERED.get(notice.about.kind):
        return redirect(numbered, notice.about.code)
    if notice.about.kind == "comment":
        return redirect("portal:resource_talk", notice.about.comment.entry.slug)
    if notice.event.startswith(_OF_DATA) and notice.about.kind == "entry":
        # Whoever has the data finds there how the check stands, and what is new.
        return redirect("portal:resource", notice.about.entry.slug)
    if notice.about.kind == "case":
        # What concerns one's body is handled at the desk, what concerns oneself in the portal.
        case = notice.about.case
        at_desk = asker.seat is not None and gate.decide(asker.actor, "case.see", case).allowed
        return redirect("desk:case" if at_desk else kinds.of(case).one, case.number)
    place = ELSEWHERE.get(notice.event) or PLACES.get(notice.about.kind)
    return HttpResponseRedirect(
        reverse(place, args=[notice.about_id]) if place else reverse("desk:notices")
    )
