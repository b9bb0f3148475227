"""In which syntax of RDF something is asked for, and where it is had in that."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers

MEDIA_TYPES = {
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
}
# By these names CKAN's clients ask for them; what is written as Turtle is N3 too.
ALSO = {"xml": "rdf", "n3": "ttl"}
_BY_TYPE = {media_type: syntax for syntax, media_type in MEDIA_TYPES.items()}


def wanted(request: HttpRequest) -> str | None:
    """Return the syntax that is preferred to a page, None where the page is."""
    preferred = request.get_preferred_type(["text/html", *_BY_TYPE])
    return _BY_TYPE.get(preferred or "")


def see(request: HttpRequest, path: str) -> HttpResponse:
    """Lead to ``path``, which holds what is asked for in the form that is asked for."""
    query = request.GET.urlencode()
    response = HttpResponseRedirect(f"{path}?{query}" if query else path)
    response.status_code = HTTPStatus.SEE_OTHER
    return by_accept(response)


def by_accept(response: HttpResponse) -> HttpResponse:
    """Say that another form might have been asked for at this address."""
    patch_vary_headers(response, ["Accept"])
    return response
