"""The data grid of a resource page: what is typed above the columns becomes a question."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yelin import gate
from yelin.catalog.models import Item
from yelin.delivery import handing, naming
from yelin.delivery.opening import Call, Notes
from yelin.parties.actor import Actor
from yelin.surface import problems, questions
from yelin.warehouse.items import NUMBER_TYPES, TEXT_TYPES
from yelin.warehouse.models import Release
from yelin.warehouse.query import BadOperand, Filter, Question
from yelin.warehouse.query import Page as Rows
from yelin.web.grids import Column, Grid
from yelin.web.paging import page_of
from yelin.web.templatetags.yelin import lang

ROWS = 50
_FIELD = re.compile(r"^f\[(?P<column>.+)\]$", re.DOTALL)
_SIGNS = {">=": "gte", "<=": "lte", ">": "gt", "<": "lt", "=": "eq", "!": "ne"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the grid's form asks: the words typed by column, and what they mean."""

    typed: Mapping[str, str]
    question: Question
    page: int


def read(query: QueryDict, release: Release) -> Asked:
    """Return what the form above the columns asks of ``release``."""
    types = {facts["name"]: facts["type"] for facts in release.manifest["columns"]}
    typed = {}
    for name, value in query.items():
        match = _FIELD.match(name)
        if match and str(value).strip():
            typed[match["column"]] = str(value).strip()
    page = page_of(query)
    asked = questions.read(query)
    filters = tuple(
        condition
        for column, text in typed.items()
        for condition in conditions(column, types.get(column, "C"), text)
    )
    question = replace(asked, filters=filters, columns=None, limit=ROWS, offset=(page - 1) * ROWS)
    return Asked(typed, question, page)


def conditions(column: str, type_: str, text: str) -> Iterator[Filter]:
    """Yield what ``text`` above a column means: ``> 5000``, ``2003..2010``, ``= exact``, ``! not``.

    Bare words are looked for inside text; of a number they are the number, of a date its beginning.
    """
    plain = unicodedata.normalize("NFKC", text)
    if type_ not in TEXT_TYPES:
        text = plain
        low, dots, high = text.partition("..")
        if dots:
            bounds = (("gte", low), ("lte", high))
            yield from (Filter(column, op, _tidy(type_, v)) for op, v in bounds if v.strip())
            return
    for sign, operator in _SIGNS.items():
        if plain.startswith(sign) and (type_ not in TEXT_TYPES or operator in {"eq", "ne"}):
            yield Filter(column, operator, _tidy(type_, text[len(sign) :]))
            return
    yield Filter(column, _bare(type_, text), _tidy(type_, text))


def _bare(type_: str, text: str) -> str:
    if type_ in TEXT_TYPES:
        return "contains"
    if type_ in {"D", "T"}:
        try:
            date.fromisoformat(text.strip())
        except ValueError:
            return "startswith"
        return "eq" if type_ == "D" else "startswith"
    return "eq"


def _tidy(type_: str, text: str) -> str:
    text = text.strip()
    return text.replace(",", "") if type_ in NUMBER_TYPES else text


def show(
    actor: Actor,
    release: Release,
    query: QueryDict,
    call: Call,
    items: Mapping[str, Item],
    newest: Release,
    may: Callable[..., gate.Decision],
) -> tuple[Grid, Question, Notes]:
    """Return the page of rows that ``query`` asks for, the question without its bad filters, notes.

    Rows are named as in the ``newest`` release, by which whoever ``may`` doubt one names it. A
    filter that its column cannot be compared by is named at its field and left out. Raises
    ``UnknownColumn`` and what ``handing.rows`` raises.
    """
    asked = read(query, release)
    question, wrong = asked.question, {}
    while True:
        try:
            handed = handing.rows(actor, release.entry, question, number=release.number, call=call)
            break
        except BadOperand as error:
            wrong[error.column] = problems.of(error).detail
            kept = tuple(f for f in question.filters if f.column != error.column)
            question = replace(question, filters=kept)
    grid = replace(
        _grid(replace(asked, question=question), query, release, items, handed.page, wrong),
        marked=frozenset(row for mark in handed.notes.marks for row in mark.rows or ()),
        records=_records(actor, newest, handed.page, call, may),
    )
    return grid, question, handed.notes


def _records(
    actor: Actor, newest: Release, page: Rows, call: Call, may: Callable[..., gate.Decision]
) -> list[str]:
    """Return how each row is named, by its key, where ``actor`` may say that it is wrong."""
    if actor.person_id is None or not may("delivery.doubt").allowed:
        return []
    names = {column.name for column in page.columns}
    keys = naming.keys_in(actor, newest.entry, newest, call.purpose)
    if not keys or not names.issuperset(keys):
        return []
    return [
        json.dumps({key: str(row[key]) for key in keys}, ensure_ascii=False) for row in page.rows
    ]


def _grid(
    asked: Asked,
    query: QueryDict,
    release: Release,
    items: Mapping[str, Item],
    page: Rows,
    wrong: Mapping[str, str],
) -> Grid:
    sort = dict(asked.question.sort)
    first = asked.question.offset + 1

    def address(**change: str) -> str:
        kept = query.copy()
        for name in ("lang", "page", *change):
            kept.pop(name, None)
        for name, value in change.items():
            if value:
                kept[name] = value
        return f"?{kept.urlencode()}"

    def column(name: str, type_: str) -> Column:
        down = sort.get(name)
        step = {None: quoted(name), False: f"-{quoted(name)}", True: ""}[down]
        return Column(
            name=name,
            label=name,
            type=type_,
            unit=_beneath(items.get(name)),
            filter_name=f"f[{name}]",
            filter_value=asked.typed.get(name, ""),
            filter_error=wrong.get(name, ""),
            sort={None: "", False: "ascending", True: "descending"}[down],
            sort_url=address(sort=step),
        )

    kept = ("sort", "version", "purpose", "failing")
    hidden = [(name, str(query[name])) for name in kept if query.get(name)]
    return Grid(
        columns=[column(each.name, each.type) for each in page.columns],
        rows=[[_written(row[each.name], each.scale) for each in page.columns] for row in page.rows],
        total=release.rows,
        first=first,
        filtered_total=page.total,
        next_url=address(page=str(asked.page + 1)) if first + ROWS <= page.total else "",
        before_url=address(page=str(asked.page - 1)) if asked.page > 1 else "",
        clear_url=f"?{urlencode(hidden)}" if asked.typed else "",
        sorted_by=_sorted_by(sort),
        hidden_fields=hidden,
    )


def _written(value: object, scale: int | None) -> object:
    """Return a number with the decimal places that its item declares, as every download has it."""
    return f"{value:.{scale}f}" if scale and isinstance(value, int | float) else value


def _sorted_by(sort: Mapping[str, bool]) -> str:
    for name, down in sort.items():
        said = _("sorted by {name}, downwards") if down else _("sorted by {name}")
        return said.format(name=name)
    return ""


def _beneath(item: Item | None) -> str:
    """Return what stands under a column's name: its English name to English readers, its unit."""
    if item is None:
        return ""
    english = item.name_en if lang() == "en" else ""
    return " · ".join(part for part in (english, item.unit) if part)


def quoted(name: str) -> str:
    """Return a column's name as a list of names writes it."""
    return (
        '"{}"'.format(name.replace('"', '""'))
        if set(name) & {",", '"'} or name[:1] == "-"
        else name
    )


def api_query(question: Question) -> list[tuple[str, str]]:
    """Return a question as the parameters by which programs ask it."""
    asked = [(f"filter[{f.column}][{f.operator}]", str(f.value)) for f in question.filters]
    sort = ",".join(f"-{quoted(name)}" if down else quoted(name) for name, down in question.sort)
    more = (("sort", sort), ("failing", question.failing))
    return asked + [(name, value) for name, value in more if value]
