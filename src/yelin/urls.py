"""Every address of the site: pages, REST, the ledger's tiles, health."""

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path

from yelin.api import resumable, services, tiles
from yelin.api.v1 import api

handler400 = "yelin.web.errors.not_understood"
handler404 = "yelin.web.errors.not_found"
handler500 = "yelin.web.errors.broken"


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    del request
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether the database answers too."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def missing(request: HttpRequest) -> HttpResponse:
    """Answer as an address that does not exist."""
    raise Http404(request.path)


urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("api/v1/uploads/resumable/", resumable.files, name="resumable"),
    path("api/v1/uploads/resumable/<uuid:pk>", resumable.file, name="resumable"),
    path("api/v1/services/<slug:slug>", services.elsewhere),
    path("api/v1/services/<slug:slug>/<path:path>", services.elsewhere),
    path("api/v1/", api.urls),
    path("ledger/checkpoint", tiles.checkpoint, name="ledger-checkpoint"),
    path("ledger/tile/<path:path>", tiles.tile, name="ledger-tile"),
    path("", include("yelin.api.dcat.urls")),
    # Logins are given with a seat: of the account pages only these are open.
    re_path(r"^accounts/(?!login/$|logout/$|reauthenticate/$|password/change/$|2fa/)", missing),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("yelin.api.ckan.urls")),
    path("", include("yelin.web.urls")),
]
