"""Acts that take two people: what somebody proposed, for another to approve."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.acts import arguments as given
from yelin.acts import proposals as acts
from yelin.acts.frame import named
from yelin.acts.models import Proposal
from yelin.acts.reads import proposals as pending
from yelin.exchange.models import Extract
from yelin.gate.models import Hold
from yelin.law import packs
from yelin.surface.actor import Asker
from yelin.things.models import Subject
from yelin.web import telling
from yelin.web.asking import GET_OR_POST
from yelin.web.desk import reads
from yelin.web.desk.door import page
from yelin.web.desk.shapes import ProposalLine
from yelin.web.desk.stopping import named as thing_named
from yelin.web.done import say_done
from yelin.web.guards import seated
from yelin.web.paging import MOST
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name, person_name, title_of
from yelin.web.words import argument, word


@require_safe
@seated
def proposals(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List what waits for the actor's approval, and what the actor proposed."""
    context = {
        "to_approve": _lines(pending.to_approve(asker.actor)),
        "own": _lines(pending.proposed(asker.actor)),
    }
    return page(request, asker, "desk/proposals.html", context)


def _lines(rows: "QuerySet[Proposal]") -> list[ProposalLine]:
    return [_line(row) for row in rows.select_related("seat__body", "person")[:MOST]]


def _line(row: Proposal) -> ProposalLine:
    return ProposalLine(
        title=telling.name_of(row.act),
        url=reverse("desk:proposal", args=[row.pk]),
        person=person_name(row.person),
        body=body_name(row.seat.body),
        state=row.state,
        proposed_at=row.proposed_at,
        until=row.until,
    )


@require_http_methods(GET_OR_POST)
@seated
def proposal(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one proposal with its arguments; approve it, or take it back."""
    row = pending.proposal(asker.actor, pk)
    if "approve" in request.POST:
        acts.approve(actor=asker.actor, proposal=row)
        say_done(request, _("Approved, and done."), row.act, _about(row))
        return redirect("desk:proposals")
    if "withdraw" in request.POST:
        acts.withdraw(actor=asker.actor, proposal=row)
        say_done(request, _("The proposal is taken back."), "proposals.withdraw", row)
        return redirect("desk:proposals")
    context = {
        "line": _line(row),
        "pairs": list(_pairs(asker, row)),
        "provision": packs.active().provision(named(row.act).duty),
        "may_approve": row.is_waiting
        and gate.decide(asker.actor, "proposals.approve", row).allowed,
        "may_withdraw": row.is_waiting
        and gate.decide(asker.actor, "proposals.withdraw", row).allowed,
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("Two-person acts"), reverse("desk:proposals")),
            Link(telling.name_of(row.act), ""),
        ],
    }
    return page(request, asker, "desk/proposal.html", context)


def _about(row: Proposal) -> Subject:
    declared = named(row.act)
    subject: Subject = given.thawed(declared.body, row.arguments)[declared.subject]
    return subject


def _pairs(asker: Asker, row: Proposal) -> Iterator[tuple[str, str]]:
    for name, value in given.thawed(named(row.act).body, row.arguments).items():
        yield argument(name), "" if value is None else _said(asker, name, value)


def _said(asker: Asker, name: str, value: object) -> str:
    if name in {"cause", "ground"}:
        return str(word(name, value).says)
    if isinstance(value, Hold):
        return f"{thing_named(value.on).title}: {value.reason}"
    if isinstance(value, Extract):
        # What is sought is looked at there, before it is approved.
        where = reverse("desk:extract", args=[value.pk])
        return format_html('<a href="{}">{}</a>', where, title_of(value.entry))
    if not isinstance(value, list):
        return str(value)
    called = reads.titles(asker.actor, value)
    hidden = len(value) - len(called)
    more = [_("{n} more, not open to you").format(n=hidden)] if hidden else []
    return _(", ").join([*called, *more])
