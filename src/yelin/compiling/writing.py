"""Write entries in the national layout, so that they open there and import back unchanged."""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from django.db.models import QuerySet, prefetch_related_objects

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.content import EntryContent, OpeningType, SharingType
from yelin.catalog.models import Entry
from yelin.catalog.states import GONE
from yelin.catalog.words import fold
from yelin.compiling import cells, mapping, planning
from yelin.compiling.composing import ITEM
from yelin.law import packs
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.warehouse import xlsx
from yelin.warehouse.formats import XLSX_ROWS, TooLarge

BATCH = 500
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Of an entry whose metadata the asker may not read, only what the public catalog shows of all.
_PUBLIC = frozenset(
    {
        "title",
        "title_en",
        "code",
        "provider",
        "provider_code",
        "social",
        "sharing_type",
        "opening_type",
    }
)
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_WIDE = {"summary": 40, "title": 30, "items.note": 24, "provider": 24}
_SHORT_PARTS = frozenset(mapping.PARTS)


@dataclass(frozen=True, slots=True)
class _Told:
    """One entry as cells: those of the resource by field, and those of each item."""

    cells: Mapping[str, str]
    items: Sequence[Mapping[str, str]]


def write(
    target: BinaryIO,
    format_: str,
    actor: Actor,
    entries: "QuerySet[Entry]",
    tell: Callable[[Sequence[tuple[Entry, bool]]], object] = lambda _told: None,
) -> int:
    """Write those of ``entries`` that ``actor`` may know of, each as far as he may read it.

    Those of the actor's own body are written as they are worked on, the others as they stand.
    ``tell`` hears which more are told, each with whether what it says is. Returns how many. Raises
    ``TooLarge``, and ``KeyError`` for a format that is not written.
    """
    read = entries.exclude(state__in=GONE).select_related("provider", "revision")
    told = _told(actor, gate.visible_to(actor, "entry.see", read), tell)
    return {"csv": _csv, "xlsx": _xlsx}[format_](target, told)


def _told(
    actor: Actor,
    entries: "QuerySet[Entry]",
    tell: Callable[[Sequence[tuple[Entry, bool]]], object],
) -> Iterator[_Told]:
    waiting = entries.order_by("code", "pk").iterator(BATCH)
    words: dict[object, _Words] = {}
    while batch := list(islice(waiting, BATCH)):
        reads = gate.decide_each(actor, "entry.read", batch)
        readable = [entry for entry, read in zip(batch, reads, strict=True) if read.allowed]
        prefetch_related_objects(readable, "items")
        own = [entry for entry in readable if entry.provider_id == actor.body_id]
        prefetch_related_objects(own, "systems", "projects")
        codes = {code for entry in batch for code in entry.related_codes}
        known = catalog.codes_seen(actor, codes)
        for entry, may_read in zip(batch, reads, strict=True):
            if entry.provider_id not in words:
                words[entry.provider_id] = _Words(entry.provider)
            of = words[entry.provider_id]
            if not may_read.allowed:
                yield _public(of.told(entry, entry.saying()), entry)
            elif entry.provider_id == actor.body_id:
                yield of.told(entry, entry.in_hand())
            else:
                # Which systems and projects a body runs is said in registers of their own.
                content = entry.saying(entry.items.all())
                yield of.told(entry, catalog.told(may_read, content, known))
        tell([(entry, read.allowed) for entry, read in zip(batch, reads, strict=True)])


def _public(told: _Told, entry: Entry) -> _Told:
    shown = set(_PUBLIC)
    if entry.sharing_type == SharingType.NONE:
        shown.add("sharing_basis")
    return _Told({name: text for name, text in told.cells.items() if name in shown}, ())


class _Words:
    """The words in which the values of one provider's entries are written."""

    def __init__(self, provider: Body) -> None:
        self._provider = provider
        self._meanings = planning.meanings(mapping.named(mapping.DEFAULT), provider)
        self._labels = _labels(provider)

    def told(self, entry: Entry, content: EntryContent) -> _Told:
        said = {
            name: self._cell(name, getattr(content, name))
            for name in EntryContent.model_fields
            if name != "items"
        }
        said |= self._parts(content.classification)
        said |= {
            "code": entry.code or "",
            "provider": self._provider.name,
            "provider_code": self._provider.credit_code,
            "social": "社会数据" if entry.social else "政务数据",
            "opened": "0" if content.opening_type == OpeningType.NONE else "1",
            "published_on": entry.published_on.isoformat() if entry.published_on else "",
            "state_secret": "非涉密",
        }
        items = [
            {
                ITEM + name: self._cell(ITEM + name, getattr(item, name))
                for name in type(item).model_fields
            }
            for item in content.items
        ]
        return _Told(said, items)

    def _cell(self, name: str, value: object) -> str:
        if isinstance(value, tuple):
            return cells.join(self._word(name, str(each)) for each in value)
        if value is None:
            return ""
        return self._word(name, str(value).lower() if isinstance(value, bool) else str(value))

    def _word(self, name: str, value: str) -> str:
        """Return the label of a coded value where it means this value and nothing else."""
        label = self._labels.get(name, {}).get(value)
        if label is None:
            return value
        return label if self._meanings.get(name, {}).get(fold(label)) == value else value

    def _parts(self, classification: str) -> dict[str, str]:
        if not (classification.isascii() and classification[1:].isdigit()):
            return dict(zip(mapping.PARTS, (classification, "", "", ""), strict=True))
        cuts = (slice(0, 1), slice(1, 3), slice(3, 6), slice(6, None))
        return {name: classification[cut] for name, cut in zip(mapping.PARTS, cuts, strict=True)}


def _labels(provider: Body) -> dict[str, dict[str, str]]:
    pack = packs.active()
    found = {
        name: {value.key: value.zh for value in pack.list(of).values}
        for name, of in mapping.LISTS.items()
    }
    found |= {
        "themes": {theme.code: theme.zh for theme in pack.themes},
        "licence": {licence.id: licence.zh for licence in pack.licences},
        "items.key": {"true": "是", "false": "否"},
        "items.nullable": {"true": "是", "false": "否"},
    }
    return found | planning.names(provider)


def _columns() -> list[tuple[str, str, str]]:
    """Return field, upper and lower head of each column in the order of the national layout."""
    columns = []
    for name, headings in mapping.named(mapping.DEFAULT).columns.items():
        above, _, lower = headings[0].rpartition("/")
        columns.append((name, above, lower))
    return columns


def _csv(target: BinaryIO, told: Iterable[_Told]) -> int:
    """Write CSV for people: a byte-order mark, every row whole, nothing that runs as a formula."""
    columns = _columns()
    target.write(codecs.BOM_UTF8)
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    sheet = csv.writer(text, lineterminator="\r\n")
    sheet.writerow(lower for _, _, lower in columns)
    count = 0
    for each in told:
        count += 1
        for item in each.items or ({},):
            said = {**each.cells, **item}
            sheet.writerow(guarded(said.get(name, "")) for name, _, _ in columns)
    text.detach()
    return count


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.lstrip("'").startswith(_RUNS) else cell


def _xlsx(target: BinaryIO, told: Iterable[_Told]) -> int:
    """Write a workbook in which the cells of a resource are merged over its items."""
    columns = _columns()
    merges: list[xlsx.Merge] = []
    counts = {"entries": 0, "rows": 0}
    own = [place for place, (name, _, _) in enumerate(columns) if not name.startswith(ITEM)]

    def rows() -> Iterator[list[str | None]]:
        for each in told:
            first = counts["rows"] + 3
            for number, item in enumerate(each.items or ({},)):
                said = {**({} if number else each.cells), **item}
                counts["rows"] += 1
                if counts["rows"] > XLSX_ROWS:
                    raise TooLarge(
                        "{format} holds at most {limit} rows; filter, or choose {others}.",
                        "xlsx",
                        XLSX_ROWS,
                    )
                yield [said.get(name) or None for name, _, _ in columns]
            last = counts["rows"] + 2
            counts["entries"] += 1
            if last > first:
                merges.extend((first, last, place, place) for place in own)

    heads = [xlsx.Column(lower, above=above, width=_width(name)) for name, above, lower in columns]
    xlsx.write(target, heads, rows(), merges=merges)
    return counts["entries"]


def _width(name: str) -> int:
    return 5 if name in _SHORT_PARTS else _WIDE.get(name, 14)
