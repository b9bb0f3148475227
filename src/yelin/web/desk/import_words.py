"""What an import does to each cell, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yelin.catalog.content import EntryContent, kept
from yelin.catalog.differences import between
from yelin.compiling import mapping
from yelin.compiling.composing import ITEM
from yelin.compiling.models import Import, Outcome, Planned
from yelin.law import duties, packs
from yelin.law.statute import Named
from yelin.surface import telling
from yelin.warehouse.findings import REASONS
from yelin.web.desk.shapes import ImportCell, ImportedResource
from yelin.web.differences import Shown, Words, shown
from yelin.web.templatetags.yelin import lang, word

# What an entry says of itself where no column does; a draft may lack the rest.
_BY_DEFAULT = ("sharing_type", "opening_type", "update_cycle", "grade")
_FLAWS_SHOWN = 6
_SHOWN = 60


def field(name: str) -> str:
    """Return what a field is called: as the national template heads its column."""
    headings = mapping.named(mapping.DEFAULT).columns.get(name)
    if headings is None:
        return _OTHER.get(name, lambda: name)()
    if lang() == "en":
        return headings[-1].capitalize()
    return (
        headings[0].rpartition("/")[2] if name.startswith(ITEM) else headings[0].replace("/", " · ")
    )


_OTHER = {
    "items.listed": lambda: _("Names of the items, in one cell"),
    "classification": lambda: _("Classification"),
    "state": lambda: _("State"),
    "seat": lambda: _("Seat"),
}


def value(name: str, said: Any) -> str:
    """Return a value of a field as people write it."""
    if said is None or said in ("", []):
        return ""
    if isinstance(said, list):
        return _("; ").join(value(name, each) for each in said)
    if isinstance(said, bool):
        return _("Yes") if said else _("No")
    coded = _coded(name)
    return coded[str(said)].label(lang()) if str(said) in coded else str(said)


def _coded(name: str) -> Mapping[str, Named]:
    pack = packs.active()
    if name == "themes":
        return {theme.code: theme for theme in pack.themes}
    if name == "licence":
        return {licence.id: licence for licence in pack.licences}
    if name == "division":
        return pack.divisions
    listed = mapping.LISTS.get(name)
    return {each.key: each for each in pack.list(listed).values} if listed else {}


def reason(said: Mapping[str, Any]) -> str:
    """Return why a cell or a row cannot be taken, with the article that asks for it."""
    broken = str(said["place"]).removeprefix("row:")
    if broken != said["place"] and broken in REASONS:
        filled = REASONS[broken].filled(
            **said["params"], expects_zh=said["params"].get("expects", "")
        )
        return filled.en if lang() == "en" else filled.zh
    params = dict(said["params"])
    if isinstance(known := params.get("known"), list):
        params["known"] = _(", ").join(value(said["place"], each) for each in known[:_SHOWN])
    words = telling.said(said["says"], params)
    if not said["duty"]:
        return words
    provision = packs.active().ordering(duties.by_name(said["duty"]))
    if provision is None:
        return words
    return _("{says} ({basis})").format(says=words, basis=provision.label(lang()))


def line(planned: Planned) -> ImportedResource:
    """Return one resource of an import for its page."""
    cells = [] if planned.before else list(_cells(planned))
    most = _FLAWS_SHOWN if planned.outcome == Outcome.REFUSE else len(cells)
    return ImportedResource(
        rows=rows_of(planned),
        height=planned.last - planned.first + 1,
        title=planned.title or _("(no name)"),
        outcome=planned.outcome,
        done=planned.done_at is not None,
        url=reverse("desk:entry", args=[planned.entry_id]) if planned.entry_id else "",
        cells=cells[:most],
        more=len(cells[most:]),
        difference=_difference(planned),
        notes=[reason(note) for note in planned.notes],
    )


def _difference(planned: Planned) -> Shown | None:
    if planned.before is None or planned.content is None:
        return None
    return shown(between(kept(planned.before), kept(planned.content)))


def _differing(differs: Shown) -> Iterator[ImportCell]:
    for each in differs.elements:
        yield ImportCell(column=each.label, old=_whole(each.before), new=_whole(each.after))
    for item in differs.items:
        yield ImportCell(column=item.name, new=word(item.how, "item_change"))
        for each in item.lines:
            label = f"{item.name} · {each.label}"
            yield ImportCell(column=label, old=_whole(each.before), new=_whole(each.after))


def _whole(words: Words) -> str:
    return "".join(part.text for part in words)


def rows_of(planned: Planned) -> str:
    """Return the rows of a resource as people count them."""
    if planned.first == planned.last:
        return str(planned.first)
    return f"{planned.first}–{planned.last}"


def _cells(planned: Planned) -> Iterator[ImportCell]:
    for flaw in planned.flaws:
        yield ImportCell(
            row=flaw["row"], column=flaw["heading"], new=flaw["found"], reason=reason(flaw)
        )
    if planned.outcome == Outcome.REFUSE:
        return
    if differs := _difference(planned):
        yield from _differing(differs)
    if planned.outcome == Outcome.MAKE and planned.content:
        yield from _made(planned.content)


def _made(content: Mapping[str, Any]) -> Iterator[ImportCell]:
    for name in EntryContent.model_fields:
        if name not in {"items", "state_secret", "title"} and content.get(name):
            yield ImportCell(column=field(name), new=value(name, content[name]))
    if items := content.get("items"):
        names = _(", ").join(item["name"] for item in items[:_SHOWN])
        if len(items) > _SHOWN:
            names += "…"
        yield ImportCell(
            column=ngettext("{n} item", "{n} items", len(items)).format(n=len(items)), new=names
        )


def told(planned: Planned) -> Iterator[Sequence[str]]:
    """Yield the lines of the report about one resource."""
    head = [
        str(planned.first),
        str(planned.last),
        planned.title,
        word(planned.outcome, "planned"),
    ]
    cells = list(_cells(planned)) or [ImportCell()]
    for cell in cells:
        at = ["", cell.column] if not cell.reason else [cell.column, ""]
        yield [*head, str(cell.row or ""), *at, cell.old, cell.new, cell.reason]


def unsaid(batch: Import) -> list[tuple[str, str]]:
    """Return what new entries say though no column does, for the form always says it."""
    filled = {named for _heading, named in batch.found.get("columns", [])}
    usual = EntryContent(state_secret=False, title="?")
    said = {"opening_type"} if "opened" in filled else set()
    return [
        (field(name), value(name, getattr(usual, name)))
        for name in _BY_DEFAULT
        if name not in filled | said
    ]
