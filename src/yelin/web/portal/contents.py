"""The files of a resource that is no table, as its page shows them."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.http import urlencode

from yelin.delivery import handing
from yelin.delivery.handing import Shown
from yelin.delivery.opening import Call, Notes
from yelin.parties.actor import Actor
from yelin.warehouse.models import Release
from yelin.web.paging import page_of
from yelin.web.shapes import Pager

FILES = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A file with its address; ``picture`` holds a small picture that we wrote."""

    file: Shown
    url: str
    picture: str


@dataclass(frozen=True, slots=True)
class Contents:
    """A page of files."""

    lines: Sequence[Line]
    total: int
    pager: Pager


def show(actor: Actor, release: Release, query: QueryDict, call: Call) -> tuple[Contents, Notes]:
    """Return the page of files that ``query`` asks for. Raises what ``handing.contents`` does."""
    page = page_of(query)
    first = (page - 1) * FILES + 1
    entry = release.entry
    handed = handing.contents(actor, entry, first, FILES, number=release.number, call=call)
    kept = {name: str(query[name]) for name in ("version", "purpose") if query.get(name)}
    purpose = [(name, value) for name, value in kept.items() if name == "purpose"]
    of = urlencode([("release", str(release.number)), *purpose])
    lines = [
        Line(file, f"/api/v1/resources/{entry.slug}/files/{file.number}?{of}", _picture(file))
        for file in handed.files
    ]
    pages = max(1, -(-handed.total // FILES))
    return Contents(lines, handed.total, Pager(page, pages, f"?{urlencode(kept)}")), handed.notes


def _picture(file: Shown) -> str:
    if not file.preview:
        return ""
    return f"data:image/webp;base64,{base64.b64encode(file.preview).decode()}"
