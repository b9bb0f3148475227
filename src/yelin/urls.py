"""Every address of the site: what programs ask, pages, health."""

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path

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
    path("", include("yelin.api.urls")),
    # Logins are given with a seat: of the account pages only these are open.
    re_path(r"^accounts/(?!login/$|logout/$|reauthenticate/$|password/change/$|2fa/)", missing),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("yelin.web.urls")),
]
