"""Calls of services are answered by the process for long streams; here it is said where that is."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from yelin.config import config
from yelin.surface import telling
from yelin.surface.telling import Problem

MISDIRECTED = 421


@csrf_exempt
def elsewhere(request: HttpRequest, slug: str, path: str = "") -> HttpResponse:
    """Say where services are called, if this process is asked: a proxy leads them there."""
    del request, slug, path
    says = gettext("Services are called below {address}/api/v1/services/, by the same token.")
    title = gettext("Asked at another address")
    return Problem(MISDIRECTED, title, telling.said(says, {"address": config.streams})).response()
