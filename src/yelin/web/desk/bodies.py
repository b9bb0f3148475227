"""The register of bodies: enter, verify, rename, merge, split, dissolve, help out."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.acts import parties, succession
from yelin.acts.reads import bodies as register
from yelin.acts.reads import people
from yelin.law.refusals import Incomplete
from yelin.parties.models import Body, Succession
from yelin.surface.actor import Asker
from yelin.web import mending, offers
from yelin.web.asking import GET_OR_POST, id_of
from yelin.web.body_forms import AnyBodyForm
from yelin.web.desk import reads
from yelin.web.desk.door import page
from yelin.web.desk.party_forms import ReasonForm, RecoverForm, RenameForm, SuccessorForm
from yelin.web.desk.right_forms import HoldPartsForm
from yelin.web.desk.shapes import BodyLine
from yelin.web.desk.stopping import stopping, stops_of
from yelin.web.done import say_done
from yelin.web.guards import seated
from yelin.web.names import area_name
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name

PAGE_SIZE = 25


@require_http_methods(["GET", "HEAD"])
@seated
def bodies(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the bodies of the register, those that wait for verification first."""
    asked = request.GET.get("q", "")
    found, pager = cut(register.bodies(asker.actor, asked), request.GET, PAGE_SIZE)
    lines = [
        BodyLine(
            name=body_name(body),
            url=reverse("desk:body", args=[body.pk]),
            code=body.credit_code,
            kind=body.kind,
            place=area_name(body.division),
            state=_state(body),
        )
        for body in found
    ]
    return page(
        request, asker, "desk/bodies.html", {"bodies": lines, "pager": pager, "asked": asked}
    )


def _state(body: Body) -> str:
    if body.until is not None:
        return "ended"
    return "living" if body.may_represent else "unverified"


@require_http_methods(GET_OR_POST)
@seated
def new(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Enter a body."""
    filled = AnyBodyForm(request.POST) if request.method == "POST" else AnyBodyForm()
    if request.method == "POST" and filled.is_valid():
        try:
            body = parties.found(actor=asker.actor, body=filled.body())
        except Incomplete as error:
            mending.tell(filled, error)
        else:
            says = _("Entered: {name}").format(name=body.name)
            say_done(request, says, "parties.found", body)
            return redirect("desk:body", pk=body.pk)
    elif not register.keeps_register(asker.actor):
        raise gate.Unseen
    context = {"form": filled, "crumbs": _crumbs(_("New body"))}
    return page(request, asker, "desk/body_new.html", context, status=422 if filled.errors else 200)


@require_http_methods(GET_OR_POST)
@seated
def body(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show a body with its names, people and successions, and what may be done; do it."""
    found = register.body(asker.actor, pk)
    things = request.POST.getlist("things")
    taken = offers.take(request, asker.actor, _of(asker, found, things))
    if taken.made is not None:
        return redirect("desk:body", pk=pk)
    context = {
        "body": found,
        "place": area_name(found.division),
        "state": _state(found),
        "names": list(found.former_names.all()),
        "holds": stops_of(asker.actor, found),
        "seats": people.seats(asker.actor, found),
        "passed": register.successions(found),
        "holdings": reads.holdings(asker.actor, found),
        "ticked": things,
        "offered": taken.offered,
        "crumbs": _crumbs(body_name(found)),
    }
    return page(request, asker, "desk/body.html", context, status=taken.status)


def _crumbs(here: str) -> list[Link]:
    return [
        Link(_("Desk"), reverse("desk:home")),
        Link(_("Bodies"), reverse("desk:bodies")),
        Link(here, ""),
    ]


def _of(asker: Asker, found: Body, things: list[str]) -> list[Offer]:
    if found.until is not None:
        return []
    actor = asker.actor

    def change(act: Callable[..., Any]) -> Callable[[Mapping[str, Any]], Any]:
        return lambda said: act(actor=actor, body=found, **said)

    def split(said: Mapping[str, Any]) -> Succession:
        return succession.split(
            actor=actor, body=found, things=[id_of(each) for each in things], **said
        )

    return [
        Offer(
            act="parties.rename",
            on=found,
            title=_("Rename"),
            says=_("From today on. What it has is found by the new name; history keeps the old."),
            button=_("Rename"),
            done=_("The body is renamed."),
            form=RenameForm,
            initial={
                "name": found.name,
                "short_name": found.short_name,
                "name_en": found.name_en,
            },
            do=change(succession.rename),
        ),
        Offer(
            act="parties.recover",
            on=found,
            title=_("Give the lost seat anew"),
            says=_("When no head or representative is left who could; lost seats end."),
            button=_("Give the seat"),
            done=_("The seat is given anew."),
            form=RecoverForm,
            do=change(parties.recover),
        ),
        Offer(
            act="parties.merge",
            on=found,
            title=_("Merge into another body"),
            says=_("All that it has, and its people, pass on. This cannot be undone."),
            button=_("Merge"),
            done=_("The body is merged."),
            form=SuccessorForm,
            do=change(succession.merge),
            stops=True,
        ),
        Offer(
            act="parties.split",
            on=found,
            title=_("Pass things on to another body"),
            says=_("Tick what passes on in the table, then name the body that takes it over."),
            button=_("Pass on"),
            done=_("What was ticked has passed on."),
            form=SuccessorForm,
            do=split,
        ),
        Offer(
            act="parties.dissolve",
            on=found,
            title=_("Dissolve"),
            says=_("Only when nothing is left with it. Its seats and tokens end."),
            button=_("Dissolve"),
            done=_("The body is dissolved."),
            form=ReasonForm,
            do=change(succession.dissolve),
            stops=True,
        ),
        stopping(actor, found, _("Stop the body"), HoldPartsForm),
    ]
