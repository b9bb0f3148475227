"""What a signed extract (电子凭证) is asked for, and what it says."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from yelin.cases.procedure import MOST
from yelin.catalog.content import Line
from yelin.catalog.limits import Rows
from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.warehouse.query import Filter, Page, Question

KIND = "yelin-extract"
# Longer ones are for machines, and are downloaded.
MOST_ROWS = 1_000
# Of this grade on no single official hands data out on paper.
TWO_PEOPLE_FROM = 4


class Sought(BaseModel):
    """What is to be extracted: which items and rows, for whom, for what, on which basis.

    ``purpose`` is one of the uses that the resource states, where it is shared for such. Without a
    ``holder`` it is for the body that asks; with one it is that person's own record.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    need: str = Field(max_length=MOST)
    basis: str = Field(max_length=MOST)
    purpose: str = Field(default="", max_length=80)
    holder: str = Field(default="", max_length=100)
    holder_number: str = Field(default="", max_length=40)
    items: tuple[Line, ...] = ()
    rows: tuple[Rows, ...] = ()

    def question(self) -> Question:
        """Return it as what is asked of a release."""
        asked = (each.filter() for each in self.rows)
        filters = tuple(Filter(each.column, each.operator, each.value) for each in asked)
        return Question(filters=filters, columns=self.items or None, limit=MOST_ROWS)


def faults(sought: Sought) -> Iterator[Fault]:
    """Yield what is not said."""
    if not sought.need:
        yield Fault("need", "Say what the extract is needed for.", duties.SHARING_EXTRACT)
    if not sought.basis:
        says = "Name the law, or the request of the person concerned, on which it is issued."
        yield Fault("basis", says, duties.SHARING_EXTRACT)
    if sought.holder and not sought.rows:
        says = "A person's own record is found by a condition: say which rows are theirs."
        yield Fault("rows", says, duties.SHARING_EXTRACT)
    if sought.holder_number and not sought.holder:
        yield Fault("holder", "Say whose number that is.", duties.SHARING_EXTRACT)


def page_faults(page: Page) -> Iterator[Fault]:
    """Yield that there are no rows to extract, or too many."""
    if not page.total:
        yield Fault("rows", "No row meets this. Nothing is extracted.", duties.SHARING_EXTRACT)
    if page.total > MOST_ROWS:
        says = "An extract has at most {most} rows, and these are {count}. Download them as a file."
        params = {"most": MOST_ROWS, "count": page.total}
        yield Fault("rows", says, duties.SHARING_EXTRACT, params)


def table_of(page: Page) -> dict[str, Any]:
    """Return columns and rows as an extract says them: values as text, read alike by all."""
    names = [column.name for column in page.columns]
    return {"columns": names, "rows": [[_text(row[name]) for name in names] for row in page.rows]}


def _text(value: object) -> str | bool | None:
    return value if value is None or isinstance(value, bool) else str(value)


def said(
    *,
    number: str,
    at: datetime,
    issuer: Mapping[str, str],
    seal: Mapping[str, str],
    sought: Sought,
    resource: Mapping[str, str],
    release: Mapping[str, Any],
    table: Mapping[str, Sequence[Any]],
) -> dict[str, Any]:
    """Return all that an extract says, as plain data that its digest commits to."""
    holder = {"name": sought.holder or issuer["name"]}
    if sought.holder_number:
        holder["number"] = sought.holder_number
    return {
        "v": 1,
        "kind": KIND,
        "number": number,
        "issued": at.isoformat(timespec="seconds"),
        "issuer": dict(issuer),
        "seal": dict(seal),
        "holder": holder,
        "need": sought.need,
        "basis": sought.basis,
        "resource": dict(resource),
        "release": dict(release),
        "conditions": [each.model_dump() for each in sought.rows],
        **table,
    }
