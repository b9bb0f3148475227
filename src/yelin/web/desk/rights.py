"""Grants and holds: what was given to whom, what is stopped; give, take back, stop, let go on."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin.acts import gate as acts
from yelin.cases import reads as cases
from yelin.catalog import acts as catalog
from yelin.catalog import working
from yelin.catalog.models import Entry
from yelin.delivery import lineage
from yelin.exchange import acts as exchange
from yelin.exchange.answering import Answering
from yelin.gate.models import Grant, Hold
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker
from yelin.web import limits, offers
from yelin.web.asking import GET_OR_POST
from yelin.web.desk import entries, reads
from yelin.web.desk import right_forms as ask
from yelin.web.desk.door import page
from yelin.web.desk.shapes import GrantLine
from yelin.web.desk.stopping import hold_line, named, provision_of, stopping, stops_of
from yelin.web.guards import known, seated
from yelin.web.names import listed
from yelin.web.offers import Offer
from yelin.web.paging import MOST, cut
from yelin.web.shapes import Link

PAGE_SIZE = 25
# How a grant names the case in which it was given, among its purposes.
_OF_CASE = "case."


@require_http_methods(GET_OR_POST)
@known
def rights(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the grants and holds that the actor may know of; stop a body."""
    offered = []
    if asker.seat is not None:
        stop = stopping(asker.actor, asker.seat.body, _("Stop a body"), ask.HoldBodyForm)
        offered.append(stop)
    taken = offers.take(request, asker.actor, offered)
    if taken.made is not None:
        return redirect("desk:hold", pk=taken.made.pk)
    context = _lists(request, reads.grants(asker.actor), reads.holds(asker.actor))
    context |= {"offered": taken.offered}
    return page(request, asker, "desk/rights.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@seated
def of_entry(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """List the grants on an entry and what is stopped of it; give to another body, stop."""
    entry = working.seen(asker.actor, pk)
    taken = offers.take(request, asker.actor, _of_entry(asker.actor, entry))
    if taken.made is not None:
        return redirect("desk:entry_rights", pk=pk)
    context = _lists(request, reads.grants(asker.actor, entry), reads.holds(asker.actor, entry))
    context |= {
        "entry": entry,
        "offered": taken.offered,
        "crumbs": entries.crumbs(entry, Link(_("Grants and holds"), "")),
    }
    return page(request, asker, "desk/rights.html", context, status=taken.status)


def _of_entry(actor: Actor, entry: Entry) -> list[Offer]:
    return [
        Offer(
            act="catalog.share",
            on=entry,
            title=_("Give it to another body"),
            says=_("The people of the other body have the rows at once, within what you give."),
            button=_("Give"),
            done=_("The other body has the rows."),
            form=ask.share_form(entry),
            do=lambda said: catalog.share(
                actor=actor, entry=entry, to=said["to"], given=said["given"]
            ),
        ),
        Offer(
            act="exchange.answer",
            on=entry,
            title=_("How verification answers"),
            says=_("Unless you let it be told, no such record and no match look the same."),
            button=_("Save"),
            done=_("It is kept how verification answers."),
            form=ask.AnsweringForm,
            initial={"tells_missing": Answering.tells(entry)},
            do=lambda said: exchange.answer(
                actor=actor, entry=entry, tells_missing=said["tells_missing"]
            ),
        ),
        stopping(actor, entry, _("Stop the resource"), ask.HoldPartsForm),
    ]


def _lists(
    request: HttpRequest, granted: "QuerySet[Grant]", held: "QuerySet[Hold]"
) -> dict[str, Any]:
    ended = "ended" in request.GET
    runs = Grant.runs(clock.now())
    shown = granted.exclude(runs) if ended else granted.filter(runs)
    found, pager = cut(shown, request.GET, PAGE_SIZE, base="?ended=1" if ended else "?")
    stops = held.exclude(lifted_at=None) if ended else held.filter(lifted_at=None)
    return {
        "grants": [_grant_line(grant) for grant in found],
        "holds": [hold_line(hold) for hold in stops[:MOST]],
        "pager": pager,
        "tabs": [
            Link(_("In force now"), request.path, current=not ended),
            Link(_("Ended and lifted"), f"{request.path}?ended=1", current=ended),
        ],
    }


@require_http_methods(GET_OR_POST)
@known
def grant(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one grant, all that it gives, and its end; take it back, or stop it for a time."""
    found = reads.grant(asker.actor, pk)
    runs = found.state_at(clock.now()) in {"coming", "live"}
    taken = offers.take(request, asker.actor, _of_grant(asker.actor, found) if runs else [])
    if taken.made is not None:
        return redirect("desk:grant", pk=pk)
    used, lately = lineage.of_grant(asker.actor, found)
    context = {
        "grant": found,
        "line": _grant_line(found),
        "case": _case(asker.actor, found),
        "pairs": list(_given(found)),
        "use": used,
        "lately": lately,
        "holds": stops_of(asker.actor, found),
        "offered": taken.offered,
        "crumbs": _crumbs(_("Grant")),
    }
    return page(request, asker, "desk/grant.html", context, status=taken.status)


def _of_grant(actor: Actor, found: Grant) -> list[Offer]:
    return [
        Offer(
            act="gate.revoke",
            on=found,
            title=_("Give it up") if found.party_id == actor.party_id else _("Take the grant back"),
            says=_("At once, and for good. Downloads that are running are cut off."),
            button=_("End the grant"),
            done=_("The grant has ended."),
            form=ask.EndForm,
            do=lambda said: acts.revoke(actor=actor, grant=found, **said),
            stops=True,
        ),
        stopping(actor, found, _("Stop it for a time"), ask.HoldForm),
        Offer(
            act="exchange.renew",
            on=found,
            title=_("Ask that it goes on"),
            says=_("A new request with all else as it was; what is given begins where this ends."),
            button=_("Ask for it"),
            done=_("The request to go on is handed in."),
            form=ask.RenewForm,
            do=lambda said: exchange.renew(actor=actor, grant=found, **said),
        ),
    ]


@require_http_methods(GET_OR_POST)
@known
def hold(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one hold: what it stops, why and by which provision; lift it, with a second person."""
    found = reads.hold(asker.actor, pk)
    lift = Offer(
        act="gate.lift_hold",
        on=found,
        title=_("Let it go on"),
        says=_("You propose it; it goes on once a second person approves."),
        button=_("Propose to lift it"),
        done="",
        do=lambda _said: acts.lift_hold(actor=asker.actor, hold=found),
    )
    taken = offers.take(request, asker.actor, [lift] if found.lifted_at is None else [])
    context = {
        "line": hold_line(found),
        "offered": taken.offered,
        "crumbs": _crumbs(_("Hold")),
    }
    return page(request, asker, "desk/hold.html", context, status=taken.status)


def _crumbs(here: str) -> list[Link]:
    return [
        Link(_("Desk"), reverse("desk:home")),
        Link(_("Grants and holds"), reverse("desk:rights")),
        Link(here, ""),
    ]


def _grant_line(found: Grant) -> GrantLine:
    return GrantLine(
        on=named(found.on),
        party=named(found.party).title,
        url=reverse("desk:grant", args=[found.pk]),
        state=found.state_at(clock.now()),
        last_day=found.last_day,
        provision=provision_of(found.duty),
    )


def _case(actor: Actor, found: Grant) -> Link | None:
    """Return the case in which the grant was given, to whoever may open it."""
    if found.given_in_id is None or actor.seat_id is None:
        return None
    case = cases.seen_by(actor).filter(pk=found.given_in_id).first()
    return Link(case.number, reverse("desk:case", args=[case.number])) if case else None


def _given(found: Grant) -> Iterator[tuple[str, str]]:
    """Yield what a grant gives, in words."""
    yield from limits.told(found.items, found.masks, found.row_filter, found.rate_per_hour)
    if found.thinned:
        yield (
            _("Mark of the copies"),
            _("Rows kept back by a secret of the recipient, never altered: {share}").format(
                share=f"{found.thinned.normalize():%}"
            ),
        )
    if uses := [use for use in found.purposes if not use.startswith(_OF_CASE)]:
        yield _("For which use"), listed("use_requirement", uses)
