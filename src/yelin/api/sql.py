"""One SELECT over what the asker may read, for programs."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema, Status
from pydantic import ConfigDict, Field

from yelin.api.marks import marks_of
from yelin.api.schemas import MarkOut, ProblemOut
from yelin.delivery import stopping
from yelin.surface import actor as asking
from yelin.surface import calls, selecting
from yelin.warehouse.unanswerable import MOST_LETTERS


class SqlIn(Schema):
    """A SELECT, and how its answer is wanted."""

    model_config = ConfigDict(extra="forbid")

    sql: str = Field(
        max_length=MOST_LETTERS,
        description="A resource is a table called by its code, in double quotes.",
    )
    format: Literal["json", "csv"] = "json"
    purpose: str = Field(
        "", max_length=80, description="For which of your grant's purposes, where it has several."
    )
    purposes: dict[str, str] = Field(
        default_factory=dict,
        max_length=100,
        description="The same for single resources, by code, where their grants differ.",
    )
    run: UUID | None = Field(
        None, description="A random id of your own: with it you can stop this statement."
    )


class ColumnOut(Schema):
    """A column of the answer."""

    name: str
    type: str = Field(description="int, numeric, text, date, timestamp or bool.")


class SourceOut(Schema):
    """A release that the answer was made from, and how that was counted."""

    resource: str | None
    release: int
    receipt: str | None
    watermark: str | None
    marks: list[MarkOut] = Field([], description="What of it is under check.")


class SqlOut(Schema):
    """What a SELECT answered; ``truncated`` where there are more rows than these."""

    items: list[dict[str, Any]]
    columns: list[ColumnOut]
    truncated: bool
    sources: list[SourceOut]


def register(api: NinjaAPI) -> None:
    """Give SELECTs their address in ``api``."""
    api.post("/sql", response={200: SqlOut, 503: ProblemOut}, tags=["Data"])(post_sql)
    api.delete("/sql/{run}", response={204: None}, tags=["Data"])(stop_sql)


def post_sql(request: HttpRequest, response: HttpResponse, asked: SqlIn) -> SqlOut | HttpResponse:
    """Answer one SELECT over the resources that you may read, as you may read them.

    At most 32,000 rows, in 15 seconds. Nothing is written, and no function reads a file.
    """
    actor = asking.of_request(request).actor
    answer = selecting.select(
        request, actor, asked.sql, purpose=asked.purpose, purposes=asked.purposes, run=asked.run
    )
    if asked.format == "csv":
        return selecting.as_csv(answer)
    for name, value in selecting.headers_of(answer).items():
        response[name] = value
    return SqlOut(
        items=answer.selected.records,
        columns=[ColumnOut(name=name, type=kind) for name, kind in answer.selected.columns],
        truncated=not answer.selected.is_all,
        sources=[
            SourceOut(
                resource=source.release.entry.code,
                release=source.release.number,
                receipt=calls.receipt_url(source.notes) or None,
                watermark=source.notes.watermark or None,
                marks=marks_of(source.notes),
            )
            for source in answer.sources
        ],
    )


def stop_sql(request: HttpRequest, run: UUID) -> Status[None]:
    """Stop the statement that goes by this ``run``; 204 also where there is none."""
    del request
    stopping.stop(run)
    return Status(204, None)
