"""What programs can take: calls to copy, the filters, the ledger's addresses, the API described."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.config import config
from yelin.law import packs
from yelin.ledger import log
from yelin.parties.actor import Actor
from yelin.web.portal import reads
from yelin.web.portal.resource import calls, licence_text
from yelin.web.portal.shapes import Call
from yelin.web.templatetags.yelin import lang
from yelin.web.trail import trail


@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """Show how to begin, on a resource that everyone may take."""
    newest = [
        entry for entry in reads.newest(Actor.anyone(), 20) if entry.opening_type == "unconditional"
    ]
    search = Call(_("Search the catalog"), f'curl "{config.url}/api/v1/resources?q=海口"')
    context = {
        "calls": [search, *(calls(newest[0].slug) if newest else [])],
        "harvest": _harvest(),
        "operators": _operators(),
        "vkey": str(log.verifier_key()),
        "site": config.url,
        "verify_command": f"yelin ledger verify --url {config.url} --key '{log.verifier_key()}'",
        "crumbs": trail(_("Interfaces")),
    }
    return render(request, "portal/developers.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what this is, under which licences data is open, and what is kept about readers."""
    licences = [
        (licence.label(lang()), licence.url or licence_text(licence.id))
        for licence in packs.active().licences
    ]
    crumbs = trail(_("About, licence and access for all"))
    return render(request, "portal/about.html", {"licences": licences, "crumbs": crumbs})


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Show the description of the interface, made from ``openapi.json`` in the browser."""
    crumbs = trail(_("API description"), (_("Interfaces"), "portal:developers"))
    return render(request, "portal/api_docs.html", {"crumbs": crumbs})


def _harvest() -> list[Call]:
    turtle = f'curl -L -H "Accept: text/turtle" "{config.url}/catalog"'
    changed = f'curl "{config.url}/catalog.jsonld?modified_since=2026-11-01"'
    return [
        Call(_("The catalog as DCAT, a hundred entries a page"), turtle),
        Call(_("What changed since a day"), changed),
        Call(
            _("One body, theme or search as a feed"),
            f'curl "{config.url}/feeds/custom.atom?q=海口"',
        ),
    ]


def _operators() -> list[tuple[str, str, str]]:
    return [
        ("eq", _("is equal to; the operator may be left out"), "filter[年份]=2020"),
        ("ne", _("is not equal to"), "filter[年份][ne]=2020"),
        ("lt lte gt gte", _("less, at most, greater, at least"), "filter[海口港][gte]=5000"),
        ("in", _("is one of, comma between"), "filter[年份][in]=2019,2020"),
        ("contains startswith", _("holds, begins with"), "filter[名称][contains]=海口"),
        ("isnull", _("is empty: true or false"), "filter[代码][isnull]=true"),
        ("sort", _("order; a minus sorts downwards"), "sort=-年份"),
        ("columns", _("only these columns"), "columns=年份,海口港"),
        ("page page_size", _("which page, how many rows"), "page=2&page_size=500"),
    ]
