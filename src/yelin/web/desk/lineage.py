"""Where data comes from and who uses it, as a drawing and as the table that says the same."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from yelin.catalog import working
from yelin.delivery import lineage
from yelin.delivery.lineage import Lineage, Upstream, Use
from yelin.law import duties, packs
from yelin.surface.actor import Asker
from yelin.web.desk.door import page
from yelin.web.guards import seated
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name, number, title_of

WIDTH, BOX, ROW, HEIGHT = 960, 256, 60, 44
_LEFT, _MIDDLE, _RIGHT = 0, (WIDTH - BOX) // 2, WIDTH - BOX
# So many signs fit into a box; a Chinese one is as wide as two others.
_FITS = 28


@dataclass(frozen=True, slots=True)
class Node:
    """A box of the drawing with two lines of words."""

    kind: str
    x: int
    y: int
    title: str
    says: str
    whole: str

    @property
    def inner(self) -> int:
        """Where its words begin."""
        return self.x + 12

    @property
    def first(self) -> int:
        """How high its first line stands."""
        return self.y + 18

    @property
    def second(self) -> int:
        """How high its second line stands."""
        return self.y + 35


@dataclass(frozen=True, slots=True)
class Drawing:
    """The boxes of the drawing, and the lines between them with how wide each is."""

    height: int
    nodes: Sequence[Node]
    lines: Sequence[tuple[str, str]]


@require_safe
@seated
def of_entry(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show who has which items of which versions, by which grant and for which purpose."""
    entry = working.entry(asker.actor, pk)
    found = lineage.of(asker.actor, entry)
    context = {
        "entry": entry,
        "lineage": found,
        "drawing": drawn(found),
        "basis": packs.active().provision(duties.TRACE),
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(title_of(entry), reverse("desk:entry", args=[entry.pk])),
            Link(_("Lineage of use"), ""),
        ],
    }
    return page(request, asker, "desk/lineage.html", context)


def drawn(found: Lineage) -> Drawing:
    """Return the drawing: sources on the left, the resource between, uses on the right."""
    right = [_use(use) for use in found.uses]
    if found.others:
        says = ngettext("{n} more use", "{n} more uses", found.others.uses)
        right.append(("others", says.format(n=number(found.others.uses)), "", 1))
    if found.anonymous:
        says = ngettext("{n} delivery", "{n} deliveries", found.anonymous)
        right.append(("others", _("Anybody"), says.format(n=number(found.anonymous)), 1))
    rows = max(len(found.sources), len(right), 1)
    centre = (rows * ROW - HEIGHT) // 2
    nodes = [_node("resource", _MIDDLE, centre, title_of(found.entry), found.entry.code or "")]
    lines = []
    for place, source in enumerate(found.sources):
        y = _at(place, len(found.sources), rows)
        nodes.append(_node("source", _LEFT, y, _named(source), _kind(source)))
        lines.append((_line(_LEFT + BOX, y, _MIDDLE, centre), "2"))
    for place, (kind, title, says, count) in enumerate(right):
        y = _at(place, len(right), rows)
        nodes.append(_node(kind, _RIGHT, y, title, says))
        lines.append((_line(_MIDDLE + BOX, centre, _RIGHT, y), f"{1 + math.log10(count + 1):.1f}"))
    return Drawing(rows * ROW, nodes, lines)


def _use(use: Use) -> tuple[str, str, str, int]:
    whom = body_name(use.body) if use.body else _("A person")
    says = ngettext("{n} delivery", "{n} deliveries", use.delivered)
    words = says.format(n=number(use.delivered))
    return "use", whom, f"{words} · {use.purpose}" if use.purpose else words, use.delivered


def _named(source: Upstream) -> str:
    return source.name if source.kind != "pull" else _("Fetched in turn")


def _kind(source: Upstream) -> str:
    return {
        "system": _("Government system"),
        "project": _("Project"),
        "pull": source.name,
    }[source.kind]


def _node(kind: str, x: int, y: int, title: str, says: str) -> Node:
    return Node(kind, x, y, _cut(title), _cut(says), f"{title} {says}".strip())


def _cut(text: str) -> str:
    kept, wide = "", 0
    for sign in text:
        wide += 1 if sign.isascii() else 2
        if wide > _FITS:
            return f"{kept}…"
        kept += sign
    return kept


def _at(place: int, many: int, rows: int) -> int:
    return place * ROW + (rows - many) * ROW // 2


def _line(left: int, y: int, right: int, to: int) -> str:
    begins, ends, bend = y + HEIGHT // 2, to + HEIGHT // 2, (left + right) // 2
    return f"M{left} {begins} C{bend} {begins} {bend} {ends} {right} {ends}"
