"""The addresses of pages and files: what leads to ours, resources in each format, and dumps."""

from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe
from pydantic import Field

from yelin import gate
from yelin.api.ckan import answers, catalog, lists, rows, sent
from yelin.api.ckan.actions import Asker, Flag
from yelin.catalog.models import Entry
from yelin.delivery import handing
from yelin.law.refusals import Incomplete
from yelin.surface import actor as asking
from yelin.surface import calls
from yelin.surface.sending import send
from yelin.warehouse import dumps
from yelin.warehouse.formats import DUMPS, MEDIA_TYPES
from yelin.warehouse.query import Question


class Dump(rows.Asked):
    """What ``datastore/dump`` takes."""

    format: Literal["csv", "tsv", "json", "xml"] = "csv"
    bom: Flag = False
    limit: Annotated[int, Field(ge=0, le=rows.MOST_ROWS)] | None = None  # type: ignore[assignment]  # without one, all rows

    @property
    def kept_as(self) -> str:
        """The format in which the file is made."""
        named = {"json": "table.json"}.get(self.format, self.format)
        return f"bom.{named}" if self.bom and named in {"csv", "tsv"} else named


@require_safe
def dataset(request: HttpRequest, named: str, form: str = "/") -> HttpResponse:
    """Lead to the page of a dataset, or to the document of another ``form``."""
    entry = catalog.entry_named(_asker(request), named)
    return redirect(f"/resources/{entry.slug}{form}")


@require_safe
def organization(request: HttpRequest, named: str) -> HttpResponse:
    """Lead to the list of a body's resources."""
    body = lists.body_named(_asker(request), named)
    return _listed(provider=body.credit_code)


@require_safe
def group(request: HttpRequest, named: str) -> HttpResponse:
    """Lead to the list of the resources under a theme."""
    theme = lists.theme_named(_asker(request), named)
    return _listed(theme=str(theme["id"]))


def _listed(**by: str) -> HttpResponse:
    return redirect(f"{reverse('portal:resources')}?{urlencode(by)}")


@require_safe
def resource(request: HttpRequest, named: str, resource: UUID) -> HttpResponse:
    """Lead to the page of the dataset that a resource is of."""
    del named
    entry, _format = catalog.resource_named(_asker(request), str(resource))
    return redirect("portal:resource", slug=entry.slug)


@require_safe
def download(request: HttpRequest, named: str, resource: UUID, name: str) -> HttpResponse:
    """Hand out the newest release in the format of a resource, whatever the file is called."""
    del name
    try:
        asker = _asker(request)
        entry, format_ = catalog.resource_named(asker, str(resource))
        if catalog.entry_named(asker, named) != entry:
            raise gate.Unseen
        handed = handing.download(asker.actor, entry, Question(), format_, call=asker.call)
    except answers.FORESEEN as error:
        return answers.failed("resource_show", error)
    return send(request, handed)


@require_safe
def dump(request: HttpRequest, resource: str) -> HttpResponse:
    """Hand out the newest table as a file, its rows counted by ``_id`` and chosen as in a search.

    What is asked for without a limit may be long, and leaves as any long file does.
    """
    try:
        asker = _asker(request)
        asked = Dump.model_validate(sent.read(request))
        entry, _format = catalog.resource_named(asker, resource)
        if asked.limit is not None:
            return _part(asker, entry, asked)
        if asked.offset:
            raise Incomplete.at("limit", "Say with an offset how many rows you want.")
        handed = handing.download(
            asker.actor, entry, asked.question(), asked.kept_as, call=asker.call
        )
    except answers.FORESEEN as error:
        return answers.failed("datastore_search", error)
    return send(request, handed)


def _part(asker: Asker, entry: Entry, asked: Dump) -> HttpResponse:
    handed = handing.rows(asker.actor, entry, asked.question(), call=asker.call)
    columns = [dumps.Column(each.name, each.kind) for each in handed.page.columns]
    rows = [list(row.values()) for row in handed.page.rows]
    response = HttpResponse(
        dumps.written(asked.kept_as, columns, rows),
        content_type=(MEDIA_TYPES | DUMPS)[asked.kept_as],
        headers={"Cache-Control": "private, no-cache"},
    )
    calls.note(response, handed.notes)
    return response


def _asker(request: HttpRequest) -> Asker:
    return Asker(asking.of_request(request).actor, calls.of(request))
