"""The page of one resource: its data, entry, fields, ways to take it, versions and trace."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.catalog import reads as catalog
from yelin.catalog.models import code_of
from yelin.catalog.rules import Way
from yelin.config import config
from yelin.delivery.opening import Notes
from yelin.exchange import used
from yelin.exchange.models import Service
from yelin.harvesting import reads as harvesting
from yelin.law import clock, packs
from yelin.privacy.workbench import reads as certified
from yelin.surface import calls as asking
from yelin.surface import relayed, syntaxes
from yelin.surface.described import Described, described
from yelin.surface.evidence import NothingSigned, gather
from yelin.surface.schema_org import dataset
from yelin.web import quality, telling
from yelin.web import versions as entry_versions
from yelin.web.asking import asker_of, version_in
from yelin.web.evidence import handed_out
from yelin.web.paging import cut
from yelin.web.portal import contents, reads
from yelin.web.portal.examples import examples
from yelin.web.portal.grid import api_query, show
from yelin.web.portal.shapes import Call
from yelin.web.portal.stable import addresses, citations
from yelin.web.portal.story import NOTHING_ASKED, Seen, look, of_what, story
from yelin.web.templatetags.yelin import lang, title_of
from yelin.web.told import notes
from yelin.web.trail import trail

TRACED = 50


@require_safe
def data(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the rows to those who may take them; to others what the public catalog says, and why."""
    if syntax := syntaxes.wanted(request):
        return syntaxes.see(request, f"/resources/{slug}.{syntax}")
    seen = seen_in(request, slug)
    context: dict[str, Any] = {}
    asked, notes = NOTHING_ASKED, Notes()
    if seen.takes and seen.shown:
        call = asking.of(request)
        if seen.shown.is_table:
            items = {item.name: item for item in seen.items}
            context["grid"], asked, notes = show(
                seen.actor, seen.shown, request.GET, call, items, seen.releases[0], seen.may
            )
        else:
            context["contents"], notes = contents.show(seen.actor, seen.shown, request.GET, call)
    elif seen.may_read.allowed:
        context["items"] = list(seen.items)
    context["described"] = dataset(_described(seen), lang())
    told = story(seen, "", asked, notes)
    if asked.failing and seen.shown:
        context["failing"] = quality.called(seen.may_take, seen.shown, asked.failing)
    if told.downloads:
        context["examples"] = examples(seen, asked)
    if told.downloads and (asked.filters or asked.failing):
        context["filtered_download"] = told.downloads[0].url
    if asked.filters and not asked.failing:
        drawn = [*api_query(replace(asked, sort=())), *of_what(seen, "version")]
        context["drawn_url"] = (
            f"{reverse('portal:resource_charts', args=[slug])}?{urlencode(drawn)}"
        )
    response = resource_page(request, seen, "portal/resource.html", context | {"story": told})
    asking.note(response, notes)
    return syntaxes.by_accept(response)


@require_safe
def about(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the whole catalog entry."""
    seen = seen_in(request, slug)
    origin = harvesting.origin_of(seen.entry) if seen.may_read.allowed else None
    context = {"story": story(seen, "about"), "origin": origin, "slug": slug}
    return resource_page(request, seen, "portal/resource_about.html", context)


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what differs between two versions of the entry that the asker may read."""
    seen = seen_in(request, slug)
    compared = entry_versions.compared(
        reads.versions_of(seen.actor, seen.entry),
        request.GET,
        shows=seen.may_read.obligations.shows,
        outside=tuple(Way),
    )
    context = {"story": story(seen, "about"), "compared": compared}
    return resource_page(request, seen, "portal/resource_history.html", context)


@require_safe
def fields(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the items, and what the shown version holds of each to those who may take it."""
    seen = seen_in(request, slug)
    context: dict[str, Any] = {"story": story(seen, "fields")}
    if seen.may_read.allowed:
        context["items"] = list(seen.items)
    if seen.may_take.allowed and seen.shown:
        written = notes(seen.shown.manifest)
        context["stats"] = [
            facts | {"written": written.get(facts["name"], "")} for facts in seen.told_columns
        ]
    return resource_page(request, seen, "portal/resource_fields.html", context)


@require_safe
def use(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every way to take the data: files, calls to copy, licence."""
    seen = seen_in(request, slug)
    told = story(seen, "use")
    licence = ""
    if seen.may_read.allowed and seen.entry.licence:
        licence = licence_text(seen.entry.licence)
    service = used.offered(seen.actor, seen.entry)
    context = {
        "story": told,
        "calls": calls(seen.entry.slug),
        "examples": examples(seen, NOTHING_ASKED) if told.downloads else (),
        "licence": licence,
        "licence_url": licence_url(seen.entry.licence) if licence else "",
        "stable": addresses(seen.entry, seen.shown) if seen.shown and told.downloads else (),
        "example_day": clock.day_of(seen.shown.released_at).isoformat() if seen.shown else "",
        "cited": list(citations(seen.entry, seen.shown)) if seen.shown else (),
        "service": service,
        "service_call": service_call(service) if service else "",
    }
    return resource_page(request, seen, "portal/resource_use.html", context)


@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every release with its digest and its leaf."""
    seen = seen_in(request, slug)
    leaves = seen.leaves()
    listed = [
        (release, catalog.columns(seen.may_read, release.columns), leaves.get(release.number))
        for release in seen.releases
    ]
    context = {
        "story": story(seen, "versions"),
        "versions": listed,
        "slug": slug,
        # It names items of its source, too: whoever may have the rows may know of these.
        "certificate": certified.standing_of(seen.entry.pk) if seen.may_read.allowed else None,
    }
    return resource_page(request, seen, "portal/resource_versions.html", context)


@require_safe
def trace(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the way of this resource, or of a version, and the acts that the asker may read."""
    seen, version = seen_in(request, slug), version_in(request)
    leaves = reads.trace(seen.actor, seen.entry)
    shown, pager = cut(leaves, request.GET, TRACED)
    context = {
        "story": story(seen, "trace"),
        "may_follow": seen.may_read.allowed,
        "version": version,
        "trace": telling.lines(seen.actor, shown, are_open=True),
        "pager": pager,
        "slug": slug,
    }
    return resource_page(request, seen, "portal/resource_trace.html", context)


@require_safe
def evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand out the leaves about this resource that the asker may open, with their proofs."""
    seen = seen_in(request, slug)
    try:
        bundle = gather(seen.actor, subjects=[seen.entry])
    except NothingSigned:
        raise Http404 from None
    return handed_out(bundle, slug)


def seen_in(request: HttpRequest, slug: str) -> Seen:
    """Return the resource of an address as its asker has it. Raises ``Unseen``."""
    asker = asker_of(request)
    return look(asker, code_of(slug), version_in(request), asking.of(request).purpose)


def _described(seen: Seen) -> Described:
    newest = seen.releases[0] if seen.releases else None
    return described(seen.entry, seen.may_read, seen.may_take, newest)


def resource_page(
    request: HttpRequest, seen: Seen, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Return one of a resource's tabs."""
    crumbs = trail(title_of(seen.entry), (_("Find data"), "portal:resources"))
    old = seen.shown if seen.shown and seen.shown != seen.releases[0] else None
    shared = {"crumbs": crumbs, "old_version": old, "grounds": seen.grounds}
    return render(request, template, {**shared, **context})


def licence_url(licence: str) -> str:
    """Return the address of a licence's own page here; none where the law's list lacks it."""
    known = {each.id for each in packs.active().licences}
    return reverse("portal:licence", args=[licence]) if licence in known else ""


def licence_text(licence: str) -> str:
    """Return the words of a licence, or its name and where they stand."""
    try:
        found = packs.active().licence(licence)
    except KeyError:
        return licence
    text = found.text_zh if lang() == "zh" else found.text_en
    return text.strip() or f"{found.label(lang())} {found.url}"


def service_call(service: Service) -> str:
    """Return a call of the service of a resource, to copy."""
    first = service.content.operations[0]
    method = "" if first.method == "GET" else f"-X {first.method} "
    entry = service.entry
    purpose = next(iter(entry.sharing_requirements), "")
    named = f'-H "X-Yelin-Purpose: {purpose}" ' if purpose else ""
    return (
        f'curl {method}-H "Authorization: Bearer yln_…" {named}'
        f'"{relayed.address_of(entry.slug)}{first.path}"'
    )


def calls(slug: str) -> list[Call]:
    """Return calls of the interface for a resource, to copy."""
    base = f"{config.url}/api/v1/resources/{slug}"
    python = "\n".join(
        (
            "import json, urllib.request",
            "",
            f'address = "{base}/rows?page_size=1000"',
            "while address:",
            "    page = json.load(urllib.request.urlopen(address))",
            '    for row in page["items"]:',
            "        print(row)",
            '    address = page["next"]',
        )
    )
    return [
        Call(_("Metadata, fields and versions"), f'curl "{base}"'),
        Call(_("Rows, page by page"), f'curl "{base}/rows?page=1&page_size=100"'),
        Call(_("The whole file"), f'curl -LOJ "{base}/download?format=csv"'),
        Call("Python", python),
    ]
