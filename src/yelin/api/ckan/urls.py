"""The addresses that clients of CKAN know."""

from django.urls import path
from django.views.generic import RedirectView

from yelin.api.ckan import door, files
from yelin.surface.syntaxes import ALSO, MEDIA_TYPES

urlpatterns = [
    path("api", door.root),
    path("api/<int:version>", door.root),
    path("api/action/<slug:name>", door.action),
    path("api/<int:version>/action/<slug:name>", door.action),
    path("api/util/<slug:kind>/autocomplete", door.completed),
    path("api/<int:version>/util/<slug:kind>/autocomplete", door.completed),
    path("api/util/resource/format_autocomplete", door.completed, {"kind": "resource"}),
    path(
        "api/<int:version>/util/resource/format_autocomplete",
        door.completed,
        {"kind": "resource"},
    ),
    *(
        path(f"{kind}/", RedirectView.as_view(pattern_name="portal:resources", query_string=True))
        for kind in ("dataset", "organization", "group")
    ),
    path("organization/<slug:named>", files.organization),
    path("group/<slug:named>", files.group),
    path("dataset/<slug:named>", files.dataset),
    path("dataset/<slug:named>/croissant.jsonld", files.dataset, {"form": ".croissant.jsonld"}),
    path("dataset/<slug:named>/resource/<uuid:resource>", files.resource),
    path("dataset/<slug:named>/resource/<uuid:resource>/download/<str:name>", files.download),
    path("datastore/dump/<str:resource>", files.dump),
]
for _name in (*MEDIA_TYPES, *ALSO):
    _form = {"form": f".{ALSO.get(_name, _name)}"}
    urlpatterns.append(path(f"dataset/<slug:named>.{_name}", files.dataset, _form))
