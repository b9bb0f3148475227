"""Choosing the seat in which one acts."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from yelin.surface.actor import SEAT, Asker
from yelin.web.guards import seated


@require_POST
@seated
def choose(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Act in another of one's own seats from now on; another's seat changes nothing."""
    del asker
    # Whether it is one's own is asked anew on every request, so it is only noted here.
    request.session[SEAT] = request.POST.get("seat", "")
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(back)
    return redirect("desk:home")
