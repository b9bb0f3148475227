"""Statements of the console that a person keeps under a name, and gives on by their address."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from yelin.config import config
from yelin.delivery import statements
from yelin.law.refusals import Incomplete
from yelin.parties.models import Person
from yelin.surface import telling
from yelin.surface.actor import Asker
from yelin.web.asking import asker_of
from yelin.web.portal import sql
from yelin.web.portal.account import own


@require_POST
@own
def keep(request: HttpRequest, asker: Asker, person: Person) -> HttpResponse:
    """Keep a statement under a name."""
    del asker
    text = request.POST.get("sql", "")
    try:
        made = statements.keep(person, request.POST.get("name", ""), text)
    except Incomplete as error:
        faults = [telling.said(fault.says, fault.params) for fault in error.faults]
        context = sql.context_of(request, text) | {"unkept": faults, "keeps": text}
        return render(request, "portal/sql.html", context, status=422)
    messages.success(request, _("It is kept under “{name}”.").format(name=made.name))
    return redirect("portal:statement", made.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a statement in the console, not run; share it, share it no more or throw it away."""
    person = asker_of(request).person
    if request.method == "POST":
        return _done(request, person, pk)
    found = statements.opened(pk, person)
    if found is None:
        raise Http404
    is_own = person is not None and found.person_id == person.pk
    context: dict[str, Any] = {"kept": found, "is_own": is_own}
    if is_own and found.shared:
        context["kept_url"] = config.url + reverse("portal:statement", args=[pk])
    return render(request, "portal/sql.html", sql.context_of(request, found.text) | context)


def _done(request: HttpRequest, person: Person | None, pk: UUID) -> HttpResponse:
    asked = request.POST.get("do", "")
    if person is None:
        raise Http404
    if asked == "let_go" and statements.let_go(person, pk):
        messages.success(request, _("The statement is thrown away."))
        return redirect("portal:sql")
    if asked in {"share", "unshare"} and statements.share(person, pk, shared=asked == "share"):
        return redirect("portal:statement", pk)
    raise Http404
