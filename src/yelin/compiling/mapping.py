"""Named mappings: which heading fills which field, and what the words and codes of a system mean.

A mapping is a file of ``mappings/``, chosen by whoever imports; one with a ``base`` has the base's
words, and its own ``codes`` in the place of the law's. The law's lists stand in the statute pack.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from yelin.catalog.words import fold
from yelin.law import packs

DEFAULT = "national"
# Which list of the pack codes a field.
LISTS: Mapping[str, str] = {
    "sharing_type": "sharing_type",
    "sharing_requirements": "use_requirement",
    "sharing_mode": "sharing_mode",
    "sharing_means": "sharing_means",
    "opening_type": "opening_type",
    "update_cycle": "update_cycle",
    "formats": "format",
    "grade": "grade",
    "handing_over": "handing_over",
    "items.grade": "grade",
    "items.type": "item_type",
    "items.sharing_type": "sharing_type",
    "items.opening_type": "opening_type",
}
# Beside those of an entry and its items: what is told by, or read together with, others.
OTHERS = (
    "code",
    "provider",
    "provider_code",
    "social",
    "opened",
    "published_on",
    "state_secret",
    "classification.class",
    "classification.group",
    "classification.kind",
    "classification.subkind",
    "items.listed",
)
PARTS = tuple(name for name in OTHERS if name.startswith("classification."))

Words = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Match:
    """A column of a file, and the field that it fills; none where it is left out."""

    heading: str
    field: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How catalogs of one kind are laid out.

    ``rows`` says what a row is; ``header`` names the columns of files without one; with
    ``offices`` the agencies named are offices of the importing body; ``listing`` is how a cell
    holds many values.
    """

    name: str
    zh: str
    en: str
    rows: Literal["item", "entry"]
    listing: Literal["escaped", "plain"]
    offices: bool
    header: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    words: Words
    codes: Words

    def label(self, language: str) -> str:
        """Return what it is called."""
        return self.zh if language.startswith("zh") else self.en

    @property
    def known(self) -> tuple[str, ...]:
        """Every heading it knows, by which the header of a file is found."""
        names = dict.fromkeys(name for each in self.columns.values() for name in each)
        return tuple(dict.fromkeys([*names, *(name.rpartition("/")[2] for name in names)]))

    def match(self, header: Sequence[str], chosen: Mapping[str, str]) -> tuple[Match, ...]:
        """Return what each column of ``header`` fills: as ``chosen``, else as its heading says.

        A field is filled by one column, the first that names it; of two levels the whole name
        counts before the lower and that before the upper one.
        """
        fields = {
            heading_key(name): field for field, names in self.columns.items() for name in names
        }
        taken = {field for field in chosen.values() if field}
        found = dict(chosen)
        for form in (_whole, _lower, _upper):
            for name in header:
                field = fields.get(heading_key(form(name)), "")
                if name not in found and field and field not in taken:
                    found[name] = field
                    taken.add(field)
        return tuple(Match(name, found.get(name, "")) for name in header)


def _whole(heading: str) -> str:
    return heading


def _lower(heading: str) -> str:
    return heading.rpartition("/")[2]


def _upper(heading: str) -> str:
    return heading.partition("/")[0]


def heading_key(heading: str) -> str:
    """Return a heading in the one form in which headings are compared."""
    # What stands in brackets explains: 信息资源名称（必填）.
    plain = fold(heading).partition("(")[0]
    return "".join(c for c in plain if c.isalnum() or c == "/")


@cache
def names() -> tuple[str, ...]:
    """Return the names of all mappings, the national one first."""
    found = sorted(
        each.name.removesuffix(".toml")
        for each in (files("yelin.compiling") / "mappings").iterdir()
        if each.name.endswith(".toml")
    )
    return tuple(sorted(found, key=lambda name: not name.startswith(DEFAULT)))


@cache
def named(name: str) -> Layout:
    """Return the mapping of this name. Raises ``KeyError``."""
    if name not in names():
        raise KeyError(name)
    file = files("yelin.compiling") / "mappings" / f"{name}.toml"
    said = tomllib.loads(file.read_text("utf-8"))
    base = named(said["base"]) if "base" in said else None
    return Layout(
        name=name,
        zh=said["zh"],
        en=said["en"],
        rows=said.get("rows") or _of(base).rows,
        listing=said.get("list") or _of(base).listing,
        offices=said.get("offices", base.offices if base else False),
        header=tuple(said.get("header", ())),
        columns={field: tuple(each) for field, each in said["columns"].items()}
        if "columns" in said
        else _of(base).columns,
        words=_over(base.words if base else {}, said.get("words", {})),
        codes=dict(base.codes if base else {}) | _tuples(said.get("codes", {})),
    )


def _of(base: Layout | None) -> Layout:
    if base is None:
        raise ValueError("a mapping without a base says everything itself")
    return base


def _tuples(
    said: Mapping[str, Mapping[str, Sequence[str]]],
) -> dict[str, dict[str, tuple[str, ...]]]:
    return {field: {key: tuple(each) for key, each in of.items()} for field, of in said.items()}


def _over(base: Words, said: Mapping[str, Mapping[str, Sequence[str]]]) -> Words:
    found = {field: dict(of) for field, of in base.items()}
    for field, of in _tuples(said).items():
        mine = found.setdefault(field, {})
        for key, spellings in of.items():
            mine[key] = (*mine.get(key, ()), *spellings)
    return found


def meanings(layout: Layout) -> dict[str, dict[str, str]]:
    """Return what every known spelling means, for each coded field: folded spelling to value."""
    pack = packs.active()
    found: dict[str, dict[str, str]] = {}
    for field, of in LISTS.items():
        mine = found.setdefault(field, {})
        for value in pack.list(of).values:
            mine |= {
                fold(text): value.key for text in (*value.aliases, value.key, value.zh, value.en)
            }
            if value.code and field not in layout.codes:
                mine[fold(value.code)] = value.key
    for theme in pack.themes:
        mine = found.setdefault("themes", {})
        mine |= {fold(text): theme.code for text in (theme.code, theme.zh, theme.en)}
    for licence in pack.licences:
        mine = found.setdefault("licence", {})
        mine |= {fold(text): licence.id for text in (licence.id, licence.zh, licence.en)}
    for division in pack.divisions.values():
        mine = found.setdefault("division", {})
        mine |= {fold(text): division.code for text in (division.zh, division.en, division.code)}
    for coded in (layout.words, layout.codes):
        for name, values in coded.items():
            mine = found.setdefault(name, {})
            mine |= {fold(text): key for key, spellings in values.items() for text in spellings}
    return found
