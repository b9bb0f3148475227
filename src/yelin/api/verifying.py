"""Online verification by REST: whether what a program knows is so."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from yelin.api.marks import marks_of
from yelin.api.schemas import MarkOut
from yelin.catalog import reads
from yelin.catalog.models import Entry, code_of
from yelin.exchange import verifying
from yelin.exchange.verifying import LONGEST, MOST
from yelin.surface import actor as asking
from yelin.surface import calls
from yelin.warehouse.verifying import Claim, Verdict


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("holds_nul", "a text holds a NUL character")
    return text


Name = Annotated[str, Field(max_length=200)]
Value = Annotated[str, Field(max_length=LONGEST), AfterValidator(_without_nul)]


class ClaimIn(Schema):
    """One question: the record by its key items, and what is said to stand there."""

    model_config = ConfigDict(extra="forbid")

    key: dict[Name, Value]
    items: dict[Name, Value]


class VerifyIn(Schema):
    """What is to be verified, and for what."""

    model_config = ConfigDict(extra="forbid")

    purpose: str = Field("", max_length=80)
    questions: list[ClaimIn] = Field(min_length=1, max_length=MOST)


class AnswerOut(Schema):
    """Of each item ``yes``, ``no`` or ``unknown``.

    ``found`` is null, and nothing is ``no``, where it is not told whether there is such a record.
    """

    found: bool | None
    items: dict[str, Verdict]


class VerifiedOut(Schema):
    """One answer for each question, in their order."""

    release: int
    answers: list[AnswerOut]
    marks: list[MarkOut] = Field([], description="About which records there is a doubt.")


def register(api: NinjaAPI) -> None:
    """Add the route to ``api``."""
    api.post("/resources/{slug}/verify", response=VerifiedOut, tags=["Data"])(verify)


def verify(request: HttpRequest, response: HttpResponse, slug: str, asked: VerifyIn) -> VerifiedOut:
    """Say whether values that you have match a record, item by item, and no more.

    Up to 10,000 questions at once; each counts towards the limit of your grant.
    """
    actor = asking.of_request(request).actor
    entry: Entry = reads.get(actor, code=code_of(slug))
    claims = [Claim(each.key, each.items) for each in asked.questions]
    told = verifying.verify(actor, entry, claims, call=calls.of(request, asked.purpose))
    calls.note(response, told.notes)
    answers = [AnswerOut(found=each.found, items=dict(each.items)) for each in told.answers]
    return VerifiedOut(release=told.release.number, answers=answers, marks=marks_of(told.notes))
