"""Every address of programs: REST, the ledger's tiles, DCAT, CKAN, MCP, dataspaces."""

from django.urls import include, path

from yelin.api import resumable, services, tiles
from yelin.api.mcp import door as mcp
from yelin.api.v1 import api

urlpatterns = [
    # First of all: addresses are tried one after the other, and these are asked for most.
    path("api/v1/", api.urls),
    path("api/v1/uploads/resumable/", resumable.files, name="resumable"),
    path("api/v1/uploads/resumable/<uuid:pk>", resumable.file, name="resumable"),
    path("api/v1/services/<slug:slug>", services.elsewhere),
    path("api/v1/services/<slug:slug>/<path:path>", services.elsewhere),
    path("ledger/checkpoint", tiles.checkpoint, name="ledger-checkpoint"),
    path("ledger/tile/<path:path>", tiles.tile, name="ledger-tile"),
    path("mcp", mcp.answer, name="mcp"),
    path("", include("yelin.api.dataspace.urls")),
    path("", include("yelin.api.dcat.urls")),
    path("", include("yelin.api.ckan.urls")),
]
