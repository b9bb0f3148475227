"""What one's body is sent by itself: new versions of resources, or their rows, to a program."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.delivery import acts
from yelin.delivery import reads as deliveries
from yelin.delivery.models import Subscription
from yelin.law.refusals import Incomplete
from yelin.notices.webhooks import public_key
from yelin.surface.actor import Asker
from yelin.web import mending
from yelin.web.asking import GET_OR_POST, id_of
from yelin.web.choices import choose
from yelin.web.desk.door import page
from yelin.web.done import say_done
from yelin.web.guards import seated
from yelin.web.limit_forms import uses

# Where a subscription begins: what its receiver has by now.
BEGINS: dict[str, dict[str, Any]] = {
    "now": {},
    "newest": {"whole": True},
    "all": {"since": 0},
}


class SubscribeForm(forms.Form):
    """Of what one is told, where, and from where on."""

    code = forms.CharField(
        label=gettext_lazy("Code of the resource"),
        help_text=gettext_lazy("As it stands on its page: 307010001001/000012."),
        max_length=80,
    )
    address = forms.CharField(
        label=gettext_lazy("Address of your program"),
        help_text=gettext_lazy(
            "It begins with https://. Only your body sees it, and it is erased with the"
            " subscription."
        ),
        max_length=2000,
    )
    wants = forms.ChoiceField(
        label=gettext_lazy("What is sent"),
        choices=[
            ("news", gettext_lazy("That there is a new version, none of its rows")),
            ("changes", gettext_lazy("The changed rows themselves, in parts")),
        ],
        initial="news",
        widget=forms.RadioSelect,
    )
    begins = forms.ChoiceField(
        label=gettext_lazy("From where on"),
        choices=[
            ("now", gettext_lazy("The next version on: we have the newest")),
            ("newest", gettext_lazy("The newest version first, whole")),
            ("all", gettext_lazy("Every version from the first on")),
        ],
        initial="now",
        widget=forms.RadioSelect,
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("For which use"), widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args: Any, purposes: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(purposes) > 1:
            choose(self.fields["purpose"], uses(purposes))
        else:
            del self.fields["purpose"]


class ReplayForm(forms.Form):
    """From which release on something is sent anew."""

    since = forms.IntegerField(min_value=0, max_value=2**31 - 1)


@require_http_methods(GET_OR_POST)
@seated
def subscriptions(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show what is sent to the actor's body; subscribe, send anew, and end it."""
    named = {name: request.GET.get(name, "") for name in ("code", "purpose")}
    filled = SubscribeForm(initial=named, purposes=_purposes(asker, named["code"]))
    match request.POST.get("do", ""):
        case "subscribe":
            purposes = _purposes(asker, request.POST.get("code", ""))
            filled = SubscribeForm(request.POST, purposes=purposes)
            if filled.is_valid() and (made := _subscribe(asker, filled)):
                says = _("What is new is sent from now on.")
                say_done(request, says, "delivery.subscribe", made)
                return redirect("desk:subscriptions")
        case "unsubscribe":
            ended = _own(asker, request.POST.get("subscription", ""))
            acts.unsubscribe(actor=asker.actor, subscription=ended)
            says = _("The subscription has ended and its address is erased.")
            say_done(request, says, "delivery.unsubscribe", ended)
            return redirect("desk:subscriptions")
        case "replay":
            return _replay(request, asker)
    context = {
        "subscriptions": deliveries.subscriptions_of(asker.actor),
        "form": filled,
        "key": public_key(),
    }
    status = 422 if filled.errors else 200
    return page(request, asker, "desk/subscriptions.html", context, status=status)


def _purposes(asker: Asker, code: str) -> Sequence[str]:
    """Return for which uses the resource of this code is given, where it is to the asker."""
    try:
        entry = catalog.get(asker.actor, code=code.strip()) if code.strip() else None
    except gate.Unseen:
        return ()
    return gate.decide(asker.actor, "resource.read", entry).purposes if entry else ()


def _subscribe(asker: Asker, filled: SubscribeForm) -> Subscription | None:
    said = filled.cleaned_data
    try:
        entry = catalog.get(asker.actor, code=said["code"].strip())
    except gate.Unseen:
        filled.add_error("code", _("There is nothing here, or nothing that you may know of."))
        return None
    try:
        return acts.subscribe(
            actor=asker.actor,
            entry=entry,
            address=said["address"],
            wants=said["wants"],
            purpose=said.get("purpose", ""),
            **BEGINS[said["begins"]],
        )
    except Incomplete as error:
        mending.tell(filled, error)
        return None


def _replay(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Go on sending at once, or send anew from the release that was named."""
    found = _own(asker, request.POST.get("subscription", ""))
    since = None
    if request.POST.get("since", "").strip():
        asked = ReplayForm(request.POST)
        since = asked.cleaned_data["since"] if asked.is_valid() else -1
    try:
        acts.replay(actor=asker.actor, subscription=found, since=since)
    except Incomplete as error:
        messages.error(request, " ".join(_(fault.says) for fault in error.faults))
        return redirect("desk:subscriptions")
    says = _("It is sent again from there on.") if since is not None else _("It goes on at once.")
    say_done(request, says, "delivery.replay", found)
    return redirect("desk:subscriptions")


def _own(asker: Asker, text: str) -> Subscription:
    return gate.one_of(deliveries.subscriptions_of(asker.actor).filter(pk=id_of(text)))
