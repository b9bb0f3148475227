"""What programs can take: calls to copy, the filters, the ledger's addresses, the API described."""

import json
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.catalog.content import ItemContent
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery.batches import MEGABYTE
from yelin.delivery.pace import HOUR_SECONDS, Left
from yelin.law import clock, packs
from yelin.ledger import log
from yelin.parties.actor import Actor
from yelin.registers.content import ItemType
from yelin.surface import calls as calls_of
from yelin.surface.questions import MOST_IN_A_PAGE
from yelin.surface.schema_org import licence_address
from yelin.warehouse.formats import XLSX_ROWS
from yelin.warehouse.selected import MOST_BYTES, MOST_ROWS
from yelin.web.portal import reads
from yelin.web.portal.resource import calls, licence_text
from yelin.web.portal.resources import MOST_IN_A_FILE
from yelin.web.portal.shapes import Call
from yelin.web.templatetags.yelin import lang, number, size
from yelin.web.trail import trail

# So much of a title is a word to look for.
FIRST_WORD = 2
_FIGURES = (ItemType.WHOLE, ItemType.NUMBER, ItemType.MONEY, ItemType.DOUBLE, ItemType.FLOAT)


@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """Show how to begin, on a resource that everyone may take."""
    newest = [
        entry for entry in reads.newest(Actor.anyone(), 20) if entry.opening_type == "unconditional"
    ]
    word = _sought(newest)
    search = Call(_("Search the catalog"), f'curl "{config.url}/api/v1/resources?q={word}"')
    context = {
        "calls": [search, *(calls(newest[0].slug) if newest else [])],
        "harvest": _harvest(word),
        "operators": _operators(newest[0].content().items if newest else ()),
        "ckan_calls": _ckan_calls(newest[0].slug if newest else "307010001-000001", word),
        "ckan_words": _ckan_words(),
        "assistants": _assistants(),
        "tools": _tools(),
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
        (
            licence.label(lang()),
            licence.url or licence_text(licence.id),
            reverse("portal:licence", args=[licence.id]),
        )
        for licence in packs.active().licences
    ]
    context = {
        "licences": licences,
        "own": packs.active().own_licences,
        "crumbs": trail(_("About, licence and access for all")),
    }
    return render(request, "portal/about.html", context)


@require_safe
def licence(request: HttpRequest, name: str) -> HttpResponse:
    """Show one licence under which data is open: its words, where it is at home, how to name it."""
    try:
        found = packs.active().licence(name)
    except KeyError:
        raise Http404 from None
    context = {
        "licence": found,
        "title": found.label(lang()),
        "text": (found.text_en if lang() == "en" else found.text_zh).strip(),
        "address": licence_address(name, packs.active()),
        "crumbs": trail(
            found.label(lang()), (_("About, licence and access for all"), "portal:about")
        ),
    }
    return render(request, "portal/licence.html", context)


@require_safe
def fair_use(request: HttpRequest) -> HttpResponse:
    """Say how much of what anyone may have, as this installation is set, and what happens then."""
    most = config.fair_use_per_hour
    context = {
        "most": most,
        "by_second": most / HOUR_SECONDS,
        "limits": [
            (_("Rows in one answer of the API"), number(MOST_IN_A_PAGE)),
            (_("Rows in one answer of the SQL console"), number(MOST_ROWS)),
            (_("Bytes in one answer of the SQL console"), size(MOST_BYTES)),
            (_("Rows in an XLSX file"), number(XLSX_ROWS)),
            (_("Resources in one ZIP"), number(config.batch_limit)),
            (_("Data in one ZIP, as it lies"), size(config.batch_limit_mb * MEGABYTE)),
            (_("Entries in one file of the catalog"), number(MOST_IN_A_FILE)),
        ],
        "answer": "\n".join(
            f"{name}: {value}"
            for name, value in calls_of.limits(
                Left("fair-use", most, max(0, most - 1), 1_234)
            ).items()
        ),
        "crumbs": trail(_("Fair use"), (_("Interfaces"), "portal:developers")),
    }
    return render(request, "portal/fair_use.html", context)


def _sought(newest: Sequence[Entry]) -> str:
    """Return a word by which whoever tries it for the first time finds something.

    That is what the newest title begins with, unless no shell should be given it.
    """
    begins = newest[0].title[:FIRST_WORD] if newest else ""
    return begins if begins.isalnum() else _place()


def _place() -> str:
    """Return the first place of the province, as a word to look for."""
    return packs.active().division_rows[1].zh


def _harvest(word: str) -> list[Call]:
    turtle = f'curl -L -H "Accept: text/turtle" "{config.url}/catalog"'
    changed = f'curl "{config.url}/catalog.jsonld?modified_since={clock.today().replace(day=1)}"'
    return [
        Call(_("The catalog as DCAT, fifty entries a page"), turtle),
        Call(_("What changed since a day"), changed),
        Call(
            _("One body, theme or search as a feed"),
            f'curl "{config.url}/feeds/custom.atom?q={word}"',
        ),
    ]


def _operators(items: Sequence[ItemContent]) -> list[tuple[str, str, str]]:
    """Return how rows are filtered, by columns of the resource that the calls are about."""
    text = _first(items, ItemType.TEXT) or "名称"
    figure = _first(items, *_FIGURES) or "数值"
    return [
        ("eq", _("is equal to; the operator may be left out"), f"filter[{text}]={_place()}"),
        ("ne", _("is not equal to"), f"filter[{text}][ne]={_place()}"),
        ("lt lte gt gte", _("less, at most, greater, at least"), f"filter[{figure}][gte]=5000"),
        ("in", _("is one of, comma between"), f"filter[{figure}][in]=1,2"),
        ("contains startswith", _("holds, begins with"), f"filter[{text}][contains]={_place()}"),
        ("isnull", _("is empty: true or false"), f"filter[{figure}][isnull]=true"),
        ("sort", _("order; a minus sorts downwards"), f"sort=-{figure}"),
        ("columns", _("only these columns"), f"columns={text},{figure}"),
        ("page page_size", _("which page, how many rows"), "page=2&page_size=500"),
    ]


def _first(items: Sequence[ItemContent], *types: ItemType) -> str:
    return next((each.name for each in items if each.type in types), "")


def _assistants() -> list[Call]:
    address = f"{config.url}/mcp"
    servers = {
        "mcpServers": {
            "yelin": {
                "type": "http",
                "url": address,
                "headers": {"Authorization": "Bearer yln_…"},
            }
        }
    }
    return [
        Call(_("Address"), address),
        Call(
            _("As most assistants are told; leave the headers out for open data alone"),
            json.dumps(servers, ensure_ascii=False, indent=2),
        ),
    ]


def _tools() -> list[tuple[str, str]]:
    return [
        ("search_catalog", _("finds resources by words and facets")),
        ("describe_resource", _("tells the columns, licence and versions of one")),
        ("query_rows", _("has rows, filtered, sorted, grouped with totals")),
        ("run_sql", _("answers one SELECT over several")),
    ]


def _ckan_calls(slug: str, word: str) -> list[Call]:
    action, licence = f"{config.url}/api/3/action", packs.active().licences[0].id
    make = "\n".join(
        (
            "import ckanapi",
            "",
            f'ckan = ckanapi.RemoteCKAN("{config.url}", apikey="yln_…")',
            "made = ckan.action.package_create(",
            f'    title="港口吞吐量", notes="…", license_id="{licence}", maintainer="统计处",',
            '    groups=[{"name": "transport"}], tags=[{"name": "港口"}],',
            '    extras=[{"key": "state_secret", "value": "false"},',
            '            {"key": "classification", "value": "307010001"}, …],',
            ")",
            'file = open("ports.csv", "rb")',
            'sent = ckan.action.resource_create(package_id=made["id"], upload=file)',
            "# … resource_show: upload_state ready",
            'ckan.action.resource_patch(id=sent["id"], state="active")',
        )
    )
    return [
        Call(_("Find datasets"), f'curl "{action}/package_search?q=title:{word}*&rows=10"'),
        Call(_("Rows of a dataset"), f'curl "{action}/datastore_search?resource_id={slug}&q=2020"'),
        Call(_("All its rows"), f'curl -LO "{config.url}/datastore/dump/{slug}?format=csv"'),
        Call(_("The whole catalog"), f"ckanapi dump datasets --all -r {config.url} -O all.jsonl"),
        Call(_("Compile, send, publish"), make),
    ]


def _ckan_words() -> list[tuple[str, str]]:
    return [
        ("package", _("an entry; its name is given by the registry")),
        ("organization", _("the body that provides it; its name is the credit code")),
        ("groups tags", _("themes and keywords")),
        ("notes", _("summary")),
        ("maintainer", _("contact office")),
        ("license_id", _("licence")),
        ("resource", _("the newest version in one format; the id stays while versions come")),
        (
            "extras",
            _("everything else by the names of the act catalog.draft; lists and items as JSON"),
        ),
        ("state=draft", _("only drafted; else it is registered at once")),
        ("package_delete", _("drops what was never confirmed; asks that another be withdrawn")),
    ]
