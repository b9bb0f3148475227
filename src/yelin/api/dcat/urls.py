"""The addresses of the catalog for other portals, and for programs that learn from data."""

from django.urls import path

from yelin.api.croissant import croissant
from yelin.api.dcat import serving
from yelin.surface.syntaxes import ALSO, MEDIA_TYPES

urlpatterns = [
    path("catalog", serving.negotiated),
    path("resources/<slug:slug>.croissant.jsonld", croissant),
]
for _syntax in MEDIA_TYPES:
    urlpatterns += [
        path(f"catalog.{_syntax}", serving.catalog, {"syntax": _syntax}),
        path(f"resources/<slug:slug>.{_syntax}", serving.resource, {"syntax": _syntax}),
    ]
for _name, _syntax in ALSO.items():
    urlpatterns.append(path(f"catalog.{_name}", serving.catalog, {"syntax": _syntax}))
