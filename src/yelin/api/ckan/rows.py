"""The actions about rows (the datastore): each is a delivery, decided and counted as any other."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field

from yelin.api.ckan import catalog, searching, shapes
from yelin.api.ckan.actions import (
    Asker,
    Count,
    Document,
    Flag,
    Id,
    Json,
    Names,
    Sent,
    Text,
    Told,
    reads,
)
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery import handing, selecting
from yelin.law.refusals import Incomplete
from yelin.surface import calls
from yelin.surface.selecting import headers_of
from yelin.warehouse import dumps
from yelin.warehouse.formats import Column, Plain
from yelin.warehouse.query import Filter, Page, Question

MOST_ROWS = 32_000
NUMBER = "_id"
TABLES = "_table_metadata"
_RANGES = ("eq", "ne", "gt", "gte", "lt", "lte", "in")


class Asked(Sent):
    """Which rows are wanted."""

    filters: Annotated[dict[str, Any], Json] = {}
    q: Annotated[str | dict[str, Text], Json] = ""
    fields: Names = ()
    sort: Names = ()
    distinct: Flag = False
    limit: Count = 100
    offset: Count = 0

    def question(self) -> Question:
        """Return the question, in which rows are counted by ``_id``. Raises ``Incomplete``."""
        found, either = list(_filters(self.filters)), tuple(_either(self.filters))
        if isinstance(self.q, dict):
            found += [Filter(name, "contains", text) for name, text in self.q.items()]
        return Question(
            filters=tuple(found),
            sort=tuple(_sort(self.sort)),
            columns=self.fields or None,
            limit=min(self.limit or 0, MOST_ROWS),
            offset=self.offset,
            either=either,
            words=tuple(self.q.split()) if isinstance(self.q, str) else (),
            number=NUMBER,
            distinct=self.distinct,
        )


class Search(Asked):
    """What ``datastore_search`` takes."""

    resource_id: Text = ""
    id_: Annotated[Text, Field(alias="id")] = ""
    include_total: Flag = True
    include_next_page: Flag = False
    records_format: Literal["objects", "lists", "csv", "tsv"] = "objects"


def _filters(asked: Mapping[str, Any]) -> Iterator[Filter]:
    for column, wanted in asked.items():
        match column, wanted:
            case "$and", _:
                for each in _parts(wanted):
                    yield from _filters(each)
            case "$or", _:
                continue
            case _, dict():
                for name, value in wanted.items():
                    yield _compared(column, name, value)
            case _:
                yield _compared(column, "eq", wanted)


def _either(asked: Mapping[str, Any]) -> Iterator[tuple[tuple[Filter, ...], ...]]:
    for name, wanted in asked.items():
        if name == "$and":
            for each in _parts(wanted):
                yield from _either(each)
        elif name == "$or":
            groups = _parts(wanted)
            if not groups or any(True for each in groups for _ in _either(each)):
                raise _unknown()
            yield tuple(tuple(_filters(each)) for each in groups)


def _parts(wanted: object) -> list[dict[str, Any]]:
    if not isinstance(wanted, list) or not all(isinstance(each, dict) for each in wanted):
        raise _unknown()
    return wanted


def _unknown() -> Incomplete:
    return Incomplete.at(
        "filters",
        "A filter is a value, a list of values, or an object of {operators}; $and and $or take"
        " lists of filters, and no $or holds another.",
        None,
        {"operators": " ".join(_RANGES)},
    )


def _compared(column: str, operator: str, value: object) -> Filter:
    match operator, value:
        case "eq" | "in", list():
            return Filter(column, "in", tuple(_operand(each) for each in value))
        case "eq" | "ne", None:
            return Filter(column, "isnull", "true" if operator == "eq" else "false")
        case (("eq" | "ne" | "gt" | "gte" | "lt" | "lte"), (str() | int() | float())):
            return Filter(column, operator, _operand(value))
    raise _unknown()


def _operand(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _sort(parts: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    for part in parts:
        name, _, way = part.strip().rpartition(" ")
        if way.lower() not in {"asc", "desc"}:
            name, way = part.strip(), "asc"
        yield name.strip().strip('"'), way.lower() == "desc"


@reads
def datastore_search(asker: Asker, sent: Search) -> Document | Told:
    """Return rows of a dataset's newest table, at most 32,000 at once.

    ``filters`` holds values, lists of values or ranges by column; ``q`` is words, or words by
    column.
    """
    named = sent.resource_id or sent.id_
    if not named:
        raise Incomplete.at("resource_id", "Name the resource.")
    if named == TABLES:
        return _tables(asker, sent)
    entry, _format = catalog.resource_named(asker, named)
    handed = handing.rows(asker.actor, entry, sent.question(), call=asker.call)
    page = handed.page
    result: Document = {
        "resource_id": named,
        "fields": _fields(entry, page.columns),
        "records": _records(sent.records_format, page),
        "records_format": sent.records_format,
        "limit": min(sent.limit, MOST_ROWS),
    }
    for name in ("q", "filters", "sort", "distinct", "offset"):
        if value := getattr(sent, name):
            result[name] = value
    if sent.include_total:
        result |= {"total": page.total, "total_was_estimated": False}
    after = sent.offset + len(page.rows)
    if sent.include_next_page and page.rows and after < page.total:
        result["next_page"] = _after(sent, page.rows[-1], after)
    result["_links"] = _links(asker, sent, named)
    return Told(result, calls.headers_of(handed.notes))


def _fields(entry: Entry, columns: Sequence[Column]) -> list[Document]:
    items = {item.name: item for item in entry.items.all()}
    fields: list[Document] = []
    for column in columns:
        field: Document = {"id": column.name, "type": column.kind}
        if item := items.get(column.name):
            field["info"] = {"label": item.name_en or item.name, "notes": item.note or item.unit}
        fields.append(field)
    return fields


def _records(format_: str, page: Page) -> list[Document] | list[list[Plain]] | str:
    if format_ == "objects":
        return list(page.rows)
    rows = [list(row.values()) for row in page.rows]
    return rows if format_ == "lists" else dumps.lines(rows, format_)


def _after(sent: Search, last: Document, offset: int) -> Document:
    """Return what has to be asked for the rows that follow."""
    if sent.sort or sent.distinct or NUMBER not in last:
        return {"offset": offset}
    return {"filters": sent.filters | {NUMBER: {"gt": last[NUMBER]}}}


def _links(asker: Asker, sent: Search, named: str) -> Document:
    # Where a grant has several purposes, each call names the one that it is for.
    more = {"resource_id": named} | ({"purpose": asker.call.purpose} if asker.call.purpose else {})
    own = sent.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"offset", "id_"})
    asked = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in (own | more).items()
    }
    start = f"{config.url}/api/3/action/datastore_search?{urlencode(asked)}"
    step = min(sent.limit, MOST_ROWS)
    links = {"start": start, "next": f"{start}&offset={sent.offset + step}"}
    return links | ({"prev": f"{start}&offset={max(0, sent.offset - step)}"} if sent.offset else {})


def _tables(asker: Asker, sent: Search) -> Document:
    """Return which tables the asker may take, in the shape of a table."""
    found = searching.find(asker.actor, "", (), sort="id asc")
    entries = found.entries.filter(found.takeable)
    limit = min(sent.limit, catalog.MOST_ROWS)
    names = ("_id", "name", "oid", "alias_of")
    page = entries[sent.offset : sent.offset + limit].values_list("pk", flat=True)
    records = [
        dict(zip(names, (number, str(shapes.resource_id(pk, "csv")), number, None), strict=True))
        for number, pk in enumerate(page, start=sent.offset + 1)
    ]
    return {
        "resource_id": TABLES,
        "fields": [
            {"id": name, "type": "int" if name in {"_id", "oid"} else "text"} for name in names
        ],
        "records": records,
        "records_format": "objects",
        "limit": limit,
        "total": entries.count(),
        "total_was_estimated": False,
        "_links": _links(asker, sent, TABLES),
    }


@reads
def datastore_info(asker: Asker, *, id_: Id = "", resource_id: Text = "") -> Told:
    """Return the columns of a dataset's newest table and how many rows you have of it."""
    entry, _format = catalog.resource_named(asker, id_ or resource_id)
    question = Question(limit=0, number=NUMBER)
    handed = handing.rows(asker.actor, entry, question, call=asker.call)
    columns = [column for column in handed.page.columns if column.name != NUMBER]
    keys = {item.name for item in entry.items.all() if item.key}
    meta = {
        "id": str(shapes.resource_id(entry.pk, "csv")),
        "count": handed.page.total,
        "table_type": "BASE TABLE",
        "aliases": [entry.slug],
        "size": None,
        "idx_size": None,
        "db_size": None,
    }
    fields = [
        field
        | {
            "schema": {
                "native_type": field["type"],
                "notnull": False,
                "is_index": False,
                "index_name": "",
                "uniquekey": field["id"] in keys,
            }
        }
        for field in _fields(entry, columns)
    ]
    return Told({"meta": meta, "fields": fields}, calls.headers_of(handed.notes))


@reads
def datastore_search_sql(asker: Asker, *, sql: Annotated[Text, Field(min_length=1)]) -> Told:
    """Return what one SELECT answers, over datasets' newest tables by id or name in double quotes.

    At most 32,000 rows (`records_truncated`), in 15 seconds. Rows are not counted by ``_id``.
    """

    def find(name: str) -> Entry:
        return catalog.resource_named(asker, name)[0]

    answer = selecting.select(asker.actor, sql, find, call=asker.call)
    found = answer.selected
    result = {
        "sql": sql,
        "fields": [{"id": name, "type": kind} for name, kind in found.columns],
        "records": found.records,
    }
    truncated = {} if found.is_all else {"records_truncated": True}
    return Told(result | truncated, headers_of(answer))
