"""The pages of faults that Django finds: no such address, a request that cannot be read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yelin import logs


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that there is nothing here."""
    del exception
    return render(request, "404.html", status=404)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that the request was not understood."""
    del exception
    return render(request, "400.html", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """Show that something broke on our side, without asking the database for anything."""
    del request
    from django.template.loader import render_to_string  # noqa: PLC0415 - nothing else may be needed

    page = render_to_string("500.html", {"number": logs.request_id()})
    return HttpResponse(page, status=500)
