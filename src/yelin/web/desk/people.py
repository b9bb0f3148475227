"""People and seats of one's own body: appoint, invite, hand over, depute, end, new passwords."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin.acts import logins, parties, seats
from yelin.acts.reads import people as reads
from yelin.config import config
from yelin.parties.models import Body, Person, Seat
from yelin.surface.actor import Asker
from yelin.web import offers
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.desk.party_forms import AppointForm, DeputyForm, EnrolForm, PersonForm
from yelin.web.desk.right_forms import HoldPartsForm
from yelin.web.desk.stopping import stopping, stops_of
from yelin.web.guards import seated
from yelin.web.offers import Offer
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import person_name

ENROL = "enrol"


@require_http_methods(GET_OR_POST)
@seated
def people(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show who sits in the actor's body; appoint, enrol or invite."""
    assert asker.seat is not None  # noqa: S101 - the door lets nobody else in
    body = asker.seat.body
    taken = offers.take(request, asker.actor, _of_body(asker, body))
    if isinstance(taken.made, Seat) and request.POST["do"] == ENROL:
        return link(request, asker, taken.made.person, reverse("desk:people"))
    if taken.made is not None:
        return redirect("desk:people")
    context = {
        "body": body,
        "seats": reads.seats(asker.actor, body),
        "invitations": reads.invitations(asker.actor, body),
        "offered": taken.offered,
    }
    return page(request, asker, "desk/people.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@seated
def seat(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show a seat with its deputies and what may be done with it; do it."""
    found = reads.seat(asker.actor, pk)
    here = reverse("desk:seat_page", args=[pk])
    taken = offers.take(request, asker.actor, _of_seat(asker, found))
    if taken.made is not None:
        doing = request.POST["do"]
        if doing == "parties.give_link":
            return link(request, asker, found.person, here)
        if doing in {"parties.leave", "parties.hand_over"} and pk == asker.actor.seat_id:
            return redirect("portal:account")
        return redirect("desk:people" if doing == "parties.hand_over" else here)
    context = {
        "seat": found,
        "deputies": reads.deputies(asker.actor, found),
        "holds": stops_of(asker.actor, found),
        "offered": taken.offered,
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("People and seats"), reverse("desk:people")),
            Link(person_name(found.person), ""),
        ],
    }
    return page(request, asker, "desk/seat.html", context, status=taken.status)


def link(request: HttpRequest, asker: Asker, person: Person, back: str) -> HttpResponse:
    """Show the one-time link by which ``person`` chooses a password, this once."""
    assert person.user is not None  # noqa: S101 - whoever was just given a seat has a login
    parts = logins.one_time(person.user)
    context = {
        "person": person,
        "url": config.url + reverse("portal:choose_password", args=parts),
        "back": back,
    }
    return page(request, asker, "desk/link.html", context)


def _of_body(asker: Asker, body: Body) -> list[Offer]:
    actor = asker.actor

    def enrol(said: Mapping[str, Any]) -> Seat:
        person = Person(name=said["name"], name_en=said["name_en"])
        person = parties.enrol(actor=actor, person=person, username=said["username"])
        return parties.appoint(actor=actor, body=body, person=person, role=said["role"])

    return [
        Offer(
            act="parties.appoint",
            on=body,
            title=_("Give a seat"),
            says=_("To a person who has a login already."),
            button=_("Appoint"),
            done=_("The seat is given."),
            form=AppointForm,
            do=lambda said: parties.appoint(actor=actor, body=body, **said),
        ),
        Offer(
            act="parties.appoint",
            key=ENROL,
            on=body,
            title=_("Enrol someone new"),
            says=_("A login and a seat in one step; the password is chosen by a one-time link."),
            button=_("Enrol and appoint"),
            done=_("The login is made and the seat is given."),
            form=EnrolForm,
            do=enrol,
        ),
        Offer(
            act="parties.invite",
            on=body,
            title=_("Invite a representative"),
            says=_("The person accepts on the page of the account, within two weeks."),
            button=_("Invite"),
            done=_("The invitation is sent."),
            form=PersonForm,
            do=lambda said: seats.invite(actor=actor, body=body, **said),
        ),
    ]


def _of_seat(asker: Asker, found: Seat) -> list[Offer]:
    actor = asker.actor
    return [
        Offer(
            act="parties.hand_over",
            on=found,
            title=_("Hand over"),
            says=_("What waits in this seat passes on; its tokens and deputies end at once."),
            button=_("Hand over"),
            done=_("The seat is handed over."),
            form=PersonForm,
            do=lambda said: seats.hand_over(actor=actor, seat=found, **said),
        ),
        Offer(
            act="parties.depute",
            on=found,
            title=_("Name a deputy"),
            says=_("A colleague acts in this seat between two days; the ledger tells both."),
            button=_("Name the deputy"),
            done=_("The deputy is named."),
            form=DeputyForm,
            do=lambda said: seats.depute(actor=actor, seat=found, **said),
        ),
        *(
            Offer(
                act="parties.end_deputy",
                key=f"end-{deputy.pk}",
                on=deputy,
                title=_("End the deputy {name}").format(name=person_name(deputy.person)),
                button=_("End"),
                done=_("The deputy acts no longer."),
                do=lambda _said, deputy=deputy: seats.end_deputy(actor=actor, deputy=deputy),  # type: ignore[misc]  # bound early, for the loop
                stops=True,
            )
            for deputy in reads.deputies(actor, found)
        ),
        Offer(
            act="parties.give_link",
            on=found,
            title=_("Give a new password"),
            says=_("A one-time link, good for three days, by which the holder chooses it."),
            button=_("Make the link"),
            done=_("The link is made."),
            do=lambda _said: seats.give_link(actor=actor, seat=found),
        ),
        Offer(
            act="parties.leave",
            on=found,
            title=_("End the seat"),
            says=_("With its tokens and deputies, at once."),
            button=_("End the seat"),
            done=_("The seat has ended."),
            do=lambda _said: seats.leave(actor=actor, seat=found),
            stops=True,
        ),
        stopping(actor, found, _("Stop the seat"), HoldPartsForm),
    ]
