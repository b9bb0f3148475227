"""Who comes in: people with a seat, or all who are known; everybody else signs in."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from yelin.parties.models import Body
from yelin.surface.actor import Asker
from yelin.web.asking import asker_of

P = ParamSpec("P")


def seated(
    view: Callable[Concatenate[HttpRequest, Asker, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let ``view`` answer people with a seat; others sign in, or are told what is missing."""
    return _guarded(view, lambda asker: asker.seat is not None)


def known(
    view: Callable[Concatenate[HttpRequest, Asker, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let ``view`` answer everyone who is known by name, in a seat or not; others sign in."""
    return _guarded(view, lambda asker: asker.person is not None)


def _guarded(
    view: Callable[Concatenate[HttpRequest, Asker, P], HttpResponseBase],
    may_enter: Callable[[Asker], bool],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        asker = asker_of(request)
        if not may_enter(asker):
            return render(request, "desk/no_seat.html", status=403)
        return view(request, asker, *args, **kwargs)

    return guarded


def own_body(asker: Asker) -> Body:
    """Return the body in which whoever is ``seated`` sits."""
    assert asker.seat is not None  # noqa: S101 - the door lets nobody else in
    return asker.seat.body
