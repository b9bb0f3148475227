"""Bought data that is asked where it lies, for programs: what may be asked, questions, answers."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Schema
from pydantic import Field

from yelin import gate
from yelin.api.schemas import PageIn
from yelin.market.compute import reads
from yelin.market.compute.acts import MOST_ANSWERS
from yelin.market.compute.content import QuestionContent
from yelin.market.compute.models import Computation
from yelin.market.compute.writing import as_csv, lines
from yelin.market.contract import reads as contracts
from yelin.market.contract.models import Contract
from yelin.parties.actor import Actor
from yelin.surface import actor as asking

_SENDS: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The answer.",
            "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


class AskableItemOut(Schema):
    """An item that questions are about; of a closed one nothing is asked."""

    name: str
    type: str
    closed: bool


class AskableOut(Schema):
    """A resource that may be asked now, and of which version."""

    entry: str
    release: int
    items: list[AskableItemOut]


class AnswerLineOut(Schema):
    """A group with its figures, decimals as text; `group` is none for all others together."""

    group: list[str | None] | None
    rows: int
    figures: list[str]


class ComputationLine(Schema):
    """A question; its values and its answer are told to whoever asked alone."""

    id: str
    entry: str
    release: int | None
    state: str = Field(description="`waiting`, `answered`, `withheld`, `failed`, `called_off`.")
    asked_at: datetime
    question: QuestionContent | None
    items: list[str]


class ComputationOut(ComputationLine):
    """One question with what came of it; `says` is why there is no answer."""

    says: str
    receipt: str | None
    answer: list[AnswerLineOut] | None


class ComputationPage(Schema):
    """One page of questions: how many there are, what may be asked, how many answers remain."""

    items: list[ComputationLine]
    total: int
    askable: list[AskableOut]
    answers: int
    answers_at_most: int


class AnswerIn(Schema):
    """In which form an answer is wanted."""

    format: Literal["csv"] = "csv"


def register(api: NinjaAPI) -> None:
    """Give questions and answers their addresses in ``api``."""
    tags = ["Market"]
    many = "/contracts/{contract_number}/computations"
    one = f"{many}/{{computation_id}}"
    api.get(many, response=ComputationPage, tags=tags)(find_computations)
    api.get(one, response=ComputationOut, tags=tags)(get_computation)
    api.get(f"{one}/answer", tags=tags, openapi_extra=_SENDS)(get_answer)


def find_computations(
    request: HttpRequest, contract_number: str, asked: Query[PageIn]
) -> ComputationPage:
    """Return what may be asked under a contract, and what was. To ask: `compute.ask`."""
    actor, found = _found(request, contract_number)
    rows = reads.computations(actor, found)
    return ComputationPage(
        items=[ComputationLine(**_line(actor, each)) for each in asked.cut(rows)],
        total=rows.count(),
        askable=[
            AskableOut(
                entry=each.entry.code or "",
                release=each.release.number,
                items=[
                    AskableItemOut(name=name, type=column.type, closed=name in each.closed)
                    for name, column in each.columns.items()
                ],
            )
            for each in reads.askable(actor, found)
        ],
        answers=reads.calls(found),
        answers_at_most=MOST_ANSWERS,
    )


def get_computation(
    request: HttpRequest, contract_number: str, computation_id: UUID
) -> ComputationOut:
    """Return one question and, to whoever asked, its answer."""
    actor, found = _found(request, contract_number)
    row = reads.computation(actor, found, computation_id)
    is_told = row.answer is not None and found.consumer_id == actor.body_id
    return ComputationOut(
        **_line(actor, row),
        says=row.says,
        receipt=str(row.receipt) if row.receipt and is_told else None,
        answer=[AnswerLineOut(**each) for each in lines(row)] if is_told else None,
    )


def get_answer(
    request: HttpRequest, contract_number: str, computation_id: UUID, asked: Query[AnswerIn]
) -> HttpResponse:
    """Return an answer as a file."""
    del asked
    actor, found = _found(request, contract_number)
    row = reads.computation(actor, found, computation_id)
    if row.answer is None or found.consumer_id != actor.body_id:
        raise gate.Unseen
    return HttpResponse(as_csv(row), content_type="text/csv; charset=utf-8")


def _found(request: HttpRequest, number: str) -> tuple[Actor, Contract]:
    actor = asking.of_request(request).actor
    return actor, contracts.contract(actor, number)


def _line(actor: Actor, row: Computation) -> dict[str, Any]:
    is_ours = row.contract.consumer_id == actor.body_id
    release = row.ground.release
    return {
        "id": str(row.pk),
        "entry": row.ground.entry.code or "",
        "release": release.number if release else None,
        "state": row.state,
        "asked_at": row.asked_at,
        "question": row.question if is_ours else None,
        "items": sorted(row.question.names),
    }
