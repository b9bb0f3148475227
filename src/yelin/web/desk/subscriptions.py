"""What one's body is told of by itself: new versions of resources, sent to a program."""

from uuid import UUID

from django import forms
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
from yelin.web.desk import filling
from yelin.web.desk.door import page, say_done, seated
from yelin.web.desk.entries import GET_OR_POST


class SubscribeForm(forms.Form):
    """Of what one is told, and where."""

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


@require_http_methods(GET_OR_POST)
@seated
def subscriptions(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show what the actor's body is told of; subscribe, and end it."""
    filled = SubscribeForm(initial={"code": request.GET.get("code", "")})
    match request.POST.get("do", ""):
        case "subscribe":
            filled = SubscribeForm(request.POST)
            if filled.is_valid() and (made := _subscribe(asker, filled)):
                says = _("You are told of the next version.")
                say_done(request, says, "delivery.subscribe", made)
                return redirect("desk:subscriptions")
        case "unsubscribe":
            ended = _own(asker, request.POST.get("subscription", ""))
            acts.unsubscribe(actor=asker.actor, subscription=ended)
            says = _("The subscription has ended and its address is erased.")
            say_done(request, says, "delivery.unsubscribe", ended)
            return redirect("desk:subscriptions")
    context = {
        "subscriptions": deliveries.subscriptions_of(asker.actor),
        "form": filled,
        "key": public_key(),
    }
    status = 422 if filled.errors else 200
    return page(request, asker, "desk/subscriptions.html", context, status=status)


def _subscribe(asker: Asker, filled: SubscribeForm) -> Subscription | None:
    said = filled.cleaned_data
    try:
        entry = catalog.get(asker.actor, code=said["code"].strip())
    except gate.Unseen:
        filled.add_error("code", _("There is nothing here, or nothing that you may know of."))
        return None
    try:
        return acts.subscribe(actor=asker.actor, entry=entry, address=said["address"])
    except Incomplete as error:
        filling.tell(filled, error)
        return None


def _own(asker: Asker, text: str) -> Subscription:
    try:
        found = deliveries.subscriptions_of(asker.actor).filter(pk=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise gate.Unseen
    return found
