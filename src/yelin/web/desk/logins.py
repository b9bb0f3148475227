"""Logins that must act no more: found by their name, blocked with a reason, let act again."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.acts import accounts as acts
from yelin.acts.reads import people
from yelin.law import duties, packs
from yelin.parties.actor import Actor
from yelin.parties.models import Person
from yelin.surface.actor import Asker
from yelin.web import offers
from yelin.web.asking import GET_OR_POST
from yelin.web.desk import right_forms as ask
from yelin.web.desk.door import page
from yelin.web.desk.party_forms import PersonForm
from yelin.web.desk.stopping import stopping, stops_of
from yelin.web.guards import seated
from yelin.web.offers import Offer
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import person_name


class BlockForm(forms.Form):
    """Why a login is blocked."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The person reads it when signing in."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_http_methods(GET_OR_POST)
@seated
def logins(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Look a login up by its name, which stands in no address."""
    assert asker.person is not None  # noqa: S101 - the door lets nobody else in
    # Who may not block a login may not look for one either.
    gate.decide(asker.actor, "accounts.block", asker.person).must_allow(
        "accounts.block", asker.person.pk
    )
    filled = PersonForm(request.POST if request.method == "POST" else None)
    if filled.is_valid():
        return redirect("desk:login", pk=filled.cleaned_data["person"].pk)
    context = {"form": filled, "crumbs": _crumbs(_("Logins"))}
    return page(request, asker, "desk/logins.html", context, status=422 if filled.errors else 200)


@require_http_methods(GET_OR_POST)
@seated
def login(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one login with the seats that hang on it; block it, or let it act again."""
    person = people.account(asker.actor, pk)
    taken = offers.take(request, asker.actor, _of(asker.actor, person))
    if taken.made is not None:
        return redirect("desk:login", pk=pk)
    assert person.user is not None  # noqa: S101 - the read finds none without
    context = {
        "person": person,
        "state": "open" if person.user.is_active else "blocked",
        "seats": person.seats_held(),
        "holds": stops_of(asker.actor, person),
        "basis": packs.active().ordering(duties.GOVERN),
        "offered": taken.offered,
        "crumbs": _crumbs(person_name(person)),
    }
    return page(request, asker, "desk/login.html", context, status=taken.status)


def _of(actor: Actor, person: Person) -> list[Offer]:
    assert person.user is not None  # noqa: S101 - the read finds none without
    block = Offer(
        act="accounts.block",
        on=person,
        title=_("Block the login"),
        says=_("At once: nobody signs in with it, its seats and tokens act no more."),
        button=_("Block"),
        done=_("The login is blocked."),
        form=BlockForm,
        do=lambda said: acts.block(actor=actor, person=person, **said),
        stops=True,
    )
    unblock = Offer(
        act="accounts.unblock",
        on=person,
        title=_("Unblock the login"),
        says=_("It acts again in the seats that it still holds."),
        button=_("Unblock"),
        done=_("The login acts again."),
        do=lambda _said: acts.unblock(actor=actor, person=person),
    )
    stop = stopping(actor, person, _("Stop the person"), ask.HoldPartsForm)
    return [block if person.user.is_active else unblock, stop]


def _crumbs(here: str) -> list[Link]:
    found = [Link(_("Desk"), reverse("desk:home")), Link(_("Bodies"), reverse("desk:bodies"))]
    if here != _("Logins"):
        found.append(Link(_("Logins"), reverse("desk:logins")))
    return [*found, Link(here, "")]
