"""Show a fault as its page: the article that decides, its plain words, and the way on."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yelin.gate import Decision
from yelin.law import packs
from yelin.surface.telling import Problem
from yelin.web.shapes import Link, Refusal

_OWN_TEMPLATE = {403: "403.html", 404: "404.html"}


def page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the page of a problem; one that is missing and one that is hidden look the same."""
    context = {"problem": problem, "says": problem.detail, "refusal": _refusal(problem)}
    template = _OWN_TEMPLATE.get(problem.status, "problem.html")
    response = render(request, template, context, status=problem.status)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def _refusal(problem: Problem) -> Refusal:
    provision = packs.active().ordering(problem.duty) if problem.duty else None
    return Refusal(problem.detail, provision)


def of(decision: Decision, ways: Sequence[Link] = (), title: str = "") -> Refusal:
    """Return a refusal of the gate as a box inside a page that may be seen."""
    provision = packs.active().ordering(decision.duty)
    return Refusal(_(decision.says), provision, tuple(ways), title)


def ways_on(*, signed_in: bool, back: str) -> list[Link]:
    """Return what a refused person can do next: sign in, or look elsewhere."""
    ways = [Link(_("Find other data"), reverse("portal:resources"))]
    if not signed_in:
        sign_in = f"{reverse('account_login')}?{urlencode({'next': back})}"
        ways.insert(0, Link(_("Sign in, if you hold a seat that may"), sign_in))
    return ways
