"""The addresses of the catalog for other portals, and of tables for programs that read them."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from yelin.surface.syntaxes import ALSO, MEDIA_TYPES


def _loaded(module: str, view: str) -> Callable[..., HttpResponse]:
    """Return a view that is loaded when it is first asked for: few are, and graphs are large."""

    def asked(request: HttpRequest, **more: Any) -> HttpResponse:
        answer: HttpResponse = getattr(import_module(f"yelin.api.{module}"), view)(request, **more)
        return answer

    return asked


urlpatterns = [
    path("catalog", _loaded("dcat.serving", "negotiated")),
    path("resources/<slug:slug>.croissant.jsonld", _loaded("croissant", "croissant")),
    path("resources/<slug:slug>.datapackage.json", _loaded("datapackage", "datapackage")),
]
for _syntax in MEDIA_TYPES:
    urlpatterns += [
        path(f"catalog.{_syntax}", _loaded("dcat.serving", "catalog"), {"syntax": _syntax}),
        path(
            f"resources/<slug:slug>.{_syntax}",
            _loaded("dcat.serving", "resource"),
            {"syntax": _syntax},
        ),
    ]
for _name, _syntax in ALSO.items():
    urlpatterns.append(
        path(f"catalog.{_name}", _loaded("dcat.serving", "catalog"), {"syntax": _syntax})
    )
