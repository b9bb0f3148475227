"""What programs of one's own may still ask this hour, by which tokens, and what they took."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yelin.delivery import reads as deliveries
from yelin.law import clock
from yelin.surface import calls
from yelin.web.asking import asker_of
from yelin.web.tokens import lines
from yelin.web.trail import trail

DAYS = 30


@require_safe
@never_cache
def own_use(request: HttpRequest) -> HttpResponse:
    """Show tokens, limits and use of whoever asks; to a stranger the limit of the address."""
    asker = asker_of(request)
    address = calls.of(request).address
    is_known = asker.person is not None
    since = clock.today() - timedelta(days=DAYS - 1)
    context = {
        "is_known": is_known,
        "seat": asker.seat,
        "tokens": lines(asker.actor) if is_known else [],
        "limits": deliveries.limits_of(asker.actor, address),
        "used": deliveries.used_by(asker.actor, since) if is_known else [],
        "days": DAYS,
        "anew": clock.this_hour() + timedelta(hours=1),
        "crumbs": trail(_("Your tokens, limits and use"), (_("Interfaces"), "portal:developers")),
    }
    return render(request, "portal/own_use.html", context)
