"""What a page does when an act asks for more: a fresh proof of who acts, or a second person."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yelin.acts.frame import AwaitsSecond


def address(request: HttpRequest, *, back: str) -> str:
    """Return where a person confirms to be there, and comes ``back`` from."""
    way: str = get_adapter(request).get_reauthentication_methods(request.user)[0]["url"]
    return f"{way}{'&' if '?' in way else '?'}{urlencode({'next': back})}"


def proposed(request: HttpRequest, awaits: AwaitsSecond) -> HttpResponse:
    """Lead to the proposal that now awaits its second person."""
    messages.success(request, _("It is proposed. It is done once a second person approves."))
    return redirect("desk:proposal", awaits.proposal.pk)
