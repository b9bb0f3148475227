"""The addresses of the catalog as DCAT."""

from django.urls import path

from yelin.api.dcat import serving
from yelin.surface.syntaxes import MEDIA_TYPES

urlpatterns = [path("catalog", serving.negotiated, name="catalog")]
for _syntax in MEDIA_TYPES:
    urlpatterns += [
        path(f"catalog.{_syntax}", serving.catalog, {"syntax": _syntax}),
        path(f"resources/<slug:slug>.{_syntax}", serving.resource, {"syntax": _syntax}),
    ]
