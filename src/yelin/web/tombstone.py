"""The page of a resource that was withdrawn: what it was called, when and why it went."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yelin import gate
from yelin.catalog.models import Entry
from yelin.law import duties, packs
from yelin.web.asking import actor_of
from yelin.web.trail import trail


def page(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Return the tombstone (410); those who keep or confirm the entry find its history there."""
    keeps = gate.decide(actor_of(request), "entry.read", entry).allowed
    context = {
        "entry": entry,
        "provision": packs.active().ordering(duties.CATALOG_COMPILE),
        "history": reverse("desk:entry_history", args=[entry.pk]) if keeps else "",
        "crumbs": trail(entry.title, (_("Find data"), "portal:resources")),
    }
    return render(request, "portal/tombstone.html", context, status=410)
