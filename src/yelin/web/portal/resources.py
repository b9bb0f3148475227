"""The list of results: words, facets, order, pages."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.catalog import reads as catalog
from yelin.catalog.counting import FACETS, Counts
from yelin.catalog.models import Entry
from yelin.catalog.reads import Search
from yelin.compiling.writing import MEDIA_TYPES
from yelin.config import config
from yelin.delivery import whole
from yelin.delivery.models import CatalogFile
from yelin.parties.actor import Actor
from yelin.warehouse.formats import TooLarge
from yelin.web import refusals, words
from yelin.web.addresses import address, kept
from yelin.web.asking import asker_of
from yelin.web.catalog_files import sent
from yelin.web.names import area_name, class_name, licence_name, theme_name
from yelin.web.paging import page_of
from yelin.web.portal import reads
from yelin.web.portal.cards import cards
from yelin.web.portal.narrowed import narrowings
from yelin.web.portal.shapes import Download, Facet, Option, WholeFile
from yelin.web.shapes import Link, Pager
from yelin.web.templatetags.yelin import body_name
from yelin.web.trail import trail

PAGE_SIZE = 20
LONGEST_QUERY = 200
MOST_IN_A_FILE = 10_000
# What of a question says which part of the answer is shown.
_OF_A_PAGE = ("page", "whole")
GRADES = {str(grade): word.says for grade, word in words.GRADE.items()}


@require_safe
def resources(request: HttpRequest) -> HttpResponse:
    """Show what the asker may find."""
    asker, here = asker_of(request), reverse("portal:resources")
    search = read(request.GET)
    found = catalog.find(asker.actor, search)
    # Of very many hits the page says that there are many, and asks for the figures after.
    whole = bool(request.GET.get("whole"))
    pages = max(1, -(-found.offered // PAGE_SIZE))
    page = min(page_of(request.GET), pages)
    entries = found.best((page - 1) * PAGE_SIZE, PAGE_SIZE)
    counted = found.facets(whole=whole)
    facets = facets_of(counted, search)
    nothing = search.words and not found.total
    ways = refusals.ways_on(signed_in=asker.person is not None, back=request.get_full_path())
    shown = cards(asker.actor, entries, ways=ways[:1] if asker.seat is None else ())
    return render(
        request,
        "portal/resources.html",
        {
            "query": search.words,
            "sort": search.sort,
            "total": found.count() if whole else found.total,
            "is_exact": whole or found.is_exact,
            "whole_url": ""
            if counted.keys() == FACETS.keys()
            else address(request.GET, here, whole="1"),
            "offered": found.offered,
            "ends_early": page == pages and not found.is_exact,
            "loosened": [term.text for term in found.terms] if found.loosened else (),
            "others": _others(asker.actor, search, request.GET) if nothing else (),
            "cards": shown,
            "any_to_take": any(card.slug for card in shown),
            "facets": facets,
            "chosen": narrowings(facets, request.GET, here, drop=_OF_A_PAGE),
            "clear_url": address(request.GET, here, drop=FACETS),
            "sorts": _sorts(search, request.GET),
            "pager": Pager(page, pages, address(request.GET, here, drop=_OF_A_PAGE)),
            "api_url": _api_url(request.GET),
            "follow_url": address(request.GET, reverse("portal:follow_search"), drop=_OF_A_PAGE)
            if search.words or search.chosen
            else "",
            "file_urls": _file_urls(request.GET),
            "whole": None if search.words or search.chosen else whole_file(),
            "crumbs": trail(_("Find data")),
        },
    )


@require_safe
def catalog_file(request: HttpRequest, format_: str) -> HttpResponse:
    """Send what the asker may find as a file in the national layout, each as far as readable."""
    asker, search = asker_of(request), read(request.GET)
    found = catalog.find(asker.actor, search).rows().order_by()
    if found[MOST_IN_A_FILE : MOST_IN_A_FILE + 1].exists():
        is_all = not search.words and not search.chosen
        if is_all and not asker.actor.is_identified and format_ in CatalogFile.FORMS:
            return HttpResponse(
                status=HTTPStatus.TEMPORARY_REDIRECT,
                headers={"Location": whole.address(format_), "Cache-Control": "no-store"},
            )
        raise TooLarge(
            "{format} holds at most {limit} entries here; search for fewer.",
            format_,
            MOST_IN_A_FILE,
        )
    return sent(asker, Entry.objects.filter(pk__in=found.values("pk")), format_)


def read(query: QueryDict) -> Search:
    """Return what the address of a list asks for."""
    chosen = {name: query.getlist(name) for name in FACETS if query.getlist(name)}
    return Search(query.get("q", "")[:LONGEST_QUERY].strip(), chosen, query.get("sort", ""))


def _others(actor: Actor, search: Search, query: QueryDict) -> list[Link]:
    """Return what else may be meant, each with the address at which something is found."""
    words = catalog.other_words(actor, search)
    here = reverse("portal:resources")
    return [Link(word, address(query, here, drop=["page"], q=word)) for word in words]


def facets_of(counted: Counts, search: Search) -> list[Facet]:
    """Return the filters of a list as people read them, each with its values."""
    titles = {
        "social": _("Kept by"),
        "opening": _("Opening"),
        "theme": _("Theme"),
        "provider": _("Body"),
        "division": _("Area"),
        "cycle": _("Update cycle"),
        "sharing": _("Sharing"),
        "format": _("Format"),
        "licence": _("Licence"),
        "grade": _("Grade"),
        "classification": _("Class"),
    }
    # A chosen value that nothing has any more must still be there to be taken away; and so must all
    # that are chosen where nothing is counted yet.
    options_of = {
        name: dict.fromkeys(search.chosen.get(name, ())) | dict(counted.get(name, ()))
        for name in titles
    }
    bodies = reads.names_of(options_of["provider"])

    def label(name: str, value: str) -> str:
        if name == "provider":
            return body_name(bodies[value]) if value in bodies else value
        if name in _NAMED:
            return _NAMED[name](value)
        return str(GRADES.get(value, value) if name == "grade" else words.word(name, value).says)

    facets = []
    for name, title in titles.items():
        chosen = set(search.chosen.get(name, ()))
        values = sorted(options_of[name].items(), key=lambda pair: -(pair[1] or 0))
        options = [Option(v, label(name, v), n, v in chosen) for v, n in values]
        if options:
            facets.append(Facet(name, title, options))
    return facets


_NAMED: Mapping[str, Callable[[str], str]] = {
    "division": area_name,
    "theme": theme_name,
    "format": str.upper,
    "licence": licence_name,
    "classification": class_name,
}


def _sorts(search: Search, query: QueryDict) -> list[Link]:
    orders = [
        ("", _("Best match") if search.words else _("Newest change")),
        ("used", _("Most used")),
        ("title", _("Title")),
    ]
    if search.words:
        orders.insert(1, ("updated", _("Newest change")))
    here = reverse("portal:resources")
    return [
        Link(
            title,
            address(query, here, drop=_OF_A_PAGE, sort=sort),
            current=sort == search.sort,
        )
        for sort, title in orders
    ]


def _api_url(query: QueryDict) -> str:
    url = f"{config.url}/api/v1/resources"
    asked = kept(query, _OF_A_PAGE).urlencode()
    return f"{url}?{asked}" if asked else url


def whole_file() -> WholeFile | None:
    """Return the whole catalog as one file, where it is written, with its size in each form."""
    file = whole.newest()
    if file is None:
        return None
    forms = [Download(form, whole.address(form), file.sizes[form]) for form in CatalogFile.FORMS]
    return WholeFile(file.begun_at, forms)


def _file_urls(query: QueryDict) -> list[Link]:
    asked = kept(query, ["page", "sort"]).urlencode()
    return [
        Link(format_.upper(), f"{reverse(f'portal:catalog_{format_}')}?{asked}")
        for format_ in MEDIA_TYPES
    ]
