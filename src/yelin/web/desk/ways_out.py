"""Ways out: where requests of a body may lead; ask for one, allow it, close it."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from yelin.acts import outbound as acts
from yelin.acts.reads import ways_out as reads
from yelin.law import clock
from yelin.outbound.models import EgressRule
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker
from yelin.web import offers, words
from yelin.web.asking import GET_OR_POST
from yelin.web.choices import worded
from yelin.web.desk.door import page
from yelin.web.desk.shapes import WayOut
from yelin.web.fields import Day
from yelin.web.guards import seated
from yelin.web.offers import Offer
from yelin.web.paging import MOST
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name


class HostForm(forms.Form):
    """To which host requests are to leave, for what, until when."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("For what"),
        choices=worded(words.EGRESS_PURPOSE),
    )
    host = forms.CharField(
        label=gettext_lazy("Host"),
        help_text=gettext_lazy(
            "One host, such as data.example.cn, or *. before a name that one owner holds."
        ),
        max_length=255,
    )
    port = forms.IntegerField(label=gettext_lazy("Port"), initial=443, min_value=1, max_value=65535)
    until = Day(
        label=gettext_lazy("Last day"), help_text=gettext_lazy("A year from today at most.")
    )


@require_http_methods(GET_OR_POST)
@seated
def ways_out(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the ways out of the actor's body, and those that it answers for; ask for one."""
    assert asker.seat is not None  # noqa: S101 - the door lets nobody else in
    body = asker.seat.body
    ask = Offer(
        act="outbound.ask_host",
        on=body,
        title=_("Ask for a way out"),
        says=_("It is open once another person, who organizes security here, has allowed it."),
        button=_("Ask"),
        done=_("The way out is asked for."),
        form=HostForm,
        do=lambda said: acts.ask_host(actor=asker.actor, body=body, **said),
    )
    taken = offers.take(request, asker.actor, [ask])
    if taken.made is not None:
        return redirect("desk:ways_out")
    lines = [_line(rule) for rule in reads.ways_out(asker.actor)[:MOST]]
    groups = [
        (_("Wait for an answer"), [line for line in lines if line.state == "asked"]),
        (pgettext("way out", "Open"), [line for line in lines if line.state == "allowed"]),
        (_("Closed or over"), [line for line in lines if line.state in {"ended", "over"}]),
    ]
    context = {
        "groups": [(title, found) for title, found in groups if found],
        "offered": taken.offered,
    }
    return page(request, asker, "desk/ways_out.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@seated
def way_out(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one way out; allow it or close it."""
    found = reads.way_out(asker.actor, pk)
    taken = offers.take(request, asker.actor, _of(asker.actor, found))
    if taken.made is not None:
        return redirect("desk:way_out", pk=pk)
    line = _line(found)
    context = {
        "line": line,
        "rule": found,
        "offered": taken.offered,
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("Ways out"), reverse("desk:ways_out")),
            Link(line.host, ""),
        ],
    }
    return page(request, asker, "desk/way_out.html", context, status=taken.status)


def _of(actor: Actor, found: EgressRule) -> list[Offer]:
    allow = Offer(
        act="outbound.allow_host",
        on=found,
        title=_("Allow it"),
        says=_("Requests may leave from now on, until the last day. Whoever asked cannot allow."),
        button=_("Allow"),
        done=_("The way out is open."),
        do=lambda _said: acts.allow_host(actor=actor, rule=found),
    )
    forbid = Offer(
        act="outbound.forbid_host",
        on=found,
        title=_("Refuse it") if found.state == "asked" else _("Close it"),
        says=_("At once. It can be asked for anew."),
        button=_("Refuse") if found.state == "asked" else _("Close the way out"),
        done=_("The way out is closed."),
        do=lambda _said: acts.forbid_host(actor=actor, rule=found),
        stops=True,
    )
    return {"asked": [allow, forbid], "allowed": [forbid]}.get(found.state, [])


def _line(found: EgressRule) -> WayOut:
    is_over = found.state != "ended" and found.until < clock.today()
    return WayOut(
        host=str(found),
        url=reverse("desk:way_out", args=[found.pk]),
        body=body_name(found.body.body),
        purpose=found.purpose,
        state="over" if is_over else found.state,
        until=found.until,
        used_on=found.used_on,
    )
